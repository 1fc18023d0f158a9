// What the drivers add to the transfers that their devices need: against bare libusb with the same frames, on
// the emulator's direct path, by turns. What they use while nobody is there, and how soon a device is ready.
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "drivers/card/ccid/ccid_reader.hpp"
#include "drivers/card/sdt/sdt_frame.hpp"
#include "drivers/card/usb_id_card_reader.hpp"
#include "drivers/emulator/card_reader_model.hpp"
#include "drivers/emulator/ccid_reader_model.hpp"
#include "drivers/emulator/echo_card.hpp"
#include "drivers/emulator/printer_model.hpp"
#include "drivers/emulator/scanner_model.hpp"
#include "drivers/emulator/testbed.hpp"
#include "drivers/printer/escpos_link.hpp"
#include "drivers/scanner/decoder_child.hpp"
#include "drivers/scanner/usb_code_scanner.hpp"
#include "tests/bench/bare_device.hpp"
#include "tests/bench/camera_path.hpp"
#include "tests/bench/report.hpp"

namespace bianmin::bench {

void fail(const char* what) {
  fmt::print(stderr, "devices_bench: {}\n", what);
  std::exit(1);
}

namespace {

using emulator::ReaderFamily;
using emulator::Testbed;

constexpr int rounds = 5;
constexpr int turn_ms = 20;
constexpr double added_max_us = 1'000;

struct Settings {
  int times = 200;
  std::int64_t idle_ms = 60'000;
  int plugs = 20;
};

// A loop and a bus, and the one testbed.
struct Bench {
  explicit Bench(Testbed& the_testbed) : testbed(the_testbed) {
    auto opened = usb::Bus::open(nullptr);
    if (!opened) fail("no bus");
    bus = std::move(*opened);
  }
  void until(const std::function<bool()>& is_true) {
    while (!is_true()) loop.run_once(turn_ms);
  }
  Testbed& testbed;
  SystemClock clock;
  EventLoop loop{clock};
  std::unique_ptr<usb::Bus> bus;
};

void print_added(const std::string& what, const std::vector<double>& ours, const std::vector<double>& bare) {
  const double added_us = median(ours) - median(bare);
  print({what + ", against bare libusb", microseconds(median(ours)), microseconds(median(bare)),
         times(median(ours) / median(bare)), fmt::format("<= 1 ms more (is {})", microseconds(added_us)),
         added_us <= added_max_us});
}

// As the public descriptions give the endpoints of the families: header and body, to and from the reader.
// Sends and fetches the frames of one card and looks at nothing.
void read_barely(BareDevice& device, ReaderFamily family) {
  constexpr std::size_t packet = 64;
  const bool split = family == ReaderFamily::a;
  const auto exchange = [&](card::SdtCommand command, std::size_t body_byte_count) {
    const Bytes frame = card::encode_sdt(command);
    const std::size_t header = split ? card::sdt_header_byte_count : frame.size();
    device.out(0x02, ByteView(frame).first(header));
    if (split) device.out(0x06, ByteView(frame).subspan(header));
    std::size_t missing = body_byte_count + card::sdt_header_byte_count;
    missing -= device.in(0x81, packet);
    while (missing > 0) missing -= device.in(split ? 0x85 : 0x81, (missing + packet - 1) / packet * packet);
  };
  // The answers without their headers: three status bytes, data, checksum.
  exchange(card::sdt_find_card, 3 + 4 + 1);
  exchange(card::sdt_select_card, 3 + 8 + 1);
  exchange(card::sdt_read_text_photo, 3 + 4 + 256 + 1'024 + 1);
}

void read_by_driver(Bench& bench, int times, std::vector<double>& taken) {
  card::UsbIdCardReader reader(*bench.bus, bench.loop, nullptr);
  bench.until([&] { return reader.state().usable(); });
  for (int i = 0; i < times; ++i) {
    std::optional<bool> good;
    taken.push_back(time_us([&] {
      reader.read([&](Result<card::IdCard> card) { good = card.ok(); });
      bench.until([&] { return good.has_value(); });
    }));
    if (!*good) fail("the driver did not read the card");
  }
}

void measure_cards(Bench& bench, emulator::CardReaderModel& model, Testbed::Port port, ReaderFamily family,
                   const Settings& settings) {
  const char* const name = family == ReaderFamily::a ? "four endpoints" : "two endpoints";
  bench.testbed.change([&] { model.put_card(*emulator::specimen_card("grandma")); });
  bench.testbed.plug(port);
  std::vector<double> bare;
  std::vector<double> ours;
  for (int round = 0; round < rounds; ++round) {
    {
      BareDevice device(0x0400, 0xC35A);
      for (int i = 0; i < settings.times; ++i) bare.push_back(time_us([&] { read_barely(device, family); }));
    }
    read_by_driver(bench, settings.times, ours);
  }
  bench.testbed.unplug(port);
  print_added(fmt::format("card read, SDT, {}", name), ours, bare);
}

void measure_printer(Bench& bench, Testbed::Port port, const Settings& settings) {
  bench.testbed.plug(port);
  std::optional<usb::DeviceInfo> found;
  bench.until([&] {
    for (const usb::DeviceInfo& device : bench.bus->devices()) {
      if (printer::escpos_printer_interface(device)) found = device;
    }
    return found.has_value();
  });
  std::vector<double> bare;
  std::vector<double> ours;
  const printer::EscposOptions options;
  for (int round = 0; round < rounds; ++round) {
    {
      BareDevice device(0x0416, 0x5011);
      for (int i = 0; i < settings.times; ++i) {
        bare.push_back(time_us([&] {
          device.out(0x01, printer::escpos_status_request());
          for (int answer = 0; answer < 4; ++answer) (void)device.in(0x82, 64);
        }));
      }
    }
    auto channel = usb::Channel::open(*found, 0, {});
    if (!channel) fail("no channel to the printer");
    printer::EscposLink link(**channel, options, {});
    for (int i = 0; i < settings.times; ++i) {
      ours.push_back(time_us([&] {
        if (!link.status()) fail("no state of the printer");
      }));
    }
  }
  bench.testbed.unplug(port);
  print_added("printer state, ESC/POS", ours, bare);
}

printer::Document slip_of_40_lines() {
  printer::Document slip;
  for (int i = 1; i <= 40; ++i)
    slip.lines.emplace_back(printer::LabelLine{fmt::format("第 {} 项", i), "便民服务，一次办好"});
  return slip;
}

// From print() to the last byte in the printer. A printer that prints at once: what is slow is not counted.
void measure_slip(Bench& bench, emulator::PrinterModel& model, Testbed::Port port, const Settings& settings) {
  constexpr double full_speed_byte_per_us = 19 * 64 / 1'000.0;  // bulk packets of a frame, at most
  bench.testbed.plug(port);
  const auto whole = [&] { return bench.testbed.change([&] { return model.whole_count(); }); };
  const auto until_out = [&](int count) {
    while (whole() < count) std::this_thread::yield();
  };
  std::vector<double> bare;
  std::vector<double> ours;
  Bytes bytes;
  for (int round = 0; round < rounds; ++round) {
    {
      printer::EscposPrinter driver(*bench.bus, bench.loop, nullptr);
      bench.until([&] { return driver.state().usable(); });
      for (int i = 0; i < settings.times; ++i) {
        std::optional<bool> good;
        const int before = whole();
        ours.push_back(time_us([&] {
          driver.print(slip_of_40_lines(), [&](auto outcome) { good = outcome.ok(); });
          until_out(before + 1);
        }));
        bench.until([&] { return good.has_value(); });
        if (!*good) fail("the driver did not print the slip");
      }
      bytes = bench.testbed.change([&] { return model.last_whole_bytes(); });
    }
    BareDevice device(0x0416, 0x5011);
    for (int i = 0; i < settings.times; ++i) {
      const int before = whole();
      bare.push_back(time_us([&] {
        device.out(0x01, bytes);
        until_out(before + 1);
      }));
    }
  }
  bench.testbed.unplug(port);
  print_added("slip of 40 lines to its last byte", ours, bare);
  const double bus_us = static_cast<double>(bytes.size()) / full_speed_byte_per_us;
  print({fmt::format("the same, against the bus time of its {} bytes at full speed", bytes.size()),
         microseconds(median(ours)),
         microseconds(bus_us),
         times(median(ours) / bus_us),
         "",
         {}});
}

void measure_scanner(Bench& bench, emulator::ScannerModel& model, Testbed::Port port,
                     const Settings& settings) {
  bench.testbed.plug(port);
  std::vector<double> bare;
  std::vector<double> ours;
  const auto scan = [&] { bench.testbed.change([&] { model.scan("BM1:0721338641"); }); };
  for (int round = 0; round < rounds; ++round) {
    {
      BareDevice device(0x1EAB, 0x0010);
      for (int i = 0; i < settings.times; ++i) {
        bare.push_back(time_us([&] {
          scan();
          (void)device.in_by_interrupt(0x84, 64);
        }));
      }
    }
    scanner::UsbCodeScanner scanner(*bench.bus, bench.loop, nullptr);
    std::optional<bool> good;
    scanner.listen([&](Result<std::string> code) { good = code.ok(); });
    bench.until([&] { return scanner.state().usable(); });
    for (int i = 0; i < settings.times; ++i) {
      good.reset();
      ours.push_back(time_us([&] {
        scan();
        bench.until([&] { return good.has_value(); });
      }));
      if (!*good) fail("the driver did not tell the code");
    }
  }
  bench.testbed.unplug(port);
  print_added("code told, HID POS", ours, bare);
}

// One command that echoes 40 bytes, and its answer, over a reader that takes whole APDUs.
void measure_smart_card(Bench& bench, emulator::CcidReaderModel& model, Testbed::Port port,
                        const Settings& settings) {
  bench.testbed.change(
      [&] { model.insert(std::make_shared<emulator::EchoCard>(emulator::atr_of_t1(254, false))); });
  bench.testbed.plug(port);
  std::vector<double> bare;
  std::vector<double> ours;
  const card::CommandApdu command{0x00, 0xE0, 0x00, 0x00, SecretBytes(40, 0x5A), 256};
  for (int round = 0; round < rounds; ++round) {
    {
      BareDevice device(0x1209, 0xCC1D);
      std::uint8_t number = 0;
      const auto message = [&](std::uint8_t type, const Bytes& data) {
        ByteWriter writer;
        writer.u8(type).u32_le(static_cast<std::uint32_t>(data.size())).u8(0).u8(number++).u8(0).u8(0).u8(0);
        return writer.bytes(data).take();
      };
      device.out(0x01, message(0x62, {}));
      (void)device.in(0x82, 512);
      Bytes apdu = {0x00, 0xE0, 0x00, 0x00, 40};
      apdu.resize(apdu.size() + 40, 0x5A);
      apdu.push_back(0);
      for (int i = 0; i < settings.times; ++i) {
        bare.push_back(time_us([&] {
          device.out(0x01, message(0x6F, apdu));
          (void)device.in(0x82, 512);
        }));
      }
      device.out(0x01, message(0x63, {}));
      (void)device.in(0x82, 512);
    }
    card::CcidReader reader(*bench.bus, bench.loop, nullptr);
    std::optional<bool> good;
    std::vector<double> taken;
    reader.use(
        [&](card::SmartCard& smart_card, const std::stop_token&) -> Result<void> {
          for (int i = 0; i < settings.times; ++i) {
            Result<card::ResponseApdu> response = Error{};
            taken.push_back(time_us([&] { response = smart_card.transmit(command); }));
            if (!response) return response.error();
          }
          return {};
        },
        [&](Result<void> ended) { good = ended.ok(); });
    bench.until([&] { return good.has_value(); });
    if (!*good) fail("the driver did not speak to the card");
    ours.insert(ours.end(), taken.begin(), taken.end());
  }
  bench.testbed.unplug(port);
  print_added("command to a smart card, CCID", ours, bare);
}

double cpu_ms() {
  timespec used{};
  (void)::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1'000 + static_cast<double>(used.tv_nsec) / 1'000'000;
}

// With a device that is ready and nobody who wants anything of it. The emulator's own work is in it.
void measure_idling(Bench& bench, const std::string& what, const std::function<DeviceState()>& state,
                    const Settings& settings) {
  constexpr double percent_max = 0.1;
  bench.until([&] { return state().usable(); });
  const std::int64_t end_ms = bench.clock.steady_ms() + settings.idle_ms;
  const double before_ms = cpu_ms();
  while (bench.clock.steady_ms() < end_ms) bench.loop.run_once(end_ms - bench.clock.steady_ms());
  const double used_ms = cpu_ms() - before_ms;
  const double percent = used_ms / static_cast<double>(settings.idle_ms) * 100;
  print({fmt::format("CPU of an idle hour, {}, from {} s", what, settings.idle_ms / 1'000),
         fmt::format("{:.1f} s, {:.3f} %", percent * 36, percent), "", "", "<= 0.1 %",
         percent <= percent_max});
}

// From the moment it is plugged in until the driver says that it is ready.
void measure_plugging(Bench& bench, const std::string& what, Testbed::Port port,
                      const std::function<DeviceState()>& state, const Settings& settings) {
  std::vector<double> taken;
  for (int i = 0; i < settings.plugs; ++i) {
    bench.testbed.unplug(port);
    bench.until([&] { return state().condition == DeviceCondition::absent; });
    taken.push_back(time_us([&] {
      bench.testbed.plug(port);
      bench.until([&] { return state().usable(); });
    }));
  }
  print({what + ", plugged in until ready", microseconds(median(taken)), "", "", "", {}});
}

template <typename Driver>
void measure_standing(Bench& bench, const std::string& what, Testbed::Port port, Driver& driver,
                      const Settings& settings) {
  const auto state = [&] { return driver.state(); };
  bench.testbed.plug(port);
  measure_idling(bench, what, state, settings);
  measure_plugging(bench, what, port, state, settings);
  bench.testbed.unplug(port);
}

void run(Testbed& testbed, const Settings& settings) {
  // They outlive the testbed.
  auto& reader_a = *new emulator::CardReaderModel(ReaderFamily::a);
  auto& reader_b = *new emulator::CardReaderModel(ReaderFamily::b);
  auto& smart_card_reader = *new emulator::CcidReaderModel;
  auto& printer = *new emulator::PrinterModel;
  auto& scanner = *new emulator::ScannerModel;
  const Testbed::Port reader_a_port = testbed.add(reader_a);
  const Testbed::Port reader_b_port = testbed.add(reader_b);
  const Testbed::Port smart_card_port = testbed.add(smart_card_reader);
  const Testbed::Port printer_port = testbed.add(printer);
  const Testbed::Port scanner_port = testbed.add(scanner);
  Bench bench(testbed);
  measure_cards(bench, reader_a, reader_a_port, ReaderFamily::a, settings);
  measure_cards(bench, reader_b, reader_b_port, ReaderFamily::b, settings);
  measure_smart_card(bench, smart_card_reader, smart_card_port, settings);
  measure_printer(bench, printer_port, settings);
  measure_slip(bench, printer, printer_port, settings);
  measure_scanner(bench, scanner, scanner_port, settings);
  measure_cameras(testbed, settings.times / 2);
  {
    card::UsbIdCardReader driver(*bench.bus, bench.loop, nullptr);
    driver.watch_presence([](card::CardPresence) {});
    measure_standing(bench, "ID card reader, looking for cards", reader_b_port, driver, settings);
  }
  {
    card::CcidReader driver(*bench.bus, bench.loop, nullptr);
    driver.watch_presence([](card::CardPresence) {});
    measure_standing(bench, "smart card reader", smart_card_port, driver, settings);
  }
  {
    printer::EscposPrinter driver(*bench.bus, bench.loop, nullptr);
    measure_standing(bench, "receipt printer", printer_port, driver, settings);
  }
  {
    scanner::UsbCodeScanner driver(*bench.bus, bench.loop, nullptr);
    measure_standing(bench, "code scanner", scanner_port, driver, settings);
  }
}

}  // namespace

}  // namespace bianmin::bench

int main(int argc, char** argv) {
  using namespace bianmin;
  if (argc == 2 && argv[1] == scanner::decode_frames_word) return scanner::serve_frames();
  bench::Settings settings;
  if (bench::has_flag(argc, argv, "--quick")) settings = {40, 10'000, 5};
  auto testbed = emulator::Testbed::create(emulator::Adapter::direct);
  if (!testbed) return 1;
  bench::run(**testbed, settings);
}
