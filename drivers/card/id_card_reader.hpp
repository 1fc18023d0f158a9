#pragma once

#include <functional>
#include <string>
#include <utility>

#include "drivers/card/card_presence.hpp"
#include "drivers/card/id_card.hpp"
#include "drivers/device.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::card {

// What to read besides text and photo.
struct IdCardRequest {
  bool fingerprints = false;
  bool further_address = false;
};

// What a reader says about itself. No personal data.
struct IdCardModule {
  std::string driver;                 // "sdt"
  std::string id;                     // of the security module, as printed on it
  std::string_view status = "ready";  // "ready", or the code of what is wrong with it
};

// Thread-bound to the event loop. Implementations: UsbIdCardReader.
class IdCardReader : public Device {
 public:
  // Waits for a card and reads it. `done` runs exactly once, on the loop: with the card, or with an error
  // about the card (to ask the resident), or "card.cancelled". A reader that is absent or recovering ends
  // nothing: the wait goes on when it is back, and state() tells. One read at a time: a second call before
  // `done` gets "card.busy".
  // Errors about the card: "card.removed"; "card.not_selected", "card.unreadable", "card.no_random",
  // "card.no_content", "card.unknown_status" (put it down again); "card.module_not_trusted",
  // "card.not_authenticated", "card.not_verified" (it may be no genuine card); "card.not_accepted" (a kind
  // that is never read); "card.bad_number" (what is on it contradicts itself).
  virtual void read(IdCardRequest request, std::function<void(Result<IdCard>)> done) = 0;
  void read(std::function<void(Result<IdCard>)> done) { read({}, std::move(done)); }
  virtual void cancel() = 0;  // no read under way: nothing happens

  // `seen` runs on the loop when the reader first finds the card that read() is about to read: "hold it
  // still".
  virtual void watch_card_seen(std::function<void()> seen) = 0;

  // While there is a watcher, the reader is asked now and then whether a card lies on it, also between reads.
  // One watcher, on the loop; null ends the looking.
  virtual void watch_presence(std::function<void(CardPresence)> changed) = 0;
  virtual CardPresence presence() const = 0;  // as last seen
};

}  // namespace bianmin::card
