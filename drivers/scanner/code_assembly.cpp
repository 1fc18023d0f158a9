#include "drivers/scanner/code_assembly.hpp"

#include <utility>

#include "terminal/base/gb18030.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::scanner {

Error bad_code(std::string_view why) { return {Remedy::ask_resident, "scanner.bad_code", std::string(why)}; }

void CodeAssembly::add(ByteView part) {
  if (code_.size() + part.size() > code_byte_max) too_long_ = true;
  if (!too_long_) code_ += text_of(part);
  begun_ = true;
}

Result<std::string> CodeAssembly::take() {
  const CodeAssembly done = std::exchange(*this, {});
  if (done.too_long_) return bad_code("too long");
  if (done.code_.empty()) return bad_code("empty");
  if (!valid_utf8(done.code_)) return bad_code("not text");
  return done.code_;
}

Result<std::string> CodeAssembly::take_any_text() {
  constexpr std::string_view unreadable = "\xEF\xBF\xBD";
  if (!too_long_ && !valid_utf8(code_)) {
    std::string text = utf8_from_gb18030(view_of(code_));
    if (text.find(unreadable) == std::string::npos) code_ = std::move(text);
    too_long_ = code_.size() > code_byte_max;
  }
  return take();
}

}  // namespace bianmin::scanner
