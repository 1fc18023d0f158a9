// What an ESC/POS printer says: real-time, automatic and full status, answers to GS ( H and DLE DC4. Pure.
// Source: the command references of Epson (TM-U220, GS a and DLE EOT), Bixolon (SRP-350, SRP-500), Sewoo (LK)
// and Citizen (CT-S2000, PPU-231), which agree in these bits.
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
  bool jammed = false;      // paper or mechanism, not the cutter
  bool overheated = false;  // or another error that ends by itself
  bool broken = false;      // only switching off and on helps

  bool operator==(const PrinterStatus&) const = default;
  bool can_print() const {
    return !offline && !cover_open && !paper_out && !cutter_failed && !jammed && !overheated && !broken;
  }
  // Ends only when the printer is told that the cause is removed (DLE ENQ).
  bool waits_for_word() const { return (cutter_failed || jammed) && !cover_open && !paper_out && !broken; }
  DeviceState state() const;
};

// The answers to DLE EOT 1 to 4, in this order.
PrinterStatus status_from_realtime(const std::array<std::uint8_t, 4>& answers);
// The four bytes of automatic status (GS a).
PrinterStatus status_from_automatic(const std::array<std::uint8_t, 4>& bytes);
// The byte of the USB printer class's GET_PORT_STATUS: little, but it comes when nothing else does.
PrinterStatus status_from_port(std::uint8_t port_status);

// GS a: from now on it tells of each change of being on line, of errors and of paper, and once at once. ESC @
// ends it.
Bytes escpos_automatic_status();
// DLE ENQ 2: the cause of the error is removed; clear the buffers and go on.
Bytes escpos_go_on();

struct RealtimeByte {
  std::uint8_t byte = 0;
};
struct ProcessDone {
  std::string id;
};
struct BufferCleared {};
struct AutomaticStatus {
  PrinterStatus status;
};
struct FullStatus {
  bool slip_at_mouth = false;
};
using PrinterAnswer = std::variant<RealtimeByte, ProcessDone, BufferCleared, AutomaticStatus, FullStatus>;

// Takes the printer's bytes apart. Unknown blocks are skipped.
class AnswerReader {
 public:
  // A printer with a presenter tells its full status (10 0F and four bytes), and that could be the beginning
  // of another one's automatic status.
  void expect_full_status(bool expected) { full_status_ = expected; }
  void push(ByteView bytes);
  std::optional<PrinterAnswer> next();
  void clear() { buffer_.clear(); }

 private:
  Bytes buffer_;
  bool full_status_ = false;
};

}  // namespace bianmin::printer
