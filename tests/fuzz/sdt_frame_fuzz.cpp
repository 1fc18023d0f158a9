// Frames of a security module from any bytes in any pieces: the same bytes give the same reply however they
// are split, and a reply that is taken has a right checksum.
#include <cstdlib>

#include "drivers/card/sdt/sdt_frame.hpp"

using namespace bianmin;
using card::SdtDecoder;

namespace {

struct Decoded {
  SdtDecoder::State state = SdtDecoder::State::preamble;
  card::SdtReply reply;
};

// The first byte says how large the pieces are; they grow and shrink with it.
Decoded decode(ByteView bytes, std::size_t piece) {
  SdtDecoder decoder;
  while (!bytes.empty() && !decoder.ended()) {
    const std::size_t missing = decoder.missing();
    if (missing == 0) std::abort();  // it wants nothing, and has not ended
    const std::size_t count = std::min(piece == 0 ? missing : piece, bytes.size());
    if (decoder.push(bytes.first(count)) > count) std::abort();
    bytes = bytes.subspan(count);
    piece = piece * 5 % 67;
  }
  Decoded out;
  out.state = decoder.state();
  out.reply = decoder.take();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView bytes(data + 1, size - 1);
  const Decoded whole = decode(bytes, 4'096);
  const Decoded pieces = decode(bytes, data[0]);
  if (whole.state != pieces.state || whole.reply.data != pieces.reply.data) std::abort();
  for (const bool with_fingerprints : {false, true}) {
    const auto contents = card::split_contents(whole.reply.data, with_fingerprints);
    if (contents && contents->text.size() != 256) std::abort();
  }
  (void)card::sam_id_text(whole.reply.data);
  return 0;
}
