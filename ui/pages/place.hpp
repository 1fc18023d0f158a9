// Pages that ask to put something somewhere: a picture of it, and what to do when that does not work.
#pragma once

#include <string>

#include "ui/pages/frame.hpp"

namespace bianmin::ui {

struct PlacePage {
  std::string id = {};
  Headline headline = {};
  std::string icon = {};          // what to put
  std::string picture_name = {};  // said instead of the picture
  std::string note = {};          // empty: none
  Level level = Level::note;      // of the note
  bool shows_where = true;        // the arrow to the place
  bool busy = false;
  std::string action_label = {};  // empty: no button
  std::function<void()> act = {};
};

NodePtr place_page(const PageContext& context, const PlacePage& page);

}  // namespace bianmin::ui
