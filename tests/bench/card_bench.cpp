// How much the SDT driver adds to the transfers that reading a card needs: against bare libusb with the same
// frames, on the emulator's direct path, by turns.
#include <fmt/format.h>
#include <libusb.h>

#include <array>
#include <cstdlib>
#include <optional>

#include "drivers/card/sdt/sdt_frame.hpp"
#include "drivers/card/usb_id_card_reader.hpp"
#include "drivers/emulator/card_reader_model.hpp"
#include "drivers/emulator/testbed.hpp"
#include "tests/bench/report.hpp"

namespace bianmin::bench {

namespace {

constexpr int patience_ms = 1'000;

[[noreturn]] void fail(const char* what) {
  fmt::print(stderr, "card_bench: {}\n", what);
  std::exit(1);
}

// As the public descriptions give the endpoints of the families: header and body, to and from the reader.
struct Ends {
  std::uint8_t header_out, body_out, header_in, body_in;
};

// Sends and fetches the frames of one card and looks at nothing.
class BareReader {
 public:
  explicit BareReader(emulator::ReaderFamily family) : split_(family == emulator::ReaderFamily::a) {
    constexpr std::uint16_t vendor = 0x0400;
    constexpr std::uint16_t product = 0xC35A;
    if (libusb_init(&context_) != 0) fail("libusb_init");
    device_ = libusb_open_device_with_vid_pid(context_, vendor, product);
    if (device_ == nullptr || libusb_claim_interface(device_, 0) != 0) fail("no reader to claim");
    ends_ = split_ ? Ends{0x02, 0x06, 0x81, 0x85} : Ends{0x02, 0x02, 0x81, 0x81};
  }
  ~BareReader() {
    libusb_release_interface(device_, 0);
    libusb_close(device_);
    libusb_exit(context_);
  }
  BareReader(const BareReader&) = delete;
  BareReader& operator=(const BareReader&) = delete;

  void read_card() {
    // The answers without their headers: three status bytes, data, checksum.
    exchange(card::encode_sdt(card::sdt_find_card), 3 + 4 + 1);
    exchange(card::encode_sdt(card::sdt_select_card), 3 + 8 + 1);
    exchange(card::encode_sdt(card::sdt_read_text_photo), 3 + 4 + 256 + 1'024 + 1);
  }

 private:
  static constexpr std::size_t packet = 64;

  void exchange(Bytes frame, std::size_t body_byte_count) {
    const std::size_t header = split_ ? card::sdt_header_byte_count : frame.size();
    out(ends_.header_out, frame.data(), header);
    if (split_) out(ends_.body_out, frame.data() + header, frame.size() - header);
    std::size_t missing = body_byte_count + card::sdt_header_byte_count;
    missing -= in(ends_.header_in, packet);
    while (missing > 0) missing -= in(ends_.body_in, (missing + packet - 1) / packet * packet);
  }
  void out(std::uint8_t endpoint, std::uint8_t* bytes, std::size_t count) {
    int done = 0;
    if (libusb_bulk_transfer(device_, endpoint, bytes, static_cast<int>(count), &done, patience_ms) != 0) {
      fail("a transfer to the reader");
    }
  }
  std::size_t in(std::uint8_t endpoint, std::size_t count) {
    int done = 0;
    if (libusb_bulk_transfer(device_, endpoint, buffer_.data(), static_cast<int>(count), &done,
                             patience_ms) != 0 ||
        done == 0) {
      fail("a transfer from the reader");
    }
    return static_cast<std::size_t>(done);
  }

  bool split_;
  Ends ends_{};
  libusb_context* context_ = nullptr;
  libusb_device_handle* device_ = nullptr;
  std::array<std::uint8_t, 4'096> buffer_{};
};

void bare_reads(emulator::ReaderFamily family, int reads, std::vector<double>& times) {
  BareReader reader(family);
  for (int i = 0; i < reads; ++i) times.push_back(time_us([&] { reader.read_card(); }));
}

void driver_reads(usb::Bus& bus, EventLoop& loop, int reads, std::vector<double>& times) {
  card::UsbIdCardReader reader(bus, loop, nullptr);
  constexpr int turn_ms = 20;
  while (!reader.state().usable()) loop.run_once(turn_ms);
  for (int i = 0; i < reads; ++i) {
    std::optional<bool> good;
    times.push_back(time_us([&] {
      reader.read([&](Result<card::IdCard> card) { good = card.ok(); });
      while (!good) loop.run_once(turn_ms);
    }));
    if (!*good) fail("the driver did not read the card");
  }
}

void run(emulator::Testbed& testbed, emulator::ReaderFamily family, const char* name, int reads) {
  emulator::CardReaderModel& model = *new emulator::CardReaderModel(family);  // outlives the testbed
  const auto port = testbed.add(model);
  testbed.change([&] { model.put_card(*emulator::specimen_card("grandma")); });
  testbed.plug(port);
  std::vector<double> bare;
  std::vector<double> driver;
  int bare_transfers = 0;
  int driver_transfers = 0;  // with the questions after plugging in, once a round
  {
    auto bus = usb::Bus::open(nullptr);
    if (!bus) fail("no bus");
    const SystemClock clock;
    EventLoop loop(clock);
    constexpr int rounds = 5;
    for (int i = 0; i < rounds; ++i) {
      const int at_first = testbed.transfer_count(port);
      bare_reads(family, reads, bare);
      const int between = testbed.transfer_count(port);
      driver_reads(**bus, loop, reads, driver);
      bare_transfers += between - at_first;
      driver_transfers += testbed.transfer_count(port) - between;
    }
  }
  testbed.unplug(port);
  const auto per_card = [](int transfers, const std::vector<double>& cards) {
    return fmt::format("{:.1f} transfers", double(transfers) / double(cards.size()));
  };
  const double added_us = median(driver) - median(bare);
  constexpr double added_max_us = 1'000;
  print({fmt::format("SDT driver per card, {}, against bare libusb", name),
         microseconds(median(driver)) + ", " + per_card(driver_transfers, driver),
         microseconds(median(bare)) + ", " + per_card(bare_transfers, bare),
         times(median(driver) / median(bare)), fmt::format("<= 1 ms more (is {})", microseconds(added_us)),
         added_us <= added_max_us});
}

}  // namespace

}  // namespace bianmin::bench

int main(int argc, char** argv) {
  using namespace bianmin;
  const int reads = bench::has_flag(argc, argv, "--quick") ? 40 : 200;
  auto testbed = emulator::Testbed::create(emulator::Adapter::direct);
  if (!testbed) return 1;
  bench::run(**testbed, emulator::ReaderFamily::a, "four endpoints", reads);
  bench::run(**testbed, emulator::ReaderFamily::b, "two endpoints", reads);
}
