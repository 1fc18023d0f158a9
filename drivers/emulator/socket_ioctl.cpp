#include "drivers/emulator/socket_ioctl.hpp"

#include <linux/usbdevice_fs.h>
#include <umockdev.h>

#include <cstring>
#include <set>
#include <vector>

namespace bianmin::emulator {

Urb make_urb(std::uintptr_t key, const usbdevfs_urb& from, ByteView buffer) {
  Urb urb;
  urb.key = key;
  urb.type = from.type;
  urb.endpoint = from.endpoint;
  urb.short_is_error = (from.flags & USBDEVFS_URB_SHORT_NOT_OK) != 0;
  const bool control = from.type == USBDEVFS_URB_TYPE_CONTROL;
  constexpr std::size_t setup_byte_count = 8;
  const bool control_in = control && buffer.size() >= setup_byte_count && (buffer[0] & 0x80U) != 0;
  if (control) {
    const ByteView sent = control_in ? buffer.first(setup_byte_count) : buffer;
    urb.out.assign(sent.begin(), sent.end());
    urb.in_byte_max = control_in ? buffer.size() - setup_byte_count : 0;
  } else if ((from.endpoint & 0x80U) != 0) {
    urb.in_byte_max = buffer.size();
  } else {
    urb.out.assign(buffer.begin(), buffer.end());
  }
  if (from.type == USBDEVFS_URB_TYPE_ISO) {
    for (int i = 0; i < from.number_of_packets; ++i)
      urb.packets.push_back({from.iso_frame_desc[i].length, 0});
  }
  return urb;
}

void store_urb(const Urb& urb, usbdevfs_urb& to, std::uint8_t* buffer) {
  to.status = urb.status;
  to.actual_length = static_cast<int>(urb.actual);
  for (std::size_t i = 0; i < urb.packets.size(); ++i) {
    to.iso_frame_desc[i].actual_length = static_cast<unsigned>(urb.packets[i].actual);
    to.iso_frame_desc[i].status = 0;
  }
  const std::size_t offset = urb.type == USBDEVFS_URB_TYPE_CONTROL ? 8 : 0;
  if (!urb.in.empty()) std::memcpy(buffer + offset, urb.in.data(), urb.in.size());
}

namespace {

struct Unref {
  void operator()(gpointer object) const { g_object_unref(object); }
};
template <typename T>
using Ref = std::unique_ptr<T, Unref>;
using Data = Ref<UMockdevIoctlData>;

// A submitted URB in the client's memory, kept until it is reaped.
struct ClientUrb {
  Data urb;
  Data buffer;
};

class SocketArguments : public UsbfsArguments {
 public:
  explicit SocketArguments(UMockdevIoctlClient* client) : argument_(umockdev_ioctl_client_get_arg(client)) {
    std::memcpy(&value_, argument_->data, sizeof value_);
  }
  std::uintptr_t value() const override { return value_; }
  void* structure(std::size_t byte_count) override {
    if (!structure_) structure_.reset(umockdev_ioctl_data_resolve(argument_, 0, byte_count, nullptr));
    return structure_ ? structure_->data : nullptr;
  }
  std::optional<Urb> load_urb() override {
    auto kept = std::make_shared<ClientUrb>();
    kept->urb.reset(umockdev_ioctl_data_resolve(argument_, 0, sizeof(usbdevfs_urb), nullptr));
    if (!kept->urb) return std::nullopt;
    usbdevfs_urb from;
    std::memcpy(&from, kept->urb->data, sizeof from);
    if (from.type == USBDEVFS_URB_TYPE_ISO) return std::nullopt;  // its packets would have to be fetched, too
    ByteView buffer;
    if (from.buffer_length > 0) {
      const auto length = static_cast<std::size_t>(from.buffer_length);
      kept->buffer.reset(
          umockdev_ioctl_data_resolve(kept->urb.get(), offsetof(usbdevfs_urb, buffer), length, nullptr));
      if (!kept->buffer) return std::nullopt;
      buffer = ByteView(kept->buffer->data, length);
    }
    Urb urb = make_urb(value_, from, buffer);
    urb.adapter_data = kept;
    return urb;
  }
  void give_back(const Urb& urb) override {
    const auto kept = std::static_pointer_cast<ClientUrb>(urb.adapter_data);
    if (structure(sizeof(void*)) == nullptr) return;
    auto* to = reinterpret_cast<usbdevfs_urb*>(kept->urb->data);
    store_urb(urb, *to, kept->buffer ? kept->buffer->data : nullptr);
    (void)umockdev_ioctl_data_set_ptr(structure_.get(), 0, kept->urb.get());
  }

 private:
  UMockdevIoctlData* argument_;
  std::uintptr_t value_ = 0;
  Data structure_;
};

gboolean on_ioctl(UMockdevIoctlBase*, UMockdevIoctlClient* client, gpointer handler) {
  SocketArguments arguments(client);
  const long result = (*static_cast<MockSystem::Handler*>(handler))(
      reinterpret_cast<ClientId>(client), umockdev_ioctl_client_get_request(client), &arguments);
  umockdev_ioctl_client_complete(client, result < 0 ? -1 : result,
                                 result < 0 ? static_cast<int>(-result) : 0);
  return TRUE;
}

void on_vanished(UMockdevIoctlBase*, UMockdevIoctlClient* client, gpointer handler) {
  (void)(*static_cast<MockSystem::Handler*>(handler))(reinterpret_cast<ClientId>(client), 0, nullptr);
}

}  // namespace

struct MockSystem::Native {
  Ref<UMockdevTestbed> testbed;
  std::vector<std::unique_ptr<Handler>> handlers;  // never removed: a client may still hold a node
  std::set<std::string> attached;
  std::vector<Ref<UMockdevIoctlBase>> bases;
};

MockSystem::MockSystem() : native_(std::make_unique<Native>()) {}
MockSystem::~MockSystem() = default;

std::unique_ptr<MockSystem> MockSystem::create() {
  std::unique_ptr<MockSystem> system(new MockSystem);
  system->native_->testbed.reset(umockdev_testbed_new());
  // The first call caches its answer, so it must not come before the testbed exists.
  if (umockdev_in_mock_environment() == FALSE) return nullptr;
  return system;
}

std::string MockSystem::root_folder() const {
  const std::unique_ptr<gchar, decltype(&g_free)> folder(
      umockdev_testbed_get_root_dir(native_->testbed.get()), &g_free);
  return folder.get();
}

void MockSystem::attach(const std::string& dev_node, Handler handler) {
  auto kept = std::make_unique<Handler>(std::move(handler));
  Ref<UMockdevIoctlBase> base(umockdev_ioctl_base_new());
  g_signal_connect(base.get(), "handle-ioctl", G_CALLBACK(on_ioctl), kept.get());
  g_signal_connect(base.get(), "client-vanished", G_CALLBACK(on_vanished), kept.get());
  (void)umockdev_testbed_attach_ioctl(native_->testbed.get(), dev_node.c_str(), base.get(), nullptr);
  native_->handlers.push_back(std::move(kept));
  native_->attached.insert(dev_node);
  native_->bases.push_back(std::move(base));
}

void MockSystem::add(const std::string& description) {
  (void)umockdev_testbed_add_from_string(native_->testbed.get(), description.c_str(), nullptr);
}

void MockSystem::remove(const std::string& sys_path, const std::string& dev_node) {
  umockdev_testbed_uevent(native_->testbed.get(), sys_path.c_str(), "remove");
  umockdev_testbed_remove_device(native_->testbed.get(), sys_path.c_str());
  if (native_->attached.erase(dev_node) > 0) {
    (void)umockdev_testbed_detach_ioctl(native_->testbed.get(), dev_node.c_str(), nullptr);
  }
}

}  // namespace bianmin::emulator
