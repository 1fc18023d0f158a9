#include "drivers/usb/bus.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "drivers/usb/inventory.hpp"
#include "drivers/usb/libusb_support.hpp"

namespace bianmin::usb {

namespace {

using Steady = std::chrono::steady_clock;

// Names and device numbers in the kernel's folder: when they are the same, nothing came or went. Empty:
// unknown.
std::string kernel_fingerprint() {
  constexpr const char* folder = "/sys/bus/usb/devices";
  DIR* opened = ::opendir(folder);
  if (opened == nullptr) return {};
  std::vector<std::string> lines;
  while (const dirent* entry = ::readdir(opened)) {  // NOLINT: no other thread has this stream
    const std::string name = entry->d_name;
    if (name.starts_with('.') || name.find(':') != std::string::npos) continue;
    std::array<char, 16> number{};
    const int fd = ::open((std::string(folder) + "/" + name + "/devnum").c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
      (void)!::read(fd, number.data(), number.size() - 1);
      ::close(fd);
    }
    lines.push_back(name + "=" + number.data());
  }
  ::closedir(opened);
  std::sort(lines.begin(), lines.end());
  std::string all = "devices\n";
  for (const std::string& line : lines) all += line;
  return all;
}

}  // namespace

struct Bus::Native {
  Context context;
  std::mutex mutex;  // guards what the callback writes
  bool event_came = false;
  std::vector<std::uint16_t> left;  // bus << 8 | address

  // Runs inside libusb's event handling, where no I/O is allowed: it only makes a note.
  static int LIBUSB_CALL note_event(libusb_context*, libusb_device* device, libusb_hotplug_event event,
                                    void* self) {
    auto& native = *static_cast<Native*>(self);
    const std::lock_guard lock(native.mutex);
    native.event_came = true;
    if (event == LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT) {
      native.left.push_back(static_cast<std::uint16_t>(libusb_get_bus_number(device) << 8U |
                                                       libusb_get_device_address(device)));
    }
    return 0;
  }
  bool take_event(std::vector<std::uint16_t>* gone) {
    const std::lock_guard lock(mutex);
    gone->swap(left);
    left.clear();
    return std::exchange(event_came, false);
  }
};

Bus::Bus(Log* log, TransferTap* tap) : log_(log), tap_(tap), native_(std::make_unique<Native>()) {}

Result<std::unique_ptr<Bus>> Bus::open(Log* log, TransferTap* tap) {
  auto bus = std::make_unique<Bus>(log, tap);
  if (auto begun = bus->begin(); !begun) return begun.error();
  std::unique_lock lock(bus->mutex_);
  bus->first_look_.wait(lock, [&] { return bus->looked_; });
  lock.unlock();
  return bus;
}

Result<void> Bus::begin() {
  auto context = make_context();
  if (!context) return context.error();
  native_->context = std::move(context).value();
  if (libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) != 0) {
    constexpr int events = LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
    // Refused registration is no failure: reconciling finds everything, only later.
    (void)libusb_hotplug_register_callback(native_->context.get(), events, 0, LIBUSB_HOTPLUG_MATCH_ANY,
                                           LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
                                           &Native::note_event, native_.get(), nullptr);
  }
  thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
  return {};
}

Bus::~Bus() {
  thread_.request_stop();
  wake();
  if (thread_.joinable()) thread_.join();
}

void Bus::wake() {
  if (native_->context) libusb_interrupt_event_handler(native_->context.get());
}

std::vector<DeviceInfo> Bus::devices() const {
  const std::lock_guard lock(mutex_);
  std::vector<DeviceInfo> all;
  for (const Seen& seen : seen_) all.push_back(seen.info);
  return all;
}

bool Bus::looked() const {
  const std::lock_guard lock(mutex_);
  return looked_;
}

Bus::Subscription Bus::subscribe(std::function<void()> changed) {
  const std::lock_guard lock(subscriber_mutex_);
  subscribers_.emplace(++last_subscription_, std::move(changed));
  return last_subscription_;
}

void Bus::unsubscribe(Subscription subscription) {
  const std::lock_guard lock(subscriber_mutex_);
  subscribers_.erase(subscription);
}

void Bus::report_gone(const DeviceInfo& device) {
  {
    const std::lock_guard lock(mutex_);
    reported_gone_.push_back(device);
    look_wanted_ = true;
  }
  wake();
}

void Bus::look_now() {
  {
    const std::lock_guard lock(mutex_);
    look_wanted_ = true;
  }
  wake();
}

bool Bus::confirming() const {
  const std::lock_guard lock(mutex_);
  return std::any_of(seen_.begin(), seen_.end(),
                     [](const Seen& seen) { return seen.misses > 0 || seen.doubts > 0; });
}

void Bus::run(std::stop_token stop) {
  ::pthread_setname_np(::pthread_self(), "usb-bus");
  look();
  {
    const std::lock_guard lock(mutex_);
    looked_ = true;
  }
  first_look_.notify_all();
  notify();
  auto next_look = Steady::now() + std::chrono::milliseconds(reconcile_ms);
  while (!stop.stop_requested()) {
    const auto left =
        std::chrono::duration_cast<std::chrono::microseconds>(next_look - Steady::now()).count();
    const std::int64_t left_us = std::max<std::int64_t>(left, 0);
    timeval slice{static_cast<time_t>(left_us / 1'000'000), static_cast<suseconds_t>(left_us % 1'000'000)};
    (void)libusb_handle_events_timeout_completed(native_->context.get(), &slice, nullptr);
    if (stop.stop_requested()) return;
    bool wanted = false;
    {
      const std::scoped_lock lock(mutex_, native_->mutex);
      wanted = std::exchange(look_wanted_, false) || native_->event_came;
    }
    if (!wanted && Steady::now() < next_look) continue;
    if (wanted) fingerprint_.clear();
    look();
    next_look = Steady::now() + std::chrono::milliseconds(confirming() ? recheck_ms : reconcile_ms);
  }
}

void Bus::look() {
  std::vector<std::uint16_t> left;
  (void)native_->take_event(&left);
  std::string fingerprint = kernel_fingerprint();
  if (!fingerprint.empty() && fingerprint == fingerprint_ && !confirming()) return;
  auto present = list_quietly();
  if (!present) {
    if (log_ != nullptr) log_->error("usb", "look-failed", present.error());
    return;  // what was known stays true until a look succeeds
  }
  fingerprint_ = std::move(fingerprint);
  if (merge(*present, left)) notify();
}

bool Bus::merge(const std::vector<DeviceInfo>& present, const std::vector<std::uint16_t>& left) {
  const std::lock_guard lock(mutex_);
  bool changed = false;
  const auto said_gone = [&](const DeviceInfo& info) {
    const auto key = static_cast<std::uint16_t>(info.bus << 8U | info.address);
    return std::find(left.begin(), left.end(), key) != left.end() ||
           std::any_of(reported_gone_.begin(), reported_gone_.end(),
                       [&](const DeviceInfo& gone) { return gone.same_device(info); });
  };
  std::erase_if(seen_, [&](Seen& seen) {
    const bool there = std::any_of(present.begin(), present.end(),
                                   [&](const DeviceInfo& info) { return info.same_device(seen.info); });
    // A socket that holds another device now has lost this one for sure.
    const bool replaced = !there && std::any_of(present.begin(), present.end(), [&](const DeviceInfo& info) {
      return info.port == seen.info.port;
    });
    seen.misses = there ? 0 : seen.misses + 1;
    const bool doubted = seen.doubts > 0;
    const bool doubtful = there && said_gone(seen.info);  // the event may be quicker than the kernel's folder
    seen.doubts = doubtful ? misses_max : std::max(seen.doubts - 1, 0);
    const bool gone = !there && (replaced || seen.misses >= misses_max || doubted || said_gone(seen.info));
    changed = changed || gone;
    return gone;
  });
  for (const DeviceInfo& info : present) {
    const bool known = std::any_of(seen_.begin(), seen_.end(),
                                   [&](const Seen& seen) { return seen.info.same_device(info); });
    if (known) continue;
    seen_.push_back({info, 0, 0});
    changed = true;
  }
  reported_gone_.clear();
  return changed;
}

void Bus::notify(Subscription but) {
  const std::lock_guard lock(subscriber_mutex_);
  for (const auto& [id, changed] : subscribers_) {
    if (id != but) changed();
  }
}

bool Bus::reserved_by_another(Subscription by, const DeviceInfo& device, int interface) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(reservations_.begin(), reservations_.end(), [&](const Reservation& each) {
    return each.by != by && each.interface == interface && each.device.same_device(device);
  });
}

bool Bus::reserve(Subscription by, const DeviceInfo& device, int interface) {
  const std::lock_guard lock(mutex_);
  for (const Reservation& each : reservations_) {
    if (each.by != by && each.interface == interface && each.device.same_device(device)) return false;
  }
  reservations_.push_back({by, device, interface});
  return true;
}

void Bus::release(Subscription by) {
  {
    const std::lock_guard lock(mutex_);
    if (std::erase_if(reservations_, [by](const Reservation& each) { return each.by == by; }) == 0) return;
  }
  notify(by);
}

}  // namespace bianmin::usb
