#include "drivers/printer/escpos_link.hpp"

#include <algorithm>
#include <chrono>

namespace bianmin::printer {

namespace {

using Steady = std::chrono::steady_clock;
constexpr std::size_t piece_byte_max = 1'024;
constexpr int quiet_ms = 5;
constexpr int drains_max = 64;
constexpr int settle_tries_max = 5;
constexpr std::string_view probe_id = "0000";

int left_ms(Steady::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Steady::now()).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

}  // namespace

EscposLink::EscposLink(usb::Channel& channel, const EscposOptions& options, std::stop_token stop)
    : channel_(channel), options_(options), stop_(std::move(stop)) {
  for (const usb::EndpointInfo& endpoint : channel.interface().endpoints) {
    if (endpoint.kind != usb::EndpointKind::bulk) continue;
    (endpoint.is_in() ? in_ : out_) = endpoint.address;
    if (endpoint.is_in() && endpoint.packet_byte_max > 0) packet_byte_count_ = endpoint.packet_byte_max;
  }
}

Result<std::string> EscposLink::model() {
  constexpr std::uint8_t class_interface_in = 0xA1;
  constexpr std::uint8_t get_device_id = 0;
  constexpr std::uint16_t id_byte_max = 1'024;
  constexpr std::size_t length_byte_count = 2;
  const auto interface = static_cast<std::uint16_t>(channel_.interface().number << 8U);
  const auto answer = channel_.control_read(class_interface_in, get_device_id, 0, interface, id_byte_max,
                                            options_.answer_timeout_ms, stop_);
  if (!answer && (answer.error().code == "usb.gone" || answer.error().code == "usb.cancelled"))
    return answer.error();
  if (!answer) return std::string();  // no reason not to print
  if (answer->size() <= length_byte_count) return std::string();
  return std::string(model_of_device_id(text_of(ByteView(*answer).subspan(length_byte_count))));
}

Result<void> EscposLink::send(ByteView bytes) {
  while (!bytes.empty()) {
    const ByteView piece = bytes.first(std::min(bytes.size(), piece_byte_max));
    const auto taken = channel_.write(out_, piece, options_.write_timeout_ms, stop_);
    if (!taken) return taken.error();
    bytes = bytes.subspan(*taken);
  }
  return {};
}

Result<void> EscposLink::listen(int wait_ms) { return listen(wait_ms, stop_); }

Result<void> EscposLink::listen(int wait_ms, std::stop_token news) {
  const auto answer = channel_.read(in_, packet_byte_count_, wait_ms, news);
  if (!answer) {
    if (answer.error().code == "usb.cancelled" && !stop_.stop_requested()) return {};
    if (answer.error().code != "usb.timeout") return answer.error();
    answers_.clear();  // half an answer, and then silence: the rest will not come
    return {};
  }
  answers_.push(*answer);
  sort_answers();
  return {};
}

void EscposLink::sort_answers() {
  while (auto answer = answers_.next()) {
    if (const auto* realtime = std::get_if<RealtimeByte>(&*answer)) {
      realtime_.push_back(realtime->byte);
    } else if (const auto* done = std::get_if<ProcessDone>(&*answer)) {
      printed_ = printed_ || (done->id == expected_ && !stood_still_);
      begun_ = begun_ || done->id == expected_begun_;
    } else if (const auto* automatic = std::get_if<AutomaticStatus>(&*answer)) {
      automatic_ = automatic->status;
      stood_still_ = stood_still_ || !automatic->status.can_print();
    } else if (const auto* full = std::get_if<FullStatus>(&*answer)) {
      at_mouth_ = full->slip_at_mouth;
    } else {
      cleared_ = true;
    }
  }
}

void EscposLink::expect(std::string_view id, std::string_view begun_id) {
  expected_ = id;
  expected_begun_ = begun_id;
  begun_ = false;
  printed_ = false;
  stood_still_ = false;
}

Result<std::optional<bool>> EscposLink::slip_at_mouth() {
  at_mouth_.reset();
  const auto sent = channel_.write(out_, escpos_mouth_request(), options_.answer_timeout_ms, stop_);
  if (!sent && sent.error().code != "usb.timeout") return sent.error();
  const auto until = Steady::now() + std::chrono::milliseconds(options_.answer_timeout_ms);
  while (sent && !at_mouth_ && Steady::now() < until) {
    if (auto heard = listen(left_ms(until)); !heard) return heard.error();
  }
  return at_mouth_;
}

Result<void> EscposLink::ask_automatic_status() { return send(escpos_automatic_status()); }

Result<void> EscposLink::tell_mended() {
  const auto sent = channel_.write(out_, escpos_go_on(), options_.answer_timeout_ms, stop_);
  if (!sent && sent.error().code != "usb.timeout") return sent.error();
  return {};
}

Result<PrinterStatus> EscposLink::port_status() {
  constexpr std::uint8_t class_interface_in = 0xA1;
  constexpr std::uint8_t get_port_status = 1;
  const auto answer =
      channel_.control_read(class_interface_in, get_port_status, 0, channel_.interface().number, 1,
                            options_.answer_timeout_ms, stop_);
  if (!answer) return answer.error();
  if (answer->size() != 1) return Error{Remedy::retry_later, "usb.io", "no port status"};
  return status_from_port((*answer)[0]);
}

Result<PrinterStatus> EscposLink::status() {
  realtime_.clear();  // late answers to an earlier request
  const auto sent = channel_.write(out_, escpos_status_request(), options_.answer_timeout_ms, stop_);
  if (!sent && sent.error().code != "usb.timeout") return sent.error();
  const auto until = Steady::now() + std::chrono::milliseconds(options_.answer_timeout_ms);
  while (sent && realtime_.size() < 4 && Steady::now() < until) {
    if (auto heard = listen(left_ms(until)); !heard) return heard.error();
  }
  if (realtime_.size() < 4) return automatic_ ? Result<PrinterStatus>(*automatic_) : port_status();
  return status_from_realtime({realtime_[0], realtime_[1], realtime_[2], realtime_[3]});
}

Result<PrinterStatus> EscposLink::settled_status(const std::optional<PrinterStatus>& known) {
  auto last = status();
  if (last && known && *last == *known) return last;
  for (int i = 0; i < settle_tries_max && last; ++i) {
    auto again = status();
    if (!again || *again == *last) return again;
    last = std::move(again);
  }
  return last;
}

Result<void> EscposLink::clear_buffer() {
  cleared_ = false;
  auto sent = channel_.write(out_, escpos_clear_buffer(), options_.answer_timeout_ms, stop_);
  if (!sent) return sent.error();
  const auto until = Steady::now() + std::chrono::milliseconds(options_.answer_timeout_ms);
  while (!cleared_ && Steady::now() < until) {
    if (auto heard = listen(left_ms(until)); !heard) return heard.error();
  }
  return {};  // a printer that does not answer does not know the command: then ESC @ has to do
}

Result<bool> EscposLink::supports_process_ids() {
  expect(probe_id);
  if (auto sent = send(escpos_process_id(probe_id)); !sent) return sent.error();
  const auto until = Steady::now() + std::chrono::milliseconds(options_.answer_timeout_ms);
  while (!printed_ && Steady::now() < until) {
    if (auto heard = listen(left_ms(until)); !heard) return heard.error();
  }
  return printed_;
}

void EscposLink::drain() {
  for (int i = 0; i < drains_max; ++i) {
    const auto stale = channel_.read(in_, packet_byte_count_, quiet_ms, stop_);
    if (!stale || stale->empty()) break;
  }
  answers_.clear();
}

}  // namespace bianmin::printer
