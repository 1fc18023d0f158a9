// A certificate of any bytes: its subject is text, its chain does not hold, and no signature is made by it.
#include <cstdlib>

#include "sync/seal/test_identity.hpp"
#include "sync/seal/trust_list.hpp"
#include "terminal/base/text.hpp"

using namespace bianmin;
using namespace bianmin::seal;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::int64_t now = 1'795'000'000'000;
  static const TrustList trusted = *TrustList::from_pem(make_test_eid(now).root.pem());
  const ByteView der(data, size);
  const auto subject = read_certificate_subject(der);
  if (subject) {
    for (const std::string* text : {&subject->serial_number, &subject->common_name, &subject->issuer}) {
      if (!valid_utf8(*text)) std::abort();
    }
  }
  for (const auto use : {CardCertificateUse::authentication, CardCertificateUse::signing}) {
    if (trusted.check(der, use, now).ok()) std::abort();
  }
  const Bytes digest(sha384_byte_count, 7);
  if (verify_digest_signature(der, digest, Bytes(raw_p384_signature_byte_count, 9)).ok()) std::abort();
  return 0;
}
