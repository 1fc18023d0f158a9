// The power goes out: before anybody came, in the middle of a service, with the battery low, and comes back.
#include "tests/session/kiosk_bench.hpp"

using namespace bianmin;

namespace {

constexpr DeviceState on_battery{DeviceCondition::degraded, "ups.on_battery"};
constexpr DeviceState battery_low{DeviceCondition::degraded, "ups.battery_low"};

void become(KioskBench& bench, DeviceState state) {
  bench.ups.become(state);
  bench.turn();
}

}  // namespace

TEST_CASE("on battery nobody new begins, and with mains all is open again") {
  KioskBench bench;
  bench.start();
  become(bench, fake_ready);
  CHECK(bench.page() == "welcome");
  become(bench, on_battery);
  CHECK(bench.page() == "notice");
  CHECK(bench.shows("停电了"));
  CHECK(bench.shows("12345"));
  CHECK_FALSE(bench.screen.activate("choice.0"));
  bench.pass(10'000);
  CHECK(bench.overs == 0);
  become(bench, fake_ready);
  CHECK(bench.page() == "welcome");
  bench.touch("choice.0");
  CHECK(bench.page() == "card");
}

TEST_CASE("a session that begins on battery shows it at once") {
  KioskBench bench;
  bench.ups.become(on_battery);
  bench.start();
  CHECK(bench.page() == "notice");
}

TEST_CASE("who is served is told, and may finish") {
  KioskBench bench;
  bench.settings.can_power_off = true;
  bench.start();
  bench.fill_in();
  become(bench, on_battery);
  CHECK(bench.page() == "notice");
  CHECK(bench.shows("尽快办完"));
  bench.touch("act");
  REQUIRE(bench.page() == "review");
  bench.pass(100'000);
  bench.screen.pointer_down({5, 5});  // still there
  bench.screen.pointer_up({5, 5});
  bench.pass(100'000);  // longer than a terminal waits that nobody uses
  CHECK(bench.overs == 0);
  bench.touch("submit");
  CHECK(bench.page() == "saved");
  CHECK(bench.record_at_hub().case_no.size() == 14);
}

TEST_CASE("the notice goes by itself when mains is back") {
  KioskBench bench;
  bench.start();
  bench.fill_in();
  become(bench, on_battery);
  REQUIRE(bench.page() == "notice");
  become(bench, fake_ready);
  CHECK(bench.page() == "review");
}

TEST_CASE("with nobody there the terminal waits for mains, then goes down in order") {
  KioskBench bench;
  bench.settings.can_power_off = true;
  bench.start();
  become(bench, on_battery);
  bench.pass(119'000);
  CHECK(bench.overs == 0);
  bench.pass(2'000);
  CHECK(bench.overs == 1);
  CHECK(bench.powered_off);
  CHECK(bench.ups.asked_off_s == 120);
}

TEST_CASE("mains that comes back in time keeps the terminal up") {
  KioskBench bench;
  bench.settings.can_power_off = true;
  bench.start();
  become(bench, on_battery);
  bench.pass(119'000);
  become(bench, fake_ready);
  bench.pass(10'000);
  become(bench, on_battery);
  bench.pass(119'000);  // the wait begins anew
  CHECK(bench.overs == 0);
  CHECK(bench.ups.asked_off_s == 0);
}

TEST_CASE("a low battery ends the session in order, even in the middle") {
  KioskBench bench;
  bench.settings.can_power_off = true;
  bench.start();
  bench.fill_in();
  become(bench, on_battery);
  become(bench, battery_low);
  bench.pass(6'000);
  CHECK(bench.overs == 1);
  CHECK(bench.powered_off);
  CHECK(bench.log_text().find("11010519491231002X") == std::string::npos);
}

TEST_CASE("a supply that cannot switch off does not keep the terminal up") {
  KioskBench bench;
  bench.settings.can_power_off = true;
  bench.ups.can_switch = false;
  bench.start();
  become(bench, battery_low);
  bench.pass(6'000);
  CHECK(bench.overs == 1);
  CHECK(bench.powered_off);
  CHECK(bench.log_text().find("ups.cannot_switch") != std::string::npos);
}

TEST_CASE("a terminal that cannot shut down stays closed, and ends who is served when the battery is low") {
  KioskBench bench;
  bench.start();
  become(bench, on_battery);
  bench.pass(300'000);
  CHECK(bench.overs == 0);
  become(bench, fake_ready);
  bench.fill_in();
  become(bench, battery_low);
  bench.pass(6'000);
  CHECK(bench.overs == 1);
  CHECK_FALSE(bench.powered_off);
  CHECK(bench.ups.asked_off_s == 0);
}

TEST_CASE("a supply that is unplugged says nothing about mains") {
  KioskBench bench;
  bench.start();
  become(bench, on_battery);
  become(bench, {DeviceCondition::absent, "absent"});
  CHECK(bench.page() == "notice");
  become(bench, fake_ready);
  CHECK(bench.page() == "welcome");
}

TEST_CASE("staff see the supply on the help page when it needs them, and not where there is none") {
  KioskBench bench;
  bench.start();
  bench.touch("helper.help");
  CHECK_FALSE(bench.shows("不间断电源"));
  bench.touch("close");
  become(bench, {DeviceCondition::degraded, "ups.replace_battery"});
  CHECK(bench.page() == "welcome");
  bench.touch("helper.help");
  CHECK(bench.shows("不间断电源"));
  CHECK(bench.shows("ups.replace_battery"));
}
