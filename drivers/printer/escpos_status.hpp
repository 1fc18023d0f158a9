// What an ESC/POS printer says by itself: real-time status, automatic status, answers to GS ( H and DLE DC4.
// Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "drivers/device_state.hpp"
#include "terminal/base/bytes.hpp"

namespace bianmin::printer {

struct PrinterStatus {
  bool offline = false;
  bool cover_open = false;
  bool paper_out = false;
  bool paper_low = false;
  bool cutter_failed = false;
  bool overheated = false;  // or another error that ends by itself
  bool broken = false;      // only switching off and on helps

  bool operator==(const PrinterStatus&) const = default;
  bool can_print() const {
    return !offline && !cover_open && !paper_out && !cutter_failed && !overheated && !broken;
  }
  DeviceState state() const;
};

// The answers to DLE EOT 1 to 4, in this order.
PrinterStatus status_from_realtime(const std::array<std::uint8_t, 4>& answers);
// The byte of the USB printer class's GET_PORT_STATUS: little, but it comes when nothing else does.
PrinterStatus status_from_port(std::uint8_t port_status);

struct RealtimeByte {
  std::uint8_t byte = 0;
};
struct ProcessDone {
  std::string id;
};
struct BufferCleared {};
using PrinterAnswer = std::variant<RealtimeByte, ProcessDone, BufferCleared>;

// Takes the printer's bytes apart. Automatic status (GS a, never asked for) and unknown blocks are skipped.
class AnswerReader {
 public:
  void push(ByteView bytes);
  std::optional<PrinterAnswer> next();
  void clear() { buffer_.clear(); }

 private:
  Bytes buffer_;
};

}  // namespace bianmin::printer
