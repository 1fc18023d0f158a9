#pragma once

#include <functional>
#include <stop_token>

#include "drivers/card/card_presence.hpp"
#include "drivers/card/smart_card.hpp"
#include "drivers/device.hpp"

namespace bianmin::card {

// Thread-bound to the event loop. Implementations: CcidReader.
class SmartCardReader : public Device {
 public:
  // Runs on the device's thread with a powered card and returns what went wrong, if anything. It may block
  // only in SmartCard's calls. What it reads it hands on by the variables it captures; those must be safe to
  // use from the loop once `done` has run, and not before.
  using Job = std::function<Result<void>(SmartCard&, std::stop_token)>;

  virtual CardPresence presence() const = 0;                                   // in any slot; as last seen
  virtual void watch_presence(std::function<void(CardPresence)> changed) = 0;  // on the loop; one watcher

  // Waits for a card in any slot, powers it, runs `job`, powers it off. `done` runs exactly once, on the
  // loop, with the job's own result or with "card.mute" | "card.unsupported" (ask the resident),
  // "card.cancelled". A reader that is absent or recovering ends nothing: the wait goes on when it is back. A
  // job during which the device fails ends with that error, and is not run again. One at a time: "card.busy".
  virtual void use(Job job, std::function<void(Result<void>)> done) = 0;
  virtual void cancel() = 0;  // stops a wait or a job; nothing under way: nothing happens
};

}  // namespace bianmin::card
