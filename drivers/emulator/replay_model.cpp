#include "drivers/emulator/replay_model.hpp"

#include <algorithm>

namespace bianmin::emulator {

namespace {

constexpr std::size_t device_byte_count = 18;
constexpr std::size_t configuration_byte_count = 9;
constexpr std::size_t interface_byte_count = 9;
constexpr std::size_t endpoint_byte_count = 7;
constexpr std::size_t interface_count_max = 32;
constexpr std::size_t mismatch_count_max = 1'000;

Error bad(std::string_view why) { return {Remedy::refuse, "recording.bad_descriptors", std::string(why)}; }

std::string kernel_driver_of(std::uint8_t device_class) {
  constexpr std::uint8_t hid_class = 3;
  constexpr std::uint8_t printer_class = 7;
  if (device_class == hid_class) return "usbhid";
  if (device_class == printer_class) return "usblp";
  return {};
}

// One descriptor after the configuration's own. `open`: the interface that endpoints belong to; null within
// other alternate settings.
Result<void> read_descriptor(ByteView descriptor, DeviceSpec& spec, InterfaceSpec*& open) {
  constexpr std::uint8_t interface_type = 4;
  constexpr std::uint8_t endpoint_type = 5;
  ByteReader reader(descriptor);
  reader.skip(1);
  const std::uint8_t type = reader.u8();
  if (type == interface_type) {
    if (descriptor.size() < interface_byte_count) return bad("an interface's descriptor is too short");
    const std::uint8_t number = reader.u8();
    open = nullptr;
    if (reader.u8() != 0) return {};
    if (number != spec.interfaces.size() || number >= interface_count_max)
      return bad("interfaces are not in a row");
    reader.skip(1);
    InterfaceSpec interface;
    interface.device_class = reader.u8();
    interface.subclass = reader.u8();
    interface.protocol = reader.u8();
    interface.kernel_driver = kernel_driver_of(interface.device_class);
    spec.interfaces.push_back(std::move(interface));
    open = &spec.interfaces.back();
  } else if (type == endpoint_type) {
    if (descriptor.size() < endpoint_byte_count) return bad("an endpoint's descriptor is too short");
    if (open == nullptr) return {};
    EndpointSpec endpoint;
    endpoint.address = reader.u8();
    endpoint.attributes = reader.u8();
    endpoint.packet_byte_max = reader.u16_le();
    if (endpoint.packet_byte_max == 0) return bad("an endpoint without packets");
    open->endpoints.push_back(endpoint);
  } else if (open != nullptr && open->endpoints.empty()) {
    append(open->class_descriptor, descriptor);
  }
  return {};
}

}  // namespace

Result<DeviceSpec> spec_from_descriptors(ByteView descriptors) {
  DeviceSpec spec;
  ByteReader device(descriptors);
  if (device.u8() != device_byte_count || device.u8() != 1) return bad("no device descriptor");
  device.skip(6);
  spec.vendor = device.u16_le();
  spec.product = device.u16_le();
  spec.release = device.u16_le();
  device.skip(4);
  const std::size_t configuration_at = device.position();
  if (device.u8() != configuration_byte_count || device.u8() != 2) return bad("no configuration descriptor");
  const std::size_t total = device.u16_le();
  const std::size_t interface_count = device.u8();
  device.skip(configuration_byte_count - 5);
  if (device.failed() || configuration_at + total != descriptors.size()) return bad("the length is wrong");
  InterfaceSpec* open = nullptr;
  while (device.left() > 0) {
    const std::size_t byte_count = descriptors[device.position()];
    if (byte_count < 2 || byte_count > device.left()) return bad("a descriptor's length is wrong");
    if (auto read = read_descriptor(device.take(byte_count), spec, open); !read) return read.error();
  }
  if (spec.interfaces.empty() || spec.interfaces.size() != interface_count)
    return bad("interfaces are missing");
  spec.recorded.assign(descriptors.begin(), descriptors.end());
  return spec;
}

Result<std::unique_ptr<ReplayModel>> ReplayModel::create(const recording::Recording& recording) {
  auto spec = spec_from_descriptors(recording.descriptors);
  if (!spec) return spec.error();
  return std::unique_ptr<ReplayModel>(new ReplayModel(recording, std::move(*spec)));
}

ReplayModel::ReplayModel(const recording::Recording& recording, DeviceSpec spec) : spec_(std::move(spec)) {
  bool sending = false;
  for (const recording::Transfer& transfer : recording.transfers) {
    if (transfer.kind == recording::Kind::control) {
      // What a request to the device carries is not looked at.
      controls_.push_back({transfer.setup, transfer.ok() ? std::optional(transfer.answer) : std::nullopt});
      continue;
    }
    const bool in = transfer.is_in();
    if (exchanges_.empty() || (!in && !sending)) exchanges_.emplace_back();
    sending = !in;
    if (!in) exchanges_.back().sent.push_back({transfer.endpoint, transfer.sent});
    if (in && transfer.ok()) exchanges_.back().answers.push_back({transfer.endpoint, transfer.answer});
  }
}

// Plugged in, or reset in the middle: what waits is lost, what was replayed stays so.
void ReplayModel::power_on() {
  pending_.clear();
  answers_.clear();
  if (!exchanges_.empty() && exchanges_[0].sent.empty() && next_ <= 1) {
    next_ = 1;  // a device that speaks without being asked
    answer_as(0);
  }
}

ReplayModel::Fit ReplayModel::fit(std::size_t exchange) const {
  const std::vector<Sent>& sent = exchanges_[exchange].sent;
  if (pending_.size() > sent.size() || !std::equal(pending_.begin(), pending_.end(), sent.begin())) {
    return Fit::none;
  }
  return pending_.size() == sent.size() ? Fit::whole : Fit::part;
}

bool ReplayModel::asked_before(std::size_t exchange) const {
  for (std::size_t i = 0; i < next_; ++i) {
    if (exchanges_[i].sent == exchanges_[exchange].sent) return true;
  }
  return false;
}

// True: what is pending is, or begins, an exchange that may come now.
bool ReplayModel::find_pending() {
  for (std::size_t i = next_; i < exchanges_.size(); ++i) {
    const Fit found = fit(i);
    if (found == Fit::part) return true;
    if (found == Fit::whole) {
      skip_count_ += static_cast<int>(i - next_);
      next_ = i + 1;
      answer_as(i);
      return true;
    }
    if (!asked_before(i)) break;  // it may not be passed over
  }
  for (std::size_t i = next_; i-- > 0;) {
    const Fit found = fit(i);
    if (found == Fit::none) continue;
    if (found == Fit::whole) {
      ++repeat_count_;
      answer_as(i, true);
    }
    return true;
  }
  return false;
}

bool ReplayModel::by_interrupt(std::uint8_t endpoint) const {
  constexpr std::uint8_t interrupt = 3;
  for (const InterfaceSpec& interface : spec_.interfaces) {
    for (const EndpointSpec& own : interface.endpoints) {
      if (own.address == endpoint) return own.attributes == interrupt;
    }
  }
  return false;
}

// What nobody fetched of the exchange before is gone; notices by interrupt stay, and do not come again.
void ReplayModel::answer_as(std::size_t exchange, bool again) {
  pending_.clear();
  std::erase_if(answers_, [this](const auto& waiting) { return !by_interrupt(waiting.first); });
  for (const Sent& answer : exchanges_[exchange].answers) {
    if (!again || !by_interrupt(answer.endpoint)) answers_[answer.endpoint].push_back(answer.bytes);
  }
}

void ReplayModel::mismatch(std::string_view code) {
  if (mismatches_.size() < mismatch_count_max) mismatches_.push_back({code, next_});
}

std::size_t ReplayModel::take(std::uint8_t endpoint, ByteView bytes) {
  pending_.push_back({endpoint, Bytes(bytes.begin(), bytes.end())});
  if (find_pending()) return bytes.size();
  pending_.clear();
  mismatch(finished() ? "replay.over" : "replay.other_bytes");
  return bytes.size();
}

std::optional<Bytes> ReplayModel::give(std::uint8_t endpoint) {
  std::deque<Bytes>& waiting = answers_[endpoint];
  if (waiting.empty()) return std::nullopt;
  Bytes next = std::move(waiting.front());
  waiting.pop_front();
  return next;
}

std::optional<Bytes> ReplayModel::control(const ControlRequest& request) {
  ByteWriter writer;
  writer.u8(request.request_type).u8(request.request).u16_le(request.value).u16_le(request.index);
  const Bytes setup = writer.take();
  const auto same = [&](const Control& control) { return control.setup == setup; };
  const auto begin = controls_.begin() + static_cast<std::ptrdiff_t>(next_control_);
  if (const auto found = std::find_if(begin, controls_.end(), same); found != controls_.end()) {
    next_control_ = static_cast<std::size_t>(found - controls_.begin()) + 1;
    return found->answer;
  }
  const auto again = std::find_if(controls_.rbegin(), controls_.rend(), same);
  if (again != controls_.rend()) {
    ++repeat_count_;
    return again->answer;
  }
  mismatch("replay.other_request");
  return std::nullopt;
}

}  // namespace bianmin::emulator
