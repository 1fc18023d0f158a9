#include "ui/pages/digits_page.hpp"

#include "ui/pages/frame.hpp"
#include "ui/pages/keypad.hpp"
#include "ui/pages/widgets.hpp"

namespace bianmin::ui {
namespace {

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
      shown += hidden_digit;
    } else {
      shown += digit;
    }
    --left;
  }
  return shown;
}

NodePtr keys(const DigitsView& view, const PageContext& context,
             const std::function<void(DigitsIntent)>& intent) {
  const KeypadLook look{.has_room = view.digits.size() < view.digit_count_max,
                        .empty = view.digits.empty(),
                        .with_x = view.with_x};
  return keypad(context, look, [intent, digits = view.digits](KeyPress press) {
    std::string after = press.kind == KeyPress::Kind::clear ? "" : digits;
    if (press.kind == KeyPress::Kind::character) after += press.character;
    if (press.kind == KeyPress::Kind::erase) after.pop_back();
    intent({DigitsIntent::Kind::changed, std::move(after)});
  });
}

NodePtr display(const DigitsView& view, const PageContext& context) {
  return entry_field(context, {.shown = grouped(view), .wrong = !view.error.empty()});
}

}  // namespace

NodePtr digits_page(const DigitsView& view, const PageContext& context,
                    const std::function<void(DigitsIntent)>& intent) {
  NodePtr head = headline(context, {.service_title = view.service_title,
                                    .step = view.step,
                                    .steps = view.steps,
                                    .title = view.title,
                                    .hint = view.error.empty() ? view.hint : ""});
  NodePtr body = keys(view, context, intent);
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
