#include "drivers/card/ccid/iccd_pipe.hpp"

#include "drivers/card/ccid/ccid_wait.hpp"
#include "drivers/card/ccid/iccd_message.hpp"

namespace bianmin::card {

namespace {

constexpr std::uint8_t protocol_a = 1;
constexpr std::uint8_t protocol_b = 2;
constexpr std::uint8_t to_interface = 0x21;  // class request, host to device
constexpr std::uint8_t from_interface = 0xA1;
constexpr std::uint16_t with_power = 1;  // wValue of version B's power_on
constexpr std::size_t atr_byte_max = 33;
constexpr std::size_t state_byte_count = 1;
constexpr std::size_t status_byte_count = 3;
constexpr std::uint8_t error_not_supported = 0x00;
constexpr std::uint8_t error_bad_slot = 0x05;
constexpr std::uint8_t error_mute = 0xFE;

CcidAnswer failed(const CcidMessage& message, std::uint8_t error, IccStatus icc) {
  CcidAnswer answer{.type = answer_to(message.command), .icc = icc};
  answer.status = CommandStatus::failed;
  answer.error = error;
  return answer;
}

// How long one command may still take. Its errors are the channel's: "usb.timeout", "usb.cancelled".
class Wait {
 public:
  Wait(CcidPatience patience, std::stop_token stop)
      : answer_ms_(patience.answer_ms),
        limit_(Steady::now() + std::chrono::milliseconds(patience.limit_ms)),
        stop_(std::move(stop)) {
    begin_answer();
  }
  int left() const { return left_ms(answer_by_); }
  const std::stop_token& stop() const { return stop_; }

  // The token works on it: it gets the time for another answer, and is asked after a pause.
  Result<void> linger(int pause_ms) {
    pause(std::min(pause_ms, left_ms(limit_)), stop_);
    if (stop_.stop_requested()) return Error{Remedy::retry_later, "usb.cancelled", "while a token was busy"};
    if (left_ms(limit_) == 0) return Error{Remedy::retry_later, "usb.timeout", "a token stays busy"};
    begin_answer();
    return {};
  }

 private:
  void begin_answer() {
    answer_by_ = std::min(limit_, Steady::now() + std::chrono::milliseconds(answer_ms_));
  }
  int answer_ms_;
  Steady::time_point limit_;
  Steady::time_point answer_by_;
  std::stop_token stop_;
};

class IccdPipe : public CcidPipe {
 public:
  IccdPipe(usb::Channel& channel, std::size_t message_byte_max, const CcidTimings& timings)
      : channel_(channel),
        data_byte_max_(std::min(message_byte_max - ccid_header_byte_count, iccd_block_byte_max)),
        timings_(timings) {}

  Result<CcidAnswer> exchange(CcidMessage message, CcidPatience patience, std::stop_token stop) override;

 protected:
  // Each is one command and its answer. The token is off when switch_on() begins.
  virtual Result<CcidAnswer> switch_on(Wait& wait) = 0;
  virtual Result<CcidAnswer> switch_off(Wait& wait) = 0;
  virtual Result<CcidAnswer> transfer(const CcidMessage& message, Wait& wait) = 0;
  virtual Result<CcidAnswer> look(Wait& wait) = 0;

  Result<void> tell(IccdRequest request, std::uint16_t value, ByteView data, Wait& wait);
  // One byte more than it may have is asked for, so that an answer that is too long shows.
  Result<SecretBytes> ask(IccdRequest request, std::size_t byte_max, Wait& wait);
  IccStatus icc() const { return powered_ ? IccStatus::active : IccStatus::inactive; }
  int poll_ms() const { return timings_.token_poll_ms; }
  std::size_t data_byte_max() const { return data_byte_max_; }

 private:
  Result<CcidAnswer> run(const CcidMessage& message, Wait& wait);
  Result<CcidAnswer> power_on(Wait& wait);
  Result<CcidAnswer> power_off(Wait& wait);
  Error give_up(const Error& why);

  usb::Channel& channel_;
  std::size_t data_byte_max_;
  const CcidTimings& timings_;
  bool powered_ = true;  // as whoever used it before may have left it
};

Result<CcidAnswer> IccdPipe::exchange(CcidMessage message, CcidPatience patience, std::stop_token stop) {
  if (message.data.size() > data_byte_max_) {
    return Error{Remedy::refuse, "card.too_long", "longer than the token's blocks are"};
  }
  if (stop.stop_requested()) return Error{Remedy::retry_later, "card.cancelled", "before it began"};
  Wait wait(patience, std::move(stop));
  auto answer = run(message, wait);
  if (answer) {
    answer->slot = message.slot;
    answer->sequence = message.sequence;
    return answer;
  }
  const std::string_view code = answer.error().code;
  return code == "usb.timeout" || code == "usb.cancelled" ? give_up(answer.error()) : answer.error();
}

Result<CcidAnswer> IccdPipe::run(const CcidMessage& message, Wait& wait) {
  if (message.slot != 0) return failed(message, error_bad_slot, IccStatus::absent);
  switch (message.command) {
    case CcidCommand::power_on:
      return power_on(wait);
    case CcidCommand::power_off:
      return power_off(wait);
    case CcidCommand::transfer:
      return powered_ ? transfer(message, wait) : failed(message, error_mute, icc());
    case CcidCommand::slot_status:
      return look(wait);
    default:
      return failed(message, error_not_supported, icc());
  }
}

Result<CcidAnswer> IccdPipe::power_on(Wait& wait) {
  if (powered_) {
    if (auto off = power_off(wait); !off) return off;
  }
  auto answer = switch_on(wait);
  powered_ = answer && answer->status == CommandStatus::done;
  return answer;
}

Result<CcidAnswer> IccdPipe::power_off(Wait& wait) {
  auto answer = switch_off(wait);
  if (answer) powered_ = false;
  return answer;
}

Error IccdPipe::give_up(const Error& why) {
  Wait wait({timings_.abort_timeout_ms, timings_.abort_timeout_ms}, {});
  if (auto off = power_off(wait); !off) return off.error();
  if (why.code == "usb.cancelled") return {Remedy::retry_later, "card.cancelled", "called off"};
  return {Remedy::ask_resident, "card.mute", "no answer within the limit"};
}

Result<void> IccdPipe::tell(IccdRequest request, std::uint16_t value, ByteView data, Wait& wait) {
  return channel_.control_write(to_interface, static_cast<std::uint8_t>(request), value,
                                channel_.interface().number, data, wait.left(), wait.stop());
}

Result<SecretBytes> IccdPipe::ask(IccdRequest request, std::size_t byte_max, Wait& wait) {
  auto bytes = channel_.control_read(from_interface, static_cast<std::uint8_t>(request), 0,
                                     channel_.interface().number, static_cast<std::uint16_t>(byte_max + 1),
                                     wait.left(), wait.stop());
  if (!bytes) return bytes.error();
  SecretBytes kept(bytes->begin(), bytes->end());
  wipe(bytes->data(), bytes->size());
  return kept;
}

class IccdPipeA : public IccdPipe {
 public:
  using IccdPipe::IccdPipe;

 private:
  Result<CcidAnswer> switch_on(Wait& wait) override;
  Result<CcidAnswer> switch_off(Wait& wait) override;
  Result<CcidAnswer> transfer(const CcidMessage& message, Wait& wait) override;
  Result<CcidAnswer> look(Wait& wait) override;
  Result<IccdState> wait_until_done(Wait& wait);  // never busy
  Result<CcidAnswer> fetch(IccdRequest request, std::size_t byte_max, Wait& wait);
};

Result<IccdState> IccdPipeA::wait_until_done(Wait& wait) {
  for (;;) {
    const auto byte = ask(IccdRequest::icc_status, state_byte_count, wait);
    if (!byte) return byte.error();
    auto state = decode_iccd_state(*byte);
    if (!state || *state != IccdState::busy) return state;
    if (auto more = wait.linger(poll_ms()); !more) return more.error();
  }
}

Result<CcidAnswer> IccdPipeA::fetch(IccdRequest request, std::size_t byte_max, Wait& wait) {
  const auto state = wait_until_done(wait);
  if (!state) return state.error();
  if (*state == IccdState::mute) return failed(ccid_plain(CcidCommand::transfer), error_mute, icc());
  const auto bytes = ask(request, byte_max, wait);
  return bytes ? decode_iccd_data(*bytes, byte_max) : bytes.error();
}

Result<CcidAnswer> IccdPipeA::switch_on(Wait& wait) {
  return fetch(IccdRequest::power_on, atr_byte_max, wait);
}

Result<CcidAnswer> IccdPipeA::switch_off(Wait& wait) {
  if (auto told = tell(IccdRequest::power_off, 0, {}, wait); !told) return told.error();
  return CcidAnswer{.type = CcidAnswerType::slot_status, .icc = IccStatus::inactive};
}

Result<CcidAnswer> IccdPipeA::transfer(const CcidMessage& message, Wait& wait) {
  if (message.specific[1] != static_cast<std::uint8_t>(CcidChain::whole)) {
    return Error{Remedy::refuse, "card.too_long", "this token takes no commands in pieces"};
  }
  if (auto told = tell(IccdRequest::transfer, 0, message.data, wait); !told) return told.error();
  return fetch(IccdRequest::data_block, data_byte_max(), wait);
}

Result<CcidAnswer> IccdPipeA::look(Wait& wait) {
  const auto state = wait_until_done(wait);
  if (!state) return state.error();
  return CcidAnswer{.type = CcidAnswerType::slot_status,
                    .icc = *state == IccdState::mute ? IccStatus::absent : icc()};
}

class IccdPipeB : public IccdPipe {
 public:
  using IccdPipe::IccdPipe;

 private:
  Result<CcidAnswer> switch_on(Wait& wait) override;
  Result<CcidAnswer> switch_off(Wait& wait) override;
  Result<CcidAnswer> transfer(const CcidMessage& message, Wait& wait) override;
  Result<CcidAnswer> look(Wait& wait) override;
  Result<CcidAnswer> take_block(std::size_t data_byte_max, Wait& wait);
  template <typename Decode>
  Result<CcidAnswer> ask_until_told(IccdRequest request, std::size_t byte_max, Decode decode, Wait& wait);
};

// What `decode` makes of the answer, once it is none that wants time.
template <typename Decode>
Result<CcidAnswer> IccdPipeB::ask_until_told(IccdRequest request, std::size_t byte_max, Decode decode,
                                             Wait& wait) {
  for (;;) {
    const auto bytes = ask(request, byte_max, wait);
    if (!bytes) return bytes.error();
    Result<IccdAnswer> told = decode(*bytes);
    if (!told) return told.error();
    if (told->answer.status != CommandStatus::wants_time) return std::move(told->answer);
    if (auto more = wait.linger(std::max(told->wait_ms, poll_ms())); !more) return more.error();
  }
}

Result<CcidAnswer> IccdPipeB::take_block(std::size_t byte_max, Wait& wait) {
  constexpr std::size_t kind_byte_count = 1;
  const auto decode = [byte_max](ByteView bytes) { return decode_iccd_block(bytes, byte_max); };
  return ask_until_told(IccdRequest::data_block, kind_byte_count + byte_max, decode, wait);
}

Result<CcidAnswer> IccdPipeB::switch_on(Wait& wait) {
  if (auto told = tell(IccdRequest::power_on, with_power, {}, wait); !told) return told.error();
  return take_block(atr_byte_max, wait);
}

Result<CcidAnswer> IccdPipeB::switch_off(Wait& wait) {
  if (auto told = tell(IccdRequest::power_off, 0, {}, wait); !told) return told.error();
  return look(wait);
}

Result<CcidAnswer> IccdPipeB::transfer(const CcidMessage& message, Wait& wait) {
  const auto place = static_cast<std::uint16_t>(message.specific[1] << 8U);
  if (auto told = tell(IccdRequest::transfer, place, message.data, wait); !told) return told.error();
  return take_block(data_byte_max(), wait);
}

Result<CcidAnswer> IccdPipeB::look(Wait& wait) {
  return ask_until_told(IccdRequest::slot_status, status_byte_count, decode_iccd_slot_status, wait);
}

}  // namespace

std::unique_ptr<CcidPipe> make_iccd_pipe(usb::Channel& channel, std::size_t message_byte_max,
                                         const CcidTimings& timings) {
  const usb::InterfaceInfo& interface = channel.interface();
  if (interface.device_class != class_smart_card || interface.subclass != 0) return nullptr;
  if (interface.protocol == protocol_a)
    return std::make_unique<IccdPipeA>(channel, message_byte_max, timings);
  if (interface.protocol == protocol_b)
    return std::make_unique<IccdPipeB>(channel, message_byte_max, timings);
  return nullptr;
}

}  // namespace bianmin::card
