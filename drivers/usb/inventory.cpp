#include "drivers/usb/inventory.hpp"

#include <array>

#include "drivers/usb/libusb_support.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::usb {

namespace {

std::string device_text(libusb_device_handle* handle, std::uint8_t index) {
  if (index == 0) return {};
  std::array<unsigned char, 255> raw{};  // the longest string descriptor
  constexpr std::uint16_t english = 0x0409;
  const int length =
      libusb_get_string_descriptor(handle, index, english, raw.data(), static_cast<int>(raw.size()));
  if (length < 2 || raw[0] > length || raw[0] < 2 || raw[1] != LIBUSB_DT_STRING) return {};
  const auto text = utf8_from_utf16le(ByteView(raw).subspan(2, (raw[0] - 2U) & ~1U));
  return text ? *text : std::string();
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
  auto context = make_context();
  if (!context) return context.error();
  const DeviceList devices(context->get());
  if (!devices.ok()) return usb_error(LIBUSB_ERROR_OTHER, "list");
  std::vector<ListedDevice> found;
  for (libusb_device* device : devices.all()) {
    auto info = describe(device);
    if (!info) continue;
    ListedDevice listed{std::move(*info), {}, {}};
    libusb_device_descriptor descriptor{};
    libusb_device_handle* handle = nullptr;
    if (libusb_get_device_descriptor(device, &descriptor) == LIBUSB_SUCCESS &&
        libusb_open(device, &handle) == LIBUSB_SUCCESS) {
      const Handle owned(handle);
      listed.manufacturer = device_text(handle, descriptor.iManufacturer);
      listed.product_name = device_text(handle, descriptor.iProduct);
    }
    found.push_back(std::move(listed));
  }
  return found;
}

}  // namespace bianmin::usb
