// What every page needs besides its own view.
#pragma once

#include <functional>
#include <string>

#include "ui/kit/metrics.hpp"
#include "ui/kit/node.hpp"
#include "ui/kit/theme.hpp"
#include "ui/strings/strings.hpp"

namespace bianmin::ui {

// The bar at the bottom of every page.
enum class HelperIntent { back, text_size, contrast, language, help };

// Pages copy what they keep: the context may go as soon as the page is made.
struct PageContext {
  const Strings& strings;
  Theme theme;
  Metrics metrics;  // canvas, ppi and the text size chosen
  std::string site_name = {};
  std::string clock_text = {};  // "9:42"
  bool online = false;
  bool headset_in = false;  // told in the bar on top
  bool can_go_back = true;  // false greys the helper
  std::function<void(HelperIntent)> helper = {};
};

// How a remark is meant. Shown by picture and words, never by colour alone.
enum class Level { good, note, stop };

// One line of an answers card.
struct Row {
  std::string label = {};
  std::string value = {};
  bool can_change = false;
  bool sentence =
      false;  // the value is to be read rather than compared: below its label, as wide as the card
};

// One station on the way of a case.
struct StateMark {
  std::string label = {};
  bool done = false;
};

}  // namespace bianmin::ui
