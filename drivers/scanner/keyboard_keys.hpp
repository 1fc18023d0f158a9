// What a scanner types as a keyboard, read back to text. Pure. Source: HID 1.11, appendix B.1 (the report of
// a boot keyboard); HID Usage Tables 1.12, page 0x07; keys as on a US keyboard, to which scanners are set.
#pragma once

#include <array>
#include <functional>
#include <string>

#include "drivers/scanner/code_assembly.hpp"
#include "terminal/base/bytes.hpp"

namespace bianmin::scanner {

class KeyboardKeys {
 public:
  static constexpr std::size_t report_byte_count = 8;

  // One report. Enter ends a code: `code` runs. Tab is a character of it. A report that is too short, or says
  // that too many keys are down, spoils the code.
  void add(ByteView report, const std::function<void(Result<std::string>)>& code);
  bool begun() const { return assembly_.begun() || spoilt_ || typed_number_ >= 0; }
  // What was typed so far: nothing came for a while.
  Result<std::string> take();

 private:
  void press(std::uint8_t key, bool shift, const std::function<void(Result<std::string>)>& code);
  void release_alt();

  CodeAssembly assembly_;
  std::array<std::uint8_t, 6> down_{};  // in the last report
  int typed_number_ = -1;               // digits on the number pad while Alt is held; below 0: none
  bool spoilt_ = false;
};

}  // namespace bianmin::scanner
