// The child of the decoder's tests: as the shipped programs serve frames, and as they must never.
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

#include "drivers/scanner/decoder_child.hpp"

int main(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  std::array<char, 16> some{};
  if (word == "--die") {
    if (::read(STDIN_FILENO, some.data(), some.size()) > 0) std::abort();
  }
  if (word == "--lie") {
    constexpr std::array<unsigned char, 8> answer = {0, 0, 0, 4, 'w', 'r', 'o', 'n'};
    (void)!::write(STDIN_FILENO, answer.data(), answer.size());
    while (::read(STDIN_FILENO, some.data(), some.size()) > 0) {
    }
    return 0;
  }
  if (word == "--hang") {
    while (::read(STDIN_FILENO, some.data(), some.size()) > 0) {
    }
    return 0;
  }
  return bianmin::scanner::serve_frames();
}
