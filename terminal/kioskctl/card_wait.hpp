// Waits for a card on whatever readers there are, and reads the first one that comes.
#pragma once

#include <functional>

#include "drivers/card/id_card_reader.hpp"
#include "drivers/card/smart_card_reader.hpp"
#include "terminal/base/event_loop.hpp"
#include "terminal/kioskctl/card_report.hpp"

namespace bianmin::kioskctl {

struct CardReaders {  // borrowed; null: this kind is not wired
  card::IdCardReader* id_cards = nullptr;
  card::SmartCardReader* smart_cards = nullptr;
};

struct CardWait {
  std::int64_t timeout_ms = 60'000;
  const seal::TrustList* trusted = nullptr;
  std::int64_t utc_ms = 0;
  std::function<void(const std::string&)> progress;  // a line at a time, without personal data
};

// Turns `loop` until a card was read or could not be, or the time is over ("card.timeout"). Whatever was
// asked of the readers is cancelled when it returns; they have to be gone before what `wait` borrows is.
Result<CardReport> wait_for_card(EventLoop& loop, CardReaders readers, const CardWait& wait);

}  // namespace bianmin::kioskctl
