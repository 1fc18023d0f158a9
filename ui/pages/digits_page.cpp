#include "ui/pages/digits_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {
namespace {

constexpr double key_height_units = 128;
constexpr double landscape_key_height_units = 140;
constexpr double tight_key_height_units = 100;
constexpr double digit_units = 80;
constexpr double tight_digit_units = 64;
constexpr std::string_view dot = "\u2022";
constexpr std::string_view gap_between_groups = "  ";

std::string grouped(const DigitsView& view) {
  std::string shown;
  std::size_t group_index = 0;
  int left = view.groups.empty() ? -1 : view.groups.front();
  for (const char digit : view.digits) {
    if (left == 0) {
      shown += gap_between_groups;
      ++group_index;
      left = group_index < view.groups.size() ? view.groups[group_index] : -1;
    }
    if (view.masked) {
      shown += dot;
    } else {
      shown += digit;
    }
    --left;
  }
  return shown;
}

NodePtr display(const DigitsView& view, const PageContext& context) {
  NodePtr box = panel(context);
  box->id = "display";
  box->role = Role::status;
  box->style.border = view.error.empty() ? context.theme.primary : context.theme.stop;
  const bool empty = view.digits.empty();
  NodePtr words = text_node(context, Role::text, empty ? context.strings.text("digits.empty") : grouped(view),
                            {.units = hint_units,
                             .bold = !empty,
                             .ink = empty ? context.theme.soft_ink : context.theme.ink,
                             .align = Align::center});
  if (!empty) words->style.text_px = context.metrics.units(80);  // large already: the same at every text size
  words->style.min_height = context.metrics.units(116);
  box->name = words->name;
  add(*box, std::move(words));
  return box;
}

class Keypad {
 public:
  Keypad(const DigitsView& view, const PageContext& context, const std::function<void(DigitsIntent)>& intent)
      : digits_(view.digits),
        digit_count_max_(view.digit_count_max),
        context_(context),
        intent_(std::move(intent)) {}

  NodePtr make(bool with_x) {
    NodePtr grid = group(Axis::column, context_.metrics.units(18));
    grid->style.columns = 3;
    for (char digit = '1'; digit <= '9'; ++digit) add(*grid, digit_key(digit));
    add(*grid, with_x ? digit_key('X') : clear_key());
    add(*grid, digit_key('0'));
    add(*grid, delete_key());
    return grid;
  }

 private:
  NodePtr key(const std::string& id, const std::string& label, const std::string& icon, bool enabled,
              std::string digits_after) {
    NodePtr made =
        button(context_, id, label, {.kind = ButtonKind::outline, .icon_before = icon, .enabled = enabled},
               [act = intent_, after = std::move(digits_after)] {
                 act({DigitsIntent::Kind::changed, after});
               });
    made->style.min_height = context_.metrics.units(key_units());
    made->style.padding_x = made->style.padding_y = 0;
    return made;
  }

  double key_units() const {
    if (context_.metrics.tight()) return tight_key_height_units;
    return context_.metrics.landscape() ? landscape_key_height_units : key_height_units;
  }

  NodePtr digit_key(char digit) {
    const bool room = digits_.size() < digit_count_max_;
    NodePtr made = key(std::string("key.") + digit, std::string(1, digit), "", room, digits_ + digit);
    made->children.front()->style.text_px =
        context_.metrics.units(context_.metrics.tight() ? tight_digit_units : digit_units);
    return made;
  }
  NodePtr clear_key() { return word_key("key.clear", "digits.clear", "x", ""); }
  NodePtr delete_key() {
    return word_key("key.delete", "digits.delete", "backspace",
                    digits_.substr(0, digits_.size() - !digits_.empty()));
  }
  NodePtr word_key(const std::string& id, std::string_view text_key, const std::string& icon,
                   std::string after) {
    NodePtr made = key(id, context_.strings.text(text_key), icon, !digits_.empty(), std::move(after));
    made->style.gap = context_.metrics.units(12);
    // The keys stand in three columns whatever the text size: their words keep to the width.
    made->children.back()->style.text_px = context_.metrics.units(body_units + 4);
    return made;
  }

  const std::string& digits_;
  std::size_t digit_count_max_;
  const PageContext& context_;
  std::function<void(DigitsIntent)> intent_;
};

}  // namespace

NodePtr digits_page(const DigitsView& view, const PageContext& context,
                    const std::function<void(DigitsIntent)>& intent) {
  NodePtr head = headline(context, {.service_title = view.service_title,
                                    .step = view.step,
                                    .steps = view.steps,
                                    .title = view.title,
                                    .hint = view.error.empty() ? view.hint : ""});
  NodePtr body = Keypad(view, context, intent).make(view.with_x);
  NodePtr actions = group(Axis::row, context.metrics.units(22));
  const auto act = [&](DigitsIntent::Kind kind) {
    return [intent, kind, kept = view.digits] { intent({kind, kept}); };
  };
  if (view.can_skip) {
    Node& skip = add(*actions, button(context, "skip", context.strings.text("digits.skip"),
                                      {.kind = ButtonKind::outline}, act(DigitsIntent::Kind::skip)));
    skip.style.grow = 1;
  }
  Node& next = add(*actions, button(context, "next", context.strings.text("digits.next"),
                                    {.icon_after = "arrow-right", .enabled = view.can_next},
                                    act(DigitsIntent::Kind::next)));
  next.style.grow = 1;
  const std::string id = "digits." + std::to_string(view.step);
  if (context.metrics.landscape()) {
    NodePtr low = group(Axis::column, context.metrics.units(22));
    if (!view.error.empty()) add(*low, remark(context, Level::stop, view.error));
    add(*low, display(view, context));
    add(*low, std::move(actions));
    return reading_page(context, id, std::move(head), std::move(body), std::move(low));
  }
  NodePtr low = group(Axis::column, context.metrics.units(26));
  if (!view.error.empty()) add(*low, remark(context, Level::stop, view.error));
  add(*low, display(view, context));
  add(*low, std::move(body));
  return choices_page(context, id, {std::move(head), std::move(low), std::move(actions)});
}

}  // namespace bianmin::ui
