#include "drivers/pad/evdev_jack.hpp"

#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

#include "terminal/base/files.hpp"

namespace bianmin::pad {

namespace {

constexpr std::size_t device_count_max = 64;
constexpr std::size_t event_count_max = 64;  // of one read

using SwitchBits = std::array<std::uint8_t, SW_MAX / 8 + 1>;

bool headphone_bit(const SwitchBits& bits) {
  return ((unsigned{bits[SW_HEADPHONE_INSERT / 8]} >> (SW_HEADPHONE_INSERT % 8)) & 1U) != 0;
}

std::vector<std::filesystem::path> input_devices(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    if (entry->path().filename().string().starts_with("event")) paths.push_back(entry->path());
  }
  std::sort(paths.begin(), paths.end());
  if (paths.size() > device_count_max) paths.resize(device_count_max);
  return paths;
}

}  // namespace

JackNews read_jack_events(ByteView events) {
  JackNews news;
  for (; events.size() >= sizeof(input_event); events = events.subspan(sizeof(input_event))) {
    input_event event;
    std::memcpy(&event, events.data(), sizeof event);
    if (event.type == EV_SYN && event.code == SYN_DROPPED) news.dropped = true;
    if (event.type == EV_SW && event.code == SW_HEADPHONE_INSERT) news.in = event.value != 0;
  }
  return news;
}

InputDeviceCalls kernel_input_calls() {
  return {[](int fd) {
            SwitchBits bits = {};
            return ::ioctl(fd, EVIOCGBIT(EV_SW, sizeof bits), bits.data()) >= 0 && headphone_bit(bits);
          },
          [](int fd) -> std::optional<bool> {
            SwitchBits bits = {};
            if (::ioctl(fd, EVIOCGSW(sizeof bits), bits.data()) < 0) return std::nullopt;
            return headphone_bit(bits);
          }};
}

EvdevJack::EvdevJack(EventLoop& loop, Log& log, std::filesystem::path folder, InputDeviceCalls calls,
                     int look_each_ms)
    : loop_(loop),
      log_(log),
      folder_(std::move(folder)),
      calls_(std::move(calls)),
      look_each_ms_(look_each_ms),
      wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

EvdevJack::~EvdevJack() {
  thread_.request_stop();
  const std::uint64_t one = 1;
  if (::write(wake_fd_, &one, sizeof one) < 0) log_.write(LogLevel::error, "headset", "not-woken");
  thread_.join();
  ::close(wake_fd_);
}

bool EvdevJack::wait(int fd, int timeout_ms) const {
  std::array<pollfd, 2> fds = {pollfd{wake_fd_, POLLIN, 0}, pollfd{fd, POLLIN, 0}};
  (void)::poll(fds.data(), fd < 0 ? 1 : 2, timeout_ms);
  return fd >= 0 && fds[1].revents != 0;
}

void EvdevJack::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const FileDescriptor jack(open_jack());
    if (jack.get() < 0) {
      (void)wait(-1, look_each_ms_);
      continue;
    }
    log_.write(LogLevel::info, "headset", "jack-found");
    follow(jack.get(), stop);
    tell(false);
    if (!stop.stop_requested()) (void)wait(-1, look_each_ms_);
  }
}

int EvdevJack::open_jack() const {
  for (const std::filesystem::path& path : input_devices(folder_)) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) continue;
    if (calls_.has_jack(fd)) return fd;
    ::close(fd);
  }
  return -1;
}

void EvdevJack::follow(int fd, const std::stop_token& stop) {
  const auto first = calls_.jack_in(fd);
  if (!first) return;
  tell(*first);
  std::array<std::uint8_t, event_count_max * sizeof(input_event)> events;
  while (!stop.stop_requested()) {
    if (!wait(fd, -1)) continue;
    const ssize_t count = ::read(fd, events.data(), events.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count <= 0) return;  // ENODEV: unplugged
    JackNews news = read_jack_events(ByteView(events).first(static_cast<std::size_t>(count)));
    if (news.dropped) news.in = calls_.jack_in(fd);
    if (news.in) tell(*news.in);
  }
}

void EvdevJack::tell(bool in) {
  loop_.post([weak = std::weak_ptr<Front>(front_), in] {
    const auto front = weak.lock();
    if (!front || front->in == in) return;
    front->in = in;
    const auto changed = front->changed;
    if (changed) changed(in);
  });
}

}  // namespace bianmin::pad
