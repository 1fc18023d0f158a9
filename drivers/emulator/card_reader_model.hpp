// An identity card reader as a device model: both USB families, and a card that can be put on and taken off.
#pragma once

#include <deque>
#include <map>
#include <optional>

#include "drivers/emulator/device_model.hpp"
#include "drivers/emulator/specimen_card.hpp"

namespace bianmin::emulator {

enum class ReaderFamily { a, b };  // a: header and body on two pairs of endpoints; b: one pair

// Replies as the public descriptions of SDT modules give them; written apart from the driver's own encoder.
class CardReaderModel : public DeviceModel {
 public:
  explicit CardReaderModel(ReaderFamily family);

  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override;
  std::size_t take(std::uint8_t endpoint, ByteView bytes) override;
  std::optional<Bytes> give(std::uint8_t endpoint) override;
  std::optional<Bytes> control(const ControlRequest& request) override;

  void put_card(SpecimenCard card);
  void take_card();
  bool has_card() const { return card_.has_value(); }
  // Answers the next `count` commands of this kind ("20 01" is 0x2001) with a bare third status byte.
  void answer_status(std::uint16_t command, std::uint8_t status, int count);
  void take_card_at(std::uint16_t command) { taken_at_ = command; }  // when this command comes
  void take_card_in(int commands) { taken_in_ = commands; }          // when so many have come
  // Answers "no card" to a search for the card that was read, until it is lifted: many real ones are said to.
  void hide_read_card(bool hides) { hides_ = hides; }
  int command_count() const { return command_count_; }

 private:
  void execute(std::uint16_t command);
  void answer(std::uint16_t command);
  void answer_read(bool with_fingerprints);
  void reply(std::uint8_t status, const Bytes& data);

  ReaderFamily family_;
  DeviceSpec spec_;
  Bytes received_;
  std::map<std::uint8_t, std::deque<Bytes>> answers_;
  std::optional<SpecimenCard> card_;
  std::map<std::uint16_t, std::pair<std::uint8_t, int>> scripted_;
  std::optional<std::uint16_t> taken_at_;
  std::optional<int> taken_in_;
  bool hides_ = false;
  bool hidden_ = false;
  int command_count_ = 0;
};

}  // namespace bianmin::emulator
