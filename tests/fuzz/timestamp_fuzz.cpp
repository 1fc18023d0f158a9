// A time stamp authority's answer of any bytes, over the digest that was asked for or not: nobody is believed
// whom the list does not know.
#include <cstdlib>

#include "sync/seal/test_identity.hpp"
#include "sync/seal/timestamp.hpp"
#include "terminal/base/text.hpp"

using namespace bianmin;
using namespace bianmin::seal;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const StampTrust trusted = *StampTrust::from_pem(make_test_eid(1'795'000'000'000).root.pem());
  static const StampDemand demand{sha256(view_of("a signed head"))};
  const auto checked = check_stamp({data, size}, demand, trusted);
  if (checked || !valid_utf8(checked.error().detail)) std::abort();
  return 0;
}
