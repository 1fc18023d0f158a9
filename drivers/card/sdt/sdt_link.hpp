// Commands and replies of a security module over one USB channel.
#pragma once

#include <optional>
#include <stop_token>

#include "drivers/card/sdt/sdt_frame.hpp"
#include "drivers/usb/channel.hpp"

namespace bianmin::card {

// How frames travel. Family A, a bare module: the header on the first pair of endpoints and the body on the
// second. Family B, a finished reader: whole frames on one pair. Told apart by what the interface has.
struct SdtEndpoints {
  std::uint8_t header_out = 0;
  std::uint8_t body_out = 0;  // the same as header_out in family B
  std::uint8_t header_in = 0;
  std::uint8_t body_in = 0;
  std::size_t packet_byte_count = 64;

  bool split() const { return header_out != body_out; }
};
std::optional<SdtEndpoints> sdt_endpoints(const usb::InterfaceInfo& interface);

// Thread-bound, blocking. The protocol numbers nothing: after a failed exchange a late reply may still be
// under way, so whoever goes on after an error calls drain() first.
class SdtLink {
 public:
  SdtLink(usb::Channel& channel, SdtEndpoints endpoints) : channel_(channel), endpoints_(endpoints) {}

  // Errors "usb.*"; "reader.bad_frame": the answer was no frame or its checksum is wrong; "reader.timeout": a
  // frame began and never ended. `timeout_ms` is for all of it.
  Result<SdtReply> exchange(SdtCommand command, int timeout_ms, std::stop_token stop);
  void drain(int quiet_ms, std::stop_token stop);  // reads until nothing comes for `quiet_ms`

 private:
  Result<void> send(ByteView frame, int timeout_ms, std::stop_token stop);
  Result<SdtReply> receive(int timeout_ms, std::stop_token stop);
  std::size_t whole_packets(std::size_t byte_count) const;

  usb::Channel& channel_;
  SdtEndpoints endpoints_;
};

}  // namespace bianmin::card
