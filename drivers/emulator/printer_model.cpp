#include "drivers/emulator/printer_model.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "drivers/printer/escpos_reader.hpp"
#include "drivers/printer/receipt_printer.hpp"

namespace bianmin::emulator {

namespace {

namespace escpos = printer::escpos;
constexpr std::array<std::uint8_t, 10> clear_command = {0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8};
constexpr std::array<std::uint8_t, 3> go_on_command = {0x10, 0x05, 2};
constexpr std::uint8_t in_endpoint = 0x82;
constexpr int end_mark_rows_max = 48;
constexpr std::size_t pieces_max = 1'000;

bool ends_with(const Bytes& bytes, ByteView end) {
  return bytes.size() >= end.size() &&
         std::equal(end.begin(), end.end(), bytes.end() - static_cast<std::ptrdiff_t>(end.size()));
}

// True once, when the count has come so far.
bool reached(std::optional<std::size_t>& at, std::size_t count) {
  if (!at || count < *at) return false;
  at.reset();
  return true;
}

template <typename... Kinds>
bool is_any(const escpos::Operation& operation) {
  return (std::holds_alternative<Kinds>(operation) || ...);
}

// What prints the line in the print buffer, and moves the paper.
bool moves_paper(const escpos::Operation& operation) {
  return is_any<escpos::NewLine, escpos::FeedLines, escpos::FeedUnits, escpos::QrPrint, escpos::Pdf417Print,
                escpos::PrintBars, escpos::Raster, escpos::PrintGraphics, escpos::PrintPicture, escpos::Cut>(
      operation);
}

}  // namespace

PrinterModel::PrinterModel(std::uint16_t vendor, std::uint16_t product) {
  spec_.vendor = vendor;
  spec_.product = product;
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

void PrinterModel::fit_presenter() {
  spec_.vendor = 0x0425;
  spec_.product = 0x8147;
  has_presenter_ = true;
  buffer_byte_max_ = 65'536;  // all that it prints for us are pictures
}

void PrinterModel::power_on() {
  answers_.clear();
  plug_pulled_ = false;
  if (own_power_ && !unpowered_) return;
  unpowered_ = false;
  automatic_ = false;
  buffer_.clear();
  drop_line();
}

void PrinterModel::lose_power() {
  unpowered_ = true;
  plug_pulled_ = true;
  buffer_.clear();
  drop_line();
}

std::size_t PrinterModel::take(std::uint8_t, ByteView bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && buffer_.size() < buffer_byte_max_ && !host_dead_ && !plug_pulled_) {
    buffer_.push_back(bytes[taken++]);
    ++received_;
    if (!take_realtime()) execute();
    if (reached(plug_at_, received_)) plug_pulled_ = true;
    if (reached(power_at_, received_)) lose_power();
    if (reached(host_dies_at_, received_)) host_dead_ = true;
  }
  return taken;
}

// Real-time commands act when they arrive, also when the printer stands still.
bool PrinterModel::take_realtime() {
  const auto take_back = [this](std::size_t count) { buffer_.resize(buffer_.size() - count); };
  if (ends_with(buffer_, clear_command)) {
    buffer_.clear();
    drop_line();
    answers_.push_back({0x37, 0x25, 0x00});
    return true;
  }
  if (ends_with(buffer_, go_on_command)) {
    take_back(go_on_command.size());
    if (cutter_failed_ && !cutter_blocked_) {
      buffer_.clear();
      drop_line();
      set_cutter_failed(false);
    }
    return true;
  }
  const std::size_t size = buffer_.size();
  if (size < 3 || buffer_[size - 3] != 0x10 || buffer_[size - 2] != 0x04) return false;
  const int number = buffer_[size - 1];
  take_back(3);
  answer_status(number);
  if (number == 1) {
    lines_left_ = lines_per_look_;
    execute();
  }
  return true;
}

void PrinterModel::answer_status(int number) {
  constexpr int full = 20;
  if (number == full && has_presenter_) {
    if (Bytes status = mouth_.full_status(paper_, paper_low_, cover_open_); !status.empty())
      answers_.push_back(std::move(status));
    return;
  }
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
      answer |= (cutter_failed_ ? 0x08U : 0) | (overheated_ ? 0x40U : 0);
      break;
    case 4:
      answer |= (paper_low_ ? 0x0CU : 0) | (paper_ && !misread ? 0 : 0x60U);
      break;
    default:
      return;
  }
  answers_.push_back({static_cast<std::uint8_t>(answer)});
}

Bytes PrinterModel::automatic_status() const {
  const unsigned printer = 0x10U | (standing() ? 0x08U : 0) | (cover_open_ ? 0x20U : 0);
  const unsigned error = (cutter_failed_ ? 0x08U : 0) | (overheated_ ? 0x40U : 0);
  const unsigned paper = (paper_low_ ? 0x03U : 0) | (paper_ ? 0 : 0x0CU);
  return {static_cast<std::uint8_t>(printer), static_cast<std::uint8_t>(error),
          static_cast<std::uint8_t>(paper), 0x0F};
}

void PrinterModel::tell_status() {
  if (automatic_) answers_.push_back(automatic_status());
  execute();
}

void PrinterModel::execute() {
  while (!standing()) {
    // A real-time command that is still arriving is not text.
    const auto mode = builder_.single_bytes() ? escpos::TextMode::single_bytes : escpos::TextMode::gb18030;
    const auto step = escpos::read_step(buffer_, mode);
    if (!step) return;
    const bool moves = moves_paper(step->operation);
    if (moves && lines_per_look_ > 0 && lines_left_ <= 0) return;
    if (moves && lines_per_look_ > 0) --lines_left_;
    if (cutter_blocked_ && std::holds_alternative<escpos::Cut>(step->operation))
      return set_cutter_failed(true);
    const Bytes bytes(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(step->byte_count));
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(step->byte_count));
    executed_ += step->byte_count;
    apply(step->operation, bytes);
    strike();
  }
}

void PrinterModel::strike() {
  if (reached(paper_out_at_, executed_)) set_paper(false);
  if (reached(roll_changed_at_, executed_)) {
    set_paper(false);
    set_paper(true);
  }
  if (reached(cover_open_at_, executed_)) set_cover(true);
  if (reached(plug_printed_at_, executed_)) plug_pulled_ = true;
  if (reached(power_printed_at_, executed_)) lose_power();
  if (reached(host_dies_printed_at_, executed_)) host_dead_ = true;
}

void PrinterModel::print_all() {
  const int pace = std::exchange(lines_per_look_, 0);
  execute();
  lines_per_look_ = pace;
}

void PrinterModel::get_host() {
  host_dead_ = false;
  host_dies_at_.reset();
  host_dies_printed_at_.reset();
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
  if (bytes.size() == 3 && bytes[0] == 0x1D && bytes[1] == 'a') {
    automatic_ = bytes[2] != 0;
    if (automatic_) answers_.push_back(automatic_status());
    return;
  }
  if (has_presenter_ && SlipMouth::is_command(bytes)) return mouth_.obey(bytes);
  if (std::holds_alternative<escpos::Initialise>(operation)) {
    automatic_ = false;
    drop_line();
    piece_again_ = piece_marked_;
    piece_begun_ = true;
    if (!piece_marked_) piece_bytes_.clear();
  }
  const bool in_line = is_any<escpos::Text, escpos::InlinePicture>(operation);
  if (in_line && !before_line_) before_line_ = BeforeLine{builder_, piece_bytes_.size()};
  append(piece_bytes_, bytes);
  builder_.apply(operation);
  if (moves_paper(operation) && std::exchange(before_line_, std::nullopt)) note_line();
  if (const auto* raster = std::get_if<escpos::Raster>(&operation)) {
    note_mark(piece_again_ && raster->picture.height <= end_mark_rows_max);
  } else if (escpos::marks_paper(operation) && !in_line) {
    note_mark(false);
  }
  if (std::holds_alternative<escpos::Cut>(operation)) cut();
}

void PrinterModel::drop_line() {
  if (!before_line_) return;
  builder_ = before_line_->builder;
  piece_bytes_.resize(before_line_->byte_count);
  before_line_.reset();
}

void PrinterModel::note_line() {
  const auto& lines = builder_.current().lines;
  const auto text = std::find_if(lines.rbegin(), lines.rend(), [](const printer::PrintedLine& line) {
    return std::holds_alternative<printer::PrintedText>(line);
  });
  // Whatever its font has left of the mark.
  constexpr std::string_view core = " END ";
  if (text != lines.rend())
    note_mark(piece_again_ && printer::slip_text({{*text}}).find(core) != std::string::npos);
}

// Where the end mark cannot be text it is a picture of one line.
void PrinterModel::note_mark(bool end_mark) {
  // Only the end mark may follow a further initialisation, and nothing but itself may follow it.
  piece_spoilt_ = piece_spoilt_ || (!end_mark && (piece_again_ || piece_ended_));
  piece_ended_ = end_mark;
  piece_marked_ = true;
  piece_told_ = piece_told_ || !end_mark;
}

void PrinterModel::cut() {
  mouth_.cut();
  auto slips = builder_.take_finished();
  if (slips.empty()) return begin_piece();
  if (piece_begun_ && piece_told_ && piece_ended_ && !piece_spoilt_) {
    ++whole_count_;
    last_whole_bytes_ = piece_bytes_;
    last_whole_slip_ = slips.back();
  } else if (piece_told_) {
    ++partial_count_;
  }
  keep(std::move(slips.back()));
  begin_piece();
}

void PrinterModel::tear_off() {
  drop_line();
  printer::PrintedSlip torn = builder_.take_current();
  if (piece_told_) ++partial_count_;
  if (!torn.blank()) keep(std::move(torn));
  begin_piece();
}

void PrinterModel::keep(printer::PrintedSlip piece) {
  pieces_.push_back(std::move(piece));
  if (pieces_.size() > pieces_max) pieces_.erase(pieces_.begin());
}

void PrinterModel::begin_piece() {
  piece_bytes_.clear();
  piece_marked_ = piece_told_ = piece_begun_ = piece_again_ = piece_ended_ = piece_spoilt_ = false;
}

void PrinterModel::set_paper(bool there) {
  paper_out_at_.reset();
  if (paper_ && !there) tear_off();
  paper_ = there;
  tell_status();
}

void PrinterModel::set_paper_low(bool low) {
  paper_low_ = low;
  tell_status();
}

void PrinterModel::set_cover(bool open) {
  cover_open_at_.reset();
  cover_open_ = open;
  tell_status();
}

void PrinterModel::set_cutter_failed(bool failed) {
  cutter_failed_ = failed;
  tell_status();
}

void PrinterModel::set_cutter_blocked(bool blocked) { cutter_blocked_ = blocked; }

void PrinterModel::set_overheated(bool hot) {
  overheated_ = hot;
  tell_status();
}

std::optional<Bytes> PrinterModel::give(std::uint8_t endpoint) {
  if (endpoint != in_endpoint || answers_.empty() || host_dead_) return std::nullopt;
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
    const std::string_view id = has_presenter_ ? "MFG:Bianmin;MDL:Reliance;CMD:ESC/POS;CLS:PRINTER;"
                                               : "MFG:Bianmin;MDL:Emulator;CMD:ESC/POS;CLS:PRINTER;";
    ByteWriter answer;
    return answer.u16_be(static_cast<std::uint16_t>(id.size() + 2)).text(id).take();
  }
  return std::nullopt;
}

}  // namespace bianmin::emulator
