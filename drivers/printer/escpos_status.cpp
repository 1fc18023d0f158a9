#include "drivers/printer/escpos_status.hpp"

#include <algorithm>

namespace bianmin::printer {

namespace {

constexpr std::size_t buffer_byte_max = 4'096;
constexpr std::size_t automatic_status_byte_count = 4;
constexpr std::size_t full_status_byte_count = 6;
constexpr std::array<std::uint8_t, 2> full_status_header = {0x10, 0x0F};
constexpr std::uint8_t block_header = 0x37;
constexpr std::size_t block_byte_max = 64;

bool bit(std::uint8_t byte, unsigned number) { return ((byte >> number) & 1U) != 0; }

}  // namespace

DeviceState PrinterStatus::state() const {
  if (cover_open) return {DeviceCondition::needs_attention, "printer.cover_open"};
  if (paper_out) return {DeviceCondition::needs_attention, "printer.paper_out"};
  if (cutter_failed) return {DeviceCondition::faulted, "printer.cutter"};
  if (jammed) return {DeviceCondition::faulted, "printer.jam"};
  if (broken) return {DeviceCondition::faulted, "printer.broken"};
  if (overheated) return {DeviceCondition::faulted, "printer.overheat"};
  if (offline) return {DeviceCondition::needs_attention, "printer.offline"};
  if (paper_low) return {DeviceCondition::degraded, "printer.paper_low"};
  return {DeviceCondition::ready, "ready"};
}

PrinterStatus status_from_realtime(const std::array<std::uint8_t, 4>& answers) {
  PrinterStatus status;
  status.offline = bit(answers[0], 3);
  status.cover_open = bit(answers[1], 2);
  status.paper_out = bit(answers[1], 5) || bit(answers[3], 5) || bit(answers[3], 6);
  status.jammed = bit(answers[2], 2);
  status.cutter_failed = bit(answers[2], 3);
  status.broken = bit(answers[2], 5);
  status.overheated = bit(answers[2], 6);
  status.paper_low = bit(answers[3], 2) || bit(answers[3], 3);
  return status;
}

PrinterStatus status_from_automatic(const std::array<std::uint8_t, 4>& bytes) {
  PrinterStatus status;
  status.offline = bit(bytes[0], 3);
  status.cover_open = bit(bytes[0], 5);
  status.jammed = bit(bytes[1], 2);
  status.cutter_failed = bit(bytes[1], 3);
  status.broken = bit(bytes[1], 5);
  status.overheated = bit(bytes[1], 6);
  status.paper_low = bit(bytes[2], 0) || bit(bytes[2], 1);
  status.paper_out = bit(bytes[2], 2) || bit(bytes[2], 3);
  return status;
}

PrinterStatus status_from_port(std::uint8_t port_status) {
  PrinterStatus status;
  status.paper_out = bit(port_status, 5);
  status.offline = !bit(port_status, 4) || !bit(port_status, 3);
  return status;
}

Bytes escpos_automatic_status() { return {0x1D, 'a', 0x0E}; }
Bytes escpos_go_on() { return {0x10, 0x05, 2}; }

void AnswerReader::push(ByteView bytes) {
  if (buffer_.size() + bytes.size() > buffer_byte_max)
    buffer_.clear();  // nobody reads, or it never stops talking
  append(buffer_, bytes);
}

std::optional<PrinterAnswer> AnswerReader::next() {
  while (!buffer_.empty()) {
    const std::uint8_t first = buffer_[0];
    const auto drop = [this](std::size_t count) {
      buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(count));
    };
    if ((first & 0x93U) == 0x12) {  // the fixed bits of a real-time status
      drop(1);
      return RealtimeByte{first};
    }
    if (full_status_ && first == full_status_header[0]) {
      if (buffer_.size() < full_status_header.size()) return std::nullopt;
      if (buffer_[1] == full_status_header[1]) {
        if (buffer_.size() < full_status_byte_count) return std::nullopt;
        const FullStatus status{bit(buffer_[2], 5)};
        drop(full_status_byte_count);
        return status;
      }
    }
    if ((first & 0x93U) == 0x10) {  // the fixed bits of an automatic status
      if (buffer_.size() < automatic_status_byte_count) return std::nullopt;
      const std::array<std::uint8_t, automatic_status_byte_count> bytes = {buffer_[0], buffer_[1], buffer_[2],
                                                                           buffer_[3]};
      drop(1);
      // The other three have fixed bits, too: else a byte was lost, and this is something else's beginning.
      if (std::any_of(bytes.begin() + 1, bytes.end(), [](std::uint8_t byte) { return (byte & 0x90U) != 0; }))
        continue;
      drop(automatic_status_byte_count - 1);
      return AutomaticStatus{status_from_automatic(bytes)};
    }
    if (first != block_header) {
      drop(1);
      continue;
    }
    const auto last = buffer_.begin() + static_cast<std::ptrdiff_t>(std::min(buffer_.size(), block_byte_max));
    const auto end = std::find(buffer_.begin(), last, 0);
    if (end == last) {
      if (buffer_.size() < block_byte_max) return std::nullopt;
      drop(1);
      continue;
    }
    const Bytes block(buffer_.begin(), end);
    drop(block.size() + 1);
    if (block.size() == 6 && block[1] == 0x22) return ProcessDone{text_of(ByteView(block).subspan(2))};
    if (block.size() == 2 && block[1] == 0x25) return BufferCleared{};
  }
  return std::nullopt;
}

}  // namespace bianmin::printer
