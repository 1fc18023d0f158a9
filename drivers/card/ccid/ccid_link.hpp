// The way of CCID messages to a reader and back, over its bulk endpoints: numbers, time extensions, aborts.
#pragma once

#include <optional>

#include "drivers/card/ccid/ccid_descriptor.hpp"
#include "drivers/card/ccid/ccid_message.hpp"
#include "drivers/card/ccid/ccid_quirks.hpp"
#include "drivers/usb/channel.hpp"

namespace bianmin::card {

struct CcidTimings {
  int command_timeout_ms = 3'000;  // for an answer, or for a request for more time
  int exchange_limit_ms = 30'000;  // of one command to the card, everything that it asks for included
  int abort_timeout_ms = 1'000;    // each step of an abort
  int waiting_poll_ms = 250;       // between two looks for a card while somebody waits for one
  int idle_poll_ms = 500;          // and while nobody does, for readers that do not tell by themselves
  int reconcile_ms = 2'000;        // and for readers that do: what they tell may get lost
  int quiet_ms = 5;                // nothing more to come when nothing came for so long
  int busy_pause_ms = 50;          // before a slot that is busy is asked again
  int token_poll_ms = 10;          // before a token that is busy, and does not say for how long
};

// How long one exchange may take.
struct CcidPatience {
  int answer_ms = 0;  // for the answer; times its multiplier when it asks for more time
  int limit_ms = 0;   // in all
};

// What carries a message to the reader and its answer back: bulk endpoints (CcidLink) or the control pipe
// (iccd_pipe.hpp).
// Thread-bound to the device's thread.
class CcidPipe {
 public:
  virtual ~CcidPipe() = default;
  // One command and its one answer, which may say that it failed. Blocks within `patience`, and two abort
  // timeouts more when that is over or `stop` is requested: the command is called off then and both sides
  // agree on where they are. Errors: "card.mute" (time over, called off), "card.cancelled" (stopped, called
  // off); "usb.*" and "reader.*": the device has to be recovered.
  virtual Result<CcidAnswer> exchange(CcidMessage message, CcidPatience patience, std::stop_token stop) = 0;
};

struct CcidEndpoints {
  std::uint8_t out = 0;
  std::uint8_t in = 0;
  std::size_t in_packet_byte_count = 64;
  std::uint8_t interrupt = 0;  // 0: none
  std::size_t interrupt_packet_byte_count = 0;
};

// The first bulk pair, and the first interrupt IN endpoint. Empty: no pair although the interface's protocol
// is 0, messages on bulk endpoints. Pure.
std::optional<CcidEndpoints> ccid_endpoints(const usb::InterfaceInfo& interface);

class CcidLink : public CcidPipe {
 public:
  // `channel` and `sequence` (the last number used; it outlives the link so that answers of before are known
  // as such) are lent. `message_byte_max` as the descriptor has it.
  CcidLink(usb::Channel& channel, CcidEndpoints endpoints, std::size_t message_byte_max,
           const CcidQuirks& quirks, const CcidTimings& timings, std::uint8_t& sequence);

  Result<CcidAnswer> exchange(CcidMessage message, CcidPatience patience, std::stop_token stop) override;
  void drain(std::stop_token stop);  // throws away what an earlier user left behind

 private:
  struct Wait;
  Result<CcidAnswer> exchange_once(CcidMessage& message, CcidPatience patience, std::stop_token stop);
  Result<void> send(const CcidMessage& message, int timeout_ms, std::stop_token stop);
  Result<CcidAnswer> receive(int timeout_ms, std::stop_token stop);
  Result<CcidAnswer> decode(ByteView message, std::size_t byte_count) const;
  Result<CcidAnswer> give_up(std::uint8_t slot, const Error& why, int strangers);
  Result<void> abort(std::uint8_t slot);
  std::size_t whole_packets(std::size_t byte_count) const;

  usb::Channel& channel_;
  CcidEndpoints endpoints_;
  std::size_t message_byte_max_;
  CcidQuirks quirks_;
  CcidTimings timings_;
  std::uint8_t& sequence_;
};

}  // namespace bianmin::card
