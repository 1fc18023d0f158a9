#include "drivers/emulator/printer_model.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "drivers/printer/escpos_reader.hpp"

namespace bianmin::emulator {

namespace {

namespace escpos = printer::escpos;
constexpr std::size_t buffer_byte_max = 4'096;
constexpr std::array<std::uint8_t, 10> clear_command = {0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8};
constexpr std::uint8_t in_endpoint = 0x82;

bool ends_with(const Bytes& bytes, ByteView end) {
  return bytes.size() >= end.size() &&
         std::equal(end.begin(), end.end(), bytes.end() - static_cast<std::ptrdiff_t>(end.size()));
}

}  // namespace

PrinterModel::PrinterModel() {
  spec_.vendor = 0x0416;
  spec_.product = 0x5011;
  spec_.manufacturer = "Bianmin Emulator";
  spec_.product_name = "ESC/POS receipt printer";
  spec_.serial = "EMU0002";
  InterfaceSpec interface;
  interface.device_class = 7;
  interface.subclass = 1;
  interface.protocol = 2;
  interface.endpoints = {{0x01}, {in_endpoint}};
  interface.kernel_driver = "usblp";
  spec_.interfaces = {interface};
}

void PrinterModel::power_on() {
  buffer_.clear();
  answers_.clear();
  plug_pulled_ = false;
}

std::size_t PrinterModel::take(std::uint8_t, ByteView bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    if (buffer_.size() >= buffer_byte_max) break;
    buffer_.push_back(bytes[taken++]);
    ++received_;
    if (!take_realtime()) execute();
    if (plug_at_ && received_ >= *plug_at_) {
      plug_at_.reset();
      plug_pulled_ = true;
      break;
    }
  }
  return taken;
}

// Real-time commands act when they arrive, also when the printer stands still.
bool PrinterModel::take_realtime() {
  if (ends_with(buffer_, clear_command)) {
    buffer_.clear();
    answers_.push_back({0x37, 0x25, 0x00});
    return true;
  }
  const std::size_t size = buffer_.size();
  if (size < 3 || buffer_[size - 3] != 0x10 || buffer_[size - 2] != 0x04) return false;
  answer_status(buffer_[size - 1]);
  buffer_.resize(size - 3);
  return true;
}

void PrinterModel::answer_status(int number) {
  unsigned answer = 0x12;
  const bool misread = number == 4 && misreadings_ > 0;
  if (misread) --misreadings_;
  switch (number) {
    case 1:
      answer |= standing() ? 0x08U : 0;
      break;
    case 2:
      answer |= (cover_open_ ? 0x04U : 0) | (paper_ ? 0 : 0x20U);
      break;
    case 3:
      answer |= cutter_failed_ ? 0x08U : 0;
      break;
    case 4:
      answer |= (paper_low_ ? 0x0CU : 0) | (paper_ && !misread ? 0 : 0x60U);
      break;
    default:
      return;
  }
  answers_.push_back({static_cast<std::uint8_t>(answer)});
}

void PrinterModel::execute() {
  while (!standing()) {
    // A real-time command that is still arriving is not text.
    const auto step = escpos::read_step(buffer_);
    if (!step) return;
    const Bytes bytes(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(step->byte_count));
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(step->byte_count));
    executed_ += step->byte_count;
    apply(step->operation, bytes);
    if (paper_out_at_ && executed_ >= *paper_out_at_) set_paper(false);
    if (cover_open_at_ && executed_ >= *cover_open_at_) set_cover(true);
  }
}

void PrinterModel::apply(const escpos::Operation& operation, ByteView bytes) {
  if (const auto* id = std::get_if<escpos::ProcessId>(&operation)) {
    if (!confirms_ || std::exchange(loses_word_, false)) return;
    Bytes answer = {0x37, 0x22};
    append(answer, view_of(id->id));
    answer.push_back(0);
    answers_.push_back(std::move(answer));
    return;
  }
  if (std::holds_alternative<escpos::Initialise>(operation)) {
    piece_spoilt_ = piece_spoilt_ || piece_marked_;
    piece_begun_ = true;
    if (!piece_marked_) piece_bytes_.clear();
  }
  append(piece_bytes_, bytes);
  piece_marked_ = piece_marked_ || escpos::marks_paper(operation);
  builder_.apply(operation);
  if (std::holds_alternative<escpos::Cut>(operation)) cut();
}

void PrinterModel::cut() {
  auto slips = builder_.take_finished();
  if (!slips.empty() && piece_begun_ && !piece_spoilt_) {
    ++whole_count_;
    last_whole_bytes_ = piece_bytes_;
    last_whole_slip_ = std::move(slips.back());
  } else if (piece_marked_) {
    ++partial_count_;
  }
  piece_bytes_.clear();
  piece_marked_ = piece_begun_ = piece_spoilt_ = false;
}

void PrinterModel::tear_off() {
  (void)builder_.take_current();
  if (piece_marked_) ++partial_count_;
  piece_bytes_.clear();
  piece_marked_ = piece_begun_ = piece_spoilt_ = false;
}

void PrinterModel::set_paper(bool there) {
  paper_out_at_.reset();
  if (paper_ && !there) tear_off();
  paper_ = there;
  execute();
}

void PrinterModel::set_cover(bool open) {
  cover_open_at_.reset();
  cover_open_ = open;
  execute();
}

void PrinterModel::set_cutter_failed(bool failed) {
  cutter_failed_ = failed;
  execute();
}

std::optional<Bytes> PrinterModel::give(std::uint8_t endpoint) {
  if (endpoint != in_endpoint || answers_.empty()) return std::nullopt;
  Bytes next = std::move(answers_.front());
  answers_.pop_front();
  return next;
}

std::optional<Bytes> PrinterModel::control(const ControlRequest& request) {
  constexpr std::uint8_t get_device_id = 0;
  constexpr std::uint8_t get_port_status = 1;
  if (request.request_type != 0xA1) return std::nullopt;
  if (request.request == get_port_status) {
    return Bytes{static_cast<std::uint8_t>((paper_ ? 0 : 0x20) | (standing() ? 0 : 0x10) | 0x08)};
  }
  if (request.request == get_device_id) {
    const std::string_view id = "MFG:Bianmin;MDL:Emulator;CMD:ESC/POS;CLS:PRINTER;";
    ByteWriter answer;
    return answer.u16_be(static_cast<std::uint16_t>(id.size() + 2)).text(id).take();
  }
  return std::nullopt;
}

}  // namespace bianmin::emulator
