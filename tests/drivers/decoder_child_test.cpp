#include "drivers/scanner/decoder_child.hpp"

#include <signal.h>

#include <thread>

#include "tests/catch.hpp"
#include "tests/drivers/jpeg_picture.hpp"
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

TEST_CASE("a JPEG is decompressed by the child, and a broken one costs nothing but itself") {
  DecoderChild decoder({BIANMIN_FRAME_DECODER});
  const GrayImage image = slip();
  const Bytes file = tests::jpeg_of(image);
  const auto decode = [&](ByteView bytes, int width, int height) {
    return decoder.decode_jpeg(bytes, width, height, {}, patience_ms);
  };
  const auto found = decode(file, image.width, image.height);
  REQUIRE(found.ok());
  REQUIRE(found->codes.size() == 1);
  CHECK(found->codes.front().text == text);
  CHECK(decode(file, image.width, image.height + 1).error().code == "image.broken");
  CHECK(decode(bytes_of("\x89PNG\r\n\x1A\n"), 16, 16).error().code == "image.broken");
  CHECK(decode(bytes_of("\xFF\xD8\xFF\xE0rubbish"), 16, 16).error().code == "image.broken");
  CHECK(decoder.running());
  CHECK(decode(file, image.width, image.height).ok());
}

TEST_CASE("a JPEG of a size that is none is not even sent") {
  DecoderChild decoder({BIANMIN_FRAME_DECODER});
  const Bytes file(100, 0xFF);
  for (const auto& [width, height] : {std::pair{0, 10}, {-1, 10}, {10, 20'000}, {16'000, 16'000}, {7, 7}})
    CHECK(decoder.decode_jpeg(file, width, height, {}, patience_ms).error().code == "image.broken");
  CHECK(decoder.decode_jpeg({}, 10, 10, {}, patience_ms).error().code == "image.broken");
  CHECK_FALSE(decoder.running());
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
  const Bytes broken = pack_answer(Error{Remedy::refuse, "image.broken", "jpeg"});
  CHECK(unpack_answer(broken).error().code == "image.broken");
  CHECK(unpack_answer(Bytes{0, 0}).error().code == "image.decoder_died");
  CHECK(unpack_answer(Bytes{2}).error().code == "image.decoder_died");
  result.codes[0].text = "\xFF";
  CHECK_FALSE(unpack_answer(pack_answer(result)).ok());
}

}  // namespace bianmin::scanner
