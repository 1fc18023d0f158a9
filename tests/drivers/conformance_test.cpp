// The conformance suites on the emulated devices, in this process.
#include <algorithm>

#include "drivers/cabinet/lamp_array_lights.hpp"
#include "drivers/cabinet/mcp2221_contacts.hpp"
#include "drivers/conformance/report.hpp"
#include "drivers/conformance/suites.hpp"
#include "drivers/emulator/camera_model.hpp"
#include "drivers/emulator/card_reader_model.hpp"
#include "drivers/emulator/cdc_scanner_model.hpp"
#include "drivers/emulator/keyboard_scanner_model.hpp"
#include "drivers/emulator/lamp_array_model.hpp"
#include "drivers/emulator/mcp2221_model.hpp"
#include "drivers/emulator/pad_model.hpp"
#include "drivers/emulator/page_printer_model.hpp"
#include "drivers/emulator/printer_model.hpp"
#include "drivers/emulator/scanner_model.hpp"
#include "drivers/emulator/ups_model.hpp"
#include "drivers/pad/hid_key_pad.hpp"
#include "drivers/power/hid_ups.hpp"
#include "drivers/printer/page/usb_page_printer.hpp"
#include "drivers/scanner/camera_scanner.hpp"
#include "drivers/scanner/code_writer.hpp"
#include "drivers/scanner/usb_code_scanner.hpp"
#include "tests/drivers/ccid_rig.hpp"
#include "tests/drivers/device_rig.hpp"
#include "tests/drivers/played_operator.hpp"
#include "tests/drivers/quick_options.hpp"

namespace bianmin {

using conformance::Act;
using conformance::Verdict;
using emulator::CameraModel;
using emulator::CameraPipe;
using emulator::CardReaderModel;
using emulator::LampArrayModel;
using emulator::Mcp2221Model;
using emulator::PadModel;
using emulator::PagePrinterModel;
using emulator::PrinterModel;
using emulator::ScannerModel;
using emulator::UpsModel;

namespace {

template <typename Model>
void play_plug(PlayedOperator& hands, EmulatedDevice<Model>& device, int transfers_into) {
  hands.acts[Act::plug] = [&] { device.plug(); };
  hands.acts[Act::unplug] = [&] { device.unplug(); };
  hands.acts[Act::unplug_during] = [&device, transfers_into] {
    device.fail_at(device.transfer_count() + transfers_into, FaultKind::unplug);
  };
}

// `left_out`: steps for what the device has not.
void check_all_pass(const conformance::Suite& suite, LoopRig& rig, PlayedOperator& hands, int left_out = 0) {
  conformance::Stage stage(rig.loop, hands);
  const conformance::Report report = run_suite(suite, stage);
  INFO(report_table(report));
  CHECK(report.count(Verdict::passed) == static_cast<int>(suite.steps.size()) - left_out);
  CHECK(report.count(Verdict::skipped) == left_out);
}

}  // namespace

TEST_CASE("the emulated identity card readers conform, interrupted at several places") {
  const auto family = GENERATE(emulator::ReaderFamily::a, emulator::ReaderFamily::b);
  const int transfers_into = GENERATE(0, 1, 3, 5);
  LoopRig rig;
  EmulatedDevice<CardReaderModel> device(family);
  card::UsbIdCardReader reader(*rig.bus, rig.loop, nullptr, quick_id_card_drivers(), quick_looks,
                               quick_recovery);
  PlayedOperator hands;
  play_plug(hands, device, transfers_into);
  const auto put = [&] {
    device.change([](CardReaderModel& model) { model.put_card(*emulator::specimen_card("grandma")); });
  };
  hands.acts[Act::put_card] = put;
  hands.acts[Act::take_card] = [&] { device.change([](CardReaderModel& model) { model.take_card(); }); };
  hands.acts[Act::take_card_during] = [&] {
    device.act_at(device.transfer_count() + transfers_into,
                  [](CardReaderModel& model) { model.take_card(); });
  };
  const auto ask_module = [&](auto done) { reader.ask_module(std::move(done)); };
  check_all_pass(conformance::id_card_suite(reader, ask_module), rig, hands);
}

TEST_CASE("the emulated smart card readers conform, at each level and over both protocols") {
  CcidReaderOptions options;
  options.level = GENERATE(CcidLevel::tpdu, CcidLevel::short_apdu, CcidLevel::extended_apdu);
  const bool block_protocol = GENERATE(false, true);
  options.automatic = block_protocol;
  options.interrupt = options.automatic;  // else cards are found by looking
  const Bytes atr = block_protocol ? emulator::atr_of_t1(32, false) : emulator::atr_of_t0();
  LoopRig rig;
  EmulatedDevice<CcidReaderModel> device(options);
  card::CcidReader reader(*rig.bus, rig.loop, nullptr, quick_timings(), quick_recovery);
  PlayedOperator hands;
  play_plug(hands, device, 0);
  hands.acts[Act::put_card] = [&] {
    device.change([&](CcidReaderModel& model) { model.insert(std::make_shared<EchoCard>(atr)); });
  };
  hands.acts[Act::take_card] = [&] { device.change([](CcidReaderModel& model) { model.remove(); }); };
  check_all_pass(conformance::smart_card_suite(reader), rig, hands);
}

TEST_CASE("the emulated receipt printer conforms, interrupted at several places") {
  const std::size_t bytes_into = GENERATE(30U, 150U);
  const bool kiosk = GENERATE(false, true);
  LoopRig rig;
  EmulatedDevice<PrinterModel> device;
  if (kiosk) device.change([](PrinterModel& model) { model.fit_presenter(); });
  printer::EscposPrinter printer(*rig.bus, rig.loop, nullptr, quick_escpos_options(), quick_recovery);
  PlayedOperator hands;
  play_plug(hands, device, 0);
  const auto change = [&](auto function) {
    return [&device, function] { device.change([&](PrinterModel& model) { function(model); }); };
  };
  hands.acts[Act::unplug_during] = change([=](PrinterModel& model) { model.pull_plug_after(bytes_into); });
  hands.acts[Act::load_paper] = change([](PrinterModel& model) { model.set_paper(true); });
  hands.acts[Act::remove_paper] = change([](PrinterModel& model) { model.set_paper(false); });
  hands.acts[Act::remove_paper_during] =
      change([=](PrinterModel& model) { model.paper_out_after(bytes_into); });
  hands.acts[Act::close_cover] = change([](PrinterModel& model) { model.set_cover(false); });
  hands.acts[Act::open_cover] = change([](PrinterModel& model) { model.set_cover(true); });
  hands.acts[Act::open_cover_during] =
      change([=](PrinterModel& model) { model.cover_open_after(bytes_into); });
  hands.acts[Act::block_cutter] = change([](PrinterModel& model) { model.set_cutter_blocked(true); });
  hands.acts[Act::free_cutter] = change([](PrinterModel& model) { model.set_cutter_blocked(false); });
  hands.acts[Act::take_slip] = change([](PrinterModel& model) { model.mouth().take(); });
  hands.slips = [&] { return device.change([](PrinterModel& model) { return model.whole_count(); }); };
  check_all_pass(conformance::printer_suite(printer), rig, hands, kiosk ? 0 : 1);
}

TEST_CASE("the emulated page printer conforms, interrupted at several places") {
  const std::size_t bytes_into = GENERATE(300U, 3'000U);
  LoopRig rig;
  EmulatedDevice<PagePrinterModel> device;
  printer::UsbPagePrinter printer(*rig.bus, rig.loop, nullptr, quick_page_options(), quick_recovery);
  PlayedOperator hands;
  play_plug(hands, device, 0);
  const auto change = [&](auto function) {
    return [&device, function] { device.change([&](PagePrinterModel& model) { function(model); }); };
  };
  hands.acts[Act::unplug_during] =
      change([=](PagePrinterModel& model) { model.pull_plug_after(bytes_into); });
  hands.acts[Act::load_paper] = change([](PagePrinterModel& model) { model.set_paper(true); });
  hands.acts[Act::remove_paper] = change([](PagePrinterModel& model) { model.set_paper(false); });
  hands.acts[Act::remove_paper_during] =
      change([=](PagePrinterModel& model) { model.paper_out_after(bytes_into); });
  hands.acts[Act::close_cover] = change([](PagePrinterModel& model) { model.set_cover(false); });
  hands.acts[Act::open_cover] = change([](PagePrinterModel& model) { model.set_cover(true); });
  hands.acts[Act::jam_page] = change([](PagePrinterModel& model) { model.set_jam(true); });
  hands.acts[Act::clear_jam] = change([](PagePrinterModel& model) { model.set_jam(false); });
  hands.slips = [&] { return device.change([](PagePrinterModel& model) { return model.whole_count(); }); };
  check_all_pass(conformance::page_printer_suite(printer), rig, hands);
}

TEMPLATE_TEST_CASE("the emulated code scanners conform, interrupted at several places", "", ScannerModel,
                   emulator::CdcScannerModel, emulator::KeyboardScannerModel) {
  const int transfers_into = GENERATE(1, 20);
  LoopRig rig;
  EmulatedDevice<TestType> device;
  scanner::UsbCodeScanner scanner(*rig.bus, rig.loop, nullptr, quick_recovery);
  PlayedOperator hands;
  play_plug(hands, device, transfers_into);
  hands.show = [&](const std::string& text) { device.change([&](TestType& model) { model.scan(text); }); };
  check_all_pass(conformance::scanner_suite(scanner), rig, hands);
}

namespace {

// What lies before a camera: a code or none, one way up or the other, in the light or covered.
class CameraDesk {
 public:
  static constexpr int width = 800;  // the largest code has 177 modules, each of three dots here
  static constexpr int height = 600;

  void lay(const std::string& text) {
    const auto code = scanner::encode_qr(text, scanner::QrCorrection::l);
    REQUIRE(code.ok());
    const int dots = std::min(6, height / code->height);
    const int left = (width - code->width * dots) / 2;
    const int top = (height - code->height * dots) / 2;
    code_.assign(static_cast<std::size_t>(width) * height, 200);
    for (int y = 0; y < code->height * dots; ++y) {
      for (int x = 0; x < code->width * dots; ++x)
        code_[static_cast<std::size_t>((y + top) * width + x + left)] =
            code->black(x / dots, y / dots) ? 30 : 220;
    }
    if (std::exchange(turned_, false)) std::reverse(code_.begin(), code_.end());
  }
  void take_away() { code_.clear(); }
  void turn_next() { turned_ = true; }
  void cover(bool covered) { covered_ = covered; }
  Bytes sight() const {
    if (!covered_ && !code_.empty()) return code_;
    return Bytes(static_cast<std::size_t>(width) * height, covered_ ? 4 : 128);
  }

 private:
  Bytes code_;
  bool turned_ = false;
  bool covered_ = false;
};

}  // namespace

TEST_CASE("the emulated camera conforms, over both kinds of pipes, unplugged in the middle of a picture") {
  // A picture is 30 transfers of packets, or 59 of bulk.
  const auto [pipe, transfers_into] =
      GENERATE(table<CameraPipe, int>({{CameraPipe::isochronous, 3}, {CameraPipe::bulk, 20}}));
  scanner::CameraOptions options;
  options.decoder = {BIANMIN_FRAME_DECODER};
  options.frame_deadline_ms = 20'000;
  LoopRig rig;
  EmulatedDevice<CameraModel> device(pipe, emulator::CameraPixels::yuy2, CameraDesk::width,
                                     CameraDesk::height);
  scanner::UsbCodeScanner scanner(*rig.bus, rig.loop, nullptr, quick_recovery,
                                  {{"camera", scanner::camera_interface, [options] {
                                      return std::make_unique<scanner::CameraScanner>(options);
                                    }}});
  CameraDesk desk;
  PlayedOperator hands;
  play_plug(hands, device, transfers_into);
  const auto change = [&](auto function) {
    return [&device, &desk, function] {
      function(desk);
      device.change([&](CameraModel& model) { model.show(desk.sight()); });
    };
  };
  hands.show = [&](const std::string& text) { change([&](CameraDesk& at) { at.lay(text); })(); };
  hands.acts[Act::take_code_away] = change([](CameraDesk& at) { at.take_away(); });
  hands.acts[Act::turn_next_code] = [&] { desk.turn_next(); };
  hands.acts[Act::cover_camera] = change([](CameraDesk& at) { at.cover(true); });
  hands.acts[Act::uncover_camera] = change([](CameraDesk& at) { at.cover(false); });
  check_all_pass(conformance::scanner_suite(scanner, true), rig, hands);
}

TEST_CASE("the emulated key pad conforms, unplugged at several places") {
  const int transfers_into = GENERATE(0, 1);
  LoopRig rig;
  EmulatedDevice<PadModel> device;
  pad::KeyPadSettings settings;
  settings.vendor = PadModel::vendor;
  settings.product = PadModel::product;
  pad::HidKeyPad pad(*rig.bus, rig.loop, nullptr, settings, quick_recovery);
  PlayedOperator hands;
  play_plug(hands, device, transfers_into);
  const auto press = [&](std::uint8_t usage) {
    return [&device, usage] { device.change([&](PadModel& model) { model.press(usage); }); };
  };
  hands.acts[Act::press_previous] = press(0x52);
  hands.acts[Act::press_next] = press(0x51);
  hands.acts[Act::press_confirm] = press(0x28);
  hands.acts[Act::press_back] = press(0x29);
  hands.acts[Act::press_help] = press(0x3A);
  using pad::PadKey;
  const std::vector<PadKey> keys = {PadKey::previous, PadKey::next, PadKey::confirm, PadKey::back,
                                    PadKey::help};
  check_all_pass(conformance::pad_suite(pad, keys), rig, hands);
}

TEST_CASE("the emulated guide lights conform") {
  LoopRig rig;
  EmulatedDevice<LampArrayModel> device;
  cabinet::GuideLightSettings settings;
  settings.vendor = LampArrayModel::vendor;
  settings.product = LampArrayModel::product;
  settings.lamps = cabinet::parse_light_places("card=4 slip=0 scan=5").value();
  cabinet::LampArrayLights lights(*rig.bus, rig.loop, nullptr, settings, quick_recovery);
  PlayedOperator hands;
  play_plug(hands, device, 0);
  hands.light = [&](std::string_view place) {
    const int lamp = settings.lamps.at(*cabinet::place_from_name(place));
    return device.change([&](LampArrayModel& model) { return model.lit(lamp); });
  };
  using cabinet::LightPlace;
  const std::vector<LightPlace> places = {LightPlace::card_reader, LightPlace::slip_printer,
                                          LightPlace::scanner};
  check_all_pass(conformance::lights_suite(lights, places), rig, hands);
}

TEST_CASE("the emulated power supply conforms, whether it tells changes by itself or not") {
  const bool talks = GENERATE(true, false);
  LoopRig rig;
  EmulatedDevice<UpsModel> device;
  device.change([talks](UpsModel& model) { model.set_talks(talks); });
  power::HidUps ups(*rig.bus, rig.loop, nullptr, quick_ups_timings, quick_recovery);
  PlayedOperator hands;
  play_plug(hands, device, 3);
  hands.acts[Act::cut_mains] = [&] { device.change([](UpsModel& model) { model.set_mains(false); }); };
  hands.acts[Act::restore_mains] = [&] { device.change([](UpsModel& model) { model.set_mains(true); }); };
  check_all_pass(conformance::power_suite(ups), rig, hands);
}

TEST_CASE("the emulated contacts of a cabinet conform") {
  LoopRig rig;
  EmulatedDevice<Mcp2221Model> device;
  cabinet::Mcp2221Contacts contacts(*rig.bus, rig.loop, nullptr,
                                    cabinet::parse_contact_wiring("door=2:no tamper=3:nc").value(),
                                    quick_recovery);
  PlayedOperator hands;
  play_plug(hands, device, 0);
  const auto pin = [&](std::size_t number, bool high) {
    return
        [&device, number, high] { device.change([=](Mcp2221Model& model) { model.set_pin(number, high); }); };
  };
  hands.acts[Act::open_door] = pin(2, false);
  hands.acts[Act::close_door] = pin(2, true);
  hands.acts[Act::begin_tamper] = pin(3, true);
  hands.acts[Act::end_tamper] = pin(3, false);
  check_all_pass(conformance::contacts_suite(contacts, true, true), rig, hands);
}

}  // namespace bianmin
