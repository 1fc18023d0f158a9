// The conformance and fault tests of code scanners, over emulated USB.
#include "drivers/emulator/scanner_model.hpp"
#include "tests/drivers/scanner_rig.hpp"

namespace bianmin {

using emulator::FaultKind;
using emulator::ScannerModel;

namespace {

struct ScannerRig : ScannerRigOf<ScannerModel> {
  ScannerRig() : ScannerRigOf(scanner::code_drivers()) {}
  void scan(std::string_view text) {
    device.change([&](ScannerModel& model) { model.scan(text); });
  }
};

}  // namespace

TEST_CASE("codes of every length arrive whole") {
  ScannerRig rig;
  for (const std::size_t length : {1U, 55U, 56U, 57U, 112U, 4'095U, 4'096U}) {
    INFO(length << " bytes");
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += static_cast<char>('0' + i % 10);
    rig.codes.clear();
    rig.scan(text);
    REQUIRE(rig.until_count(1));
    REQUIRE(rig.codes[0].ok());
    CHECK(*rig.codes[0] == text);
  }
}

TEST_CASE("Chinese text split anywhere arrives whole") {
  ScannerRig rig;
  const std::string text = "一网通办便民服务站办件进度查询请把回执上的二维码对准扫描口保持不动直到听见声音";
  rig.scan(text);
  REQUIRE(rig.until_count(1));
  REQUIRE(rig.codes[0].ok());
  CHECK(*rig.codes[0] == text);
}

TEST_CASE("what is no code is said to be bad, and the next one is read") {
  ScannerRig rig;
  rig.scan("");
  rig.scan(std::string(4'097, 'x'));
  rig.scan("\xC0\xAF");
  rig.device.change([](ScannerModel& model) { model.send_report({2, 200, ']', 'Q', '1', 'a'}); });
  rig.device.change([](ScannerModel& model) { model.send_report({2}); });
  rig.scan("good");
  REQUIRE(rig.until_count(6));
  for (std::size_t i = 0; i < 5; ++i) CHECK(rig.codes[i].error().code == "scanner.bad_code");
  CHECK(*rig.codes[5] == "good");
}

TEST_CASE("other reports are passed over") {
  ScannerRig rig;
  rig.device.change([](ScannerModel& model) { model.send_report({6, 1, 2, 3}); });
  rig.scan("good");
  REQUIRE(rig.until_count(1));
  CHECK(*rig.codes[0] == "good");
}

TEST_CASE("nothing is heard after stop, and what was scanned meanwhile is dropped") {
  ScannerRig rig;
  rig.scanner->stop();
  rig.scan("unheard");
  REQUIRE(rig.until([&] { return rig.device.transfer_count() > 0; }));
  // The driver's thread has done with the code when it has seen the plug pulled.
  rig.device.unplug();
  REQUIRE(rig.until([&] { return rig.scanner->state().condition == DeviceCondition::absent; }));
  rig.device.plug();
  REQUIRE(rig.until_ready());
  rig.listen();
  rig.scan("heard");
  REQUIRE(rig.until_count(1));
  CHECK(*rig.codes[0] == "heard");
}

TEST_CASE("a scanner unplugged in the middle of a code comes back without half of it") {
  ScannerRig rig;
  rig.device.fail_at(rig.device.transfer_count() + 1, FaultKind::unplug);
  rig.scan(std::string(150, 'a'));
  REQUIRE(rig.until([&] { return !rig.device.plugged(); }));
  REQUIRE(rig.until([&] { return rig.scanner->state().condition == DeviceCondition::absent; }));
  rig.device.plug();
  REQUIRE(rig.until_ready());
  rig.scan("whole");
  REQUIRE(rig.until_count(1));
  CHECK(*rig.codes[0] == "whole");
}

}  // namespace bianmin
