// Whether a headset is plugged in, whoever can tell: the pad, or the sound card's own jack.
#pragma once

#include <functional>

namespace bianmin::pad {

// Thread-bound to the event loop. Implementations: HidKeyPad.
class HeadsetJack {
 public:
  virtual ~HeadsetJack() = default;
  // False also while nobody can tell: what is said in a headset alone must not come out of the loudspeaker.
  virtual bool headset_in() const = 0;  // never blocks
  // `changed` runs on the loop at each change. One watcher; null: none any more.
  virtual void watch_headset(std::function<void(bool in)> changed) = 0;
};

}  // namespace bianmin::pad
