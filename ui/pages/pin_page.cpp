#include "ui/pages/pin_page.hpp"

#include "ui/pages/keypad.hpp"
#include "ui/pages/place.hpp"

namespace bianmin::ui {
namespace {

constexpr double dot_units = 52;  // the longest PIN in one line

struct Remark {
  std::string text = {};  // empty: none
  Level level = Level::note;
};

// What went wrong, and how often it may still go wrong: one sentence a line.
Remark pin_remark(const PageContext& context, const std::string& problem, int tries_left) {
  Remark made{problem, problem.empty() ? Level::note : Level::stop};
  if (tries_left >= pin_tries_all) return made;
  const bool last = tries_left <= 1;
  if (last) made.level = Level::stop;
  if (!made.text.empty()) made.text += '\n';
  made.text += last ? context.strings.text("pin.last_try")
                    : context.strings.text("pin.tries", {{"n", std::to_string(tries_left)}});
  return made;
}

NodePtr dots(const PinView& view, const PageContext& context) {
  EntryField field{.shown_units = dot_units, .wrong = !view.problem_text.empty()};
  for (std::size_t i = 0; i < view.digit_count; ++i) field.shown += hidden_digit;
  if (view.digit_count > 0)
    field.spoken = context.strings.text("pin.count", {{"n", std::to_string(view.digit_count)}});
  return entry_field(context, field);
}

NodePtr keys(const PinView& view, const PageContext& context, const std::function<void(PinIntent)>& intent) {
  const KeypadLook look{
      .has_room = view.digit_count < view.digit_count_max, .empty = view.digit_count == 0, .secret = true};
  return keypad(context, look, [intent](KeyPress press) {
    switch (press.kind) {
      case KeyPress::Kind::character:
        return intent({PinIntent::Kind::digit, press.character});
      case KeyPress::Kind::erase:
        return intent({PinIntent::Kind::erase});
      case KeyPress::Kind::clear:
        return intent({PinIntent::Kind::clear});
    }
  });
}

NodePtr ways_on(const PinView& view, const PageContext& context,
                const std::function<void(PinIntent)>& intent) {
  const bool signs = view.use == PinUse::sign;
  NodePtr actions = group(Axis::row, context.metrics.units(22));
  Node& cancel =
      add(*actions, button(context, "cancel", context.strings.text(signs ? "pin.sign.cancel" : "pin.cancel"),
                           {.kind = ButtonKind::outline}, [intent] { intent({PinIntent::Kind::cancel}); }));
  Node& done =
      add(*actions, button(context, "done", context.strings.text(signs ? "pin.sign.done" : "pin.done"),
                           {.icon_before = "check", .enabled = view.digit_count >= view.digit_count_min},
                           [intent] { intent({PinIntent::Kind::done}); }));
  cancel.style.grow = done.style.grow = 1;
  return actions;
}

}  // namespace

NodePtr pin_page(const PinView& view, const PageContext& context,
                 const std::function<void(PinIntent)>& intent) {
  const Strings& strings = context.strings;
  const bool signs = view.use == PinUse::sign;
  const Remark note = pin_remark(context, view.problem_text, view.tries_left);
  Headline words{.service_title = view.service_title, .step = view.step, .steps = view.steps};
  words.title = strings.text(signs ? "pin.sign.title" : "pin.sign_in.title");
  if (note.text.empty()) {
    words.hint = strings.text(
        signs ? "pin.sign.hint" : "pin.sign_in.hint",
        {{"least", std::to_string(view.digit_count_min)}, {"most", std::to_string(view.digit_count_max)}});
  }
  NodePtr head = headline(context, words);
  const bool landscape = context.metrics.landscape();
  NodePtr low = group(Axis::column, context.metrics.units(landscape ? 18 : 26));
  if (!note.text.empty()) add(*low, remark(context, note.level, note.text));
  add(*low, dots(view, context));
  const std::string id = signs ? "pin-sign" : "pin-sign-in";
  if (landscape) {
    add(*low, ways_on(view, context, intent));
    return reading_page(context, id, std::move(head), keys(view, context, intent), std::move(low));
  }
  add(*low, keys(view, context, intent));
  return choices_page(context, id, {std::move(head), std::move(low), ways_on(view, context, intent)});
}

NodePtr reader_pin_page(const ReaderPinView& view, const PageContext& context,
                        const std::function<void(ReaderPinIntent)>& intent) {
  const Strings& strings = context.strings;
  const bool signs = view.use == PinUse::sign;
  PlacePage page{.id = signs ? "reader-pin-sign" : "reader-pin-sign-in",
                 .headline = {.service_title = view.service_title, .step = view.step, .steps = view.steps},
                 .icon = "calculator",
                 .picture_name = strings.text("pin.reader.picture")};
  page.headline.title = strings.text(signs ? "pin.reader.sign.title" : "pin.reader.sign_in.title");
  if (view.entering) page.headline.hint = strings.text("pin.reader.hint");
  const Remark note = pin_remark(context, view.problem_text, view.tries_left);
  page.note = note.text.empty() ? strings.text("pin.reader.note") : note.text;
  page.level = note.level;
  if (!view.entering) {
    page.action_label = strings.text("pin.reader.begin");
    page.act = [intent] { intent(ReaderPinIntent::begin); };
  }
  return place_page(context, page);
}

}  // namespace bianmin::ui
