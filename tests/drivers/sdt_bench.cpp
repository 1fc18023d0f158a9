// How much the SDT driver adds to the transfers that a card needs: `sdt_bench [READS]` prints one line.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>

#include "drivers/card/sdt_link.hpp"
#include "drivers/card/sdt_reader.hpp"
#include "drivers/emulator/card_reader_model.hpp"
#include "drivers/emulator/testbed.hpp"

namespace bianmin {

namespace {

using Steady = std::chrono::steady_clock;

double median_us(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double since_us(Steady::time_point start) {
  return std::chrono::duration<double, std::micro>(Steady::now() - start).count();
}

// The frames of one card, sent and fetched without looking at them.
std::vector<double> bare_transfers(const usb::DeviceInfo& device, int reads) {
  auto channel = usb::Channel::open(device, 0, {});
  if (!channel) std::abort();
  struct Exchange {
    Bytes request;
    std::size_t rest;
  };
  const std::vector<Exchange> exchanges = {{card::encode_sdt(card::sdt_find_card), 0},
                                           {card::encode_sdt(card::sdt_select_card), 0},
                                           {card::encode_sdt(card::sdt_read_text_photo), 1'280}};
  std::vector<double> times;
  for (int i = 0; i < reads; ++i) {
    const auto start = Steady::now();
    for (const Exchange& exchange : exchanges) {
      constexpr int patience_ms = 1'000;
      (void)(*channel)->write(0x02, exchange.request, patience_ms, {});
      (void)(*channel)->read(0x81, 64, patience_ms, {});
      if (exchange.rest > 0) (void)(*channel)->read(0x81, exchange.rest, patience_ms, {});
    }
    times.push_back(since_us(start));
  }
  return times;
}

std::vector<double> driver_reads(usb::Bus& bus, EventLoop& loop, int reads) {
  card::SdtReader reader(bus, loop, nullptr);
  while (!reader.state().usable()) loop.run_once(20);
  std::vector<double> times;
  for (int i = 0; i < reads; ++i) {
    bool done = false;
    const auto start = Steady::now();
    reader.read([&](Result<card::IdCard> card) { done = card.ok(); });
    while (!done) loop.run_once(20);
    times.push_back(since_us(start));
  }
  return times;
}

int run(int reads) {
  emulator::CardReaderModel model(emulator::ReaderFamily::b);
  auto testbed = emulator::Testbed::create(emulator::Adapter::direct);
  if (!testbed) return 1;
  const auto port = (*testbed)->add(model);
  (*testbed)->change([&] { model.put_card(*emulator::specimen_card("grandma")); });
  (*testbed)->plug(port);
  auto bus = usb::Bus::open(nullptr);
  if (!bus) return 1;
  const SystemClock clock;
  EventLoop loop(clock);
  const auto devices = (*bus)->devices();
  if (devices.empty()) return 1;
  const double bare = median_us(bare_transfers(devices.front(), reads));
  const double driver = median_us(driver_reads(**bus, loop, reads));
  fmt::print("sdt read: {:.0f} us, its bare transfers: {:.0f} us, overhead {:.0f} us, ratio {:.2f}\n", driver,
             bare, driver - bare, driver / bare);
  return 0;
}

}  // namespace

}  // namespace bianmin

int main(int argc, char** argv) { return bianmin::run(argc > 1 ? std::max(1, std::atoi(argv[1])) : 200); }
