// One page in view: lays it out, draws what changed, turns touch and keys into activations.
//
// Thread-bound. Nothing is drawn and nothing runs unless show(), an input or redraw() is called.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "terminal/base/clock.hpp"
#include "ui/kit/canvas.hpp"
#include "ui/kit/icons.hpp"
#include "ui/kit/metrics.hpp"
#include "ui/kit/node.hpp"
#include "ui/kit/presenter.hpp"
#include "ui/kit/typesetter.hpp"

namespace bianmin::ui {

// The five keys of the pad; a keyboard's Tab and arrows, Enter, Escape and F1 mean the same.
enum class Key { previous, next, confirm, back, help };

class Screen {
 public:
  // A second press on the same place, or any press on a page that just came, is a trembling hand.
  static constexpr std::int64_t repeat_ms = 500;
  static constexpr double repeat_radius_mm = 20;

  // `presenter` and `clock` are lent for the life of the screen. `icons_folder` holds NAME.svg.
  Screen(Presenter& presenter, const Clock& clock, std::filesystem::path icons_folder, Size size,
         double ppi = default_ppi);

  // Puts `page` in view. Only what differs from the page before is drawn. Focus, a press in progress and
  // turned pages stay when the new page has the id of the old one. May be called from an activation.
  void show(NodePtr page);

  void pointer_down(Point point);
  void pointer_move(Point point);
  void pointer_up(Point point);
  void pointer_cancel();
  void key(Key key);
  // As if pressed, without the repeat filter; the first enabled node with this id, else with this name.
  // False: there is none.
  bool activate(std::string_view id_or_name);

  // Runs at each touch and key, before it acts; for the idle timer.
  void on_input_activity(std::function<void()> notify) { input_activity_ = std::move(notify); }

  void redraw();                      // all of it, e.g. after the window was covered
  std::string semantic_dump() const;  // empty before the first page
  const Node* page() const { return page_.get(); }
  const Node* find(std::string_view id_or_name) const;  // in view; null: there is none
  const Canvas& canvas() const { return canvas_; }
  Size size() const { return canvas_.size(); }
  Typesetter& typesetter() { return typesetter_; }
  // Drops the page, every pixel and every text that was set, and shows black: nothing of the person stays in
  // this object or in view.
  void forget();

 private:
  Node* target_at(Point point);
  Node* find_mutable(std::string_view id_or_name);
  Node* focused();
  std::vector<Node*> focusable();
  void set_pressed(Node* node);
  void move_focus(int step);
  void clear_focus();
  void act(Node& node);
  void turn_page(const Node& node);
  bool is_repeat(Point point) const;
  void carry_over(const Node& old_page, Node& new_page) const;
  void draw(const Damage& damage);
  void notify_activity();

  Presenter& presenter_;
  const Clock& clock_;
  Canvas canvas_;
  Typesetter typesetter_;
  Icons icons_;
  double ppi_;
  NodePtr page_;
  std::string pressed_id_;  // where the pointer went down; empty: nowhere
  bool ignoring_press_ = false;
  bool page_changed_since_act_ = false;
  std::int64_t last_act_ms_;
  Point last_act_point_;
  std::function<void()> input_activity_;
};

}  // namespace bianmin::ui
