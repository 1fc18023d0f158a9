#include "drivers/scanner/usb_code_scanner.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace bianmin::scanner {

namespace {

// The better a device stands, the larger.
int standing(DeviceCondition condition) {
  switch (condition) {
    case DeviceCondition::ready:
      return 5;
    case DeviceCondition::degraded:
      return 4;
    case DeviceCondition::needs_attention:
      return 3;
    case DeviceCondition::starting:
      return 2;
    case DeviceCondition::faulted:
      return 1;
    case DeviceCondition::absent:
      return 0;
  }
  return 0;
}

}  // namespace

// What the families share. Lives on the loop, but for what the mutex guards.
struct UsbCodeScanner::Front {
  void told(DeviceState now) {
    if (now == state) return;
    state = now;
    const auto watcher = changed;
    if (watcher) watcher(now);
  }
  void merge();
  void set_listener(std::function<void(Result<std::string>)> next) {
    {
      const std::lock_guard lock(mutex);
      wanted = next != nullptr;
      ++listening;
    }
    wanted_changed.notify_all();
    listener = std::move(next);
  }

  DeviceState state = usb::DeviceLoop::first_state;
  std::function<void(DeviceState)> changed;
  std::function<void(Result<std::string>)> listener;
  std::mutex mutex;  // guards the two below
  int listening = 0;
  bool wanted = false;
  std::condition_variable_any wanted_changed;
  std::vector<std::unique_ptr<Family>> families;  // last: their threads use the above
};

class UsbCodeScanner::Family : public usb::DeviceUser, public CodeDesk {
 public:
  Family(usb::Bus& bus, EventLoop& loop, Log* log, usb::RecoveryLimits recovery, Front& front,
         CodeDriver driver)
      : front_(front),
        driver_(std::move(driver)),
        protocol_(driver_.make()),
        loop_(bus, loop, log, "scanner." + std::string(driver_.name), *this, recovery) {
    loop_.watch([this](DeviceState) { front_.merge(); });
    loop_.start();
  }
  DeviceState state() const { return loop_.state(); }

  std::optional<int> match(const usb::DeviceInfo& device) const override { return driver_.match(device); }
  Error serve(usb::Channel& channel, std::stop_token stop) override {
    return protocol_->serve(channel, *this, std::move(stop));
  }

  void ready() override { loop_.publish({DeviceCondition::ready, "ready"}); }
  void healthy() override { loop_.healthy(); }
  int listening() const override {
    const std::lock_guard lock(front_.mutex);
    return front_.listening;
  }
  bool wanted() const override {
    const std::lock_guard lock(front_.mutex);
    return front_.wanted;
  }
  void wait_until_wanted(int wait_ms, std::stop_token stop) override {
    std::unique_lock lock(front_.mutex);
    front_.wanted_changed.wait_for(lock, stop, std::chrono::milliseconds(wait_ms),
                                   [this] { return front_.wanted; });
  }
  void tell(Result<std::string> code, int begun_at) override {
    loop_.post([this, code = std::move(code), begun_at] {
      if (begun_at != listening()) return;
      const auto listener = front_.listener;  // it may stop or replace itself
      if (listener) listener(code);
    });
  }

 private:
  Front& front_;
  CodeDriver driver_;
  std::unique_ptr<CodeProtocol> protocol_;  // device thread
  usb::DeviceLoop loop_;                    // last: its thread uses all of the above
};

void UsbCodeScanner::Front::merge() {
  DeviceState best;
  for (const auto& family : families) {
    const DeviceState own = family->state();
    if (standing(own.condition) > standing(best.condition)) best = own;
  }
  told(best);
}

UsbCodeScanner::UsbCodeScanner(usb::Bus& bus, EventLoop& loop, Log* log, usb::RecoveryLimits recovery,
                               std::vector<CodeDriver> drivers)
    : front_(std::make_unique<Front>()) {
  for (CodeDriver& driver : drivers) {
    front_->families.push_back(
        std::make_unique<Family>(bus, loop, log, recovery, *front_, std::move(driver)));
  }
}

UsbCodeScanner::~UsbCodeScanner() = default;

DeviceState UsbCodeScanner::state() const { return front_->state; }
void UsbCodeScanner::watch(std::function<void(DeviceState)> changed) { front_->changed = std::move(changed); }
void UsbCodeScanner::listen(std::function<void(Result<std::string>)> code) {
  front_->set_listener(std::move(code));
}
void UsbCodeScanner::stop() { front_->set_listener(nullptr); }

}  // namespace bianmin::scanner
