#include "drivers/scanner/torn_code.hpp"

#include <chrono>

namespace bianmin::scanner {

Result<void> TornCode::drop_rest(usb::Channel& channel, const usb::EndpointInfo& endpoint, int quiet_ms,
                                 const std::stop_token& stop) {
  constexpr auto rest_max = std::chrono::milliseconds(3'000);
  const auto end = std::chrono::steady_clock::now() + rest_max;
  while (torn_) {
    const auto part = channel.read(endpoint.address, endpoint.packet_byte_max, quiet_ms, stop);
    if (!part && part.error().code != "usb.timeout") return part.error();
    torn_ = part.ok() && std::chrono::steady_clock::now() < end;
  }
  return {};
}

}  // namespace bianmin::scanner
