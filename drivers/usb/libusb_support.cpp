#include "drivers/usb/libusb_support.hpp"

#include <array>
#include <span>

namespace bianmin::usb {

const InterfaceInfo* DeviceInfo::find_interface(int number) const {
  for (const InterfaceInfo& interface : interfaces) {
    if (interface.number == number) return &interface;
  }
  return nullptr;
}

Result<Context> make_context() {
  libusb_context* context = nullptr;
  if (const int code = libusb_init(&context); code != LIBUSB_SUCCESS) return usb_error(code, "start");
  return Context(context);
}

DeviceList::DeviceList(libusb_context* context) : count_(libusb_get_device_list(context, &devices_)) {}

DeviceList::~DeviceList() {
  if (ok()) libusb_free_device_list(devices_, 1);
}

std::vector<libusb_device*> DeviceList::all() const {
  if (!ok()) return {};
  return {devices_, devices_ + count_};
}

libusb_device* DeviceList::find(std::uint8_t bus, std::uint8_t address) const {
  for (libusb_device* device : all()) {
    if (libusb_get_bus_number(device) == bus && libusb_get_device_address(device) == address) return device;
  }
  return nullptr;
}

namespace {

std::string port_path(libusb_device* device) {
  constexpr int depth_max = 7;  // USB 3.2, the deepest tier
  std::array<std::uint8_t, depth_max> ports{};
  const int depth = libusb_get_port_numbers(device, ports.data(), depth_max);
  std::string path = std::to_string(libusb_get_bus_number(device));
  for (int i = 0; i < depth; ++i) {
    path += i == 0 ? '-' : '.';
    path += std::to_string(ports[static_cast<std::size_t>(i)]);
  }
  return path;
}

InterfaceInfo describe_interface(const libusb_interface_descriptor& from) {
  InterfaceInfo to;
  to.number = from.bInterfaceNumber;
  to.device_class = from.bInterfaceClass;
  to.subclass = from.bInterfaceSubClass;
  to.protocol = from.bInterfaceProtocol;
  for (const auto& endpoint : std::span(from.endpoint, from.bNumEndpoints)) {
    to.endpoints.push_back({endpoint.bEndpointAddress,
                            static_cast<EndpointKind>(endpoint.bmAttributes & 0x03U),
                            static_cast<std::uint16_t>(endpoint.wMaxPacketSize & 0x07FFU)});
  }
  return to;
}

}  // namespace

std::optional<DeviceInfo> describe(libusb_device* device) {
  libusb_device_descriptor descriptor{};
  if (libusb_get_device_descriptor(device, &descriptor) != LIBUSB_SUCCESS) return std::nullopt;
  DeviceInfo info;
  info.bus = libusb_get_bus_number(device);
  info.address = libusb_get_device_address(device);
  info.port = port_path(device);
  info.vendor = descriptor.idVendor;
  info.product = descriptor.idProduct;
  libusb_config_descriptor* config = nullptr;
  if (libusb_get_active_config_descriptor(device, &config) != LIBUSB_SUCCESS) return info;
  for (const auto& interface : std::span(config->interface, config->bNumInterfaces)) {
    if (interface.num_altsetting > 0) info.interfaces.push_back(describe_interface(interface.altsetting[0]));
  }
  libusb_free_config_descriptor(config);
  return info;
}

Error usb_error(int libusb_code, std::string_view doing) {
  const std::string detail = std::string(doing) + ": " + libusb_error_name(libusb_code);
  switch (libusb_code) {
    case LIBUSB_ERROR_NO_DEVICE:
      return {Remedy::retry_later, "usb.gone", detail};
    case LIBUSB_ERROR_NOT_FOUND:
      return {Remedy::retry_later, "usb.not_found", detail};
    case LIBUSB_ERROR_BUSY:
      return {Remedy::call_staff, "usb.busy", detail};
    case LIBUSB_ERROR_ACCESS:
      return {Remedy::call_staff, "usb.no_access", detail};
    case LIBUSB_ERROR_TIMEOUT:
      return {Remedy::retry_later, "usb.timeout", detail};
    case LIBUSB_ERROR_PIPE:
      return {Remedy::retry_later, "usb.stall", detail};
    case LIBUSB_ERROR_OVERFLOW:
      return {Remedy::retry_later, "usb.overflow", detail};
    case LIBUSB_ERROR_INTERRUPTED:
      return {Remedy::retry_later, "usb.cancelled", detail};
    case LIBUSB_ERROR_NO_MEM:
      return {Remedy::retry_later, "usb.no_memory", detail};
    default:
      return {Remedy::retry_later, "usb.io", detail};
  }
}

}  // namespace bianmin::usb
