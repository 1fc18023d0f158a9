#include "drivers/card/ccid/ccid_card.hpp"

#include <algorithm>

#include "drivers/card/ccid/pin_entry.hpp"
#include "drivers/card/ccid/t0_tpdu.hpp"

namespace bianmin::card {

namespace {

constexpr int pin_grace_ms = 2'000;  // the reader's own clock ends a PIN entry first

// Also what a job makes of it: errors of the reader, not of the card.
bool of_device(const Error& error) {
  return error.code.starts_with("usb.") || error.code.starts_with("reader.");
}

Error mute(std::string_view why) { return {Remedy::ask_resident, "card.mute", std::string(why)}; }

}  // namespace

CcidCard::CcidCard(CcidPipe& pipe, const CcidDescriptor& reader, const CcidQuirks& quirks,
                   const CcidTimings& timings, int slot, std::stop_token stop)
    : pipe_(pipe), reader_(reader), quirks_(quirks), timings_(timings), slot_(slot), stop_(std::move(stop)) {}

void CcidCard::begin_limit() {
  until_ = Steady::now() + std::chrono::milliseconds(timings_.exchange_limit_ms);
}

Result<CcidAnswer> CcidCard::ask(CcidMessage message, int answer_ms) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until_ - Steady::now()).count();
  if (left <= 0) return mute("no time left");
  message.slot = static_cast<std::uint8_t>(slot_);
  auto answer = pipe_.exchange(std::move(message), {answer_ms, static_cast<int>(left)}, stop_);
  if (!answer && of_device(answer.error())) device_failure_ = answer.error();
  return answer;
}

// Of the card: a reader that only refuses a command works.
Result<CcidAnswer> CcidCard::ask_well(CcidMessage message, int answer_ms) {
  auto answer = ask(std::move(message), answer_ms);
  if (!answer) return answer;
  // Some readers answer for a card that is gone as if all were well, with nothing.
  if (answer->icc == IccStatus::absent && answer->data.empty()) {
    return Error{Remedy::ask_resident, "card.removed", "no card, and no data"};
  }
  if (answer->status == CommandStatus::done) return answer;
  Error error = ccid_error(*answer);
  return of_device(error) ? mute(error.detail) : error;
}

Result<void> CcidCard::power_on() {
  begin_limit();
  std::vector<std::uint8_t> voltages;
  if (reader_.automatic_voltage()) {
    voltages = {0};
  } else {
    if (reader_.volt_5) voltages.push_back(1);
    if (reader_.volt_3) voltages.push_back(2);
    if (reader_.volt_1_8) voltages.push_back(3);
    if (voltages.empty()) voltages = {0};
  }
  Error last = mute("no voltage");
  for (const std::uint8_t voltage : voltages) {
    voltage_ = voltage;
    auto done = activate(true);
    if (done) return {};
    last = done.error();
    if (device_failure_ || (last.code != "card.mute" && last.code != "card.unsupported")) return last;
  }
  return last;
}

void CcidCard::power_off() {
  begin_limit();
  CcidMessage message = ccid_plain(CcidCommand::power_off);
  message.slot = static_cast<std::uint8_t>(slot_);
  // Also when the job was stopped: the card must not stay powered.
  auto answer =
      pipe_.exchange(std::move(message), {timings_.command_timeout_ms, timings_.command_timeout_ms}, {});
  if (!answer && of_device(answer.error())) device_failure_ = answer.error();
  t1_.reset();
}

Result<void> CcidCard::reset() {
  begin_limit();
  return activate(false);
}

Result<void> CcidCard::activate(bool cold) {
  t1_.reset();
  if (cold) {
    auto off = ask(ccid_plain(CcidCommand::power_off), timings_.command_timeout_ms);
    if (!off) return off.error();
  }
  auto answer = ask_well(ccid_power_on(voltage_), timings_.command_timeout_ms);
  if (!answer) return answer.error();
  auto atr = parse_atr(answer->data);
  if (!atr) return atr.error();
  atr_ = std::move(*atr);
  return agree();
}

Result<void> CcidCard::agree() {
  const auto common = std::find_if(atr_.protocols.begin(), atr_.protocols.end(), [&](int offered) {
    return (offered == 0 && reader_.t0) || (offered == 1 && reader_.t1);
  });
  if (common == atr_.protocols.end()) {
    return Error{Remedy::ask_resident, "card.unsupported", "no protocol in common"};
  }
  protocol_ = *common;
  const bool by_itself = reader_.automatic_negotiation() || reader_.automatic_pps();
  if (!by_itself) {
    if (auto agreed = agree_by_hand(); !agreed) return agreed;
  } else if (level() == ExchangeLevel::tpdu) {
    auto answer = ask(ccid_plain(CcidCommand::get_parameters), timings_.command_timeout_ms);
    if (!answer) return answer.error();
    // Without an answer it is the first one of the card, as ISO 7816-3 has it.
    if (answer->status == CommandStatus::done && answer->last <= 1) protocol_ = answer->last;
  }
  return level() == ExchangeLevel::tpdu && protocol_ == 1 ? begin_t1() : Result<void>();
}

Result<void> CcidCard::agree_by_hand() {
  const std::uint32_t rate = rate_of(atr_.speed, reader_.default_clock_khz);
  const bool fast = reader_.automatic_rate() && rate != 0 && rate <= reader_.maximum_rate_bps;
  std::uint8_t speed = fast ? atr_.speed : default_speed;
  if (atr_.fixed_protocol) {
    speed = atr_.implicit_parameters ? default_speed : atr_.speed;
  } else if (level() == ExchangeLevel::tpdu && (protocol_ != atr_.protocols[0] || speed != default_speed)) {
    auto agreed = propose(speed);
    if (!agreed) return agreed.error();
    if (!*agreed) {
      // The card is silent until its next reset; then it speaks its first protocol at the default speed.
      if (protocol_ != atr_.protocols[0])
        return Error{Remedy::ask_resident, "card.unsupported", "refused PPS"};
      auto off = ask(ccid_plain(CcidCommand::power_off), timings_.command_timeout_ms);
      if (!off) return off.error();
      auto again = ask_well(ccid_power_on(voltage_), timings_.command_timeout_ms);
      if (!again) return again.error();
      speed = default_speed;
    }
  }
  auto set = ask(ccid_set_parameters(protocol_, ccid_parameters(atr_, protocol_, speed)),
                 timings_.command_timeout_ms);
  if (!set) return set.error();
  if (set->status == CommandStatus::done || reader_.automatic_parameters()) return {};
  const Error refused = ccid_error(*set);
  if (refused.code == "card.removed") return refused;
  return ccid_fault(set->error) == CcidFault::not_supported ? Result<void>()
                                                            : mute("its parameters were refused");
}

Result<bool> CcidCard::propose(std::uint8_t speed) {
  const Bytes request = encode_pps(protocol_, speed == default_speed ? std::optional<std::uint8_t>() : speed);
  auto answer = ask(ccid_transfer(request, 0, CcidChain::whole), timings_.command_timeout_ms);
  if (!answer) return answer.error().code == "card.mute" ? Result<bool>(false) : answer.error();
  if (answer->status != CommandStatus::done) {
    const Error error = ccid_error(*answer);
    return error.code == "card.removed" ? Result<bool>(error) : Result<bool>(false);
  }
  bool kept_default = false;
  const bool agreed = pps_agreed(request, answer->data, &kept_default);
  return agreed && (!kept_default || speed == default_speed);
}

Result<void> CcidCard::begin_t1() {
  constexpr std::uint32_t ifsd_min = 32;
  const std::uint32_t said = quirks_.ifsd_max != 0 ? quirks_.ifsd_max : reader_.ifsd_max;
  T1Settings settings;
  settings.ifsc = std::min<std::size_t>(atr_.ifsc, t1_information_byte_max);
  settings.ifsd = std::clamp<std::size_t>(said, ifsd_min, t1_information_byte_max);
  settings.crc = atr_.crc;
  t1_.emplace(settings, [this](ByteView block, std::uint8_t waiting) { return transfer(block, waiting); });
  return reader_.automatic_ifsd() ? Result<void>() : t1_->announce_ifsd();
}

int CcidCard::answer_ms(std::uint8_t waiting) const {
  const std::int64_t silence_ms = atr_.waiting_ms(protocol_, reader_.default_clock_khz);
  const std::int64_t patience =
      std::max<std::int64_t>(silence_ms * std::max<int>(waiting, 1), timings_.command_timeout_ms);
  return static_cast<int>(std::min<std::int64_t>(patience, timings_.exchange_limit_ms));
}

Result<SecretBytes> CcidCard::transfer(ByteView bytes, std::uint8_t waiting) {
  auto answer = ask_well(ccid_transfer(bytes, waiting, CcidChain::whole), answer_ms(waiting));
  if (!answer) return answer.error();
  return std::move(answer->data);
}

// CCID 6.1.4: a long command in pieces of whole messages, then its answer in pieces, each asked for.
Result<SecretBytes> CcidCard::transfer_chained(ByteView bytes) {
  const std::size_t piece_max = reader_.usable_message_byte_max() - ccid_header_byte_count;
  for (bool first = true;; first = false) {
    const ByteView piece = bytes.first(std::min(piece_max, bytes.size()));
    bytes = bytes.subspan(piece.size());
    const bool last = bytes.empty();
    const CcidChain chain =
        first ? (last ? CcidChain::whole : CcidChain::begins) : (last ? CcidChain::ends : CcidChain::goes_on);
    auto answer = ask_well(ccid_transfer(piece, 0, chain), answer_ms(0));
    if (!answer) return answer.error();
    if (last) return collect(std::move(*answer));
    if (!answer->data.empty() || answer->chain() != CcidChain::more_please)
      return mute("the reader does not want the rest");
  }
}

Result<SecretBytes> CcidCard::collect(CcidAnswer answer) {
  SecretBytes all;
  for (;;) {
    if (all.size() + answer.data.size() > apdu_answer_byte_max + 2) return mute("an answer without end");
    const bool empty = answer.data.empty();
    all.insert(all.end(), answer.data.begin(), answer.data.end());
    const CcidChain chain = answer.chain();
    if (chain != CcidChain::begins && chain != CcidChain::goes_on) return all;
    if (empty) return mute("an empty piece of an answer");
    auto next = ask_well(ccid_transfer({}, 0, CcidChain::more_please), answer_ms(0));
    if (!next) return next.error();
    answer = std::move(*next);
  }
}

Result<ResponseApdu> CcidCard::transmit(const CommandApdu& command) {
  begin_limit();
  const bool by_characters = level() == ExchangeLevel::tpdu && protocol_ == 0;
  auto bytes = by_characters ? encode_t0_tpdu(command) : encode_apdu(command);
  if (!bytes) return bytes.error();
  if (level() == ExchangeLevel::short_apdu && needs_extended_apdu(command)) {
    return Error{Remedy::refuse, "card.too_long", "the reader does short commands only"};
  }
  // Pieces also come where only short commands go: from tokens, and from readers that say less than they do.
  auto answer = t1_ ? t1_->exchange(*bytes) : by_characters ? transfer(*bytes, 0) : transfer_chained(*bytes);
  if (!answer) return answer.error();
  return decode_response(*answer);
}

Result<ResponseApdu> CcidCard::transmit_with_pin_pad(const CommandApdu& command, const PinLayout& layout,
                                                     int timeout_ms) {
  if (!has_pin_pad()) return Error{Remedy::refuse, "reader.no_pin_pad", "this reader has no keys"};
  const std::size_t apdu_byte_count = pin_apdu_byte_count(layout);
  const Bytes prologue = t1_ ? t1_->prologue(apdu_byte_count) : Bytes(3, 0);
  const auto entry = encode_pin_verification(command, layout, timeout_ms, prologue);
  if (!entry) return entry.error();
  until_ = Steady::now() +
           std::chrono::milliseconds(std::int64_t{timeout_ms} + pin_grace_ms + timings_.exchange_limit_ms);
  auto answer = ask_well(ccid_secure(*entry), timeout_ms + pin_grace_ms);
  if (!answer) return answer.error();
  constexpr std::size_t bare_status_byte_count = 2;  // shorter than any block: of the reader itself
  const bool in_block = t1_ && answer->data.size() > bare_status_byte_count;
  auto bytes =
      in_block ? t1_->take_single_answer(answer->data) : Result<SecretBytes>(std::move(answer->data));
  if (!bytes) return bytes.error();
  auto response = decode_response(*bytes);
  if (!response) return response;
  if (auto told = pin_entry_error(response->status)) return *told;
  return response;
}

}  // namespace bianmin::card
