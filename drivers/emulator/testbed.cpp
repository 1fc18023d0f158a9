#include "drivers/emulator/testbed.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/usbdevice_fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <thread>

#include "drivers/emulator/direct_ioctl.hpp"
#include "drivers/emulator/socket_ioctl.hpp"
#include "drivers/emulator/usbfs_call.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::emulator {

DirectHook direct_hook = nullptr;

namespace {

constexpr int bus_number = 1;
constexpr int device_number_max = 250;  // an address is a byte; the kernel, too, begins anew
constexpr int port_name_max = 100;
constexpr std::size_t past_stays_max = 64;

// A FIFO with room for one page: with a byte in it poll() says "not writable", which for usbfs means that
// nothing can be reaped; drained, it is writable. A regular file would always be ready, and libusb would
// spin.
class ReadinessFifo {
 public:
  explicit ReadinessFifo(const std::string& path) {
    (void)::unlink(path.c_str());
    if (::mkfifo(path.c_str(), 0666) != 0) return;
    fd_.reset(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (!fd_.valid()) return;
    (void)::fcntl(fd_.get(), F_SETPIPE_SZ, 4096);
    set_ready(false);
    (void)status();
  }
  void set_ready(bool ready) {
    char byte = 0;
    if (ready) {
      while (::read(fd_.get(), &byte, 1) == 1) {
      }
    } else {
      (void)!::write(fd_.get(), &byte, 1);
    }
  }
  bool is(dev_t device, ino_t inode) const { return device == device_ && inode == inode_; }
  bool valid() const { return fd_.valid(); }

 private:
  bool status() {
    struct stat of_file {};
    if (::syscall(SYS_fstat, fd_.get(), &of_file) != 0) return false;
    device_ = of_file.st_dev;
    inode_ = of_file.st_ino;
    return true;
  }
  FileDescriptor fd_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

// The time of one device between being plugged in and out. Kept afterwards: programs may hold its node open.
struct Stay {
  int number = 0;
  std::string name;      // "1-3"
  std::string dev_node;  // "/dev/bus/usb/001/007"
  std::string sys_path;
  std::unique_ptr<ReadinessFifo> fifo;
  std::unique_ptr<UsbfsNode> node;
};

struct Socket {
  DeviceModel* model = nullptr;
  FaultScript script;
  std::shared_ptr<Stay> stay;  // empty: unplugged
  std::string name;            // "1-3", "1-3.2"
  std::string sys_path;
  int number_at_hub = 0;
};

std::string device_description(const Stay& stay, int port, int number, const DeviceSpec& spec) {
  std::string text;
  text += fmt::format("P: {}\n", stay.sys_path.substr(std::string_view("/sys").size()));
  text += fmt::format(
      "E: DEVNAME={}\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\nE: BUSNUM={:03}\nE: DEVNUM={:03}\n",
      stay.dev_node, bus_number, number);
  text += fmt::format("E: MAJOR=189\nE: MINOR={}\nE: PRODUCT={:x}/{:x}/{:x}\n", number - 1, spec.vendor,
                      spec.product, spec.release);
  text += fmt::format("A: busnum={}\\n\nA: devnum={}\\n\nA: devpath={}\\n\nA: speed=12\\n\n", bus_number,
                      number, port);
  text += fmt::format("A: bConfigurationValue=1\\n\nA: idVendor={:04x}\\n\nA: idProduct={:04x}\\n\n",
                      spec.vendor, spec.product);
  if (!spec.manufacturer.empty()) text += fmt::format("A: manufacturer={}\\n\n", spec.manufacturer);
  if (!spec.product_name.empty()) text += fmt::format("A: product={}\\n\n", spec.product_name);
  text += fmt::format("H: descriptors={}\n", to_hex(spec.descriptors()));
  return text;
}

class DirectArguments : public UsbfsArguments {
 public:
  explicit DirectArguments(void* argument) : argument_(argument) {}
  std::uintptr_t value() const override { return reinterpret_cast<std::uintptr_t>(argument_); }
  void* structure(std::size_t) override { return argument_; }
  std::optional<Urb> load_urb() override {
    const auto* from = static_cast<const usbdevfs_urb*>(argument_);
    const auto* buffer = static_cast<const std::uint8_t*>(from->buffer);
    const auto length = static_cast<std::size_t>(from->buffer_length);
    return make_urb(value(), *from, ByteView(buffer, length));
  }
  void give_back(const Urb& urb) override {
    auto* to = reinterpret_cast<usbdevfs_urb*>(urb.key);  // NOLINT: the address came from the same program
    store_urb(urb, *to, static_cast<std::uint8_t*>(to->buffer));
    *static_cast<void**>(argument_) = to;
  }

 private:
  void* argument_;
};

}  // namespace

struct Testbed::Native {
  Adapter adapter;
  std::unique_ptr<MockSystem> system;
  std::mutex system_mutex;  // umockdev's own calls, one at a time; taken before the testbed's mutex
  std::deque<Socket> sockets;
  std::vector<std::shared_ptr<Stay>> stays;
  int last_number = 1;

  std::condition_variable_any removals_changed;
  std::deque<std::shared_ptr<Stay>> removals;  // unplugged by a fault, in the middle of a transfer
  std::deque<Port> returns;                    // given power by a hub, in the middle of a transfer
  std::jthread remover;

  bool plugged(const std::shared_ptr<Stay>& stay) const {
    return std::any_of(sockets.begin(), sockets.end(),
                       [&](const Socket& socket) { return socket.stay == stay; });
  }
  int next_number() {
    const auto taken = [this](int number) {
      return std::any_of(sockets.begin(), sockets.end(),
                         [&](const Socket& socket) { return socket.stay && socket.stay->number == number; });
    };
    do {
      last_number = last_number % device_number_max + 1;
    } while (taken(last_number));
    return last_number;
  }
  void forget_old_stays() {
    while (stays.size() > past_stays_max && !plugged(stays.front())) stays.erase(stays.begin());
  }

  std::deque<Port> take_returns(std::mutex& testbed_mutex) {
    const std::lock_guard lock(testbed_mutex);
    return std::exchange(returns, {});
  }
  // With the testbed's mutex held.
  void lose(Socket& socket) {
    if (!socket.stay) return;
    socket.stay->node->unplug();
    removals.push_back(std::move(socket.stay));
    socket.stay.reset();
    removals_changed.notify_all();
  }

  // With system_mutex held. A socket is not free before its last device is out of sysfs.
  void finish_removals(std::mutex& testbed_mutex) {
    for (;;) {
      std::shared_ptr<Stay> stay;
      {
        const std::lock_guard lock(testbed_mutex);
        if (removals.empty()) return;
        stay = std::move(removals.front());
        removals.pop_front();
      }
      system->remove(stay->sys_path, stay->dev_node);
    }
  }
};

Testbed::Testbed(Adapter adapter) : native_(std::make_unique<Native>()) { native_->adapter = adapter; }

Result<std::unique_ptr<Testbed>> Testbed::create(Adapter adapter) {
  std::unique_ptr<Testbed> testbed(new Testbed(adapter));
  Native& native = *testbed->native_;
  native.system = MockSystem::create();
  if (!native.system)
    return Error{Remedy::call_staff, "emulator.no_testbed", "umockdev's preload library is missing"};
  testbed->root_folder_ = native.system->root_folder();
  std::error_code failed;
  std::filesystem::create_directories(testbed->root_folder_ + fmt::format("/dev/bus/usb/{:03}", bus_number),
                                      failed);
  if (failed) return Error{Remedy::call_staff, "emulator.no_testbed", "cannot make the device folder"};
  native.remover = std::jthread([bed = testbed.get()](std::stop_token stop) {
    Native& own = *bed->native_;
    for (;;) {
      {
        std::unique_lock lock(bed->mutex_);
        if (!own.removals_changed.wait(lock, stop,
                                       [&own] { return !own.removals.empty() || !own.returns.empty(); }))
          return;
      }
      {
        const std::lock_guard system_lock(own.system_mutex);
        own.finish_removals(bed->mutex_);
      }
      for (const Port port : own.take_returns(bed->mutex_)) bed->plug(port);
    }
  });
  if (adapter == Adapter::direct && direct_hook != nullptr) direct_hook(testbed.get());
  return testbed;
}

Testbed::~Testbed() {
  if (native_->adapter == Adapter::direct && direct_hook != nullptr) direct_hook(nullptr);
  native_->remover.request_stop();
  if (native_->remover.joinable()) native_->remover.join();
}

Testbed::Port Testbed::add(DeviceModel& model) {
  const std::lock_guard lock(mutex_);
  const auto port = static_cast<Port>(native_->sockets.size());
  const int number = port % port_name_max + 1;
  const std::string name = fmt::format("{}-{}", bus_number, number);
  native_->sockets.push_back({&model, {}, nullptr, name, "/sys/devices/pci0000:00/usb1/" + name, number});
  return port;
}

Testbed::Port Testbed::add_behind(Port hub, int hub_port, DeviceModel& model) {
  const std::lock_guard lock(mutex_);
  const Socket& above = native_->sockets[static_cast<std::size_t>(hub)];
  const std::string name = fmt::format("{}.{}", above.name, hub_port);
  native_->sockets.push_back({&model, {}, nullptr, name, above.sys_path + "/" + name, hub_port});
  return static_cast<Port>(native_->sockets.size() - 1);
}

void Testbed::power(Port port, bool on) {
  if (on) {
    native_->returns.push_back(port);
    native_->removals_changed.notify_all();
  } else {
    native_->lose(native_->sockets[static_cast<std::size_t>(port)]);
  }
}

void Testbed::plug(Port port) {
  const std::lock_guard system_lock(native_->system_mutex);
  native_->finish_removals(mutex_);
  auto stay = std::make_shared<Stay>();
  std::string description;
  {
    const std::lock_guard lock(mutex_);
    Socket& socket = native_->sockets[static_cast<std::size_t>(port)];
    if (socket.stay) return;
    const int number = native_->next_number();
    stay->number = number;
    stay->name = socket.name;
    stay->dev_node = fmt::format("/dev/bus/usb/{:03}/{:03}", bus_number, number);
    stay->sys_path = socket.sys_path;
    stay->fifo = std::make_unique<ReadinessFifo>(root_folder_ + stay->dev_node);
    if (!stay->fifo->valid()) std::abort();  // no disk for a FIFO: no test can run
    stay->node = std::make_unique<UsbfsNode>(
        *socket.model, socket.script, [fifo = stay->fifo.get()](bool ready) { fifo->set_ready(ready); },
        [this, port] { native_->lose(native_->sockets[static_cast<std::size_t>(port)]); });
    socket.model->power_on();
    socket.stay = stay;
    native_->stays.push_back(stay);
    native_->forget_old_stays();
    description = device_description(*stay, socket.number_at_hub, number, socket.model->spec());
  }
  if (native_->adapter == Adapter::socket) {
    native_->system->attach(
        stay->dev_node,
        [this, stay](ClientId client, unsigned long request, UsbfsArguments* arguments) -> long {
          const std::lock_guard lock(mutex_);
          if (arguments != nullptr) return execute_usbfs(*stay->node, client, request, *arguments);
          stay->node->client_closed(client);
          return 0;
        });
  }
  native_->system->add(description);
}

void Testbed::all_programs_died() {
  const std::lock_guard lock(mutex_);
  for (const auto& socket : native_->sockets) {
    if (socket.stay) socket.stay->node->all_clients_died();
  }
}

void Testbed::unplug(Port port) {
  const std::lock_guard system_lock(native_->system_mutex);
  std::shared_ptr<Stay> stay;
  {
    const std::lock_guard lock(mutex_);
    stay = std::exchange(native_->sockets[static_cast<std::size_t>(port)].stay, nullptr);
    if (!stay) return;
    stay->node->unplug();
  }
  native_->system->remove(stay->sys_path, stay->dev_node);
}

bool Testbed::plugged(Port port) const {
  const std::lock_guard lock(mutex_);
  return native_->sockets[static_cast<std::size_t>(port)].stay != nullptr;
}

void Testbed::fail_at(Port port, int transfer_index, FaultKind fault) {
  const std::lock_guard lock(mutex_);
  native_->sockets[static_cast<std::size_t>(port)].script.faults[transfer_index] = fault;
}

void Testbed::act_at(Port port, int transfer_index, std::function<void()> act) {
  const std::lock_guard lock(mutex_);
  native_->sockets[static_cast<std::size_t>(port)].script.acts[transfer_index] = std::move(act);
}

void Testbed::forget_faults(Port port) {
  const std::lock_guard lock(mutex_);
  FaultScript& script = native_->sockets[static_cast<std::size_t>(port)].script;
  script.faults.clear();
  script.acts.clear();
}

int Testbed::effect_count(Port port) const {
  const std::lock_guard lock(mutex_);
  return native_->sockets[static_cast<std::size_t>(port)].script.effect_count;
}

std::string Testbed::driver_of(Port port, unsigned interface) const {
  const std::lock_guard lock(mutex_);
  const auto& stay = native_->sockets[static_cast<std::size_t>(port)].stay;
  return stay ? stay->node->driver_of(interface) : std::string();
}

int Testbed::transfer_count(Port port) const {
  const std::lock_guard lock(mutex_);
  const auto& stay = native_->sockets[static_cast<std::size_t>(port)].stay;
  return stay ? stay->node->transfer_count() : 0;
}

void Testbed::begin_change() { mutex_.lock(); }

void Testbed::end_change() {
  for (Socket& socket : native_->sockets) {
    const auto stay = socket.stay;  // a fault may unplug it while it is being pumped
    if (stay) stay->node->pump();
  }
  mutex_.unlock();
}

bool Testbed::direct_ioctl(int fd, unsigned long request, void* argument, long* result) {
  struct stat of_file {};
  if (::syscall(SYS_fstat, fd, &of_file) != 0 || !S_ISFIFO(of_file.st_mode)) return false;
  const std::lock_guard lock(mutex_);
  for (auto stay = native_->stays.rbegin(); stay != native_->stays.rend(); ++stay) {
    if (!(*stay)->fifo->is(of_file.st_dev, of_file.st_ino)) continue;
    const std::shared_ptr<Stay> kept = *stay;
    DirectArguments arguments(argument);
    *result = execute_usbfs(*kept->node, static_cast<ClientId>(fd), request, arguments);
    return true;
  }
  return false;
}

}  // namespace bianmin::emulator
