#include "tests/sync/simulation/dice.hpp"

#define OPENSSL_SUPPRESS_DEPRECATED  // a provider for random numbers is 300 lines; this is what it replaces
#include <openssl/rand.h>

namespace bianmin::test {

namespace {

// OpenSSL calls back without any context.
std::mt19937_64& source() {
  static std::mt19937_64 engine;
  return engine;
}

int fill(unsigned char* to, int count) {
  for (int at = 0; at < count; ++at) to[at] = static_cast<unsigned char>(source()() >> 32U);
  return 1;
}

int ready() { return 1; }

constexpr RAND_METHOD seeded = {nullptr, fill, nullptr, nullptr, fill, ready};

}  // namespace

SeededCrypto::SeededCrypto(std::uint64_t seed) {
  source().seed(seed);
  RAND_set_rand_method(&seeded);
}

SeededCrypto::~SeededCrypto() { RAND_set_rand_method(RAND_OpenSSL()); }

}  // namespace bianmin::test
