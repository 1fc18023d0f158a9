#include "terminal/base/secret.hpp"

#include <string.h>

namespace bianmin {

void wipe(void* memory, std::size_t byte_count) { ::explicit_bzero(memory, byte_count); }

}  // namespace bianmin
