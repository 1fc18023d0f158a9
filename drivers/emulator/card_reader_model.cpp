#include "drivers/emulator/card_reader_model.hpp"

#include "terminal/base/text.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::uint8_t status_good = 0x90;
constexpr std::uint8_t status_found = 0x9F;
constexpr std::uint8_t status_no_card = 0x80;
constexpr std::uint8_t status_not_selected = 0x81;
constexpr std::uint8_t status_not_read = 0x41;
constexpr std::uint8_t status_bad_checksum = 0x10;
constexpr std::uint8_t status_bad_command = 0x21;

void put_text(ByteWriter& to, std::string_view text, std::size_t byte_count) {
  Bytes padded = utf16le_from_utf8(text).ok() ? *utf16le_from_utf8(text) : Bytes();
  while (padded.size() < byte_count) append(padded, Bytes{0x20, 0x00});
  to.bytes(ByteView(padded).first(byte_count));
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

Bytes SpecimenCard::text_block() const {
  ByteWriter block;
  put_text(block, name, 30);
  put_text(block, sex, 2);
  put_text(block, ethnicity, 4);
  put_text(block, birth, 16);
  put_text(block, address, 70);
  put_text(block, number, 36);
  put_text(block, issuer, 30);
  put_text(block, valid_from, 16);
  put_text(block, valid_to, 16);
  put_text(block, "", 28);
  put_text(block, std::string(1, kind), 2);
  put_text(block, "", 6);
  return block.take();
}

std::optional<SpecimenCard> specimen_card(std::string_view name) {
  SpecimenCard card;
  card.name = "赵秀兰";
  card.sex = "2";
  card.address = "某省某市某县青石镇柳河村三组17号";
  card.issuer = "某县公安局";
  if (name == "grandma") return card;
  if (name == "foreigner") {
    card.kind = 'J';
    return card;
  }
  if (name == "bad-number") {
    card.number = "110105194912310021";
    return card;
  }
  card.name = "阿卜杜拉·买买提明";
  card.sex = "1";
  card.ethnicity = "05";
  card.birth = "18800101";
  card.number = "440524188001010014";
  card.valid_to = "20380301";
  if (name == "farmer") return card;
  card.valid_from = "20000301";
  card.valid_to = "20200301";
  if (name == "expired") return card;
  return std::nullopt;
}

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

void CardReaderModel::execute(std::uint16_t command) {
  ++command_count_;
  if (taken_at_ == command) {
    take_card();
    taken_at_.reset();
  }
  const auto scripted = scripted_.find(command);
  if (scripted != scripted_.end() && scripted->second.second > 0) {
    --scripted->second.second;
    reply(scripted->second.first, {});
    return;
  }
  switch (command) {
    case 0x12FF:
      reply(status_good, {5, 3, 0, 0, 0x5F, 0x23, 0x35, 0x01, 1, 2, 3, 4, 5, 6, 7, 8});
      break;
    case 0x2001:
      card_ ? reply(status_found, Bytes(4)) : reply(status_no_card, {});
      break;
    case 0x2002:
      card_ ? reply(status_good, Bytes(8)) : reply(status_not_selected, {});
      break;
    case 0x3001: {
      if (!card_) {
        reply(status_not_read, {});
        break;
      }
      Bytes data = {0x01, 0x00, 0x04, 0x00};
      append(data, card_->text_block());
      for (int i = 0; i < 1'024; ++i) data.push_back(static_cast<std::uint8_t>(i * 7));
      reply(status_good, data);
      break;
    }
    default:
      reply(status_bad_command, {});
  }
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
