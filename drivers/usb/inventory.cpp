#include "drivers/usb/inventory.hpp"

#include <filesystem>

#include "drivers/usb/libusb_support.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::usb {

namespace {

constexpr std::size_t text_byte_max = 1'024;  // a string descriptor has 126 characters

// What the kernel read when the device came. Asking the device again would wait for one that is dead.
std::string device_text(const DeviceInfo& info, const char* which) {
  const bool root_hub = info.port.find('-') == std::string::npos;
  const std::filesystem::path folder = "/sys/bus/usb/devices/" + (root_hub ? "usb" + info.port : info.port);
  const auto bytes = read_file(folder / which, text_byte_max);
  if (!bytes) return {};
  return std::string(trim({reinterpret_cast<const char*>(bytes->data()), bytes->size()}));
}

}  // namespace

Result<std::vector<DeviceInfo>> list_quietly() {
  auto context = make_context();
  if (!context) return context.error();
  const DeviceList devices(context->get());
  if (!devices.ok()) return usb_error(LIBUSB_ERROR_OTHER, "list");
  std::vector<DeviceInfo> found;
  for (libusb_device* device : devices.all()) {
    if (auto info = describe(device)) found.push_back(std::move(*info));
  }
  return found;
}

Result<std::vector<ListedDevice>> list() {
  auto devices = list_quietly();
  if (!devices) return devices.error();
  std::vector<ListedDevice> found;
  for (DeviceInfo& info : *devices) {
    std::string manufacturer = device_text(info, "manufacturer");
    std::string product_name = device_text(info, "product");
    found.push_back({std::move(info), std::move(manufacturer), std::move(product_name)});
  }
  return found;
}

}  // namespace bianmin::usb
