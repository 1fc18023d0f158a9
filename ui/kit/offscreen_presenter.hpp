// No display: remembers what would have been shown. For tests, screenshots and terminals without a screen.
#pragma once

#include "ui/kit/presenter.hpp"

namespace bianmin::ui {

class OffscreenPresenter : public Presenter {
 public:
  void present(const Canvas&, const std::vector<Rect>& damage) override {
    ++present_count_;
    last_damage_ = damage;
  }
  int present_count() const { return present_count_; }
  const std::vector<Rect>& last_damage() const { return last_damage_; }

 private:
  int present_count_ = 0;
  std::vector<Rect> last_damage_;
};

}  // namespace bianmin::ui
