#include "drivers/card/ccid/ccid_link.hpp"

#include <algorithm>

#include "drivers/card/ccid/ccid_wait.hpp"

namespace bianmin::card {

namespace {

constexpr std::uint8_t to_interface = 0x21;  // class request, host to device
constexpr std::uint8_t request_abort = 0x01;
constexpr int strangers_max = 8;      // answers to other commands, dropped while waiting for one
constexpr int empty_packets_max = 4;  // within one answer
constexpr int busy_tries_max = 10;
constexpr std::size_t drain_byte_max = 256 * 1'024;

Error bad_answer(std::string_view why) { return {Remedy::retry_later, "reader.bad_frame", std::string(why)}; }

}  // namespace

std::optional<CcidEndpoints> ccid_endpoints(const usb::InterfaceInfo& interface) {
  CcidEndpoints found;
  for (const usb::EndpointInfo& endpoint : interface.endpoints) {
    if (endpoint.packet_byte_max == 0) continue;
    const bool bulk = endpoint.kind == usb::EndpointKind::bulk;
    if (bulk && endpoint.is_in() && found.in == 0) {
      found.in = endpoint.address;
      found.in_packet_byte_count = endpoint.packet_byte_max;
    } else if (bulk && !endpoint.is_in() && found.out == 0) {
      found.out = endpoint.address;
    } else if (endpoint.kind == usb::EndpointKind::interrupt && endpoint.is_in() && found.interrupt == 0) {
      found.interrupt = endpoint.address;
      found.interrupt_packet_byte_count = endpoint.packet_byte_max;
    }
  }
  const bool needs_pair = interface.protocol == 0;  // all else goes over the control pipe
  if (needs_pair && (found.in == 0 || found.out == 0)) return std::nullopt;
  return found;
}

CcidLink::CcidLink(usb::Channel& channel, CcidEndpoints endpoints, std::size_t message_byte_max,
                   const CcidQuirks& quirks, const CcidTimings& timings, std::uint8_t& sequence)
    : channel_(channel),
      endpoints_(endpoints),
      message_byte_max_(message_byte_max),
      quirks_(quirks),
      timings_(timings),
      sequence_(sequence) {}

std::size_t CcidLink::whole_packets(std::size_t byte_count) const {
  const std::size_t packet = endpoints_.in_packet_byte_count;
  return std::max<std::size_t>((byte_count + packet - 1) / packet, 1) * packet;
}

Result<CcidAnswer> CcidLink::exchange(CcidMessage message, CcidPatience patience, std::stop_token stop) {
  if (ccid_header_byte_count + message.data.size() > message_byte_max_) {
    return Error{Remedy::refuse, "card.too_long", "longer than the reader's messages are"};
  }
  if (stop.stop_requested()) return Error{Remedy::retry_later, "card.cancelled", "before it began"};
  const auto until = Steady::now() + std::chrono::milliseconds(patience.limit_ms);
  for (int tries = 1;; ++tries) {
    auto answer = exchange_once(message, {patience.answer_ms, left_ms(until)}, stop);
    const bool busy =
        answer && answer->status == CommandStatus::failed && ccid_error(*answer).code == "reader.busy";
    if (!busy || tries == busy_tries_max || left_ms(until) == 0) return answer;
    pause(timings_.busy_pause_ms, stop);
  }
}

Result<CcidAnswer> CcidLink::exchange_once(CcidMessage& message, CcidPatience patience,
                                           std::stop_token stop) {
  const auto limit = Steady::now() + std::chrono::milliseconds(patience.limit_ms);
  auto answer_by = std::min(limit, Steady::now() + std::chrono::milliseconds(patience.answer_ms));
  message.sequence = ++sequence_;
  if (auto sent = send(message, left_ms(answer_by), stop); !sent) {
    return sent.error().code == "usb.cancelled" ? give_up(message.slot, sent.error(), 0) : sent.error();
  }
  for (int strangers = 0; strangers <= strangers_max;) {
    auto answer = receive(left_ms(answer_by), stop);
    if (!answer) {
      const std::string_view code = answer.error().code;
      if (code != "usb.timeout" && code != "usb.cancelled") return answer;
      return give_up(message.slot, answer.error(), strangers);
    }
    if (answer->sequence != message.sequence || answer->slot != message.slot) {
      ++strangers;
      continue;
    }
    if (answer->status == CommandStatus::wants_time) {
      const auto more =
          std::chrono::milliseconds(std::int64_t{patience.answer_ms} * std::max<int>(answer->error, 1));
      answer_by = std::min(limit, Steady::now() + more);
      continue;
    }
    // Some readers say that a command failed with a bare status.
    if (answer->type != answer_to(message.command) && answer->status == CommandStatus::done) {
      return bad_answer("the answer to another command");
    }
    return answer;
  }
  return Error{Remedy::retry_later, "reader.link", "answers to other commands only"};
}

Result<void> CcidLink::send(const CcidMessage& message, int timeout_ms, std::stop_token stop) {
  const auto until = Steady::now() + std::chrono::milliseconds(timeout_ms);
  const SecretBytes bytes = encode_ccid(message);
  ByteView rest = bytes;
  while (!rest.empty()) {
    const auto written = channel_.write(endpoints_.out, rest, left_ms(until), stop);
    if (!written) return written.error();
    rest = rest.subspan(*written);
  }
  return {};
}

// First what one packet holds, which is nearly always all; then exactly as many packets as its length says.
// So a message that fills its last packet needs no empty one after it, and one that is sent all the same does
// no harm.
Result<CcidAnswer> CcidLink::receive(int timeout_ms, std::stop_token stop) {
  const auto until = Steady::now() + std::chrono::milliseconds(timeout_ms);
  SecretBytes message;
  std::optional<std::size_t> byte_count;
  std::size_t next = quirks_.reads_whole_messages ? message_byte_max_ : ccid_header_byte_count;
  for (int empty_packets = 0; empty_packets <= empty_packets_max;) {
    auto piece = channel_.read(endpoints_.in, whole_packets(next), left_ms(until), stop);
    if (!piece) return message.empty() ? piece.error() : bad_answer(piece.error().code);
    if (piece->empty()) {
      ++empty_packets;
      continue;
    }
    message.insert(message.end(), piece->begin(), piece->end());
    wipe(piece->data(), piece->size());
    auto count = ccid_answer_byte_count(message, ccid_message_byte_max);
    if (!count) return count.error();
    byte_count = *count;
    if (byte_count && message.size() >= *byte_count) return decode(message, *byte_count);
    if (piece->size() % endpoints_.in_packet_byte_count != 0) return bad_answer("ends before its length");
    next = byte_count ? *byte_count - message.size() : ccid_header_byte_count;
  }
  return bad_answer("empty packets only");
}

Result<CcidAnswer> CcidLink::decode(ByteView message, std::size_t byte_count) const {
  const bool parameters = message[0] == static_cast<std::uint8_t>(CcidAnswerType::parameters);
  return decode_ccid(parameters && quirks_.surplus_parameters ? message.first(byte_count) : message);
}

Result<CcidAnswer> CcidLink::give_up(std::uint8_t slot, const Error& why, int strangers) {
  if (auto aborted = abort(slot); !aborted) return aborted.error();
  if (why.code == "usb.cancelled") return Error{Remedy::retry_later, "card.cancelled", "called off"};
  if (strangers > 0) return Error{Remedy::retry_later, "reader.link", "an answer with another number"};
  return Error{Remedy::ask_resident, "card.mute", "no answer within the limit"};
}

// CCID 5.3.1: the request on the control pipe and the message, with one number; everything that is answered
// before it belongs to what is called off.
Result<void> CcidLink::abort(std::uint8_t slot) {
  CcidMessage message = ccid_plain(CcidCommand::abort);
  message.slot = slot;
  message.sequence = ++sequence_;
  const auto value = static_cast<std::uint16_t>(message.sequence << 8U | slot);
  auto told = channel_.control_write(to_interface, request_abort, value, channel_.interface().number, {},
                                     timings_.abort_timeout_ms, {});
  if (!told) return told.error();
  const auto until = Steady::now() + std::chrono::milliseconds(timings_.abort_timeout_ms);
  if (auto sent = send(message, left_ms(until), {}); !sent) return sent.error();
  for (int strangers = 0; strangers <= strangers_max; ++strangers) {
    auto answer = receive(left_ms(until), {});
    if (!answer) return answer.error();
    if (answer->sequence == message.sequence && answer->type == CcidAnswerType::slot_status) return {};
  }
  return Error{Remedy::retry_later, "reader.link", "an abort without its answer"};
}

void CcidLink::drain(std::stop_token stop) {
  std::size_t drained = 0;
  while (drained < drain_byte_max) {
    auto stale = channel_.read(endpoints_.in, whole_packets(message_byte_max_), timings_.quiet_ms, stop);
    if (!stale || stale->empty()) return;
    drained += stale->size();
    wipe(stale->data(), stale->size());
  }
}

}  // namespace bianmin::card
