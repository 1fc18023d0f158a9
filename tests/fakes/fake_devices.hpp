// Devices that a test plays by hand. Each keeps what it was asked, and answers when the test says so.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "drivers/cabinet/cabinet_contacts.hpp"
#include "drivers/cabinet/guide_lights.hpp"
#include "drivers/card/id_card_reader.hpp"
#include "drivers/pad/headset_jack.hpp"
#include "drivers/pad/key_pad.hpp"
#include "drivers/power/power_supply.hpp"
#include "drivers/printer/page_printer.hpp"
#include "drivers/printer/receipt_printer.hpp"
#include "drivers/scanner/code_scanner.hpp"

namespace bianmin {

constexpr DeviceState fake_ready{DeviceCondition::ready, "ready"};

// What every device is asked, whatever it does.
template <typename Interface>
class FakeDevice : public Interface {
 public:
  DeviceState state() const override { return state_; }
  void watch(std::function<void(DeviceState)> changed) override { changed_ = std::move(changed); }

  bool state_watched() const { return changed_ != nullptr; }
  void become(DeviceState state) {
    state_ = state;
    if (changed_) changed_(state);
  }

 protected:
  explicit FakeDevice(DeviceState first = fake_ready) : state_(first) {}

 private:
  DeviceState state_;
  std::function<void(DeviceState)> changed_;
};

class FakeReader : public FakeDevice<card::IdCardReader> {
 public:
  using card::IdCardReader::read;
  using FakeDevice::become;
  void read(card::IdCardRequest request, std::function<void(Result<card::IdCard>)> done) override {
    asked = request;
    done_ = std::move(done);
  }
  void cancel() override { answer(Error{Remedy::refuse, "card.cancelled", {}}); }
  void watch_card_seen(std::function<void()> seen) override { seen_ = std::move(seen); }
  void watch_presence(std::function<void(card::CardPresence)> changed) override {
    presence_changed_ = std::move(changed);
  }
  card::CardPresence presence() const override { return presence_; }

  card::IdCardRequest asked;  // by the last read
  bool reading() const { return done_ != nullptr; }
  bool watched() const { return presence_changed_ != nullptr; }
  void see_card() {
    if (seen_) seen_();
  }
  void become(card::CardPresence presence) {
    presence_ = presence;
    if (presence_changed_) presence_changed_(presence);
  }
  void answer(Result<card::IdCard> result) {
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(result));
  }

 private:
  std::function<void()> seen_;
  card::CardPresence presence_ = card::CardPresence::unknown;
  std::function<void(card::CardPresence)> presence_changed_;
  std::function<void(Result<card::IdCard>)> done_;
};

class FakePrinter : public FakeDevice<printer::ReceiptPrinter> {
 public:
  using FakeDevice::become;
  void print(const printer::Document& document,
             std::function<void(Result<printer::PrintOutcome>)> done) override {
    documents.push_back(document);
    done_ = std::move(done);
  }
  void cancel() override { answer(Error{Remedy::refuse, "printer.cancelled", {}}); }
  void cut_remains(std::function<void()> done) override { remains_done_ = std::move(done); }
  printer::SlipPresence slip_presence() const override { return slip_; }
  void watch_slip(std::function<void(printer::SlipPresence)> changed) override {
    slip_changed_ = std::move(changed);
  }
  void retract(std::function<void(bool)> done) override { retract_done_ = std::move(done); }

  void become(printer::SlipPresence slip) {
    slip_ = slip;
    const auto changed = slip_changed_;  // it may end the watching
    if (changed) changed(slip);
  }
  bool slip_watched() const { return slip_changed_ != nullptr; }
  bool asked_to_retract() const { return retract_done_ != nullptr; }
  void retracted(bool empty) {
    const auto done = std::exchange(retract_done_, nullptr);
    if (done) done(empty);
  }
  bool asked_to_cut() const { return remains_done_ != nullptr; }
  void remains_are_cut() {
    const auto done = std::exchange(remains_done_, nullptr);
    if (done) done();
  }
  bool printing() const { return done_ != nullptr; }
  void answer(Result<printer::PrintOutcome> outcome) {
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(outcome));
  }
  std::vector<printer::Document> documents;

 private:
  std::function<void(Result<printer::PrintOutcome>)> done_;
  std::function<void()> remains_done_;
  printer::SlipPresence slip_ = printer::SlipPresence::unknown;
  std::function<void(printer::SlipPresence)> slip_changed_;
  std::function<void(bool)> retract_done_;
};

class FakePagePrinter : public FakeDevice<printer::PagePrinter> {
 public:
  void print(printer::PageJob job, std::function<void(Result<printer::PrintOutcome>)> done) override {
    jobs.push_back(std::move(job));
    done_ = std::move(done);
  }
  void cancel() override { answer(Error{Remedy::refuse, "printer.cancelled", {}}); }

  bool printing() const { return done_ != nullptr; }
  void answer(Result<printer::PrintOutcome> outcome) {
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(outcome));
  }
  std::vector<printer::PageJob> jobs;

 private:
  std::function<void(Result<printer::PrintOutcome>)> done_;
};

class FakeScanner : public FakeDevice<scanner::CodeScanner> {
 public:
  void listen(std::function<void(Result<std::string>)> code) override { code_ = std::move(code); }
  void stop() override { code_ = nullptr; }

  bool listening() const { return code_ != nullptr; }
  void scan(Result<std::string> text) {
    const auto code = code_;  // it may stop listening
    if (code) code(std::move(text));
  }

 private:
  std::function<void(Result<std::string>)> code_;
};

class FakePad : public FakeDevice<pad::KeyPad> {
 public:
  void listen(std::function<void(pad::PadKey)> pressed) override { pressed_ = std::move(pressed); }

  bool listened() const { return pressed_ != nullptr; }
  void press(pad::PadKey key) {
    const auto pressed = pressed_;
    if (pressed) pressed(key);
  }

 private:
  std::function<void(pad::PadKey)> pressed_;
};

class FakeLights : public cabinet::GuideLights {
 public:
  DeviceState state() const override { return fake_ready; }
  void watch(std::function<void(DeviceState)>) override {}
  void set(cabinet::LightPlace place, cabinet::Light light) override {
    if (light == cabinet::Light::off) {
      lit.erase(place);
    } else {
      lit[place] = light;
    }
  }

  std::map<cabinet::LightPlace, cabinet::Light> lit;
};

class FakePowerSupply : public FakeDevice<power::PowerSupply> {
 public:
  FakePowerSupply() : FakeDevice(DeviceState()) {}  // absent: most sites have none
  power::PowerStatus status() const override { return {}; }
  void switch_off(int delay_s, std::function<void(Result<void>)> done) override {
    asked_off_s = delay_s;
    done(can_switch ? Result<void>() : Error{Remedy::call_staff, "ups.cannot_switch", {}});
  }

  int asked_off_s = 0;  // 0: not asked
  bool can_switch = true;
};

class FakeContacts : public FakeDevice<cabinet::CabinetContacts> {
 public:
  cabinet::ContactState contacts() const override { return contacts_; }
  void watch_contacts(std::function<void(cabinet::ContactState)> changed) override {
    contacts_changed_ = std::move(changed);
  }

  void become(cabinet::ContactState contacts) {
    contacts_ = contacts;
    FakeDevice::become(contacts.tampered ? DeviceState{DeviceCondition::needs_attention, "contacts.tampered"}
                       : contacts.door_open
                           ? DeviceState{DeviceCondition::needs_attention, "contacts.door_open"}
                           : fake_ready);
    const auto changed = contacts_changed_;
    if (changed) changed(contacts);
  }
  void go() { FakeDevice::become(DeviceState()); }

 private:
  cabinet::ContactState contacts_;
  std::function<void(cabinet::ContactState)> contacts_changed_;
};

class FakeJack : public pad::HeadsetJack {
 public:
  bool headset_in() const override { return in_; }
  void watch_headset(std::function<void(bool)> changed) override { changed_ = std::move(changed); }

  bool watched() const { return changed_ != nullptr; }
  void plug(bool in) {
    in_ = in;
    if (changed_) changed_(in);
  }

 private:
  bool in_ = false;
  std::function<void(bool)> changed_;
};

}  // namespace bianmin
