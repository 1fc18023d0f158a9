// The lights that show a person where to put a card, take a slip, hold a code.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "drivers/device.hpp"

namespace bianmin::cabinet {

enum class LightPlace { card_reader, slip_printer, page_printer, scanner, pad };

inline constexpr std::array all_light_places = {LightPlace::card_reader, LightPlace::slip_printer,
                                                LightPlace::page_printer, LightPlace::scanner,
                                                LightPlace::pad};

std::string_view place_name(LightPlace place);  // "card", "slip", "page", "scan", "pad": the site's words
std::optional<LightPlace> place_from_name(std::string_view name);

enum class Light { off, on, blink };

// Once a second: never near the three flashes a second that can bring on a seizure (accessibility checklist
// 14; EN 301 549, WCAG 2.3.1).
inline constexpr int blink_half_period_ms = 500;
static_assert(2 * blink_half_period_ms > 1'000 / 3);

// Thread-bound to the event loop. Implementations: LampArrayLights.
class GuideLights : public Device {
 public:
  // Stays so until it is set again, also while the device is away. A place without a light: nothing happens.
  virtual void set(LightPlace place, Light light) = 0;
};

}  // namespace bianmin::cabinet
