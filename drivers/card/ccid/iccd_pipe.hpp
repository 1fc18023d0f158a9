// The way of CCID messages to a token: reader and card in one, which has no bulk endpoints and takes class
// requests on the control pipe (USB ICCD Rev 1.0, versions A and B).
#pragma once

#include <memory>

#include "drivers/card/ccid/ccid_link.hpp"

namespace bianmin::card {

// Null: the channel's interface is none of a token. `channel` and `timings` are lent. Powering, transfers and
// the status become requests; other commands, which mean nothing to a token, are answered as not supported
// without asking it. Of slot 0 alone.
//
// A token cannot be told to abort: what is called off ends with its power, after which it is mute until it is
// powered on again.
std::unique_ptr<CcidPipe> make_iccd_pipe(usb::Channel& channel, std::size_t message_byte_max,
                                         const CcidTimings& timings);

}  // namespace bianmin::card
