#include "terminal/base/secret.hpp"

#include <string.h>

namespace bianmin {

void wipe(void* memory, std::size_t byte_count) {
  if (byte_count > 0) ::explicit_bzero(memory, byte_count);  // an empty vector has no address to give
}

}  // namespace bianmin
