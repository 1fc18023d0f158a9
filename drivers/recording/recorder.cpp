#include "drivers/recording/recorder.hpp"

#include <algorithm>
#include <utility>

namespace bianmin::recording {

namespace {

constexpr std::size_t setup_byte_count = 8;
constexpr std::size_t kept_setup_byte_count = 6;  // without the length, which follows from the rest

Kind kind_of(usb::EndpointKind kind) {
  switch (kind) {
    case usb::EndpointKind::control:
      return Kind::control;
    case usb::EndpointKind::interrupt:
      return Kind::interrupt;
    default:
      return Kind::bulk;
  }
}

}  // namespace

void Recorder::opened(const usb::DeviceInfo&, ByteView descriptors) {
  const std::lock_guard lock(mutex_);
  if (recording_.descriptors.empty()) recording_.descriptors.assign(descriptors.begin(), descriptors.end());
}

void Recorder::transferred(const usb::SeenTransfer& seen) {
  const std::lock_guard lock(mutex_);
  if (recording_.transfers.size() >= transfer_count_max) {
    overflowed_ = true;
    return;
  }
  if (recording_.transfers.empty()) first_us_ = seen.begun_us;
  Transfer transfer;
  transfer.at_us = std::max<std::int64_t>(seen.begun_us - first_us_, 0);
  transfer.took_us = seen.took_us;
  transfer.kind = kind_of(seen.kind);
  transfer.endpoint = seen.endpoint;
  ByteView sent = seen.request;
  if (transfer.kind == Kind::control && sent.size() >= setup_byte_count) {
    const ByteView setup = sent.first(kept_setup_byte_count);
    transfer.setup.assign(setup.begin(), setup.end());
    sent = sent.subspan(setup_byte_count);
  }
  transfer.code = seen.code;
  if (transfer.is_in()) {
    transfer.byte_max = seen.byte_max;
    if (transfer.ok()) transfer.answer.assign(seen.answer.begin(), seen.answer.end());
  } else {
    transfer.sent.assign(sent.begin(), sent.end());
    if (transfer.ok()) transfer.taken = seen.moved;
  }
  recording_.transfers.push_back(std::move(transfer));
}

Recording Recorder::take() {
  const std::lock_guard lock(mutex_);
  overflowed_ = false;
  return std::exchange(recording_, {});
}

bool Recorder::overflowed() const {
  const std::lock_guard lock(mutex_);
  return overflowed_;
}

}  // namespace bianmin::recording
