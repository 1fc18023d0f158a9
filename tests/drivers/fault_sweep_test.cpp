// The sweeps of all drivers.
#include "tests/drivers/fault_sweep.hpp"

#include "drivers/cabinet/lamp_array_lights.hpp"
#include "drivers/cabinet/mcp2221_contacts.hpp"
#include "drivers/conformance/public_codes.hpp"
#include "drivers/emulator/card_reader_model.hpp"
#include "drivers/emulator/lamp_array_model.hpp"
#include "drivers/emulator/mcp2221_model.hpp"
#include "drivers/emulator/pad_model.hpp"
#include "drivers/emulator/printer_model.hpp"
#include "drivers/emulator/ups_model.hpp"
#include "drivers/pad/hid_key_pad.hpp"
#include "drivers/power/hid_ups.hpp"
#include "tests/drivers/quick_options.hpp"

namespace bianmin {

using card::IdCard;
using emulator::CardReaderModel;
using emulator::LampArrayModel;
using emulator::Mcp2221Model;
using emulator::PadModel;
using emulator::PrinterModel;
using emulator::ReaderFamily;
using emulator::UpsModel;
using printer::PrintOutcome;

namespace {

// After a failure the ladder is climbed: at most so often the whole conversation begins anew.
constexpr int conversations_max = 6;

class IdCardSubject : public EmulatedSubject<CardReaderModel> {
 public:
  explicit IdCardSubject(ReaderFamily family) : EmulatedSubject(family), family_(family) {
    reader_ = std::make_unique<card::UsbIdCardReader>(*rig_.bus, rig_.loop, nullptr, quick_id_card_drivers(),
                                                      quick_looks, quick_recovery);
  }
  std::string name() const override {
    return family_ == ReaderFamily::a ? "id card reader, four endpoints" : "id card reader, two endpoints";
  }
  DeviceState state() const override { return reader_->state(); }
  std::vector<Spoiling> spoilings() override {
    return {spoiling("card pulled", [](CardReaderModel& model) { model.take_card(); })};
  }
  void mend() override {
    device_.change([](CardReaderModel& model) { model.put_card(*emulator::specimen_card("grandma")); });
  }
  void begin() override {
    ended_.reset();
    reader_->read({.fingerprints = true, .further_address = true}, [this](Result<IdCard> card) {
      ended_ = card ? "ok" : std::string(card.error().code);
      if (card && !whole(*card)) ended_ = "half a person";
    });
  }
  std::optional<std::string> ended() override { return ended_; }
  void call_off() override { reader_->cancel(); }
  bool honest(const std::string& ending, bool) override {
    return ending == "ok" || (ending.starts_with("card.") && conformance::public_result_code(ending));
  }
  std::int64_t limit_ms() const override {
    const int look = timings_.find_timeout_ms + timings_.select_timeout_ms;
    const int conversation = timings_.settle_ms + 2 * timings_.quiet_ms + timings_.probe_timeout_ms +
                             2 * look + timings_.read_timeout_ms + timings_.further_address_timeout_ms;
    return std::int64_t{conversations_max} * conversation + quick_recovery.backoff_max_ms;
  }

 private:
  static bool whole(const IdCard& card) {
    return card.number == "11010519491231002X" && card.name == "赵秀兰" && card.photo.size() == 1'024 &&
           card.fingerprints.size() == 512 && card.further_address == "某省某市某县青石镇敬老院2号楼";
  }
  ReaderFamily family_;
  card::SdtTimings timings_ = quick_sdt_timings();
  std::optional<std::string> ended_;
  std::unique_ptr<card::UsbIdCardReader> reader_;
};

class PrinterSubject : public EmulatedSubject<PrinterModel> {
 public:
  PrinterSubject() {
    printer_ =
        std::make_unique<printer::EscposPrinter>(*rig_.bus, rig_.loop, nullptr, options_, quick_recovery);
  }
  std::string name() const override { return "receipt printer"; }
  DeviceState state() const override { return printer_->state(); }
  std::vector<Spoiling> spoilings() override {
    return {spoiling("paper out", [](PrinterModel& model) { model.set_paper(false); }),
            spoiling("cover opened", [](PrinterModel& model) { model.set_cover(true); }),
            spoiling("cutter blocked", [](PrinterModel& model) { model.set_cutter_blocked(true); }),
            spoiling("too hot", [](PrinterModel& model) { model.set_overheated(true); })};
  }
  void mend() override {
    device_.change([](PrinterModel& model) {
      model.set_paper(true);
      model.set_cover(false);
      model.set_cutter_blocked(false);
      model.set_overheated(false);
    });
  }
  void begin() override {
    ended_.reset();
    before_ = whole();
    printer_->print({{printer::TextLine{"便民服务回执", printer::Align::center, 2, true}, printer::RuleLine{},
                      printer::LabelLine{"办件号", "0721 3386 41"}, printer::QrCode{"BM1:0721338641"}}},
                    [this](Result<PrintOutcome> outcome) {
                      if (!outcome) ended_ = outcome.error().code;
                      if (outcome) ended_ = *outcome == PrintOutcome::printed ? "ok" : "doubtful";
                    });
  }
  std::optional<std::string> ended() override { return ended_; }
  void call_off() override { printer_->cancel(); }
  // Never two slips for one, and success only with one; what was damaged on its way may have become anything
  // else.
  bool honest(const std::string& ending, bool damaged) override {
    const int slips = whole() - before_;
    if (slips > 1 || (ending != "ok" && ending != "doubtful")) return false;
    return ending == "doubtful" || slips == 1 || damaged;
  }
  std::int64_t limit_ms() const override {
    const int questions = 6 * options_.answer_timeout_ms;
    const int job = 2 * (options_.confirm_timeout_ms + options_.write_timeout_ms);
    return std::int64_t{conversations_max} * (questions + job) + quick_recovery.backoff_max_ms;
  }

 private:
  int whole() {
    return device_.change([](PrinterModel& model) { return model.whole_count(); });
  }
  printer::EscposOptions options_ = quick_escpos_options();
  int before_ = 0;
  std::optional<std::string> ended_;
  std::unique_ptr<printer::EscposPrinter> printer_;
};

// A stroke; what a person does whose key was not heard is to press it again.
class PadSubject : public EmulatedSubject<PadModel> {
 public:
  PadSubject() {
    pad::KeyPadSettings settings;
    settings.vendor = PadModel::vendor;
    settings.product = PadModel::product;
    settings.double_strike_ms = 0;
    pad_ = std::make_unique<pad::HidKeyPad>(*rig_.bus, rig_.loop, nullptr, settings, quick_recovery);
    pad_->listen([this](pad::PadKey key) {
      if (heard_ != "ok") heard_ = key == pad::PadKey::next ? "ok" : "another key";
    });
  }
  std::string name() const override { return "key pad"; }
  DeviceState state() const override { return pad_->state(); }
  void begin() override {
    heard_.reset();
    turns_ = 0;
  }
  void go_on() override {
    constexpr int turns_between = 8;
    if (!pad_->state().usable() || turns_++ % turns_between != 0) return;
    device_.change([](PadModel& model) { model.press(0x51); });
  }
  std::optional<std::string> ended() override { return heard_; }
  bool honest(const std::string& ending, bool damaged) override {
    return ending == "ok" || (damaged && ending == "another key");
  }
  std::int64_t limit_ms() const override {
    constexpr int requests_ms = 3 * 1'000;
    return std::int64_t{conversations_max} * requests_ms + quick_recovery.backoff_max_ms;
  }

 private:
  int turns_ = 0;
  std::optional<std::string> heard_;
  std::unique_ptr<pad::HidKeyPad> pad_;
};

// The door is opened, told, closed again.
class ContactsSubject : public EmulatedSubject<Mcp2221Model> {
 public:
  ContactsSubject() {
    contacts_ = std::make_unique<cabinet::Mcp2221Contacts>(
        *rig_.bus, rig_.loop, nullptr, cabinet::parse_contact_wiring("door=0:nc tamper=1:no").value(),
        quick_recovery);
  }
  std::string name() const override { return "cabinet contacts"; }
  DeviceState state() const override { return contacts_->state(); }
  void begin() override {
    opened_ = closed_ = false;
    pins(true);
  }
  // Its condition is needs_attention while the door is open: known, and so well.
  void go_on() override {
    const bool known = contacts_->state().code == "contacts.door_open" || contacts_->state().usable();
    if (!known) return;
    const bool open = contacts_->contacts().door_open;
    if (open && !opened_) {
      opened_ = true;
      pins(false);
    }
    if (opened_ && !open) closed_ = true;
  }
  std::optional<std::string> ended() override {
    return closed_ ? std::optional<std::string>("ok") : std::nullopt;
  }
  void call_off() override { pins(false); }
  bool honest(const std::string& ending, bool) override { return ending == "ok"; }
  std::int64_t limit_ms() const override {
    constexpr int exchanges_ms = 4 * 1'000;
    return std::int64_t{conversations_max} * exchanges_ms + quick_recovery.backoff_max_ms;
  }

 private:
  void pins(bool open) {
    device_.change([open](Mcp2221Model& model) {
      model.set_pin(0, open);
      model.set_pin(1, true);
    });
  }
  bool opened_ = false;
  bool closed_ = false;
  std::unique_ptr<cabinet::Mcp2221Contacts> contacts_;
};

// A light that goes on, and another that goes out.
class LightsSubject : public EmulatedSubject<LampArrayModel> {
 public:
  LightsSubject() {
    cabinet::GuideLightSettings settings;
    settings.vendor = LampArrayModel::vendor;
    settings.product = LampArrayModel::product;
    settings.lamps = {{LightPlace::card_reader, 0}, {LightPlace::scanner, 5}};
    lights_ =
        std::make_unique<cabinet::LampArrayLights>(*rig_.bus, rig_.loop, nullptr, settings, quick_recovery);
  }
  std::string name() const override { return "guide lights"; }
  DeviceState state() const override { return lights_->state(); }
  void begin() override {
    lit_ = lit_ == LightPlace::scanner ? LightPlace::card_reader : LightPlace::scanner;
    turns_ = 0;
    for (const LightPlace place : {LightPlace::card_reader, LightPlace::scanner})
      lights_->set(place, place == lit_ ? Light::on : Light::off);
  }
  // Somebody puts it right whom no light shows the way.
  void go_on() override {
    constexpr int turns_between = 40;
    if (++turns_ % turns_between != 0) return;
    lights_->set(lit_, Light::off);
    rig_.loop.run_once(50);
    lights_->set(lit_, Light::on);
  }
  std::optional<std::string> ended() override {
    const bool shown = device_.change([&](LampArrayModel& model) {
      return model.lit(0) == (lit_ == LightPlace::card_reader) &&
             model.lit(5) == (lit_ == LightPlace::scanner);
    });
    if (!state().usable() || !shown) return std::nullopt;
    return "ok";
  }
  bool honest(const std::string& ending, bool) override { return ending == "ok"; }
  std::int64_t limit_ms() const override {
    constexpr int requests_ms = 6 * 1'000;
    return std::int64_t{conversations_max} * requests_ms + quick_recovery.backoff_max_ms;
  }

 private:
  using Light = cabinet::Light;
  using LightPlace = cabinet::LightPlace;
  LightPlace lit_ = LightPlace::scanner;
  int turns_ = 0;
  std::unique_ptr<cabinet::LampArrayLights> lights_;
};

// An operation is a power cut and its end, both told.
class PowerSubject : public EmulatedSubject<UpsModel> {
 public:
  PowerSubject() {
    ups_ = std::make_unique<power::HidUps>(*rig_.bus, rig_.loop, nullptr, quick_ups_timings, quick_recovery);
  }
  std::string name() const override { return "power supply"; }
  DeviceState state() const override { return ups_->state(); }
  void begin() override {
    cut_told_ = false;
    back_told_ = false;
    device_.change([](UpsModel& model) { model.set_mains(false); });
  }
  void go_on() override {
    if (!ups_->state().usable()) return;
    const bool on_battery = ups_->status().on_battery;
    if (!cut_told_ && on_battery) {
      cut_told_ = true;
      device_.change([](UpsModel& model) { model.set_mains(true); });
    } else if (cut_told_ && !on_battery) {
      back_told_ = true;
    }
  }
  std::optional<std::string> ended() override {
    return back_told_ ? std::optional<std::string>("ok") : std::nullopt;
  }
  void call_off() override {
    device_.change([](UpsModel& model) { model.set_mains(true); });
  }
  bool honest(const std::string& ending, bool) override { return ending == "ok"; }
  std::int64_t limit_ms() const override {
    constexpr int request_ms =
        1'000;  // of each question; a supply that answers nothing is asked nothing more
    return std::int64_t{4} * request_ms + quick_recovery.backoff_max_ms;
  }

 private:
  bool cut_told_ = false;
  bool back_told_ = false;
  std::unique_ptr<power::HidUps> ups_;
};

}  // namespace

TEST_CASE("faults of an identity card reader, four endpoints", "[sweep]") {
  IdCardSubject subject(ReaderFamily::a);
  sweep(subject, 100);
}

TEST_CASE("faults of an identity card reader, two endpoints", "[sweep]") {
  IdCardSubject subject(ReaderFamily::b);
  sweep(subject, 50);
}

TEST_CASE("faults of a receipt printer", "[sweep]") {
  PrinterSubject subject;
  sweep(subject, 200);
}

TEST_CASE("faults of a power supply", "[sweep]") {
  PowerSubject subject;
  sweep(subject, 50);
}

TEST_CASE("faults of a key pad", "[sweep]") {
  PadSubject subject;
  sweep(subject, 20);
}

TEST_CASE("faults of guide lights", "[sweep]") {
  LightsSubject subject;
  sweep(subject, 20);
}

TEST_CASE("faults of cabinet contacts", "[sweep]") {
  ContactsSubject subject;
  sweep(subject, 50);
}

}  // namespace bianmin
