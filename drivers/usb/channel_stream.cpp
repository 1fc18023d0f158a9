// Isochronous input: several transfers under way, handed over in their order.
#include <algorithm>

#include "drivers/usb/channel_native.hpp"

namespace bianmin::usb {

namespace {

struct StreamFlight {
  explicit StreamFlight(int packets) : transfer(libusb_alloc_transfer(packets)) {}
  std::unique_ptr<libusb_transfer, TransferDeleter> transfer;
  Bytes buffer;
  int* any_completed = nullptr;
  bool under_way = false;
};

void LIBUSB_CALL note_stream(libusb_transfer* transfer) {
  auto* flight = static_cast<StreamFlight*>(transfer->user_data);
  flight->under_way = false;
  *flight->any_completed = 1;
}

class Stream {
 public:
  Stream(libusb_context* context, libusb_device_handle* handle, const StreamShape& shape)
      : context_(context) {
    const auto packets = static_cast<std::size_t>(shape.packets);
    for (int i = 0; i < shape.transfers; ++i) {
      auto flight = std::make_unique<StreamFlight>(shape.packets);
      flight->buffer.resize(packets * shape.packet_byte_max);
      flight->any_completed = any_completed_.get();
      libusb_fill_iso_transfer(flight->transfer.get(), handle, shape.endpoint, flight->buffer.data(),
                               static_cast<int>(flight->buffer.size()), shape.packets, note_stream,
                               flight.get(), 0);
      libusb_set_iso_packet_lengths(flight->transfer.get(), static_cast<unsigned>(shape.packet_byte_max));
      flights_.push_back(std::move(flight));
    }
  }
  ~Stream() { end(); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  Result<void> start() {
    for (const auto& flight : flights_) {
      if (auto sent = submit(*flight); !sent) return sent;
    }
    return {};
  }
  // The next transfer in their order, when it has ended before `until` or `stop`; null: not yet.
  StreamFlight* next(Steady::time_point until, const std::stop_token& stop) {
    StreamFlight& flight = *flights_[turn_];
    while (flight.under_way && !stop.stop_requested() && Steady::now() < until) wait(until);
    if (flight.under_way) return nullptr;
    turn_ = (turn_ + 1) % flights_.size();
    return &flight;
  }
  Result<void> submit(StreamFlight& flight) {
    flight.under_way = true;
    const int code = libusb_submit_transfer(flight.transfer.get());
    if (code == LIBUSB_SUCCESS) return {};
    flight.under_way = false;
    return usb_error(code, "submit");
  }

 private:
  void wait(Steady::time_point until) {
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(until - Steady::now()).count();
    const std::int64_t left_us = std::max<std::int64_t>(left, 0);
    timeval slice{static_cast<time_t>(left_us / 1'000'000), static_cast<suseconds_t>(left_us % 1'000'000)};
    *any_completed_ = 0;
    (void)libusb_handle_events_timeout_completed(context_, &slice, any_completed_.get());
  }
  void end() {
    for (const auto& flight : flights_) {
      if (flight->under_way) (void)libusb_cancel_transfer(flight->transfer.get());
    }
    const auto until = Steady::now() + std::chrono::milliseconds(Channel::cancel_grace_ms);
    const auto flies = [](const auto& flight) { return flight->under_way; };
    while (std::any_of(flights_.begin(), flights_.end(), flies) && Steady::now() < until) wait(until);
    bool kept = false;
    for (auto& flight : flights_) {
      if (!flight->under_way) continue;
      (void)flight.release();  // the kernel still owns it: see Flight
      kept = true;
    }
    if (kept) (void)any_completed_.release();
  }

  libusb_context* context_;
  std::unique_ptr<int> any_completed_ = std::make_unique<int>(0);
  std::vector<std::unique_ptr<StreamFlight>> flights_;
  std::size_t turn_ = 0;
};

int error_of(libusb_transfer_status status) {
  switch (status) {
    case LIBUSB_TRANSFER_COMPLETED:
      return LIBUSB_SUCCESS;
    case LIBUSB_TRANSFER_NO_DEVICE:
      return LIBUSB_ERROR_NO_DEVICE;
    case LIBUSB_TRANSFER_STALL:
      return LIBUSB_ERROR_PIPE;
    case LIBUSB_TRANSFER_CANCELLED:
      return LIBUSB_ERROR_INTERRUPTED;
    case LIBUSB_TRANSFER_OVERFLOW:
      return LIBUSB_ERROR_OVERFLOW;
    default:
      return LIBUSB_ERROR_IO;
  }
}

}  // namespace

Result<void> Channel::read_stream(const StreamShape& shape, const std::function<bool(ByteView)>& take,
                                  std::stop_token stop) {
  Stream stream(native_->context.get(), native_->handle.get(), shape);
  if (auto started = stream.start(); !started) return started;
  const std::stop_callback wake(stop, [this] { libusb_interrupt_event_handler(native_->context.get()); });
  const auto silence = std::chrono::milliseconds(shape.silence_ms);
  auto until = Steady::now() + silence;
  for (;;) {
    StreamFlight* flight = stream.next(until, stop);
    if (stop.stop_requested()) return usb_error(LIBUSB_ERROR_INTERRUPTED, "stream");
    if (flight == nullptr) return usb_error(LIBUSB_ERROR_TIMEOUT, "stream");
    const libusb_transfer& done = *flight->transfer;
    if (const int code = error_of(done.status); code != LIBUSB_SUCCESS) return usb_error(code, "stream");
    std::size_t at = 0;
    for (int i = 0; i < done.num_iso_packets; ++i, at += shape.packet_byte_max) {
      const libusb_iso_packet_descriptor& packet = done.iso_packet_desc[i];
      const auto count = std::min<std::size_t>(packet.actual_length, shape.packet_byte_max);
      if (packet.status != LIBUSB_TRANSFER_COMPLETED || count == 0) continue;
      if (!take(ByteView(flight->buffer).subspan(at, count))) return {};
      until = Steady::now() + silence;
    }
    if (auto sent = stream.submit(*flight); !sent) return sent;
  }
}

Result<void> Channel::claim(int interface_number) {
  if (std::find(native_->claimed.begin(), native_->claimed.end(), interface_number) != native_->claimed.end())
    return {};
  const int code = libusb_claim_interface(native_->handle.get(), interface_number);
  if (code != LIBUSB_SUCCESS) return usb_error(code, "claim");
  native_->claimed.push_back(interface_number);
  return {};
}

Result<void> Channel::select_alternate(int alternate) {
  const int code = libusb_set_interface_alt_setting(native_->handle.get(), interface_.number, alternate);
  native_->never_close = native_->never_close || code == LIBUSB_ERROR_NO_DEVICE;
  if (code != LIBUSB_SUCCESS) return usb_error(code, "alternate");
  return {};
}

}  // namespace bianmin::usb
