// Any bytes as a sealed payload of gm-1: those that were not sealed do not open. The first byte says how many
// bytes at the end of a genuine one the rest takes the place of.
#include <algorithm>
#include <cstdlib>

#include "sync/seal/guomi.hpp"

using namespace bianmin;

namespace {

constexpr std::string_view info = "bianmin record gm-1";

struct Genuine {
  seal::Guomi guomi;
  seal::PrivateKey receiver = seal::PrivateKey::generate(seal::Curve::sm2);
  Bytes sealed =
      guomi.seal(guomi.prepare(receiver.public_key()).value(), info, view_of("id"), view_of("a plain text"));
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Genuine genuine;
  if (size == 0) return 0;
  const std::size_t kept = std::min<std::size_t>(data[0], genuine.sealed.size());
  Bytes sealed(genuine.sealed.begin(), genuine.sealed.begin() + static_cast<std::ptrdiff_t>(kept));
  append(sealed, ByteView(data, size).subspan(1));
  const bool opened = genuine.guomi.open(genuine.receiver, info, view_of("id"), sealed).ok();
  if (opened != (sealed == genuine.sealed)) std::abort();
  return 0;
}
