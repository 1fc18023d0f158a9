// Serial and keyboard scanners over emulated USB, and several scanners at once.
#include <algorithm>

#include "drivers/emulator/cdc_scanner_model.hpp"
#include "drivers/emulator/keyboard_scanner_model.hpp"
#include "drivers/emulator/scanner_model.hpp"
#include "tests/drivers/scanner_rig.hpp"

namespace bianmin {

using emulator::CdcScannerModel;
using emulator::FaultKind;
using emulator::KeyboardScannerModel;
using emulator::ScannerModel;

namespace {

const std::string slip = "BM1:0721338641";

struct SerialRig : ScannerRigOf<CdcScannerModel> {
  SerialRig() : ScannerRigOf(scanner::code_drivers()) {
    REQUIRE(until([&] { return device.change([](CdcScannerModel& model) { return model.opened(); }); }));
  }
  void scan(std::string_view text, std::string_view end = "\r") {
    device.change([&](CdcScannerModel& model) { model.scan(text, end); });
  }
};

struct KeyboardRig : ScannerRigOf<KeyboardScannerModel> {
  KeyboardRig() : ScannerRigOf(scanner::code_drivers()) {}
  void scan(std::string_view text) {
    device.change([&](KeyboardScannerModel& model) { model.scan(text); });
  }
};

}  // namespace

TEST_CASE("a serial scanner is set up and its codes end with any line end, or none") {
  SerialRig rig;
  CHECK(rig.device.change([](CdcScannerModel& model) { return model.line_coding(); }) ==
        Bytes{0x00, 0xC2, 0x01, 0x00, 0, 0, 8});
  std::size_t count = 0;
  for (const char* end : {"\r", "\n", "\r\n", "\r\r\n", ""}) {
    INFO("end " << count);
    rig.scan(slip, end);
    REQUIRE(rig.until_count(++count));
    REQUIRE(rig.codes.back().ok());
    CHECK(*rig.codes.back() == slip);
  }
}

TEST_CASE("serial codes of every length and script arrive whole") {
  SerialRig rig;
  for (const std::size_t length : {1U, 63U, 64U, 65U, 128U, 4'096U}) {
    INFO(length);
    const std::string text(length, 'x');
    rig.codes.clear();
    rig.scan(text);
    REQUIRE(rig.until_count(1));
    REQUIRE(rig.codes[0].ok());
    CHECK(*rig.codes[0] == text);
  }
  rig.codes.clear();
  rig.scan("便民服务");
  rig.scan("\xB1\xE3\xC3\xF1");  // 便民 in GBK
  rig.scan(std::string(4'097, 'x'));
  rig.scan("good");
  REQUIRE(rig.until_count(4));
  CHECK(*rig.codes[0] == "便民服务");
  CHECK(*rig.codes[1] == "便民");
  CHECK(rig.codes[2].error().code == "scanner.bad_code");
  CHECK(*rig.codes[3] == "good");
}

TEST_CASE("a serial scanner takes both its interfaces from the kernel and gives them back") {
  SerialRig rig;
  CHECK(rig.device.kernel_driver() == "usbfs");
  rig.scanner.reset();
  CHECK(rig.device.kernel_driver() != "usbfs");
}

TEST_CASE("a serial scanner whose opening fails once is opened all the same") {
  EmulatedDevice<CdcScannerModel> device;
  const int request = GENERATE(0, 1);
  device.fail_at(request, FaultKind::stall);
  device.plug();
  LoopRig rig;
  scanner::UsbCodeScanner scanner(*rig.bus, rig.loop, nullptr, usb::RecoveryLimits{10, 40});
  REQUIRE(rig.until([&] { return scanner.state().usable(); }));
  CHECK(device.change([](CdcScannerModel& model) { return model.opened(); }));
}

TEST_CASE("all that a keyboard scanner can type is read back") {
  KeyboardRig rig;
  std::string ascii;
  for (char c = ' '; c < 127; ++c) ascii += c;
  for (const std::string& text : {slip, ascii, std::string("aabbAAbb  11"), std::string("便民：镇A1号é")}) {
    rig.codes.clear();
    rig.scan(text);
    REQUIRE(rig.until_count(1));
    REQUIRE(rig.codes[0].ok());
    CHECK(*rig.codes[0] == text);
  }
}

TEST_CASE("keys that stop without Enter are a code after a pause") {
  KeyboardRig rig;
  rig.device.change([](KeyboardScannerModel& model) { model.type("NO ENTER"); });
  REQUIRE(rig.until_count(1));
  CHECK(*rig.codes[0] == "NO ENTER");
}

TEST_CASE("lost keys spoil a keyboard's code, and the next one is read") {
  KeyboardRig rig;
  rig.device.change([](KeyboardScannerModel& model) {
    model.type("12");
    model.send_report({0, 0, 1, 1, 1, 1, 1, 1});  // too many keys
    model.send_report({0, 0, 0, 0, 0, 0, 0, 0});
    model.scan("34");
    model.send_report({0, 0});
    model.scan("5");
    model.scan("good");
  });
  REQUIRE(rig.until_count(3));
  CHECK(rig.codes[0].error().code == "scanner.bad_code");
  CHECK(rig.codes[1].error().code == "scanner.bad_code");
  CHECK(*rig.codes[2] == "good");
}

TEST_CASE("the system's keyboard driver does not have the scanner while we do") {
  KeyboardRig rig;
  CHECK(rig.device.kernel_driver() == "usbfs");
  rig.scanner.reset();
  CHECK(rig.device.kernel_driver() == "usbhid");
}

TEST_CASE("a person's keyboard, a modem and a mouse are nobody's scanner") {
  usb::DeviceInfo keyboard;
  keyboard.vendor = 0x046D;
  keyboard.interfaces = {{0, 3, 1, 1, {{0x81, usb::EndpointKind::interrupt, 8}}}};
  CHECK_FALSE(scanner::code_scanner_interface(keyboard));
  keyboard.vendor = 0x05F9;
  CHECK(scanner::code_scanner_interface(keyboard) == 0);
  keyboard.interfaces[0].protocol = 2;  // a mouse
  CHECK_FALSE(scanner::code_scanner_interface(keyboard));
  usb::DeviceInfo modem;
  modem.vendor = 0x12D1;
  modem.interfaces = {{0, 2, 2, 1, {{0x81, usb::EndpointKind::interrupt, 16}}},
                      {1, 10, 0, 0, {{0x82, usb::EndpointKind::bulk, 64}}}};
  CHECK_FALSE(scanner::code_scanner_interface(modem));
  modem.vendor = 0x1EAB;
  CHECK(scanner::code_scanner_interface(modem) == 1);
  modem.interfaces.erase(modem.interfaces.begin());  // data without the control interface
  CHECK_FALSE(scanner::code_scanner_interface(modem));
}

TEST_CASE("scanners of several families are one scanner for services") {
  SerialRig rig;
  EmulatedDevice<ScannerModel> pos;
  EmulatedDevice<KeyboardScannerModel> keyboard;
  std::vector<DeviceState> states;
  rig.scanner->watch([&](DeviceState state) { states.push_back(state); });
  pos.plug();
  keyboard.plug();
  // Whoever was opened first is read first: ready does not tell of the others.
  REQUIRE(rig.until([&] { return pos.kernel_driver() == "usbfs" && keyboard.kernel_driver() == "usbfs"; }));
  rig.scan("serial");
  pos.change([](ScannerModel& model) { model.scan("pos"); });
  keyboard.change([](KeyboardScannerModel& model) { model.scan("keyboard"); });
  REQUIRE(rig.until_count(3));
  std::vector<std::string> heard;
  for (const auto& code : rig.codes) heard.push_back(code ? *code : "bad");
  std::sort(heard.begin(), heard.end());
  CHECK(heard == std::vector<std::string>{"keyboard", "pos", "serial"});
  // One after the other leaves: only the last one is missed.
  rig.device.unplug();
  keyboard.unplug();
  pos.change([](ScannerModel& model) { model.scan("still"); });
  REQUIRE(rig.until_count(4));
  CHECK(*rig.codes[3] == "still");
  CHECK(rig.scanner->state().usable());
  CHECK(states.empty());
  pos.unplug();
  REQUIRE(rig.until([&] { return rig.scanner->state().condition == DeviceCondition::absent; }));
}

TEST_CASE("a serial scanner unplugged in a code comes back without half of it") {
  SerialRig rig;
  rig.device.fail_at(rig.device.transfer_count() + 1, FaultKind::unplug);
  rig.scan(std::string(150, 'a'));
  REQUIRE(rig.until([&] { return !rig.device.plugged(); }));
  REQUIRE(rig.until([&] { return rig.scanner->state().condition == DeviceCondition::absent; }));
  rig.device.plug();
  REQUIRE(rig.until_ready());
  REQUIRE(
      rig.until([&] { return rig.device.change([](CdcScannerModel& model) { return model.opened(); }); }));
  rig.scan("whole");
  REQUIRE(rig.until_count(1));
  CHECK(*rig.codes[0] == "whole");
}

TEMPLATE_TEST_CASE("the rest of a code whose middle failed is no code", "", ScannerModel, CdcScannerModel,
                   KeyboardScannerModel) {
  const FaultKind fault = GENERATE(FaultKind::stall, FaultKind::babble);
  ScannerRigOf<TestType> rig(scanner::code_drivers());
  rig.device.fail_at(rig.device.transfer_count() + 1, fault);
  rig.device.change([](TestType& model) { model.scan(std::string(150, 'a') + "0721338641"); });
  REQUIRE(rig.until([&] { return !rig.scanner->state().usable(); }));
  REQUIRE(rig.until_ready());
  rig.device.change([](TestType& model) { model.scan("whole"); });
  REQUIRE(rig.until_count(1));
  CHECK(rig.codes[0].ok());
  CHECK(*rig.codes[0] == "whole");
}

}  // namespace bianmin
