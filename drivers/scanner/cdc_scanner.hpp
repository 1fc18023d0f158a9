// A bar code scanner that is a serial port (CDC ACM): codes end with a line end, or with a pause.
// Source: USB CDC 1.2 and PSTN 1.2, chapter 6.3.
#pragma once

#include "drivers/scanner/code_protocol.hpp"
#include "drivers/scanner/torn_code.hpp"

namespace bianmin::scanner {

// The data interface of a serial port of a maker of scanners: the class alone does not say what hangs on it.
std::optional<int> cdc_scanner_interface(const usb::DeviceInfo& device);

// Cuts what comes from the serial port into codes. Pure.
class SerialLines {
 public:
  // Calls `code` for each that is whole. Line ends alone are none.
  void add(ByteView bytes, const std::function<void(Result<std::string>)>& code);
  bool begun() const { return !line_.empty() || too_long_; }
  Result<std::string> take();  // the line so far: nothing came for a while

 private:
  Bytes line_;
  bool too_long_ = false;
};

// Errors besides "usb.*": "scanner.not_a_scanner".
class CdcScanner : public CodeProtocol {
 public:
  Error serve(usb::Channel& channel, CodeDesk& desk, std::stop_token stop) override;

 private:
  TornCode torn_;
};

}  // namespace bianmin::scanner
