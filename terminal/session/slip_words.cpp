#include "terminal/session/slip_words.hpp"

namespace bianmin::session {

SlipWords slip_words(SlipJob::Phase phase, const DeviceState& printer, const ui::Strings& strings,
                     const ui::DeviceWords& device_words) {
  switch (phase) {
    case SlipJob::Phase::idle:
      break;
    case SlipJob::Phase::printing:
      if (printer.usable()) return {strings.text("session.slip.printing")};
      return {device_words.sentence("receipt-printer", printer.code, ui::Listener::resident)};
    case SlipJob::Phase::printed:
      return {strings.text("session.slip.printed"), ui::Level::good};
    case SlipJob::Phase::doubtful:
      return {strings.text("session.slip.doubtful"), ui::Level::note, true};
    case SlipJob::Phase::failed:
      return {strings.text("session.slip.failed"), ui::Level::note, true};
  }
  return {};
}

}  // namespace bianmin::session
