#include "drivers/emulator/ccid_reader_model.hpp"

#include <algorithm>
#include <utility>

#include "drivers/emulator/ccid_wire.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::uint8_t bulk_out = 0x02;
constexpr std::uint8_t bulk_in = 0x82;
constexpr std::uint8_t interrupt_in = 0x83;
constexpr std::size_t packet_byte_count = 64;

Bytes class_descriptor(const CcidReaderOptions& options) {
  const bool token = options.form != CcidForm::reader;
  std::uint32_t features = options.automatic ? 0x000004BAU : 0x00000030U;
  if (token) features = 0x00000840U;
  if (options.level == CcidLevel::tpdu) features |= 0x00010000U;
  if (options.level == CcidLevel::short_apdu) features |= 0x00020000U;
  if (options.level == CcidLevel::extended_apdu) features |= 0x00040000U;
  if (options.features != 0) features = options.features;
  ByteWriter to;
  to.u8(54).u8(0x21).u16_le(0x0110);
  to.u8(static_cast<std::uint8_t>(options.slots - 1)).u8(options.voltages).u32_le(options.protocols);
  to.u32_le(4'000).u32_le(4'000).u8(0);
  to.u32_le(10'752).u32_le(344'086).u8(0);
  to.u32_le(254).u32_le(0).u32_le(0).u32_le(features).u32_le(options.message_byte_max);
  to.u8(0xFF).u8(0xFF).u16_le(options.pin_pad ? 0x0210 : 0).u8(options.pin_pad ? 3 : 0).u8(1);
  return to.take();
}

std::uint8_t answer_type(std::uint8_t command) {
  switch (command) {
    case pc_power_on:
    case pc_transfer:
    case pc_secure:
      return rdr_data_block;
    case pc_get_parameters:
    case pc_reset_parameters:
    case pc_set_parameters:
      return rdr_parameters;
    case pc_escape:
      return rdr_escape;
    case pc_rate_and_clock:
      return rdr_rate_and_clock;
    default:
      return rdr_slot_status;
  }
}

}  // namespace

CcidReaderModel::CcidReaderModel(CcidReaderOptions options)
    : options_(std::move(options)), slots_(static_cast<std::size_t>(options_.slots)) {
  spec_.vendor = options_.vendor;
  spec_.product = options_.product;
  spec_.manufacturer = "Bianmin Emulator";
  spec_.product_name = "Smart card reader";
  spec_.serial = "EMU0004";
  InterfaceSpec interface;
  interface.device_class = options_.device_class;
  interface.protocol = static_cast<std::uint8_t>(options_.form);
  if (options_.form == CcidForm::reader) interface.endpoints = {{bulk_out}, {bulk_in}};
  if (options_.interrupt) interface.endpoints.push_back({interrupt_in, 3, 8});
  if (options_.descriptor) interface.class_descriptor = class_descriptor(options_);
  spec_.interfaces = {interface};
}

void CcidReaderModel::power_on() {
  received_.clear();
  answers_.clear();
  notices_.clear();
  abort_asked_.reset();
  held_.reset();
  holding_ = deaf_ = false;
  asleep_ = options_.asleep;
  command_count_ = 0;
  for (Slot& slot : slots_) {
    slot.active = false;
    slot.changed = slot.card != nullptr;
  }
  if (options_.interrupt) notify();
}

void CcidReaderModel::insert(std::shared_ptr<CardModel> card, int slot) {
  Slot& own = slots_[static_cast<std::size_t>(slot)];
  own = Slot();
  own.card = std::move(card);
  own.changed = true;
  if (options_.interrupt) notify();
}

void CcidReaderModel::remove(int slot) {
  Slot& own = slots_[static_cast<std::size_t>(slot)];
  if (own.card == nullptr) return;
  own = Slot();
  own.changed = true;
  if (options_.interrupt) notify();
}

T1Card* CcidReaderModel::t1(int slot) {
  auto& t1 = slots_[static_cast<std::size_t>(slot)].t1;
  return t1 ? &*t1 : nullptr;
}

int CcidReaderModel::count_of(std::uint8_t command) const {
  const auto found = counts_.find(command);
  return found == counts_.end() ? 0 : found->second;
}

void CcidReaderModel::extend_time(int count, std::uint8_t multiplier) {
  extensions_ = count;
  multiplier_ = multiplier;
}

// RDR_to_PC_NotifySlotChange, 6.3.1: two bits for each slot, whether a card is there and whether that is
// news.
void CcidReaderModel::notify() {
  if (options_.silent) return;
  Bytes notice = {0x50};
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (i % 4 == 0) notice.push_back(0);
    const unsigned bits = (slots_[i].card != nullptr ? 1U : 0U) | (slots_[i].changed ? 2U : 0U);
    notice.back() = static_cast<std::uint8_t>(notice.back() | bits << (2 * (i % 4)));
    slots_[i].changed = false;
  }
  notices_.push_back(std::move(notice));
}

std::size_t CcidReaderModel::take(std::uint8_t, ByteView bytes) {
  append(received_, bytes);
  while (received_.size() >= ccid_header_bytes) {
    const std::size_t length = ByteReader(ByteView(received_).subspan(1)).u32_le();
    if (length > 100'000) {  // no command is like that: a reader hangs, or forgets it
      received_.clear();
      break;
    }
    if (received_.size() < ccid_header_bytes + length) break;
    Command command;
    command.type = received_[0];
    command.slot = received_[5];
    command.number = received_[6];
    std::copy(received_.begin() + 7, received_.begin() + 10, command.specific);
    const auto end = received_.begin() + static_cast<std::ptrdiff_t>(ccid_header_bytes + length);
    command.data.assign(received_.begin() + ccid_header_bytes, end);
    received_.erase(received_.begin(), end);
    receive(command);
  }
  return bytes.size();
}

void CcidReaderModel::receive(const Command& command) {
  if (remove_at_ && *remove_at_ == command_count_) {
    remove_at_.reset();
    for (std::size_t i = 0; i < slots_.size(); ++i) remove(static_cast<int>(i));
  }
  ++command_count_;
  ++counts_[command.type];
  if (!deaf_) execute(command);
}

std::optional<Bytes> CcidReaderModel::give(std::uint8_t endpoint) {
  if (endpoint == interrupt_in && notices_.empty() && false_notices_ > 0) {
    --false_notices_;
    notify();
  }
  std::deque<Bytes>& queue = endpoint == interrupt_in ? notices_ : answers_;
  if (queue.empty()) return std::nullopt;
  Bytes next = std::move(queue.front());
  queue.pop_front();
  return next;
}

std::optional<Bytes> CcidReaderModel::control(const ControlRequest& request) {
  if (options_.form != CcidForm::reader) return token_request(request);
  if (request.request_type == 0x21 && request.request == 0x01) {  // ABORT, 5.3.1
    if (deaf_) return std::nullopt;
    abort_asked_ = request.value;
    return Bytes();
  }
  return std::nullopt;
}

void CcidReaderModel::misnumber(Bytes& answer) {
  if (options_.form == CcidForm::reader && answer.size() >= ccid_header_bytes)
    answer[6] = static_cast<std::uint8_t>(answer[6] + 0x55);
}

void CcidReaderModel::send(const Command& command, std::uint8_t type, std::uint8_t status, std::uint8_t error,
                           std::uint8_t last, const Bytes& data) {
  unsigned icc = 2;
  if (!asleep_ && command.slot < slots_.size() && slots_[command.slot].card != nullptr)
    icc = slots_[command.slot].active ? 0 : 1;
  ByteWriter to;
  const std::size_t said = type == options_.unsized_answer ? 0 : data.size();
  to.u8(type).u32_le(static_cast<std::uint32_t>(said)).u8(command.slot).u8(command.number);
  to.u8(static_cast<std::uint8_t>(unsigned{status} << 6U | icc)).u8(error).u8(last).bytes(data);
  if (std::exchange(repeats_last_, false) && !last_answer_.empty()) answers_.push_back(last_answer_);
  last_answer_ = to.view();
  answers_.push_back(to.take());
  if (empty_packets_ && last_answer_.size() % packet_byte_count == 0) answers_.emplace_back();
}

void CcidReaderModel::answer(const Command& command, std::uint8_t type, const Bytes& data,
                             std::uint8_t last) {
  send(command, type, 0, 0, last, data);
}

void CcidReaderModel::fail(const Command& command, std::uint8_t error) {
  send(command, answer_type(command.type), 1, error, 0, {});
}

void CcidReaderModel::execute(const Command& command) {
  if (command.type == pc_abort) return abort(command);
  if (command.slot >= slots_.size()) return fail(command, error_bad_slot);
  if (held_) return fail(command, error_slot_busy);
  Slot& slot = slots_[command.slot];
  if (busy_ > 0) {
    --busy_;
    return fail(command, error_slot_busy);
  }
  if (const auto failing = failing_.find(command.type); failing != failing_.end()) {
    const std::uint8_t error = failing->second;
    failing_.erase(failing);
    return fail(command, error);
  }
  switch (command.type) {
    case pc_slot_status:
      return answer(command, rdr_slot_status, {}, slot.active ? 0 : 3);
    case pc_power_off:
      slot.active = asleep_ = false;
      return answer(command, rdr_slot_status, {}, 3);
    case pc_power_on:
      return power_card(command, slot);
    case pc_transfer:
      return exchange(command, slot);
    case pc_secure:
      return enter_pin(command, slot);
    case pc_get_parameters:
      if (!slot.active) return fail(command, error_mute);
      return answer(command, rdr_parameters, slot.parameters, static_cast<std::uint8_t>(slot.protocol));
    case pc_set_parameters:
      return set_parameters(command, slot);
    case pc_clock:
      return answer(command, rdr_slot_status, {}, command.specific[0]);
    case pc_escape:
      return answer(command, rdr_escape, command.data);
    case pc_rate_and_clock:
      return answer(command, rdr_rate_and_clock, command.data);
    default:
      return fail(command, error_not_supported);
  }
}

void CcidReaderModel::abort(const Command& command) {
  const auto expected = static_cast<std::uint16_t>(command.number << 8U | command.slot);
  if (abort_asked_ != expected) return fail(command, error_not_supported);
  abort_asked_.reset();
  if (held_) {
    const Command held = *std::exchange(held_, std::nullopt);
    fail(held, error_aborted);
  }
  answer(command, rdr_slot_status, {});
}

}  // namespace bianmin::emulator
