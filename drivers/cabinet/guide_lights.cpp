#include "drivers/cabinet/guide_lights.hpp"

namespace bianmin::cabinet {

std::string_view place_name(LightPlace place) {
  switch (place) {
    case LightPlace::card_reader:
      return "card";
    case LightPlace::slip_printer:
      return "slip";
    case LightPlace::page_printer:
      return "page";
    case LightPlace::scanner:
      return "scan";
    case LightPlace::pad:
      break;
  }
  return "pad";
}

std::optional<LightPlace> place_from_name(std::string_view name) {
  for (const LightPlace place : all_light_places) {
    if (place_name(place) == name) return place;
  }
  return std::nullopt;
}

}  // namespace bianmin::cabinet
