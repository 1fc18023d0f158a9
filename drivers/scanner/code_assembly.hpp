// The bytes of one code, as a scanner sends them in parts, put together to text. Pure.
#pragma once

#include <string>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::scanner {

constexpr std::size_t code_byte_max = 4'096;

Error bad_code(std::string_view why);  // "scanner.bad_code", ask the resident

class CodeAssembly {
 public:
  void add(ByteView part);
  bool begun() const { return begun_; }
  // What came since the last take(). Errors "scanner.bad_code": empty, too long, not text.
  Result<std::string> take();
  // The same; what is no UTF-8 is read as GB 18030, which Chinese scanners send.
  Result<std::string> take_any_text();

 private:
  std::string code_;
  bool begun_ = false;
  bool too_long_ = false;
};

}  // namespace bianmin::scanner
