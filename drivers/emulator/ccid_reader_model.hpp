// A smart card reader of the class CCID as a device model: every exchange level, several slots, keys, and
// what can go wrong. Laid out from USB CCID Rev 1.1, chapters 5 and 6; written apart from the driver's own
// encoder. The same as a token on the control pipe, ICCD Rev 1.0: then its card "removed" is the token that
// says of itself that it is not there.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "drivers/emulator/card_model.hpp"
#include "drivers/emulator/device_model.hpp"
#include "drivers/emulator/t0_card.hpp"
#include "drivers/emulator/t1_card.hpp"

namespace bianmin::emulator {

enum class CcidLevel { tpdu, short_apdu, extended_apdu };
enum class CcidForm { reader, token_a, token_b };

struct CcidReaderOptions {
  CcidLevel level = CcidLevel::extended_apdu;
  CcidForm form = CcidForm::reader;  // a token has one slot
  int slots = 1;
  bool interrupt = true;
  bool pin_pad = false;
  bool automatic = true;  // voltage, parameters, PPS and IFSD; else the host does all that
  std::uint32_t message_byte_max = 271;
  std::uint32_t protocols = 3;  // bit 0: T=0, bit 1: T=1
  std::uint8_t voltages = 7;
  std::uint16_t vendor = 0x1209;
  std::uint16_t product = 0xCC1D;
  std::uint8_t device_class = 0x0B;
  bool asleep = false;              // looks for cards only after a slot was switched off
  bool silent = false;              // has an interrupt endpoint and says nothing on it
  bool forgets_rest = false;        // loses what a read leaves of an answer
  bool descriptor = true;           // the class descriptor is there at all
  std::uint32_t features = 0;       // instead of what `level` and `automatic` make of it
  std::uint8_t unsized_answer = 0;  // answers of this type say that they have no data, whatever they have
};

// How the person at the reader's keys behaves.
struct PinPerson {
  enum class Act {
    types,
    cancels,
    waits,
    nothing
  } act = Act::types;  // nothing: no answer at all, until aborted
  std::string digits = "1234";
};

class CcidReaderModel : public DeviceModel {
 public:
  explicit CcidReaderModel(CcidReaderOptions options = {});

  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override;
  std::size_t take(std::uint8_t endpoint, ByteView bytes) override;
  std::optional<Bytes> give(std::uint8_t endpoint) override;
  std::optional<Bytes> control(const ControlRequest& request) override;
  bool forgets_rest() const override { return options_.forgets_rest; }
  void misnumber(Bytes& answer) override;

  void insert(std::shared_ptr<CardModel> card, int slot = 0);
  void remove(int slot = 0);
  bool has_card(int slot = 0) const { return slots_[static_cast<std::size_t>(slot)].card != nullptr; }
  bool powered(int slot = 0) const { return slots_[static_cast<std::size_t>(slot)].active; }
  // Null: no card over T=1 in the slot.
  T1Card* t1(int slot = 0);

  void remove_at(int command_index) {
    remove_at_ = command_index;
  }                                                      // counted from power_on(); before it is executed
  void extend_time(int count, std::uint8_t multiplier);  // before the next answers of the card, each
  void hold() { holding_ = true; }  // the next transfer is never answered, but an abort is
  bool holds() const { return held_.has_value(); }
  void go_deaf() { deaf_ = true; }  // nothing is answered any more, aborts neither, until power_on()
  void be_busy(int count) { busy_ = count; }
  void fail_next(std::uint8_t command, std::uint8_t error) { failing_[command] = error; }  // once
  void repeat_last_answer() { repeats_last_ = true; }        // before the next one: a stale number
  void send_empty_packets(bool on) { empty_packets_ = on; }  // after answers that fill their last packet
  void babble_notices(int count) { false_notices_ = count; }
  void deny_absence(bool on) {
    denies_absence_ = on;
  }                                      // commands to a card that is gone are done, with nothing
  void be_mute(bool on) { mute_ = on; }  // its cards do not answer to power
  void refuse_voltages(std::uint8_t bits) { refused_voltages_ = bits; }
  void refuse_pps(bool on) { refuses_pps_ = on; }
  void set_person(PinPerson person) { person_ = std::move(person); }

  int command_count() const { return command_count_; }
  int count_of(std::uint8_t command) const;
  const Bytes& parameters(int slot = 0) const { return slots_[static_cast<std::size_t>(slot)].parameters; }
  const Bytes& last_pin_data() const { return last_pin_data_; }
  std::uint8_t last_voltage() const { return last_voltage_; }

 private:
  struct Slot {
    std::shared_ptr<CardModel> card;
    bool active = false;
    bool changed = false;
    int protocol = 0;
    Bytes parameters;
    T0Card t0;
    std::optional<T1Card> t1;
    bool speaks_pps = false;  // just powered: the next bytes may be a PPS
    Bytes pieces;             // of a long command
    Bytes rest;               // of a long answer
  };
  struct Command {
    std::uint8_t type = 0;
    std::uint8_t slot = 0;
    std::uint8_t number = 0;
    std::uint8_t specific[3] = {};
    Bytes data;
  };
  void receive(const Command& command);
  void execute(const Command& command);
  std::optional<Bytes> token_request(const ControlRequest& request);
  std::optional<Bytes> version_a(const ControlRequest& request);
  std::optional<Bytes> version_b(const ControlRequest& request);
  void command(std::uint8_t type, std::uint8_t level, const Bytes& data);
  std::optional<Bytes> next_answer();
  void power_card(const Command& command, Slot& slot);
  void exchange(const Command& command, Slot& slot);
  void exchange_apdu(const Command& command, Slot& slot);
  void give_piece(const Command& command, Slot& slot, bool first);
  void set_parameters(const Command& command, Slot& slot);
  void enter_pin(const Command& command, Slot& slot);
  void abort(const Command& command);
  void answer(const Command& command, std::uint8_t type, const Bytes& data, std::uint8_t last = 0);
  void fail(const Command& command, std::uint8_t error);
  void send(const Command& command, std::uint8_t type, std::uint8_t status, std::uint8_t error,
            std::uint8_t last, const Bytes& data);
  void notify();

  CcidReaderOptions options_;
  DeviceSpec spec_;
  std::vector<Slot> slots_;
  Bytes received_;
  std::deque<Bytes> answers_;
  std::deque<Bytes> notices_;
  Bytes last_answer_;
  std::optional<std::uint16_t> abort_asked_;  // number << 8 | slot, on the control pipe
  std::optional<Command> held_;
  std::map<std::uint8_t, std::uint8_t> failing_;
  std::map<std::uint8_t, int> counts_;
  std::optional<int> remove_at_;
  int extensions_ = 0;
  std::uint8_t multiplier_ = 1;
  bool asleep_ = false;
  bool holding_ = false;
  bool deaf_ = false;
  int busy_ = 0;
  bool repeats_last_ = false;
  bool empty_packets_ = false;
  int false_notices_ = 0;
  bool denies_absence_ = false;
  bool mute_ = false;
  std::uint8_t refused_voltages_ = 0;
  bool refuses_pps_ = false;
  PinPerson person_;
  int command_count_ = 0;
  Bytes last_pin_data_;
  std::uint8_t last_voltage_ = 0;
};

}  // namespace bianmin::emulator
