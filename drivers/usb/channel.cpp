#include "drivers/usb/channel.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "drivers/usb/channel_native.hpp"

namespace bianmin::usb {

namespace {

constexpr std::array<int, 5> claim_backoff_ms = {0, 50, 100, 200, 400};
constexpr unsigned hub_timeout_ms = 1'000;
constexpr int power_on_tries_max = 3;            // nobody else would give the port its power back
constexpr std::uint16_t feature_port_power = 8;  // USB 2.0, table 11-17

bool sleep_unless_stopped(int ms, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, std::chrono::milliseconds(ms), [] { return false; });
  return !stop.stop_requested();
}

void LIBUSB_CALL note_completion(libusb_transfer* transfer) { *static_cast<int*>(transfer->user_data) = 1; }

std::int64_t steady_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Steady::now().time_since_epoch()).count();
}

int code_of(libusb_transfer_status status) {
  switch (status) {
    case LIBUSB_TRANSFER_COMPLETED:
      return LIBUSB_SUCCESS;
    case LIBUSB_TRANSFER_TIMED_OUT:
      return LIBUSB_ERROR_TIMEOUT;
    case LIBUSB_TRANSFER_CANCELLED:
      return LIBUSB_ERROR_INTERRUPTED;
    case LIBUSB_TRANSFER_STALL:
      return LIBUSB_ERROR_PIPE;
    case LIBUSB_TRANSFER_NO_DEVICE:
      return LIBUSB_ERROR_NO_DEVICE;
    case LIBUSB_TRANSFER_OVERFLOW:
      return LIBUSB_ERROR_OVERFLOW;
    case LIBUSB_TRANSFER_ERROR:
      return LIBUSB_ERROR_IO;
  }
  return LIBUSB_ERROR_IO;
}

// Many hubs switch all their ports at once or none: others hang on those. USB 2.0, table 11-13.
bool switches_each_port(libusb_device* hub, libusb_device_handle* handle) {
  constexpr std::uint8_t from_hub = 0xA0;
  constexpr unsigned how_switched = 0x03;
  constexpr unsigned each_port = 0x01;
  const bool super_speed = libusb_get_device_speed(hub) >= LIBUSB_SPEED_SUPER;
  const std::uint16_t descriptor = super_speed ? 0x2A00 : 0x2900;
  std::array<std::uint8_t, 12> answer{};
  const int count =
      libusb_control_transfer(handle, from_hub, LIBUSB_REQUEST_GET_DESCRIPTOR, descriptor, 0, answer.data(),
                              static_cast<std::uint16_t>(answer.size()), hub_timeout_ms);
  return count >= 5 && (answer[3] & how_switched) == each_port;
}

}  // namespace

timeval Channel::Native::slice_until(Steady::time_point when) const {
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(when - Steady::now()).count();
  const std::int64_t left_us = std::max<std::int64_t>(left, 0);
  return {static_cast<time_t>(left_us / 1'000'000), static_cast<suseconds_t>(left_us % 1'000'000)};
}

Result<int> Channel::Native::run(std::unique_ptr<Flight> flight, int timeout_ms, const std::stop_token& stop,
                                 Bytes* received) {
  if (stop.stop_requested()) return usb_error(LIBUSB_ERROR_INTERRUPTED, "transfer");
  if (const int code = libusb_submit_transfer(flight->transfer.get()); code != LIBUSB_SUCCESS) {
    return usb_error(code, "submit");
  }
  bool cancelling = false;
  bool out_of_time = false;
  {
    const std::stop_callback wake(stop, [this] { libusb_interrupt_event_handler(context.get()); });
    auto until = Steady::now() + std::chrono::milliseconds(timeout_ms);
    while (flight->completed == 0) {
      out_of_time = out_of_time || (!cancelling && Steady::now() >= until);
      if (!cancelling && (out_of_time || stop.stop_requested())) {
        cancelling = true;
        until = Steady::now() + std::chrono::milliseconds(cancel_grace_ms);
        (void)libusb_cancel_transfer(flight->transfer.get());
      } else if (cancelling && Steady::now() >= until) {
        (void)flight.release();  // the kernel still owns it: see Flight
        return usb_error(LIBUSB_ERROR_IO, "cancel");
      }
      timeval slice = slice_until(until);
      (void)libusb_handle_events_timeout_completed(context.get(), &slice, &flight->completed);
    }
  }
  const int moved = flight->transfer->actual_length;
  const bool some_in_time = out_of_time && moved > 0 && !stop.stop_requested();
  if (flight->transfer->status == LIBUSB_TRANSFER_COMPLETED ||
      (flight->transfer->status == LIBUSB_TRANSFER_CANCELLED && some_in_time)) {
    if (received != nullptr) {
      const std::uint8_t* from = flight->transfer->type == LIBUSB_TRANSFER_TYPE_CONTROL
                                     ? libusb_control_transfer_get_data(flight->transfer.get())
                                     : flight->transfer->buffer;
      received->assign(from, from + moved);
    }
    return moved;
  }
  const bool timed_out = flight->transfer->status == LIBUSB_TRANSFER_CANCELLED && out_of_time;
  return usb_error(timed_out ? LIBUSB_ERROR_TIMEOUT : code_of(flight->transfer->status), "transfer");
}

Channel::Channel(std::unique_ptr<Native> native, DeviceInfo device, InterfaceInfo interface, TransferTap* tap)
    : native_(std::move(native)), device_(std::move(device)), interface_(std::move(interface)), tap_(tap) {}

Channel::~Channel() = default;

Result<std::unique_ptr<Channel>> Channel::open(const DeviceInfo& device, int interface_number,
                                               std::stop_token stop, TransferTap* tap) {
  Error last = usb_error(LIBUSB_ERROR_NOT_FOUND, "open");
  for (const int backoff_ms : claim_backoff_ms) {
    if (backoff_ms > 0 && !sleep_unless_stopped(backoff_ms, stop))
      return usb_error(LIBUSB_ERROR_INTERRUPTED, "open");
    auto context = make_context();
    if (!context) return context.error();
    auto native = std::make_unique<Native>();
    native->context = std::move(context).value();
    const DeviceList devices(native->context.get());
    libusb_device* found = devices.find(device.bus, device.address);
    if (found == nullptr) return usb_error(LIBUSB_ERROR_NO_DEVICE, "open");
    const std::optional<DeviceInfo> now = describe(found);
    const InterfaceInfo* interface = now ? now->find_interface(interface_number) : nullptr;
    if (interface == nullptr || !now->same_device(device)) {
      last = usb_error(LIBUSB_ERROR_NOT_FOUND, "open");
      continue;
    }
    libusb_device_handle* handle = nullptr;
    if (const int code = libusb_open(found, &handle); code != LIBUSB_SUCCESS) {
      last = usb_error(code, "open");
      continue;
    }
    native->handle.reset(handle);
    (void)libusb_set_auto_detach_kernel_driver(handle, 1);
    if (const int code = libusb_claim_interface(handle, interface_number); code != LIBUSB_SUCCESS) {
      last = usb_error(code, "claim");
      continue;
    }
    native->claimed.push_back(interface_number);
    std::unique_ptr<Channel> channel(new Channel(std::move(native), *now, *interface, tap));
    if (tap != nullptr) channel->show_descriptors();
    return channel;
  }
  return last;
}

void Channel::show_descriptors() {
  constexpr std::size_t device_byte_count = 18;
  constexpr int configuration_byte_max = 4'096;
  Bytes all(device_byte_count + configuration_byte_max);
  int count =
      libusb_get_descriptor(native_->handle.get(), LIBUSB_DT_DEVICE, 0, all.data(), device_byte_count);
  if (count != static_cast<int>(device_byte_count)) return;
  count = libusb_get_descriptor(native_->handle.get(), LIBUSB_DT_CONFIG, 0, all.data() + device_byte_count,
                                configuration_byte_max);
  if (count <= 0) return;
  tap_->opened(device_, ByteView(all).first(device_byte_count + static_cast<std::size_t>(count)));
}

// Runs the transfer and shows it to the tap.
Result<int> Channel::run(std::unique_ptr<Flight> flight, SeenTransfer seen, int timeout_ms,
                         const std::stop_token& stop, Bytes* received) {
  if (tap_ == nullptr) return native_->run(std::move(flight), timeout_ms, stop, received);
  seen.begun_us = steady_us();
  auto moved = native_->run(std::move(flight), timeout_ms, stop, received);
  seen.took_us = steady_us() - seen.begun_us;
  if (!moved) seen.code = moved.error().code;
  if (moved && received == nullptr) seen.moved = static_cast<std::size_t>(*moved);
  if (moved && received != nullptr) seen.answer = *received;
  tap_->transferred(seen);
  return moved;
}

const EndpointInfo* Channel::find_endpoint(std::uint8_t address) const {
  for (const EndpointInfo& endpoint : interface_.endpoints) {
    if (endpoint.address == address) return &endpoint;
  }
  return nullptr;
}

Result<std::size_t> Channel::write(std::uint8_t endpoint, ByteView bytes, int timeout_ms,
                                   std::stop_token stop) {
  const EndpointInfo* info = find_endpoint(endpoint);
  if (info == nullptr || info->is_in()) return usb_error(LIBUSB_ERROR_NOT_FOUND, "write");
  auto flight = std::make_unique<Flight>();
  flight->buffer.assign(bytes.begin(), bytes.end());
  const auto fill =
      info->kind == EndpointKind::interrupt ? libusb_fill_interrupt_transfer : libusb_fill_bulk_transfer;
  fill(flight->transfer.get(), native_->handle.get(), endpoint, flight->buffer.data(),
       static_cast<int>(flight->buffer.size()), note_completion, &flight->completed, 0);
  SeenTransfer seen{info->kind, endpoint};
  seen.request = bytes;
  auto moved = run(std::move(flight), seen, timeout_ms, stop, nullptr);
  if (!moved) return moved.error();
  return static_cast<std::size_t>(*moved);
}

Result<Bytes> Channel::read(std::uint8_t endpoint, std::size_t byte_max, int timeout_ms,
                            std::stop_token stop) {
  const EndpointInfo* info = find_endpoint(endpoint);
  if (info == nullptr || !info->is_in()) return usb_error(LIBUSB_ERROR_NOT_FOUND, "read");
  auto flight = std::make_unique<Flight>();
  flight->buffer.resize(byte_max);
  const auto fill =
      info->kind == EndpointKind::interrupt ? libusb_fill_interrupt_transfer : libusb_fill_bulk_transfer;
  fill(flight->transfer.get(), native_->handle.get(), endpoint, flight->buffer.data(),
       static_cast<int>(byte_max), note_completion, &flight->completed, 0);
  Bytes received;
  SeenTransfer seen{info->kind, endpoint};
  seen.byte_max = byte_max;
  auto moved = run(std::move(flight), seen, timeout_ms, stop, &received);
  if (!moved) return moved.error();
  return received;
}

Result<Bytes> Channel::control_read(std::uint8_t request_type, std::uint8_t request, std::uint16_t value,
                                    std::uint16_t index, std::uint16_t byte_max, int timeout_ms,
                                    std::stop_token stop) {
  auto flight = std::make_unique<Flight>();
  flight->buffer.resize(LIBUSB_CONTROL_SETUP_SIZE + std::size_t{byte_max});
  libusb_fill_control_setup(flight->buffer.data(), request_type, request, value, index, byte_max);
  libusb_fill_control_transfer(flight->transfer.get(), native_->handle.get(), flight->buffer.data(),
                               note_completion, &flight->completed, 0);
  std::array<std::uint8_t, LIBUSB_CONTROL_SETUP_SIZE> setup;
  std::copy_n(flight->buffer.begin(), setup.size(), setup.begin());
  Bytes received;
  SeenTransfer seen{EndpointKind::control, LIBUSB_ENDPOINT_IN};
  seen.request = setup;
  seen.byte_max = byte_max;
  auto moved = run(std::move(flight), seen, timeout_ms, stop, &received);
  if (!moved) return moved.error();
  return received;
}

Result<void> Channel::control_write(std::uint8_t request_type, std::uint8_t request, std::uint16_t value,
                                    std::uint16_t index, ByteView data, int timeout_ms,
                                    std::stop_token stop) {
  if (data.size() > UINT16_MAX) return usb_error(LIBUSB_ERROR_OVERFLOW, "control");
  auto flight = std::make_unique<Flight>();
  flight->buffer.resize(LIBUSB_CONTROL_SETUP_SIZE + data.size());
  libusb_fill_control_setup(flight->buffer.data(), request_type, request, value, index,
                            static_cast<std::uint16_t>(data.size()));
  std::copy(data.begin(), data.end(), flight->buffer.begin() + LIBUSB_CONTROL_SETUP_SIZE);
  libusb_fill_control_transfer(flight->transfer.get(), native_->handle.get(), flight->buffer.data(),
                               note_completion, &flight->completed, 0);
  const SecretBytes sent = flight->buffer;
  SeenTransfer seen{EndpointKind::control, LIBUSB_ENDPOINT_OUT};
  seen.request = sent;
  auto moved = run(std::move(flight), seen, timeout_ms, stop, nullptr);
  if (!moved) return moved.error();
  if (static_cast<std::size_t>(*moved) != data.size()) return usb_error(LIBUSB_ERROR_IO, "control");
  return {};
}

Result<void> Channel::clear_halts() {
  for (const EndpointInfo& endpoint : interface_.endpoints) {
    const int code = libusb_clear_halt(native_->handle.get(), endpoint.address);
    if (code != LIBUSB_SUCCESS) return usb_error(code, "clear halt");
  }
  return {};
}

Result<void> Channel::reset() {
  const int code = libusb_reset_device(native_->handle.get());
  // libusb says "not found" when the device came back as another one: it has to be opened anew.
  if (code == LIBUSB_ERROR_NOT_FOUND) return usb_error(LIBUSB_ERROR_NO_DEVICE, "reset");
  if (code != LIBUSB_SUCCESS) return usb_error(code, "reset");
  return {};
}

Result<void> Channel::power_cycle(int off_ms, std::stop_token stop) {
  constexpr std::uint8_t to_port = 0x23;  // class request to a port, USB 2.0 table 11-15
  libusb_device* device = libusb_get_device(native_->handle.get());
  libusb_device* hub = libusb_get_parent(device);
  if (hub == nullptr) return usb_error(LIBUSB_ERROR_NOT_FOUND, "hub");
  libusb_device_handle* handle = nullptr;
  if (const int code = libusb_open(hub, &handle); code != LIBUSB_SUCCESS) return usb_error(code, "open hub");
  const Handle hub_handle(handle);
  if (!switches_each_port(hub, handle)) return usb_error(LIBUSB_ERROR_NOT_SUPPORTED, "hub");
  const std::uint16_t port = libusb_get_port_number(device);
  int code = libusb_control_transfer(handle, to_port, LIBUSB_REQUEST_CLEAR_FEATURE, feature_port_power, port,
                                     nullptr, 0, hub_timeout_ms);
  if (code < 0) return usb_error(code, "port off");
  (void)sleep_unless_stopped(off_ms, stop);  // stopped or not, the power must come back
  code = LIBUSB_ERROR_IO;
  for (int tries = 0; code < 0 && tries < power_on_tries_max; ++tries) {
    code = libusb_control_transfer(handle, to_port, LIBUSB_REQUEST_SET_FEATURE, feature_port_power, port,
                                   nullptr, 0, hub_timeout_ms);
  }
  if (code < 0) return usb_error(code, "port on");
  return {};
}

}  // namespace bianmin::usb
