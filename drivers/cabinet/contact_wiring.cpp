#include "drivers/cabinet/contact_wiring.hpp"

#include "terminal/base/config.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::cabinet {

Result<ContactWiring> parse_contact_wiring(std::string_view text) {
  ContactWiring wiring;
  for (const std::string_view word : split(text, ' ')) {
    if (word.empty()) continue;
    const Error bad{Remedy::refuse, "contacts.bad_wiring", std::string(word)};
    const std::size_t equals = word.find('=');
    const std::size_t colon = word.find(':');
    if (equals == std::string_view::npos || colon == std::string_view::npos || colon < equals) return bad;
    const std::string_view name = word.substr(0, equals);
    const std::string_view kind = word.substr(colon + 1);
    const auto pin = parse_number(word.substr(equals + 1, colon - equals - 1), 0, mcp2221::pin_count - 1);
    if (!pin || (kind != "nc" && kind != "no") || (name != "door" && name != "tamper")) return bad;
    std::optional<ContactWiring::Contact>& contact = name == "door" ? wiring.door : wiring.tamper;
    if (contact) return bad;
    contact = {static_cast<std::size_t>(*pin), kind == "nc"};
  }
  if (wiring.door && wiring.tamper && wiring.door->pin == wiring.tamper->pin)
    return Error{Remedy::refuse, "contacts.bad_wiring", "two contacts on one pin"};
  return wiring;
}

std::optional<ContactState> ContactReadings::take(const std::array<mcp2221::Pin, mcp2221::pin_count>& pins) {
  bool readable = true;
  const auto alarm = [&](const std::optional<ContactWiring::Contact>& contact) {
    if (!contact) return false;
    const mcp2221::Pin& pin = pins.at(contact->pin);
    readable = readable && pin.readable;
    return pin.high == contact->normally_closed;
  };
  const ContactState now{alarm(wiring_.door), alarm(wiring_.tamper)};
  if (!readable) return std::nullopt;
  if (last_ == now) believed_ = now;
  last_ = now;
  return believed_;
}

}  // namespace bianmin::cabinet
