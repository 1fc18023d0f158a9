// A screen without a display, and one page to press on.
#pragma once

#include <string>
#include <vector>

#include "tests/fakes/fake_clock.hpp"
#include "tests/ui/samples.hpp"
#include "ui/kit/offscreen_presenter.hpp"
#include "ui/kit/screen.hpp"

namespace bianmin::ui {

struct PageFixture {
  explicit PageFixture(Size size = {1080, 1920})
      : strings(sample_strings(SampleLanguage::chinese)),
        context(sample_context(strings, ThemeName::light, {.canvas = size})),
        screen(presenter, clock, "ui/kit/icons", size) {
    context.helper = [this](HelperIntent intent) { helpers.push_back(intent); };
  }

  Point middle_of(std::string_view id_or_name) const {
    const Node* node = screen.find(id_or_name);
    if (node == nullptr) return {-1, -1};
    return {node->bounds.x + node->bounds.width / 2, node->bounds.y + node->bounds.height / 2};
  }

  void tap(Point point) {
    screen.pointer_down(point);
    screen.pointer_up(point);
  }
  void tap(std::string_view id_or_name) { tap(middle_of(id_or_name)); }

  FakeClock clock;
  OffscreenPresenter presenter;
  Strings strings;
  PageContext context;
  std::vector<HelperIntent> helpers;
  Screen screen;
};

}  // namespace bianmin::ui
