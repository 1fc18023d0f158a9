// Finding out what an open reader is.
#pragma once

#include <optional>
#include <stop_token>

#include "drivers/card/ccid/ccid_descriptor.hpp"
#include "drivers/usb/channel.hpp"

namespace bianmin::card {

// What this driver would take: the number of the interface, the first one of several. Pure; for listings.
// Whether the reader is of a usable kind shows only when it is open.
std::optional<int> ccid_reader_interface(const usb::DeviceInfo& device);

// From the device itself, on endpoint 0. Blocks for at most two time limits. Errors: "usb.*",
// "reader.bad_frame", "reader.unsupported" with the reason of assess_ccid() as its detail.
Result<CcidDescriptor> read_ccid_descriptor(usb::Channel& channel, int timeout_ms, std::stop_token stop);

}  // namespace bianmin::card
