// An identity card reader as a device model: both USB families, and a card that can be put on and taken off.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "drivers/emulator/device_model.hpp"

namespace bianmin::emulator {

enum class ReaderFamily { a, b };  // a: header and body on two pairs of endpoints; b: one pair

struct SpecimenCard {
  std::string name;
  std::string sex = "1";
  std::string ethnicity = "01";
  std::string birth = "19491231";
  std::string address;
  std::string number = "11010519491231002X";
  std::string issuer;
  std::string valid_from = "20180301";
  std::string valid_to = "长期";
  char kind = ' ';

  Bytes text_block() const;  // 256 bytes
};

// Invented people with the specimen numbers of public documents: "grandma" (the usual one), "farmer"
// (expires), "expired", "bad-number", "foreigner". Empty: no such name.
std::optional<SpecimenCard> specimen_card(std::string_view name);

// Replies as the public descriptions of SDT modules give them; written apart from the driver's own encoder.
class CardReaderModel : public DeviceModel {
 public:
  explicit CardReaderModel(ReaderFamily family);

  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override;
  std::size_t take(std::uint8_t endpoint, ByteView bytes) override;
  std::optional<Bytes> give(std::uint8_t endpoint) override;
  std::optional<Bytes> control(const ControlRequest& request) override;

  void put_card(SpecimenCard card) { card_ = std::move(card); }
  void take_card() { card_.reset(); }
  bool has_card() const { return card_.has_value(); }
  // Answers the next `count` commands of this kind ("20 01" is 0x2001) with a bare third status byte.
  void answer_status(std::uint16_t command, std::uint8_t status, int count);
  void take_card_at(std::uint16_t command) { taken_at_ = command; }  // when this command comes
  int command_count() const { return command_count_; }

 private:
  void execute(std::uint16_t command);
  void reply(std::uint8_t status, const Bytes& data);

  ReaderFamily family_;
  DeviceSpec spec_;
  Bytes received_;
  std::map<std::uint8_t, std::deque<Bytes>> answers_;
  std::optional<SpecimenCard> card_;
  std::map<std::uint16_t, std::pair<std::uint8_t, int>> scripted_;
  std::optional<std::uint16_t> taken_at_;
  int command_count_ = 0;
};

}  // namespace bianmin::emulator
