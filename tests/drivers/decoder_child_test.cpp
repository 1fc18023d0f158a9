#include "drivers/scanner/decoder_child.hpp"

#include <signal.h>

#include <thread>

#include "tests/catch.hpp"
#include "tests/drivers/slip_pictures.hpp"

namespace bianmin::scanner {

namespace {

constexpr int patience_ms = 60'000;
const std::string text = "BM1:0721338641";

GrayImage slip() { return tests::drawn_slip("QRCode", text, 4); }

}  // namespace

TEST_CASE("one child decodes picture after picture") {
  DecoderChild decoder({BIANMIN_FRAME_DECODER});
  CHECK_FALSE(decoder.running());
  for (int i = 0; i < 3; ++i) {
    const auto found = decoder.decode(slip(), {}, patience_ms);
    REQUIRE(found.ok());
    REQUIRE(found->codes.size() == 1);
    CHECK(found->codes.front() == DecodedCode{"QRCode", text});
    CHECK(decoder.running());
  }
  const auto none = decoder.decode({16, 16, std::vector<std::uint8_t>(256, 9)}, {}, patience_ms);
  REQUIRE(none.ok());
  CHECK(none->codes.empty());
  CHECK(decoder.decode(GrayImage{}, {}, patience_ms).error().code == "image.broken");
}

TEST_CASE("a picture that takes too long costs the child, and the next picture gets another") {
  DecoderChild decoder({BIANMIN_FRAME_DECODER});
  CHECK(decoder.decode(slip(), {}, 0).error().code == "image.decoder_slow");
  CHECK_FALSE(decoder.running());
  CHECK(decoder.decode(slip(), {}, patience_ms).ok());
}

TEST_CASE("a child that dies in a picture is replaced") {
  DecoderChild dying({BIANMIN_FRAME_DECODER, "--die"});
  for (int i = 0; i < 2; ++i) {
    CHECK(dying.decode(slip(), {}, patience_ms).error().code == "image.decoder_died");
    CHECK_FALSE(dying.running());
  }
  DecoderChild lying({BIANMIN_FRAME_DECODER, "--lie"});
  CHECK(lying.decode(slip(), {}, patience_ms).error().code == "image.decoder_died");
  DecoderChild hanging({BIANMIN_FRAME_DECODER, "--hang"});
  CHECK(hanging.decode(slip(), {}, 100).error().code == "image.decoder_slow");
  DecoderChild missing({"/nonexistent/decoder"});
  CHECK(missing.decode(slip(), {}, patience_ms).error().code == "process.not_started");
}

TEST_CASE("a stop ends the wait for a child") {
  DecoderChild hanging({BIANMIN_FRAME_DECODER, "--hang"});
  std::stop_source stop;
  const std::jthread stopper([&stop] { stop.request_stop(); });
  CHECK(hanging.decode(slip(), {}, patience_ms, stop.get_token()).error().code == "usb.cancelled");
}

TEST_CASE("answers go through the socket whole, and hostile ones are refused") {
  LadderResult result{{{"QRCode", "便民\n"}, {"Code128", "7"}}, "plain", 4};
  const Bytes packed = pack_answer(result);
  const auto read = unpack_answer(packed);
  REQUIRE(read.ok());
  CHECK(read->codes == result.codes);
  CHECK(read->rung == "plain");
  CHECK(read->next_rung == 4);
  for (std::size_t size = 0; size < packed.size(); ++size)
    CHECK_FALSE(unpack_answer(ByteView(packed).first(size)).ok());
  Bytes longer = packed;
  longer.push_back(0);
  CHECK_FALSE(unpack_answer(longer).ok());
  result.codes[0].text = "\xFF";
  CHECK_FALSE(unpack_answer(pack_answer(result)).ok());
}

}  // namespace bianmin::scanner
