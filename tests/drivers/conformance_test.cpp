// The conformance suites on the emulated devices, in this process.
#include "drivers/conformance/report.hpp"
#include "drivers/conformance/suites.hpp"
#include "drivers/emulator/card_reader_model.hpp"
#include "drivers/emulator/cdc_scanner_model.hpp"
#include "drivers/emulator/keyboard_scanner_model.hpp"
#include "drivers/emulator/printer_model.hpp"
#include "drivers/emulator/scanner_model.hpp"
#include "drivers/emulator/ups_model.hpp"
#include "drivers/power/hid_ups.hpp"
#include "drivers/scanner/usb_code_scanner.hpp"
#include "tests/drivers/ccid_rig.hpp"
#include "tests/drivers/device_rig.hpp"
#include "tests/drivers/played_operator.hpp"
#include "tests/drivers/quick_options.hpp"

namespace bianmin {

using conformance::Act;
using conformance::Verdict;
using emulator::CardReaderModel;
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

void check_all_pass(const conformance::Suite& suite, LoopRig& rig, PlayedOperator& hands) {
  conformance::Stage stage(rig.loop, hands);
  const conformance::Report report = run_suite(suite, stage);
  INFO(report_table(report));
  CHECK(report.count(Verdict::passed) == static_cast<int>(suite.steps.size()));
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
  LoopRig rig;
  EmulatedDevice<PrinterModel> device;
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
  hands.slips = [&] { return device.change([](PrinterModel& model) { return model.whole_count(); }); };
  check_all_pass(conformance::printer_suite(printer), rig, hands);
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

}  // namespace bianmin
