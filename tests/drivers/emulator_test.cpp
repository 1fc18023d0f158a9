// The emulator itself: usbfs as the kernel has it, the lines it understands, its devices.
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "drivers/emulator/control_client.hpp"
#include "drivers/emulator/control_server.hpp"
#include "drivers/emulator/emulated_kiosk.hpp"
#include "drivers/emulator/usbfs_node.hpp"
#include "terminal/base/files.hpp"
#include "tests/catch.hpp"

namespace bianmin::emulator {

namespace {

constexpr ClientId first = 1;
constexpr ClientId second = 2;

struct NodeRig {
  explicit NodeRig(DeviceModel& model)
      : node(
            model, script, [this](bool now) { ready = now; }, [this] { node.unplug(); }) {
    model.power_on();
  }
  int send(std::uintptr_t key, Bytes bytes, ClientId client = first) {
    Urb urb;
    urb.key = key;
    urb.endpoint = 0x02;
    urb.out = std::move(bytes);
    return node.submit(client, std::move(urb));
  }
  int ask(std::uintptr_t key, std::size_t byte_max) {
    Urb urb;
    urb.key = key;
    urb.endpoint = 0x81;
    urb.in_byte_max = byte_max;
    return node.submit(first, std::move(urb));
  }
  FaultScript script;
  bool ready = false;
  UsbfsNode node;
};

const Bytes find_card = {0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x20, 0x01, 0x22};

}  // namespace

TEST_CASE("URBs are reaped by who submitted them, in the order of their ends") {
  CardReaderModel reader(ReaderFamily::b);
  NodeRig rig(reader);
  CHECK_FALSE(rig.node.reap(first).has_value());
  REQUIRE(rig.ask(10, 64) == 0);
  CHECK_FALSE(rig.ready);
  REQUIRE(rig.send(11, find_card) == 0);
  CHECK(rig.ready);
  CHECK_FALSE(rig.node.reap(second).has_value());
  const auto sent = rig.node.reap(first);
  const auto answer = rig.node.reap(first);
  REQUIRE(sent.has_value());
  REQUIRE(answer.has_value());
  CHECK(sent->key == 11);
  CHECK(sent->actual == find_card.size());
  CHECK(to_hex(answer->in) == "aaaaaa9669000400008084");
  CHECK_FALSE(rig.ready);
}

TEST_CASE("an interface belongs to one program at a time, and to none when it has gone") {
  PrinterModel printer;
  NodeRig rig(printer);
  CHECK(rig.node.driver_of(0) == "usblp");
  CHECK(rig.node.claim(first, 0, false) == -EBUSY);
  CHECK(rig.node.claim(first, 0, true) == 0);
  CHECK(rig.node.claim(first, 0, false) == 0);
  CHECK(rig.node.claim(second, 0, true) == -EBUSY);
  CHECK(rig.node.claim(first, 3, false) == -ENOENT);
  CHECK(rig.node.attach_driver(0) == -EBUSY);
  CHECK(rig.node.release(second, 0) == -EINVAL);
  rig.node.client_closed(first);
  CHECK(rig.node.claim(second, 0, false) == 0);
  CHECK(rig.node.release(second, 0) == 0);
  CHECK(rig.node.attach_driver(0) == 0);
  CHECK(rig.node.detach_driver(0) == 0);
  CHECK(rig.node.detach_driver(0) == -ENODATA);
}

TEST_CASE("a transfer to an interface that another one holds is refused") {
  CardReaderModel reader(ReaderFamily::b);
  NodeRig rig(reader);
  REQUIRE(rig.node.claim(second, 0, false) == 0);
  CHECK(rig.send(1, find_card) == -EBUSY);
}

TEST_CASE("discarding, unplugging and resetting end what waits") {
  CardReaderModel reader(ReaderFamily::b);
  NodeRig rig(reader);
  REQUIRE(rig.ask(1, 64) == 0);
  CHECK(rig.node.discard(first, 2) == -EINVAL);
  CHECK(rig.node.discard(first, 1) == 0);
  CHECK(rig.node.reap(first)->status == -ENOENT);
  REQUIRE(rig.ask(3, 64) == 0);
  CHECK(rig.node.reset() == 0);
  CHECK(rig.node.reap(first)->status == -ESHUTDOWN);
  REQUIRE(rig.ask(4, 64) == 0);
  rig.node.unplug();
  CHECK(rig.node.reap(first)->status == -ESHUTDOWN);
  CHECK(rig.ask(5, 64) == -ENODEV);
  CHECK(rig.node.claim(first, 0, false) == -ENODEV);
  CHECK(rig.node.clear_halt(0x81) == -ENODEV);
  CHECK(rig.node.reset() == -ENODEV);
}

TEST_CASE("faults happen at their transfer and once") {
  CardReaderModel reader(ReaderFamily::b);
  NodeRig rig(reader);
  const auto exchange = [&] {
    REQUIRE(rig.send(1, find_card) == 0);
    REQUIRE(rig.ask(2, 128) == 0);
    (void)rig.node.reap(first);
    return rig.node.reap(first);
  };
  rig.script.faults = {{1, FaultKind::wrong_checksum},
                       {3, FaultKind::short_answer},
                       {5, FaultKind::oversize},
                       {7, FaultKind::garbage}};
  CHECK(to_hex(exchange()->in) == "aaaaaa966900040000807b");
  CHECK(exchange()->in.size() == 5);
  CHECK(exchange()->in.size() == 11 + 64);
  CHECK(exchange()->in.size() == 11);
  CHECK(to_hex(exchange()->in) == "aaaaaa9669000400008084");
  CHECK(rig.node.transfer_count() == 10);
  rig.script.faults = {{11, FaultKind::late}};
  REQUIRE(rig.send(1, find_card) == 0);
  REQUIRE(rig.ask(2, 64) == 0);
  (void)rig.node.reap(first);
  CHECK_FALSE(rig.node.reap(first).has_value());
  REQUIRE(rig.node.discard(first, 2) == 0);
  (void)rig.node.reap(first);
  REQUIRE(rig.ask(3, 64) == 0);
  CHECK(to_hex(rig.node.reap(first)->in) == "aaaaaa9669000400008084");
}

TEST_CASE("faults on the way to the device change what it gets, and the host hears nothing of it") {
  CardReaderModel reader(ReaderFamily::b);
  NodeRig rig(reader);
  const auto exchange = [&] {
    REQUIRE(rig.send(1, find_card) == 0);
    const auto sent = rig.node.reap(first);
    REQUIRE(sent.has_value());
    CHECK(sent->status == 0);
    CHECK(sent->actual == find_card.size());
    REQUIRE(rig.ask(2, 128) == 0);
    const auto answer = rig.node.reap(first);
    if (!answer) REQUIRE(rig.node.discard(first, 2) == 0);
    if (!answer) (void)rig.node.reap(first);
    return answer ? to_hex(answer->in) : std::string("nothing");
  };
  rig.script.faults = {{0, FaultKind::wrong_checksum}, {2, FaultKind::bit_flip}, {5, FaultKind::babble}};
  CHECK(exchange() == "aaaaaa9669000400001014");
  CHECK(rig.script.effect_count == 1);
  CHECK(exchange() == "nothing");  // its length is another one now: the module waits for the rest
  CHECK(rig.script.effect_count == 2);
  CHECK(rig.node.reset() == 0);
  // Kinds that this direction or protocol does not have leave the transfer as it is.
  for (const FaultKind kind :
       {FaultKind::babble, FaultKind::late, FaultKind::stale, FaultKind::wrong_sequence}) {
    rig.script.faults = {{rig.node.transfer_count(), kind}};
    CHECK(exchange() == "aaaaaa9669000400008084");
  }
  CHECK(rig.script.effect_count == 2);
}

TEST_CASE("a stale answer comes in the place of the right one, which comes after it") {
  CardReaderModel reader(ReaderFamily::b);
  NodeRig rig(reader);
  const auto answer = [&] {
    REQUIRE(rig.ask(2, 128) == 0);
    return to_hex(rig.node.reap(first)->in);
  };
  const auto send = [&] {
    REQUIRE(rig.send(1, find_card) == 0);
    (void)rig.node.reap(first);
  };
  rig.script.faults = {{1, FaultKind::stale}};
  send();
  CHECK(answer() == "aaaaaa9669000400008084");  // nothing came before: no effect
  CHECK(rig.script.effect_count == 0);
  reader.put_card(*specimen_card("grandma"));
  rig.script.faults = {{3, FaultKind::stale}};
  send();
  CHECK(answer() == "aaaaaa9669000400008084");
  CHECK(rig.script.effect_count == 1);
  CHECK(answer() == "aaaaaa9669000800009f0000000097");
}

TEST_CASE("an act happens when its transfer begins, and control requests of a class are transfers") {
  PrinterModel printer;
  NodeRig rig(printer);
  const auto port_status = [&](std::uint8_t request_type, std::uint8_t request) {
    Urb urb;
    urb.key = 5;
    urb.type = 2;
    urb.out = {request_type, request, 0, 1, 0, 0, 4, 0};
    urb.in_byte_max = 4;
    REQUIRE(rig.node.submit(first, std::move(urb)) == 0);
    return rig.node.reap(first);
  };
  rig.script.acts[1] = [&] { printer.set_paper(false); };
  rig.script.faults = {{2, FaultKind::stall}, {3, FaultKind::bit_flip}, {4, FaultKind::timeout}};
  CHECK(port_status(0xA1, 1)->in == Bytes{0x18});
  CHECK(port_status(0x80, 6).has_value());  // a standard request to the device
  CHECK(rig.node.transfer_count() == 1);
  CHECK(port_status(0xA1, 1)->in == Bytes{0x28});
  CHECK(port_status(0xA1, 1)->status == -EPIPE);
  CHECK(port_status(0xA1, 1)->in == Bytes{0x20});
  CHECK_FALSE(port_status(0xA1, 1).has_value());
  CHECK(rig.node.discard(first, 5) == 0);
  CHECK(rig.script.effect_count == 3);
}

TEST_CASE("faults have names") {
  for (const std::string_view name : {"unplug", "stall", "timeout", "short", "oversize", "wrong-checksum",
                                      "garbage", "babble", "bit-flip", "wrong-sequence", "late", "stale"}) {
    const auto kind = fault_from_name(name);
    REQUIRE(kind.has_value());
    CHECK(fault_name(*kind) == name);
  }
  CHECK_FALSE(fault_from_name("rust").has_value());
}

TEST_CASE("the emulated kiosk does what it is told, and says why not") {
  auto kiosk = EmulatedKiosk::create(Adapter::socket, ReaderFamily::a);
  REQUIRE(kiosk.ok());
  const auto tell = [&](std::string_view line) {
    const auto answer = (*kiosk)->command(line);
    return answer ? "ok " + *answer : std::string(answer.error().code);
  };
  const auto status_has = [&tell](std::string_view words) {
    return tell("status").find(words) != std::string::npos;
  };
  CHECK(status_has("ok card off chip off paper in cover closed mains on "));
  CHECK(status_has(" reader plugged printer plugged scanner plugged smartcard unplugged ups plugged"));
  CHECK(status_has(" pad unplugged headset out lights unplugged contacts unplugged door closed tampered no"));
  CHECK(tell("card on") == "ok ");
  CHECK(tell("card on farmer") == "ok ");
  CHECK(tell("plug smartcard") == "ok ");
  CHECK(tell("chip on echo-t0") == "ok ");
  CHECK(tell("chip off") == "ok ");
  CHECK(tell("chip on") == "ok ");
  CHECK(tell("paper out") == "ok ");
  CHECK(tell("cover open") == "ok ");
  CHECK(tell("unplug printer") == "ok ");
  CHECK(tell("plug pad") == "ok ");
  for (const char* key : {"previous", "next", "confirm", "back", "help"})
    CHECK(tell(std::string("key ") + key) == "ok ");
  CHECK(tell("headset in") == "ok ");
  CHECK(tell("plug lights") == "ok ");
  CHECK(tell("plug contacts") == "ok ");
  CHECK(tell("door open") == "ok ");
  CHECK(tell("tamper begin") == "ok ");
  CHECK(tell("light scan") == "ok off");
  CHECK(status_has(" pad plugged headset in lights plugged contacts plugged door open tampered yes"));
  CHECK(status_has("ok card on chip on paper out cover open "));
  CHECK(status_has(" printer unplugged scanner plugged smartcard plugged"));
  CHECK(tell("mains off") == "ok ");
  CHECK(tell("battery 15 300") == "ok ");
  CHECK(status_has(" mains off "));
  CHECK(tell("mains on") == "ok ");
  CHECK(tell("mains maybe") == "emulator.bad_command");
  CHECK(tell("battery 101 5") == "emulator.bad_command");
  CHECK(tell("plug printer") == "ok ");
  CHECK(tell("paper in") == "ok ");
  CHECK(tell("paper low") == "ok ");
  CHECK(tell("paper out-after 10") == "ok ");
  CHECK(tell("cover open-after 10") == "ok ");
  CHECK(tell("printer unplug-after 10") == "ok ");
  CHECK(tell("cover close") == "ok ");
  CHECK(tell("card off") == "ok ");
  CHECK(tell("scan BM1:1") == "ok ");
  CHECK(tell("fault reader 3 stall") == "ok ");
  CHECK(tell("fault reader +3 stall") == "ok ");
  CHECK(tell("card off-after 3") == "ok ");
  CHECK(tell("receipts") == "ok whole 0 partial 0");
  for (const std::string_view bad : {"",
                                     "dance",
                                     "card",
                                     "card on nobody",
                                     "card off-after x",
                                     "chip",
                                     "chip on nothing",
                                     "paper",
                                     "paper out-after x",
                                     "paper open-after 3",
                                     "cover",
                                     "key",
                                     "key five",
                                     "headset",
                                     "light",
                                     "light roof",
                                     "door",
                                     "door ajar",
                                     "tamper open",
                                     "plug",
                                     "plug toaster",
                                     "fault reader x stall",
                                     "fault reader 3 rust",
                                     "fault toaster 3 stall",
                                     "receipt",
                                     "receipt /tmp/x"}) {
    INFO(bad);
    CHECK(tell(bad) == "emulator.bad_command");
  }

  const std::string socket =
      std::filesystem::temp_directory_path() / ("emulator-test-" + std::to_string(::getpid()));
  auto server = ControlServer::start(socket, [&](std::string_view line) { return (*kiosk)->command(line); });
  REQUIRE(server.ok());
  CHECK(*emulator_command(socket, "receipts") == "whole 0 partial 0");
  CHECK(emulator_command(socket, "card on")->empty());
  CHECK(emulator_command(socket, "dance").error().code == "emulator.refused");
  server->reset();
  CHECK(emulator_command(socket, "status").error().code == "emulator.unreachable");
  CHECK(emulator_command(std::string(200, 'x'), "status").error().code == "emulator.unreachable");
  CHECK_FALSE(ControlServer::start("/nonexistent/folder/socket", {}).ok());
}

}  // namespace bianmin::emulator
