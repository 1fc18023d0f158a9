// What usb::Channel promises, tried on whatever kernel is below: Linux itself in a virtual machine, or the
// emulator's own idea of it. Where the two differ, the real one is right. Needs an ID card reader of family
// B.
#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "drivers/emulator/control_client.hpp"
#include "drivers/usb/channel.hpp"
#include "drivers/usb/inventory.hpp"

namespace bianmin {

namespace {

using Steady = std::chrono::steady_clock;
constexpr std::uint8_t out = 0x02;
constexpr std::uint8_t in = 0x81;
constexpr int answer_ms = 5'000;
constexpr int short_ms = 300;
const Bytes find_card = {0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x20, 0x01, 0x22};
const std::string no_card = "aaaaaa9669000400008084";

class Walk {
 public:
  explicit Walk(std::string control) : control_(std::move(control)) {}

  int run(bool with_power) {
    step("open", open());
    if (!channel_) return 1;
    step("exchange", exchange());
    step("time over", ends_with("usb.timeout", [this] { return read(short_ms); }));
    step("exchange after it", exchange());
    step("stopped", stopped());
    step("exchange after it", exchange());
    step("busy", busy());
    step("stall", stall());
    step("babble", babble());
    step("lost on the way", lost());
    step("reset", reset());
    step("unplugged", unplugged());
    if (with_power) step("power", power());
    return failed_ ? 1 : 0;
  }

 private:
  // Empty: as it should be.
  using Verdict = std::string;

  void step(std::string_view name, const Verdict& verdict) {
    fmt::print("{:20} {}\n", name, verdict.empty() ? "passed" : "FAILED: " + verdict);
    failed_ = failed_ || !verdict.empty();
  }
  void tell(std::string_view line) {
    if (const auto told = emulator::emulator_command(control_, line); !told) {
      step(line, told.error().text());
    }
  }
  static std::optional<usb::DeviceInfo> find() {
    const auto devices = usb::list_quietly();
    if (!devices) return std::nullopt;
    for (const usb::DeviceInfo& device : *devices) {
      if (device.vendor == 0x0400 && device.product == 0xC35A) return device;
    }
    return std::nullopt;
  }
  // Until it is there (and another one than before), or is not.
  static bool until_there(bool there, int other_than = -1) {
    const auto end = Steady::now() + std::chrono::seconds(20);
    while (Steady::now() < end) {
      const auto found = find();
      if (found.has_value() == there && (!found || found->address != other_than)) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }

  Verdict open() {
    channel_.reset();
    if (!until_there(true)) return "no reader is listed";
    auto opened = usb::Channel::open(*find(), 0, {});
    if (!opened) return opened.error().text();
    channel_ = std::move(opened).value();
    return {};
  }
  Result<Bytes> read(int timeout_ms, std::stop_token stop = {}) {
    return channel_->read(in, 64, timeout_ms, std::move(stop));
  }
  Verdict exchange() {
    if (const auto sent = channel_->write(out, find_card, answer_ms, {}); !sent) return sent.error().text();
    const auto answer = read(answer_ms);
    if (!answer) return answer.error().text();
    return to_hex(*answer) == no_card ? "" : "answered " + to_hex(*answer);
  }
  // `call` ends with this error, and not later than a channel may take to give up.
  template <typename Call>
  static Verdict ends_with(std::string_view code, Call call) {
    const auto begun = Steady::now();
    const auto result = call();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - begun).count();
    if (result) return "succeeded";
    if (result.error().code != code) return result.error().text();
    return took <= answer_ms + usb::Channel::cancel_grace_ms ? "" : fmt::format("took {} ms", took);
  }
  Verdict stopped() {
    std::stop_source stop;
    const std::jthread stopper([&stop] {
      std::this_thread::sleep_for(std::chrono::milliseconds(short_ms));
      stop.request_stop();
    });
    return ends_with("usb.cancelled", [&] { return read(answer_ms, stop.get_token()); });
  }
  Verdict busy() {
    auto second = usb::Channel::open(channel_->device(), 0, {});
    if (second) return "was claimed twice";
    return second.error().code == "usb.busy" ? exchange() : second.error().text();
  }
  Verdict stall() {
    tell("fault reader +1 stall");
    (void)channel_->write(out, find_card, answer_ms, {});
    for (int i = 0; i < 2; ++i) {
      const Verdict verdict = ends_with("usb.stall", [this] { return read(answer_ms); });
      if (!verdict.empty()) return verdict;
    }
    if (const auto cleared = channel_->clear_halts(); !cleared) return cleared.error().text();
    return exchange();
  }
  Verdict babble() {
    tell("fault reader +1 babble");
    (void)channel_->write(out, find_card, answer_ms, {});
    const Verdict verdict = ends_with("usb.overflow", [this] { return read(answer_ms); });
    return verdict.empty() ? exchange() : verdict;
  }
  // What a controller says of bytes that it took and the device did not is its own affair: a virtual one has
  // them in its books as moved when the transfer is called off. Then it is the answer that never comes.
  Verdict lost() {
    tell("fault reader +0 timeout");
    const Verdict verdict = ends_with("usb.timeout", [this]() -> Result<Bytes> {
      const auto sent = channel_->write(out, find_card, short_ms, {});
      return sent ? read(short_ms) : sent.error();
    });
    return verdict.empty() ? exchange() : verdict;
  }
  Verdict reset() {
    const auto done = channel_->reset();
    if (!done && done.error().code != "usb.gone") return done.error().text();
    if (const Verdict opened = open(); !opened.empty()) return opened;
    return exchange();
  }
  Verdict unplugged() {
    const std::jthread puller([this] {
      std::this_thread::sleep_for(std::chrono::milliseconds(short_ms));
      tell("unplug reader");
    });
    const Verdict verdict = ends_with("usb.gone", [this] { return read(answer_ms); });
    if (!verdict.empty()) return verdict;
    if (!until_there(false)) return "is still listed";
    tell("plug reader");
    if (const Verdict opened = open(); !opened.empty()) return opened;
    return exchange();
  }
  Verdict power() {
    constexpr int off_ms = 2'000;
    const int before = channel_->device().address;
    if (const auto cycled = channel_->power_cycle(off_ms, {}); !cycled) return cycled.error().text();
    if (!until_there(true, before)) return "did not come back as a new device";
    if (const Verdict opened = open(); !opened.empty()) return opened;
    return exchange();
  }

  std::string control_;
  std::unique_ptr<usb::Channel> channel_;
  bool failed_ = false;
};

}  // namespace

}  // namespace bianmin

int main(int argc, char** argv) {
  const bool with_power = argc == 3 && std::string_view(argv[2]) == "power";
  if (argc != 2 && !with_power) return 64;
  return bianmin::Walk(argv[1]).run(with_power);
}
