// A certificate of any bytes: its subject is text, its chain does not hold, and no signature is made by it.
// The last byte chooses what is asked, for OpenSSL is slow at each.
#include <cstdlib>

#include "sync/seal/test_identity.hpp"
#include "sync/seal/trust_list.hpp"
#include "terminal/base/text.hpp"

using namespace bianmin;
using namespace bianmin::seal;

namespace {

void check_subject(ByteView der) {
  const auto subject = read_certificate_subject(der);
  if (!subject) return;
  for (const std::string* text : {&subject->serial_number, &subject->common_name, &subject->issuer}) {
    if (!valid_utf8(*text)) std::abort();
  }
}

void check_signature(ByteView der, std::uint8_t number) {
  const Bytes digest(sha384_byte_count, 7);
  if (verify_digest_signature(der, digest, Bytes(raw_p384_signature_byte_count, number)).ok()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::int64_t now = 1'795'000'000'000;
  static const TrustList trusted = *TrustList::from_pem(make_test_eid(now).root.pem());
  if (size == 0) return 0;
  const ByteView der(data, size - 1);
  switch (const std::uint8_t asked = data[size - 1]; asked % 4) {
    case 0:
      check_subject(der);
      break;
    case 1:
      if (trusted.check(der, CardCertificateUse::authentication, now).ok()) std::abort();
      break;
    case 2:
      if (trusted.check(der, CardCertificateUse::signing, now).ok()) std::abort();
      break;
    default:
      // A signature of zeros ends before the arithmetic, which is half a millisecond.
      check_signature(der, asked % 64 == 3 ? 9 : 0);
  }
  return 0;
}
