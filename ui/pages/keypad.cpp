#include "ui/pages/keypad.hpp"

#include "ui/pages/widgets.hpp"

namespace bianmin::ui {
namespace {

constexpr double key_height_units = 128;
constexpr double landscape_key_height_units = 140;
constexpr double tight_key_height_units = 100;
constexpr double digit_units = 80;
constexpr double tight_digit_units = 64;
constexpr double field_height_units = 116;

class Keypad {
 public:
  Keypad(const PageContext& context, const KeypadLook& look, const std::function<void(KeyPress)>& press)
      : context_(context), look_(look), press_(press) {}

  NodePtr make() {
    NodePtr grid = group(Axis::column, context_.metrics.units(18));
    grid->style.columns = 3;
    for (char digit = '1'; digit <= '9'; ++digit) add(*grid, character_key(digit));
    add(*grid, look_.with_x ? character_key('X') : word_key("key.clear", KeyPress::Kind::clear));
    add(*grid, character_key('0'));
    add(*grid, word_key("key.delete", KeyPress::Kind::erase));
    return grid;
  }

 private:
  NodePtr key(const std::string& id, const std::string& label, const std::string& icon, bool enabled,
              KeyPress pressed) {
    NodePtr made =
        button(context_, id, label, {.kind = ButtonKind::outline, .icon_before = icon, .enabled = enabled},
               [act = press_, pressed] { act(pressed); });
    made->style.min_height = context_.metrics.units(key_units());
    made->style.padding_x = made->style.padding_y = 0;
    return made;
  }

  double key_units() const {
    if (context_.metrics.tight()) return tight_key_height_units;
    return context_.metrics.landscape() ? landscape_key_height_units : key_height_units;
  }

  NodePtr character_key(char character) {
    NodePtr made = key(std::string("key.") + character, std::string(1, character), "", look_.has_room,
                       {KeyPress::Kind::character, character});
    made->children.front()->style.text_px =
        context_.metrics.units(context_.metrics.tight() ? tight_digit_units : digit_units);
    made->headset_only = look_.secret;
    return made;
  }

  NodePtr word_key(const std::string& id, KeyPress::Kind kind) {
    const bool clears = kind == KeyPress::Kind::clear;
    NodePtr made = key(id, context_.strings.text(clears ? "digits.clear" : "digits.delete"),
                       clears ? "x" : "backspace", !look_.empty, {kind, 0});
    made->style.gap = context_.metrics.units(12);
    // The keys stand in three columns whatever the text size: their words keep to the width.
    made->children.back()->style.text_px = context_.metrics.units(body_units + 4);
    return made;
  }

  const PageContext& context_;
  const KeypadLook& look_;
  const std::function<void(KeyPress)>& press_;
};

}  // namespace

NodePtr keypad(const PageContext& context, const KeypadLook& look,
               const std::function<void(KeyPress)>& press) {
  return Keypad(context, look, press).make();
}

NodePtr entry_field(const PageContext& context, const EntryField& field) {
  NodePtr box = panel(context);
  box->id = "display";
  box->role = Role::status;
  box->style.border = field.wrong ? context.theme.stop : context.theme.primary;
  const bool empty = field.shown.empty();
  NodePtr words = text_node(context, Role::text, empty ? context.strings.text("digits.empty") : field.shown,
                            {.units = hint_units,
                             .bold = !empty,
                             .ink = empty ? context.theme.soft_ink : context.theme.ink,
                             .align = Align::center});
  if (!empty) words->style.text_px = context.metrics.units(field.shown_units);
  words->style.min_height = context.metrics.units(field_height_units);
  box->name = field.spoken.empty() ? words->name : field.spoken;
  add(*box, std::move(words));
  return box;
}

}  // namespace bianmin::ui
