#include "drivers/emulator/card_reader_model.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::uint8_t status_good = 0x90;
constexpr std::uint8_t status_found = 0x9F;
constexpr std::uint8_t status_no_card = 0x80;
constexpr std::uint8_t status_not_selected = 0x81;
constexpr std::uint8_t status_not_read = 0x41;
constexpr std::uint8_t status_bad_checksum = 0x10;
constexpr std::uint8_t status_bad_command = 0x21;
constexpr std::uint8_t status_no_content = 0x91;
constexpr std::size_t photo_byte_count = 1'024;

// 05.03-20260105-0000000042-0305419896
Bytes sam_id() {
  ByteWriter id;
  id.u16_le(5).u16_le(3).u32_le(20'260'105).u32_le(42).u32_le(305'419'896);
  return id.take();
}

InterfaceSpec reader_interface(ReaderFamily family) {
  InterfaceSpec interface;
  if (family == ReaderFamily::a) {
    interface.endpoints = {{0x02}, {0x06}, {0x81}, {0x85}};
  } else {
    interface.endpoints = {{0x81}, {0x02}};
  }
  return interface;
}

}  // namespace

CardReaderModel::CardReaderModel(ReaderFamily family) : family_(family) {
  spec_.vendor = 0x0400;
  spec_.product = 0xC35A;
  spec_.release = 0x0063;
  spec_.manufacturer = "Bianmin Emulator";
  spec_.product_name = family == ReaderFamily::a ? "ID card module (family A)" : "ID card reader (family B)";
  spec_.serial = "EMU0001";
  spec_.interfaces = {reader_interface(family)};
}

void CardReaderModel::power_on() {
  received_.clear();
  answers_.clear();
}

void CardReaderModel::answer_status(std::uint16_t command, std::uint8_t status, int count) {
  scripted_[command] = {status, count};
}

std::size_t CardReaderModel::take(std::uint8_t, ByteView bytes) {
  append(received_, bytes);
  constexpr std::size_t header = 7;
  while (received_.size() >= header) {
    const std::size_t length = received_[5] * 256U + received_[6];
    if (received_.size() < header + length) break;
    std::uint8_t sum = 0;
    for (std::size_t i = 5; i + 1 < header + length; ++i) sum ^= received_[i];
    const bool right = length >= 3 && sum == received_[header + length - 1];
    const auto command = static_cast<std::uint16_t>(received_[7] << 8U | received_[8]);
    received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(header + length));
    if (right) {
      execute(command);
    } else {
      reply(status_bad_checksum, {});
    }
  }
  return bytes.size();
}

void CardReaderModel::put_card(SpecimenCard card) {
  card_ = std::move(card);
  hidden_ = false;
}

void CardReaderModel::take_card() {
  card_.reset();
  hidden_ = false;
}

void CardReaderModel::execute(std::uint16_t command) {
  ++command_count_;
  const bool counted_down = taken_in_ && (*taken_in_)-- == 0;
  if (counted_down || taken_at_ == command) {
    take_card();
    taken_at_.reset();
    taken_in_.reset();
  }
  const auto scripted = scripted_.find(command);
  if (scripted != scripted_.end() && scripted->second.second > 0) {
    --scripted->second.second;
    reply(scripted->second.first, {});
    return;
  }
  answer(command);
}

void CardReaderModel::answer(std::uint16_t command) {
  switch (command) {
    case 0x10FF:
    case 0x11FF:
      return reply(status_good, {});
    case 0x12FF:
      return reply(status_good, sam_id());
    case 0x2001:
      return card_ && !hidden_ ? reply(status_found, Bytes(4)) : reply(status_no_card, {});
    case 0x2002:
      return card_ ? reply(status_good, Bytes(8)) : reply(status_not_selected, {});
    case 0x3001:
    case 0x3010:
      return card_ ? answer_read(command == 0x3010) : reply(status_not_read, {});
    case 0x3003:
      if (!card_) return reply(status_not_read, {});
      return card_->further_address ? reply(status_good, card_->further_address_block())
                                    : reply(status_no_content, {});
    case 0x3005:
      return card_ ? reply(status_good, Bytes(16, 0x4D)) : reply(status_not_read, {});
    default:
      return reply(status_bad_command, {});
  }
}

void CardReaderModel::answer_read(bool with_fingerprints) {
  ByteWriter data;
  const Bytes text = card_->text_block();
  const std::size_t fingerprints = card_->fingerprints_byte_count;
  data.u16_be(static_cast<std::uint16_t>(text.size())).u16_be(photo_byte_count);
  if (with_fingerprints) data.u16_be(static_cast<std::uint16_t>(fingerprints));
  data.bytes(text);
  for (std::size_t i = 0; i < photo_byte_count; ++i) data.u8(static_cast<std::uint8_t>(i * 7));
  for (std::size_t i = 0; with_fingerprints && i < fingerprints; ++i)
    data.u8(static_cast<std::uint8_t>(i * 3));
  reply(status_good, data.view());
  hidden_ = hides_;
}

void CardReaderModel::reply(std::uint8_t status, const Bytes& data) {
  Bytes covered = {0, 0, 0, 0, status};
  append(covered, data);
  const std::size_t length = covered.size() - 2 + 1;
  covered[0] = static_cast<std::uint8_t>(length >> 8U);
  covered[1] = static_cast<std::uint8_t>(length);
  std::uint8_t sum = 0;
  for (const std::uint8_t byte : covered) sum ^= byte;
  covered.push_back(sum);
  Bytes frame = {0xAA, 0xAA, 0xAA, 0x96, 0x69};
  append(frame, covered);
  if (family_ == ReaderFamily::b) {
    answers_[0x81].push_back(std::move(frame));
    return;
  }
  answers_[0x81].push_back(Bytes(frame.begin(), frame.begin() + 7));
  answers_[0x85].push_back(Bytes(frame.begin() + 7, frame.end()));
}

std::optional<Bytes> CardReaderModel::give(std::uint8_t endpoint) {
  std::deque<Bytes>& queue = answers_[endpoint];
  if (queue.empty()) return std::nullopt;
  Bytes next = std::move(queue.front());
  queue.pop_front();
  return next;
}

std::optional<Bytes> CardReaderModel::control(const ControlRequest&) { return std::nullopt; }

}  // namespace bianmin::emulator
