// Emulated devices over usb-redir, without a virtual machine: this process is its peer.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "drivers/emulator/card_reader_model.hpp"
#include "drivers/emulator/emulated_kiosk.hpp"
#include "drivers/emulator/printer_model.hpp"
#include "drivers/emulator/redir_server.hpp"
#include "drivers/emulator/scanner_model.hpp"
#include "tests/catch.hpp"
#include "tests/drivers/redir_client.hpp"

namespace bianmin::emulator {

namespace {

const Bytes find_card = {0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x20, 0x01, 0x22};
constexpr const char* no_card = "aaaaaa9669000400008084";

class Folder {
 public:
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("redir-test-" + std::to_string(::getpid()));
};

template <typename Model>
struct Rig {
  template <typename... Arguments>
  explicit Rig(Arguments... arguments) : model(arguments...) {
    auto made = RedirServer::create(folder.path);
    REQUIRE(made.ok());
    server = std::move(made).value();
    port = server->add(model, "device");
    REQUIRE(server->listens(port));
    server->plug(port);
  }
  std::string socket() const { return folder.path / "device.sock"; }

  Folder folder;
  Model model;
  std::unique_ptr<RedirServer> server;
  EmulatedBus::Port port = -1;
};

struct ReaderRig : Rig<CardReaderModel> {
  ReaderRig() : Rig(ReaderFamily::b), client(socket()) {
    REQUIRE(client.until([&] { return client.connects == 1; }));
  }
  RedirClient::Answer exchange(std::uint16_t byte_max = 64) {
    client.bulk_out(++last_id, 0x02, find_card);
    client.bulk_in(++last_id, 0x81, byte_max);
    REQUIRE(client.until_answered(last_id));
    return client.answers[last_id];
  }
  RedirClient client;
  std::uint64_t last_id = 100;
};

}  // namespace

TEST_CASE("a peer hears of the device, its interfaces and its endpoints") {
  ReaderRig rig;
  CHECK(rig.client.device.vendor == 0x0400);
  CHECK(rig.client.device.product == 0xC35A);
  CHECK(rig.client.device.speed == usb_redir_speed_full);
  CHECK(rig.client.interfaces == 1);
  const std::map<std::uint8_t, int> endpoints = {{0x00, 0}, {0x02, 2}, {0x80, 0}, {0x81, 2}};
  CHECK(rig.client.endpoint_types == endpoints);
  usb_redir_set_configuration_header configuration{1};
  usbredirparser_send_set_configuration(rig.client.parser(), 1, &configuration);
  CHECK(rig.client.until([&] { return rig.client.configuration == 1; }));
  rig.client.configuration = -1;
  usbredirparser_send_get_configuration(rig.client.parser(), 2);
  CHECK(rig.client.until([&] { return rig.client.configuration == 1; }));
  usb_redir_set_alt_setting_header alternate{0, 1};
  usbredirparser_send_set_alt_setting(rig.client.parser(), 3, &alternate);
  CHECK(rig.client.until([&] { return rig.client.alternate_status == usb_redir_inval; }));
  usb_redir_get_alt_setting_header asked{0};
  usbredirparser_send_get_alt_setting(rig.client.parser(), 4, &asked);
  CHECK(rig.client.until([&] { return rig.client.alternate_status == usb_redir_success; }));
}

TEST_CASE("control requests are answered from the description, by the model, or with a stall") {
  Rig<PrinterModel> rig;
  RedirClient client(rig.socket());
  REQUIRE(client.until([&] { return client.connects == 1; }));
  client.control(1, 0x80, 6, 0x0100, 0, 18);  // device descriptor
  client.control(2, 0x80, 6, 0x0303, 0x0409, 255);
  client.control(3, 0xA1, 1, 0, 0, 1);  // the printer's port status
  client.control(4, 0xC0, 99, 0, 0, 8);
  client.control(5, 0x80, 6, 0x0100, 0, 8);
  REQUIRE(client.until_answered(5));
  CHECK(client.answers[1].data.size() == 18);
  CHECK(to_hex(client.answers[2].data) ==
        "100345004d005500300030003000"
        "3200");
  CHECK(to_hex(client.answers[3].data) == "18");
  CHECK(client.answers[4].status == usb_redir_stall);
  CHECK(client.answers[5].data.size() == 8);
  CHECK(client.answers[5].length == 8);
}

TEST_CASE("bulk transfers wait, end short, and are split as on a cable") {
  ReaderRig rig;
  const auto answer = rig.exchange();
  CHECK(answer.status == usb_redir_success);
  CHECK(to_hex(answer.data) == no_card);
  rig.client.bulk_in(1, 0x81, 64);  // before there is anything to say
  rig.client.bulk_out(2, 0x02, find_card);
  REQUIRE(rig.client.until_answered(1));
  CHECK(to_hex(rig.client.answers[1].data) == no_card);
  CHECK(rig.client.answers[2].status == usb_redir_success);
  CHECK(rig.client.answers[2].length == find_card.size());
  CHECK(rig.exchange(8).status == usb_redir_babble);  // less than a packet
  CHECK(rig.server->transfer_count(rig.port) == 6);
}

TEST_CASE("a cancelled transfer is answered once") {
  ReaderRig rig;
  rig.client.bulk_in(1, 0x81, 64);
  rig.client.cancel(1);
  rig.client.cancel(1);
  REQUIRE(rig.client.until_answered(1));
  CHECK(rig.client.answers[1].status == usb_redir_cancelled);
  CHECK(to_hex(rig.exchange().data) == no_card);
  rig.client.cancel(rig.last_id);  // too late: answered already
  CHECK(to_hex(rig.exchange().data) == no_card);
  CHECK(rig.client.answer_count == 5);
}

TEST_CASE("faults by script reach the peer as the bus would show them") {
  ReaderRig rig;
  rig.server->fail_at(rig.port, 1, FaultKind::stall);
  CHECK(rig.exchange().status == usb_redir_stall);
  rig.client.bulk_in(1, 0x81, 64);
  REQUIRE(rig.client.until_answered(1));
  CHECK(rig.client.answers[1].status == usb_redir_stall);  // halted until the host clears it
  rig.client.control(2, 0x02, 1, 0, 0x81, 0);
  REQUIRE(rig.client.until_answered(2));
  CHECK(rig.client.answers[2].status == usb_redir_success);
  rig.server->fail_at(rig.port, 3, FaultKind::babble);
  CHECK(rig.exchange().status == usb_redir_babble);
  rig.server->fail_at(rig.port, 5, FaultKind::wrong_checksum);
  CHECK(to_hex(rig.exchange().data) == "aaaaaa966900040000807b");
  rig.server->fail_at(rig.port, 6, FaultKind::timeout);
  rig.server->forget_faults(rig.port);
  CHECK(to_hex(rig.exchange().data) == no_card);
}

TEST_CASE("a transfer that a fault swallows ends when it is cancelled, or when the port is reset") {
  ReaderRig rig;
  rig.server->fail_at(rig.port, 0, FaultKind::timeout);
  rig.client.bulk_out(1, 0x02, find_card);
  rig.client.cancel(1);
  REQUIRE(rig.client.until_answered(1));
  CHECK(rig.client.answers[1].status == usb_redir_cancelled);
  rig.client.bulk_in(2, 0x81, 64);
  rig.client.reset();
  REQUIRE(rig.client.until_answered(2));
  CHECK(rig.client.answers[2].status == usb_redir_ioerror);
  CHECK(to_hex(rig.exchange().data) == no_card);
}

TEST_CASE("what a peer still asks of a device that has gone is nothing to the next one") {
  ReaderRig rig;
  rig.server->unplug(rig.port);
  rig.server->plug(rig.port);  // before the peer has heard of either
  rig.client.bulk_in(1, 0x81, 64);
  rig.client.send();
  REQUIRE(rig.client.until([&] { return rig.client.connects == 2; }));
  CHECK(rig.client.disconnects == 1);
  CHECK(to_hex(rig.exchange().data) == no_card);
  CHECK_FALSE(rig.client.answers.contains(1));
  CHECK(rig.server->transfer_count(rig.port) == 2);
}

TEST_CASE("unplugging, by hand or by a fault, disconnects; plugging in connects anew") {
  ReaderRig rig;
  rig.client.bulk_in(1, 0x81, 64);
  REQUIRE(rig.client.until([&] { return rig.server->has_peer(rig.port); }));
  rig.server->unplug(rig.port);
  rig.server->unplug(rig.port);
  REQUIRE(rig.client.until([&] { return rig.client.disconnects == 1; }));
  CHECK_FALSE(rig.server->plugged(rig.port));
  rig.client.bulk_in(2, 0x81, 64);  // the peer has not noticed yet
  rig.client.cancel(2);
  rig.server->plug(rig.port);
  rig.server->plug(rig.port);
  REQUIRE(rig.client.until([&] { return rig.client.connects == 2; }));
  CHECK(to_hex(rig.exchange().data) == no_card);
  CHECK(rig.server->transfer_count(rig.port) == 2);
  rig.server->fail_at(rig.port, 2, FaultKind::unplug);
  rig.client.bulk_out(3, 0x02, find_card);
  REQUIRE(rig.client.until([&] { return rig.client.disconnects == 2; }));
  CHECK_FALSE(rig.server->plugged(rig.port));
  rig.server->plug(rig.port);
  REQUIRE(rig.client.until([&] { return rig.client.connects == 3; }));
  CHECK(to_hex(rig.exchange().data) == no_card);
}

TEST_CASE("reports of an interrupt endpoint come as they happen") {
  Rig<ScannerModel> rig;
  RedirClient client(rig.socket());
  REQUIRE(client.until([&] { return client.connects == 1; }));
  const auto scan = [&](std::string_view text) { rig.server->change([&] { rig.model.scan(text); }); };
  client.start_interrupts(0x84);
  REQUIRE(client.until([&] { return client.receiving_statuses.size() == 1; }));
  scan("one");
  scan(std::string(60, 'x'));  // two reports
  REQUIRE(client.until([&] { return client.reports.size() == 3; }));
  CHECK(client.reports[0].size() == 64);
  CHECK(client.reports[0][1] == 3);
  CHECK(client.reports[2][1] == 4);

  rig.server->fail_at(rig.port, 3, FaultKind::stall);
  scan("lost");
  REQUIRE(client.until([&] { return client.receiving_statuses.size() == 2; }));
  CHECK(client.receiving_statuses[1] == usb_redir_stall);
  client.control(1, 0x02, 1, 0, 0x84, 0);
  client.start_interrupts(0x84);
  client.start_interrupts(0x84);  // once more: nothing changes
  scan("two");
  REQUIRE(client.until([&] { return client.reports.size() == 4; }));
  client.reset();  // receiving goes on
  scan("three");
  REQUIRE(client.until([&] { return client.reports.size() == 5; }));
  client.stop_interrupts(0x84);
  client.stop_interrupts(0x84);
  REQUIRE(client.until([&] { return client.receiving_statuses.size() == 6; }));
  scan("kept");
  client.start_interrupts(0x81);  // no such endpoint
  REQUIRE(client.until([&] { return client.receiving_statuses.size() == 7; }));
  CHECK(client.receiving_statuses[6] == usb_redir_inval);
  CHECK(client.reports.size() == 5);
  client.start_interrupts(0x84);
  REQUIRE(client.until([&] { return client.reports.size() == 6; }));
}

TEST_CASE("a report that a fault swallows is lost, the next one comes") {
  Rig<ScannerModel> rig;
  RedirClient client(rig.socket());
  REQUIRE(client.until([&] { return client.connects == 1; }));
  client.start_interrupts(0x84);
  REQUIRE(client.until([&] { return client.receiving_statuses.size() == 1; }));
  rig.server->fail_at(rig.port, 0, FaultKind::timeout);
  rig.server->change([&] { rig.model.scan("lost"); });
  rig.server->change([&] { rig.model.scan("found"); });
  REQUIRE(client.until([&] { return client.reports.size() == 1; }));
  CHECK(client.reports[0][1] == 5);
}

TEST_CASE("what no device here has is refused") {
  ReaderRig rig;
  rig.client.bulk_out(1, 0x05, find_card);
  rig.client.bulk_in(2, 0x8F, 64);
  REQUIRE(rig.client.until_answered(2));
  CHECK(rig.client.answers[1].status == usb_redir_inval);
  CHECK(rig.client.answers[2].status == usb_redir_inval);
  usb_redir_start_iso_stream_header iso{0x83, 8, 2};
  usbredirparser_send_start_iso_stream(rig.client.parser(), 3, &iso);
  REQUIRE(rig.client.until([&] { return rig.client.iso_status == usb_redir_inval; }));
  CHECK(to_hex(rig.exchange().data) == no_card);
}

TEST_CASE("a peer that talks nonsense or leaves is hung up on, and the next one is served") {
  Rig<CardReaderModel> rig(ReaderFamily::b);
  {
    RedirClient client(rig.socket());
    REQUIRE(client.until([&] { return client.connects == 1; }));
    client.bulk_in(1, 0x81, 64);  // waits when the peer goes
    client.control(2, 0x80, 6, 0x0100, 0, 18);
    REQUIRE(client.until_answered(2));
  }
  const Bytes garbage(4'096, 0xFF);
  for (const std::size_t count : {std::size_t{0}, std::size_t{3}, garbage.size()}) {
    INFO(count);
    FileDescriptor peer = connect_socket(rig.socket());
    REQUIRE(peer.valid());
    CHECK(::send(peer.get(), garbage.data(), count, MSG_NOSIGNAL) == static_cast<ssize_t>(count));
  }
  {
    RedirClient client(rig.socket());
    REQUIRE(client.until([&] { return client.connects == 1; }));
    const Bytes noise(512, 0xA5);
    CHECK(::send(client.fd(), noise.data(), noise.size(), MSG_NOSIGNAL) == 512);
    CHECK(client.until_hung_up());
  }
  {
    RedirClient client(rig.socket());
    REQUIRE(client.until([&] { return client.connects == 1; }));
    for (std::uint64_t id = 1; id <= RedirPeer::transfers_max + 1; ++id) client.bulk_in(id, 0x81, 64);
    CHECK(client.until_hung_up());
  }
  RedirClient client(rig.socket());
  REQUIRE(client.until([&] { return client.connects == 1; }));
  client.control(1, 0x80, 6, 0x0100, 0, 18);
  CHECK(client.until_answered(1));
}

TEST_CASE("a server needs a folder for its sockets, and leaves nothing there") {
  CHECK(RedirServer::create("/nonexistent/folder").error().code == "emulator.no_socket");
  CHECK(RedirServer::create("/tmp/" + std::string(120, 'x')).error().code == "emulator.no_socket");
  Folder folder;
  {
    auto kiosk = EmulatedKiosk::create_redir(folder.path, ReaderFamily::a);
    REQUIRE(kiosk.ok());
    CHECK((*kiosk)->root_folder().empty());
    RedirClient client(folder.path / "printer.sock");
    REQUIRE(client.until([&] { return client.connects == 1; }));
    CHECK((*kiosk)->command("unplug printer").ok());
    CHECK(client.until([&] { return client.disconnects == 1; }));
    CHECK((*kiosk)->command("card on farmer").ok());
    CHECK((*kiosk)->command("killed").ok());
    const std::string status = *(*kiosk)->command("status");
    CHECK(status.starts_with("card on chip off paper in cover closed "));
    CHECK(status.find(" printer unplugged ") != std::string::npos);
  }
  CHECK(std::filesystem::is_empty(folder.path));
}

}  // namespace bianmin::emulator
