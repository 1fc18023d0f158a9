// A missing device closes the services that need it, says so, and opens them again by itself.
#include "terminal/session/devices.hpp"

#include "tests/session/kiosk_bench.hpp"

using namespace bianmin;

namespace {

constexpr DeviceState gone{DeviceCondition::absent, "absent"};
constexpr DeviceState held{DeviceCondition::faulted, "usb.busy"};
constexpr DeviceState no_paper{DeviceCondition::needs_attention, "printer.paper_out"};

}  // namespace

TEST_CASE("a missing device closes only the services that need it, and they open by themselves") {
  KioskBench bench;
  bench.reader.become(gone);
  bench.start();
  CHECK(bench.shows("读卡器没接好"));
  bench.touch("choice.0");
  CHECK(bench.page() == "closed");
  bench.touch("act");
  REQUIRE(bench.page() == "welcome");
  bench.reader.become(fake_ready);
  CHECK_FALSE(bench.shows("读卡器没接好"));
  bench.touch("choice.0");
  CHECK(bench.page() == "card");
}

TEST_CASE("a service that does not need the missing device goes on") {
  KioskBench bench;
  bench.reader.become(gone);
  bench.start();
  bench.touch("choice.1");
  CHECK(bench.page() == "scan");
}

TEST_CASE("the notice of a closed service tells why, what is open, and where to go") {
  KioskBench bench;
  bench.reader.become(held);
  bench.start();
  bench.touch("choice.0");
  REQUIRE(bench.page() == "closed");
  CHECK(bench.shows("读卡器正忙着"));
  CHECK(bench.shows("还能办: 查办理进度"));
  CHECK(bench.shows("请到窗口"));
  CHECK(bench.shows("12345"));
  CHECK(bench.shows("usb.busy"));
  bench.scanner.become(gone);
  CHECK(bench.shows("还能办: 暂时没有"));
  bench.touch("helper.language");
  CHECK(bench.shows("The card reader is busy"));
  CHECK(bench.shows("Nothing just now"));
  CHECK(bench.overs == 0);  // nothing of a person has been on the screen
}

TEST_CASE("the notice goes back by itself, later when somebody is there") {
  KioskBench bench;
  bench.reader.become(gone);
  bench.start();
  bench.touch("choice.0");
  bench.pass(29'000);
  REQUIRE(bench.page() == "closed");
  bench.screen.pointer_down({5, 5});
  bench.screen.pointer_up({5, 5});
  bench.pass(29'000);
  CHECK(bench.page() == "closed");
  bench.pass(2'000);
  CHECK(bench.page() == "welcome");
  bench.touch("choice.0");
  bench.touch("helper.back");
  CHECK(bench.page() == "welcome");
}

TEST_CASE("the notice gives way when the device is back, and to help while that is open") {
  KioskBench bench;
  bench.reader.become(gone);
  bench.start();
  bench.touch("choice.0");
  bench.touch("helper.help");
  bench.reader.become(fake_ready);
  CHECK(bench.page() == "help");
  bench.touch("close");
  CHECK(bench.page() == "welcome");
  bench.touch("choice.0");
  CHECK(bench.page() == "card");
}

TEST_CASE("a reader that is only starting is waited for, not closed for") {
  KioskBench bench;
  bench.reader.become({DeviceCondition::starting, "usb.stall"});
  bench.start();
  bench.touch("choice.0");
  CHECK(bench.page() == "card");
}

TEST_CASE("a device that a service only wants leaves it open, and the page says how it does without") {
  KioskBench bench;
  bench.printer.become(no_paper);
  bench.start();
  CHECK(bench.shows("凭条机没纸了。换好纸会接着打。事情照样能办，办件号请记下来。"));
  bench.printer.become(fake_ready);
  CHECK_FALSE(bench.shows("没纸"));
  bench.printer.become(no_paper);
  bench.reader.become(gone);
  CHECK_FALSE(bench.shows("没纸"));  // the only service that would print is closed
  bench.reader.become(fake_ready);
  bench.touch("choice.0");
  CHECK(bench.page() == "card");
}

TEST_CASE("a service may need a device that this terminal has not got") {
  KioskBench bench;
  bench.catalogue.packages[1].needs.push_back("smart-card-reader");
  bench.start();
  CHECK(bench.shows("插卡口没接好"));
  bench.touch("choice.1");
  CHECK(bench.page() == "closed");
}

TEST_CASE("the help page tells staff what to look at, by code, and is quiet when all is well") {
  KioskBench bench;
  bench.start();
  bench.touch("helper.help");
  CHECK_FALSE(bench.shows("读卡器"));
  CHECK_FALSE(bench.shows("插卡口"));  // no service uses it
  bench.reader.become(gone);
  CHECK(bench.shows("看看读卡器的线插紧没有"));
  CHECK(bench.shows("(absent)"));
  bench.printer.become({DeviceCondition::degraded, "printer.paper_low"});
  CHECK(bench.shows("准备一卷纸"));
  CHECK(bench.shows("(printer.paper_low)"));
  bench.reader.become(fake_ready);
  CHECK_FALSE(bench.shows("(absent)"));
}

TEST_CASE("the table of devices knows each by its name") {
  KioskBench bench;
  bench.scanner.become(gone);
  const session::Parts parts{bench.loop,   bench.log,     bench.settings, bench.catalogue,
                             bench.reader, bench.printer, bench.scanner,  *bench.journal,
                             bench.writer, bench.asks,    bench.ledger,   {}};
  session::Devices devices(parts);
  CHECK(devices.state("id-card-reader") == fake_ready);
  CHECK(devices.state("code-scanner") == gone);
  CHECK(devices.state("lamp").condition == DeviceCondition::absent);
  CHECK_FALSE(devices.missing({}).has_value());
  CHECK_FALSE(devices.missing({"id-card-reader", "receipt-printer"}).has_value());
  CHECK(devices.missing({"id-card-reader", "code-scanner"})->name == "code-scanner");
  int heard = 0;
  devices.watch([&] { ++heard; });
  bench.printer.become(no_paper);
  bench.reader.become(held);
  CHECK(heard == 2);
  devices.watch(nullptr);
  bench.reader.become(fake_ready);
  CHECK(heard == 2);
}
