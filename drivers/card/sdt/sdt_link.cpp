#include "drivers/card/sdt/sdt_link.hpp"

#include <algorithm>
#include <chrono>

#include "terminal/base/secret.hpp"

namespace bianmin::card {

namespace {

constexpr std::size_t drain_byte_max =
    64 * 1'024;  // a device that never stops talking is not drained for ever
constexpr int empty_packets_max = 8;

class Deadline {
 public:
  explicit Deadline(int timeout_ms) : until_(Steady::now() + std::chrono::milliseconds(timeout_ms)) {}
  int left_ms() const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until_ - Steady::now()).count();
    return static_cast<int>(std::max<std::int64_t>(left, 0));
  }

 private:
  using Steady = std::chrono::steady_clock;
  Steady::time_point until_;
};

}  // namespace

std::optional<SdtEndpoints> sdt_endpoints(const usb::InterfaceInfo& interface) {
  std::vector<const usb::EndpointInfo*> in;
  std::vector<const usb::EndpointInfo*> out;
  for (const usb::EndpointInfo& endpoint : interface.endpoints) {
    const bool usable =
        endpoint.kind == usb::EndpointKind::bulk || endpoint.kind == usb::EndpointKind::interrupt;
    if (usable && endpoint.packet_byte_max > 0) (endpoint.is_in() ? in : out).push_back(&endpoint);
  }
  if (in.empty() || out.empty()) return std::nullopt;
  const auto by_address = [](const auto* a, const auto* b) { return a->address < b->address; };
  std::sort(in.begin(), in.end(), by_address);
  std::sort(out.begin(), out.end(), by_address);
  const bool split = in.size() >= 2 && out.size() >= 2;
  SdtEndpoints found;
  found.header_out = out[0]->address;
  found.body_out = out[split ? 1 : 0]->address;
  found.header_in = in[0]->address;
  found.body_in = in[split ? 1 : 0]->address;
  found.packet_byte_count = in[split ? 1 : 0]->packet_byte_max;
  return found;
}

std::size_t SdtLink::whole_packets(std::size_t byte_count) const {
  const std::size_t packet = endpoints_.packet_byte_count;
  return std::max<std::size_t>((byte_count + packet - 1) / packet, 1) * packet;
}

Result<SdtReply> SdtLink::exchange(SdtCommand command, int timeout_ms, std::stop_token stop) {
  const Deadline deadline(timeout_ms);
  if (auto sent = send(encode_sdt(command), timeout_ms, stop); !sent) return sent.error();
  return receive(deadline.left_ms(), stop);
}

Result<void> SdtLink::send(ByteView frame, int timeout_ms, std::stop_token stop) {
  const Deadline deadline(timeout_ms);
  const auto write = [&](std::uint8_t endpoint, ByteView part) -> Result<void> {
    while (!part.empty()) {
      const auto written = channel_.write(endpoint, part, deadline.left_ms(), stop);
      if (!written) return written.error();
      part = part.subspan(*written);
    }
    return {};
  };
  if (!endpoints_.split()) return write(endpoints_.header_out, frame);
  if (auto header = write(endpoints_.header_out, frame.first(sdt_header_byte_count)); !header)
    return header.error();
  return write(endpoints_.body_out, frame.subspan(sdt_header_byte_count));
}

Result<SdtReply> SdtLink::receive(int timeout_ms, std::stop_token stop) {
  const Deadline deadline(timeout_ms);
  SdtDecoder decoder;
  int empty_packets = 0;
  std::size_t noise = 0;
  while (!decoder.ended()) {
    const bool in_header = decoder.state() < SdtDecoder::State::body;
    const std::uint8_t endpoint = in_header ? endpoints_.header_in : endpoints_.body_in;
    const std::size_t byte_max = in_header ? endpoints_.packet_byte_count : whole_packets(decoder.missing());
    auto piece = channel_.read(endpoint, byte_max, deadline.left_ms(), stop);
    if (!piece) return piece.error();
    const std::size_t taken = decoder.push(*piece);
    const bool too_much = taken < piece->size();
    noise += in_header && decoder.state() == SdtDecoder::State::preamble ? taken : 0;
    wipe(piece->data(), piece->size());
    if (too_much || noise > sdt_frame_byte_max || (piece->empty() && ++empty_packets > empty_packets_max)) {
      return Error{Remedy::retry_later, "reader.bad_frame", "the answer is no frame"};
    }
  }
  if (decoder.state() != SdtDecoder::State::complete) {
    return Error{Remedy::retry_later, "reader.bad_frame", "length or checksum of the answer is wrong"};
  }
  return decoder.take();
}

void SdtLink::drain(int quiet_ms, std::stop_token stop) {
  std::size_t drained = 0;
  const auto drain_one = [&](std::uint8_t endpoint) {
    while (drained < drain_byte_max) {
      auto stale = channel_.read(endpoint, whole_packets(sdt_frame_byte_max), quiet_ms, stop);
      if (!stale || stale->empty()) return;
      drained += stale->size();
      wipe(stale->data(), stale->size());
    }
  };
  drain_one(endpoints_.header_in);
  if (endpoints_.split()) drain_one(endpoints_.body_in);
}

}  // namespace bianmin::card
