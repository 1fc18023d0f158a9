// What is said to a person of the slip: only what the printer and the ledger know.
#pragma once

#include <string>

#include "drivers/device_state.hpp"
#include "terminal/session/slip_job.hpp"
#include "ui/pages/page_context.hpp"
#include "ui/strings/device_words.hpp"

namespace bianmin::session {

struct SlipWords {
  std::string text;  // empty: nothing is to be said
  ui::Level level = ui::Level::note;
  bool can_reprint = false;  // a marked duplicate is offered
};

// `printer` is its state now: while the slip waits for it, that is what is said.
SlipWords slip_words(SlipJob::Phase phase, const DeviceState& printer, const ui::Strings& strings,
                     const ui::DeviceWords& device_words);

}  // namespace bianmin::session
