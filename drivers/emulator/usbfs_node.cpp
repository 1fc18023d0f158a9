#include "drivers/emulator/usbfs_node.hpp"

#include <algorithm>
#include <cerrno>

namespace bianmin::emulator {

namespace {

constexpr std::uint8_t urb_isochronous = 0;
constexpr std::uint8_t urb_interrupt = 1;
constexpr std::uint8_t urb_control = 2;
constexpr std::size_t setup_byte_count = 8;

// Standard requests to the device are the kernel's and libusb's own, and not counted.
bool counted(const ControlRequest& request) {
  constexpr unsigned type_and_recipient = 0x7F;
  return (request.request_type & type_and_recipient) != 0;
}

ControlRequest request_of(const Urb& urb) {
  ByteReader reader(urb.out);
  ControlRequest request;
  request.request_type = reader.u8();
  request.request = reader.u8();
  request.value = reader.u16_le();
  request.index = reader.u16_le();
  request.length = reader.u16_le();
  const ByteView rest = reader.rest();
  request.data.assign(rest.begin(), rest.end());
  return request;
}

}  // namespace

UsbfsNode::UsbfsNode(DeviceModel& model, FaultScript& script, std::function<void(bool)> readiness,
                     std::function<void()> unplug_wanted)
    : model_(model),
      script_(script),
      readiness_(std::move(readiness)),
      unplug_wanted_(std::move(unplug_wanted)) {}

int UsbfsNode::submit(ClientId client, Urb urb) {
  if (gone_) return -ENODEV;
  if (urb.type == urb_control && urb.out.size() < setup_byte_count) return -EINVAL;
  if (urb.type != urb_control) {
    // The kernel claims the interface by itself when a program forgot to.
    for (std::size_t i = 0; i < model_.spec().interfaces.size(); ++i) {
      for (const EndpointSpec& endpoint : model_.spec().interfaces[i].endpoints) {
        if (endpoint.address != urb.endpoint) continue;
        if (const int code = claim(client, static_cast<unsigned>(i), false); code != 0) return code;
      }
    }
  }
  waiting_.push_back({client, std::move(urb)});
  pump();
  return 0;
}

std::optional<Urb> UsbfsNode::reap(ClientId client) {
  const auto found = std::find_if(finished_.begin(), finished_.end(),
                                  [client](const Waiting& done) { return done.client == client; });
  if (found == finished_.end()) return std::nullopt;
  Urb urb = std::move(found->urb);
  finished_.erase(found);
  update_readiness();
  return urb;
}

int UsbfsNode::discard(ClientId client, std::uintptr_t key) {
  const auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& waiting) {
    return waiting.client == client && waiting.urb.key == key;
  });
  if (found == waiting_.end()) return gone_ ? -ENODEV : -EINVAL;
  Waiting discarded = std::move(*found);
  waiting_.erase(found);
  discarded.urb.status = -ENOENT;
  finish(std::move(discarded));
  pump();
  return 0;
}

bool UsbfsNode::swallowed(ClientId client, std::uintptr_t key) const {
  return std::any_of(waiting_.begin(), waiting_.end(), [&](const Waiting& waiting) {
    return waiting.swallowed && waiting.client == client && waiting.urb.key == key;
  });
}

int UsbfsNode::claim(ClientId client, unsigned interface, bool detach) {
  if (gone_) return -ENODEV;
  if (interface >= model_.spec().interfaces.size()) return -ENOENT;
  if (const auto held = claims_.find(interface); held != claims_.end())
    return held->second == client ? 0 : -EBUSY;
  if (detach) detached_.insert(interface);
  if (!driver_of(interface).empty()) return -EBUSY;
  claims_.emplace(interface, client);
  return 0;
}

int UsbfsNode::release(ClientId client, unsigned interface) {
  if (gone_) return -ENODEV;
  const auto held = claims_.find(interface);
  if (held == claims_.end() || held->second != client) return -EINVAL;
  claims_.erase(held);
  return 0;
}

std::string UsbfsNode::driver_of(unsigned interface) const {
  if (claims_.contains(interface)) return "usbfs";
  if (interface >= model_.spec().interfaces.size() || detached_.contains(interface)) return {};
  return model_.spec().interfaces[interface].kernel_driver;
}

int UsbfsNode::detach_driver(unsigned interface) {
  if (claims_.contains(interface) || driver_of(interface).empty()) return -ENODATA;
  detached_.insert(interface);
  return 0;
}

int UsbfsNode::attach_driver(unsigned interface) {
  if (claims_.contains(interface)) return -EBUSY;
  return detached_.erase(interface) > 0 ? 0 : -ENODEV;
}

int UsbfsNode::clear_halt(std::uint8_t endpoint) {
  if (gone_) return -ENODEV;
  halted_.erase(endpoint);
  pump();
  return 0;
}

int UsbfsNode::reset() {
  if (gone_) return -ENODEV;
  halted_.clear();
  rest_.clear();
  last_answer_.clear();
  held_answer_.clear();
  model_.power_on();
  for (Waiting& waiting : waiting_) {
    waiting.urb.status = -ESHUTDOWN;
    finished_.push_back(std::move(waiting));
  }
  waiting_.clear();
  update_readiness();
  return 0;
}

void UsbfsNode::client_closed(ClientId client) {
  const auto of_client = [client](const Waiting& waiting) { return waiting.client == client; };
  std::erase_if(waiting_, of_client);
  std::erase_if(finished_, of_client);
  std::erase_if(claims_, [client](const auto& claimed) { return claimed.second == client; });
  update_readiness();
  pump();
}

void UsbfsNode::all_clients_died() {
  waiting_.clear();
  finished_.clear();
  claims_.clear();
  update_readiness();
  pump();
}

void UsbfsNode::unplug() {
  if (gone_) return;
  gone_ = true;
  claims_.clear();
  for (Waiting& waiting : waiting_) {
    waiting.urb.status = -ESHUTDOWN;
    finished_.push_back(std::move(waiting));
  }
  waiting_.clear();
  update_readiness();
}

void UsbfsNode::pump() {
  bool moved = true;
  while (moved && !gone_) {
    moved = false;
    std::set<std::uint8_t> blocked;  // an endpoint serves its URBs in their order
    for (std::size_t i = 0; i < waiting_.size() && !gone_;) {
      if (blocked.contains(waiting_[i].urb.endpoint)) {
        ++i;
        continue;
      }
      const bool finished = advance(waiting_[i]);
      if (gone_) return;
      if (!finished) {
        blocked.insert(waiting_[i++].urb.endpoint);
        continue;
      }
      Waiting done = std::move(waiting_[i]);
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
      finish(std::move(done));
      moved = true;
    }
  }
}

bool UsbfsNode::advance(Waiting& waiting) {
  if (waiting.swallowed) return false;
  if (waiting.urb.type == urb_control) return advance_control(waiting);
  if (halted_.contains(waiting.urb.endpoint)) {
    waiting.urb.status = -EPIPE;
    return true;
  }
  if (waiting.urb.type == urb_isochronous) return advance_isochronous(waiting);
  return (waiting.urb.endpoint & 0x80U) != 0 ? advance_in(waiting) : advance_out(waiting);
}

std::optional<FaultKind> UsbfsNode::next_fault() {
  const int index = transfer_count_++;
  if (auto act = script_.acts.extract(index); !act.empty()) act.mapped()();
  const auto fault = script_.faults.extract(index);
  if (fault.empty()) return std::nullopt;
  return fault.mapped();
}

bool UsbfsNode::advance_out(Waiting& waiting) {
  Urb& urb = waiting.urb;
  if (urb.actual == 0) {
    bool finished = false;
    const auto fault = next_fault();
    if (fault && fail(waiting, *fault, &finished)) return finished;
    Bytes damaged = urb.out;
    // Nothing can come that the host did not send.
    if (fault && *fault != FaultKind::oversize && damage(damaged, *fault)) {
      (void)model_.take(urb.endpoint, damaged);
      urb.actual = urb.out.size();
      return true;
    }
  }
  urb.actual += model_.take(urb.endpoint, ByteView(urb.out).subspan(urb.actual));
  if (model_.pulls_plug()) {
    unplug_wanted_();
    return false;
  }
  if (urb.actual == 0 && !urb.out.empty()) --transfer_count_;  // not begun: it is counted when it begins
  return urb.actual == urb.out.size();
}

std::optional<Bytes> UsbfsNode::next_answer(std::uint8_t endpoint) {
  if (auto held = held_answer_.extract(endpoint); !held.empty()) return std::move(held.mapped());
  return model_.give(endpoint);
}

std::size_t UsbfsNode::packet_byte_max(std::uint8_t endpoint) const {
  constexpr std::size_t full_speed_bulk = 64;
  for (const InterfaceSpec& interface : model_.spec().interfaces) {
    for (const EndpointSpec& own : interface.endpoints) {
      if (own.address == endpoint) return own.packet_byte_max;
    }
  }
  return full_speed_bulk;
}

bool UsbfsNode::advance_in(Waiting& waiting) {
  Urb& urb = waiting.urb;
  Bytes& rest = rest_[urb.endpoint];
  if (rest.empty()) {
    auto answer = next_answer(urb.endpoint);
    if (!answer) return false;
    bool finished = false;
    const auto fault = next_fault();
    const bool polled = urb.type == urb_interrupt || model_.speaks_unasked();
    if (polled && fault == FaultKind::timeout) {
      ++script_.effect_count;
      return advance_in(waiting);  // a lost report: the host goes on asking
    }
    if (fault && fail(waiting, *fault, &finished)) return finished;
    if (!polled && fault == FaultKind::late) {
      ++script_.effect_count;
      rest = std::move(*answer);
      waiting.swallowed = true;
      return false;
    }
    if (fault == FaultKind::babble) {
      ++script_.effect_count;
      urb.status = -EOVERFLOW;
      return true;
    }
    const Bytes right = *answer;
    const auto before = last_answer_.find(urb.endpoint);
    if (fault == FaultKind::stale && before != last_answer_.end()) {
      ++script_.effect_count;
      held_answer_[urb.endpoint] = right;
      *answer = before->second;
    } else if (fault) {
      (void)damage(*answer, *fault);
    }
    last_answer_[urb.endpoint] = right;
    rest = std::move(*answer);
    if (rest.empty()) return true;  // a zero-length packet
  }
  const std::size_t count = std::min(rest.size(), urb.in_byte_max);
  // The last packet that fits only in part is a babble: the host controller gives up on it.
  if (count < rest.size() && count % packet_byte_max(urb.endpoint) != 0) urb.status = -EOVERFLOW;
  urb.in.assign(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count));
  urb.actual = count;
  rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(urb.status == 0 ? count : rest.size()));
  if (model_.forgets_rest()) rest.clear();
  return true;
}

bool UsbfsNode::advance_control(Waiting& waiting) {
  Urb& urb = waiting.urb;
  const ControlRequest request = request_of(urb);
  const auto fault = counted(request) ? next_fault() : std::nullopt;
  bool finished = false;
  if (fault && fail(waiting, *fault, &finished)) return finished;
  auto answer = answer_control(model_, request);
  if (!answer) {
    urb.status = -EPIPE;
    return true;
  }
  if ((request.request_type & 0x80U) != 0) {
    if (fault) (void)damage(*answer, *fault);
    urb.actual = std::min<std::size_t>({answer->size(), request.length, urb.in_byte_max});
    urb.in.assign(answer->begin(), answer->begin() + static_cast<std::ptrdiff_t>(urb.actual));
  } else {
    urb.actual = request.data.size();
  }
  return true;
}

void UsbfsNode::finish(Waiting waiting) {
  finished_.push_back(std::move(waiting));
  update_readiness();
}

void UsbfsNode::update_readiness() {
  const bool ready = !finished_.empty();
  if (ready == ready_) return;
  ready_ = ready;
  readiness_(ready);
}

}  // namespace bianmin::emulator
