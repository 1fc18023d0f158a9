// What a supply's reports are taken for, without a bus.
#include "drivers/power/ups_report.hpp"

#include "drivers/emulator/ups_model.hpp"
#include "drivers/power/ups_models.hpp"
#include "tests/catch.hpp"

namespace bianmin::power {

namespace {

hid::ReportDescriptor emulated_descriptor() {
  emulator::UpsModel model;
  return hid::parse_report_descriptor(*model.control({0x81, 6, 0x2200, 0, 4'096, {}})).value();
}

// A supply that only tells, and knows nothing but whether it lives on its battery: one byte without a number.
const Bytes plain = {0x05, 0x84, 0x09, 0x04, 0xA1, 0x01, 0x05, 0x85, 0x15, 0x00, 0x25,
                     0x01, 0x75, 0x08, 0x95, 0x01, 0x09, 0x45, 0x81, 0x02, 0xC0};

Reports all_reports(emulator::UpsModel& model) {
  Reports reports;
  for (const std::uint8_t number : find_ups_layout(emulated_descriptor())->feature_reports()) {
    const auto value = static_cast<std::uint16_t>(0x0300U | number);
    if (auto report = model.control({0xA1, 1, value, 0, 8, {}}))
      reports[{hid::ReportKind::feature, number}] = *report;
  }
  return reports;
}

PowerStatus status_of(emulator::UpsModel& model) {
  const auto descriptor = emulated_descriptor();
  return read_power_status(descriptor, *find_ups_layout(descriptor), all_reports(model)).value();
}

}  // namespace

TEST_CASE("mains, battery, charge and run time are read") {
  emulator::UpsModel model;
  PowerStatus status = status_of(model);
  CHECK_FALSE(status.on_battery);
  CHECK(status.charge_percent == 100);
  CHECK(status.run_time_s == 3'600);
  CHECK(status.state() == DeviceState{DeviceCondition::ready, "ready"});
  model.set_mains(false);
  model.set_charge(60, 1'200);
  status = status_of(model);
  CHECK(status.on_battery);
  CHECK_FALSE(status.battery_low);
  CHECK(status.state() == DeviceState{DeviceCondition::degraded, "ups.on_battery"});
}

TEST_CASE("a battery is low when the supply says so or little is left, and only while it is used") {
  struct Case {
    int charge;
    int run_time_s;
    bool low;
  };
  for (const Case& each :
       {Case{21, 181, false}, {20, 3'600, true}, {90, 180, true}, {10, 3'600, true}, {0, 0, true}}) {
    INFO(each.charge << " % " << each.run_time_s << " s");
    emulator::UpsModel model;
    model.set_charge(each.charge, each.run_time_s);
    CHECK_FALSE(status_of(model).battery_low);
    model.set_mains(false);
    CHECK(status_of(model).battery_low == each.low);
    if (each.low) CHECK(status_of(model).state().code == "ups.battery_low");
  }
}

TEST_CASE("what staff should look at is told while mains is there") {
  emulator::UpsModel model;
  model.set_replace_battery(true);
  CHECK(status_of(model).state().code == "ups.replace_battery");
  model.set_overload(true);
  CHECK(status_of(model).state().code == "ups.overload");
  model.set_mains(false);
  CHECK(status_of(model).state().code == "ups.on_battery");
}

TEST_CASE("a supply that only tells is believed once it has told something") {
  const auto descriptor = hid::parse_report_descriptor(plain).value();
  const auto layout = find_ups_layout(descriptor);
  REQUIRE(layout.has_value());
  CHECK(layout->feature_reports().empty());
  CHECK(layout->input_only_reports() == std::vector<std::uint8_t>{0});
  CHECK_FALSE(read_power_status(descriptor, *layout, {}).has_value());
  Reports reports{{{hid::ReportKind::input, 0}, {1}}};
  CHECK(read_power_status(descriptor, *layout, reports)->on_battery);
  CHECK_FALSE(read_power_status(descriptor, *layout, reports)->charge_percent.has_value());
  reports = {{{hid::ReportKind::input, 0}, {0}}};
  CHECK_FALSE(read_power_status(descriptor, *layout, reports)->on_battery);
  reports = {{{hid::ReportKind::input, 0}, {}}};
  CHECK_FALSE(read_power_status(descriptor, *layout, reports).has_value());
}

TEST_CASE("values that cannot be are not believed") {
  const auto descriptor = emulated_descriptor();
  const auto layout = *find_ups_layout(descriptor);
  emulator::UpsModel model;
  Reports reports = all_reports(model);
  reports[{hid::ReportKind::feature, 12}] = {12, 101, 0xFF, 0xFF};  // 101 %, 18 hours
  CHECK_FALSE(read_power_status(descriptor, layout, reports)->charge_percent.has_value());
  CHECK(read_power_status(descriptor, layout, reports)->run_time_s == 65'535);
  reports[{hid::ReportKind::feature, 12}] = {12, 50, 10, 0};
  reports[{hid::ReportKind::feature, 22}] = {22, 0};  // in milliampere-seconds, not in percent
  CHECK_FALSE(read_power_status(descriptor, layout, reports)->charge_percent.has_value());
  reports[{hid::ReportKind::feature, 7}] = {12, 0};  // another report than was asked for
  CHECK_FALSE(read_power_status(descriptor, layout, reports).has_value());
}

TEST_CASE("other devices are no power supplies") {
  Bytes mouse = plain;
  mouse[1] = 0x01;
  CHECK_FALSE(find_ups_layout(hid::parse_report_descriptor(mouse).value()).has_value());
  Bytes voltage_only = plain;
  voltage_only[17] = 0x30;
  CHECK_FALSE(find_ups_layout(hid::parse_report_descriptor(voltage_only).value()).has_value());
  CHECK_FALSE(find_ups_layout({}).has_value());
}

TEST_CASE("models are told by their numbers, keyboards of the same maker are left alone") {
  const auto model = [](std::uint16_t vendor, std::uint16_t product) {
    usb::DeviceInfo device;
    device.vendor = vendor;
    device.product = product;
    return find_ups_model(device);
  };
  CHECK(model(0x051D, 0x0002)->tells_changes);
  CHECK_FALSE(model(0x051D, 0x0003)->tells_changes);
  CHECK(model(0x0764, 0x0501) != nullptr);
  CHECK(model(0x03F0, 0x1FE1) != nullptr);
  CHECK(model(0x03F0, 0x0024) == nullptr);
  CHECK(model(0x046D, 0xC31C) == nullptr);
}

}  // namespace bianmin::power
