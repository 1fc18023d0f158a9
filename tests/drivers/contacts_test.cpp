// The contacts of the cabinet over emulated USB.
#include "drivers/cabinet/mcp2221_contacts.hpp"
#include "drivers/emulator/mcp2221_model.hpp"
#include "tests/drivers/device_rig.hpp"

namespace bianmin {

using cabinet::ContactState;
using emulator::FaultKind;
using emulator::Mcp2221Model;

namespace {

struct ContactsRig : LoopRig {
  ContactsRig() {
    well();
    device.plug();
    open();
  }
  void open() {
    contacts = std::make_unique<cabinet::Mcp2221Contacts>(
        *bus, loop, nullptr, cabinet::parse_contact_wiring("door=0:nc tamper=1:no").value(),
        usb::RecoveryLimits{10, 40});
    contacts->watch_contacts([this](ContactState now) { told.push_back(now); });
  }
  void well() {
    pin(0, false);
    pin(1, true);
  }
  void pin(std::size_t number, bool high) {
    device.change([=](Mcp2221Model& model) { model.set_pin(number, high); });
  }
  bool until_code(std::string_view code) {
    return until([&] { return contacts->state().code == code; });
  }

  EmulatedDevice<Mcp2221Model> device;
  std::unique_ptr<cabinet::Mcp2221Contacts> contacts;
  std::vector<ContactState> told;
};

}  // namespace

TEST_CASE("the chip is taken only where contacts are wired, by its HID interface") {
  usb::DeviceInfo chip;
  chip.vendor = 0x04D8;
  chip.product = 0x00DD;
  const auto interrupt = usb::EndpointKind::interrupt;
  chip.interfaces = {{0, 2, 2, 1, {{0x81, interrupt, 8}}},
                     {1, 10, 0, 0, {{0x02, usb::EndpointKind::bulk, 16}}},
                     {2, 3, 0, 0, {{0x83, interrupt, 64}, {0x03, interrupt, 64}}}};
  const auto wiring = cabinet::parse_contact_wiring("door=0:nc").value();
  CHECK(mcp2221_interface(wiring, chip) == 2);
  CHECK_FALSE(cabinet::mcp2221_interface({}, chip).has_value());
  chip.interfaces[2].endpoints.pop_back();
  CHECK_FALSE(mcp2221_interface(wiring, chip).has_value());
  chip.product = 0x00DE;
  CHECK_FALSE(mcp2221_interface(wiring, chip).has_value());
}

TEST_CASE("the door and the tamper contact are told when they change, and what they are is the state") {
  ContactsRig rig;
  REQUIRE(rig.until_code("ready"));
  CHECK(rig.told.empty());
  rig.pin(0, true);
  REQUIRE(rig.until_code("contacts.door_open"));
  REQUIRE(rig.until([&] { return rig.told.size() == 1; }));
  CHECK(rig.contacts->contacts() == ContactState{true, false});
  CHECK(rig.contacts->state().condition == DeviceCondition::needs_attention);
  rig.pin(1, false);
  REQUIRE(rig.until_code("contacts.tampered"));
  REQUIRE(rig.until([&] { return rig.told.size() == 2; }));
  CHECK(rig.contacts->contacts() == ContactState{true, true});
  rig.well();
  REQUIRE(rig.until_code("ready"));
  REQUIRE(rig.until([&] { return rig.told.back() == ContactState{}; }));
}

TEST_CASE("a change is told within a quarter of a second") {
  ContactsRig rig;
  REQUIRE(rig.until_code("ready"));
  const std::int64_t before_ms = rig.clock.steady_ms();
  rig.pin(0, true);
  REQUIRE(rig.until_code("contacts.door_open"));
  WARN("told after " << rig.clock.steady_ms() - before_ms << " ms");
  static_assert(2 * cabinet::Mcp2221Contacts::poll_ms <= 250);
}

TEST_CASE("a board that is unplugged is absent, and nobody has been at the cabinet for that") {
  ContactsRig rig;
  REQUIRE(rig.until_code("ready"));
  rig.device.unplug();
  REQUIRE(rig.until_code("absent"));
  CHECK(rig.contacts->contacts() == ContactState{});
  rig.pin(1, false);
  rig.device.plug();
  REQUIRE(rig.until_code("contacts.tampered"));
}

TEST_CASE("an answer that is wrong, late or lost is asked for again") {
  const FaultKind fault = GENERATE(FaultKind::garbage, FaultKind::short_answer, FaultKind::timeout,
                                   FaultKind::stall, FaultKind::stale, FaultKind::late);
  ContactsRig rig;
  REQUIRE(rig.until_code("ready"));
  const int now = rig.device.transfer_count();
  rig.device.fail_at(now + 1, fault);
  rig.device.fail_at(now + 2, fault);
  REQUIRE(rig.until([&] { return rig.device.transfer_count() > now + 6; }));
  REQUIRE(rig.until_code("ready"));
  rig.pin(0, true);
  REQUIRE(rig.until_code("contacts.door_open"));
}

TEST_CASE("a pin that has another use is told as unreadable") {
  ContactsRig rig;
  REQUIRE(rig.until_code("ready"));
  rig.contacts.reset();
  rig.device.unplug();
  rig.device.change([](Mcp2221Model& model) { model.hold_pin(1); });
  rig.device.plug();
  rig.open();
  REQUIRE(rig.until([&] { return rig.contacts->state().condition == DeviceCondition::faulted; }));
  CHECK(rig.contacts->state().code == "contacts.unreadable");
}

}  // namespace bianmin
