// The pages of EidDialog that ask for a PIN.
#include "terminal/session/eid_dialog.hpp"
#include "ui/pages/pin_page.hpp"

namespace bianmin::session {

namespace {

ui::PinUse use_of(card::EidKey key) {
  return key == card::EidKey::signing ? ui::PinUse::sign : ui::PinUse::sign_in;
}

}  // namespace

std::string EidDialog::problem_text(const ui::Strings& strings) const {
  return problem_.empty() ? std::string() : code_text(strings, problem_);
}

void EidDialog::show_pin() {
  showing_ = true;
  frame_.show(
      [this](const ui::PageContext& context) {
        const EidTask::Place place = task_.place();
        const ui::PinView view{.service_title = place.service_title,
                               .step = place.step,
                               .steps = place.steps,
                               .use = use_of(task_.key),
                               .digit_count = pin_.count(),
                               .digit_count_min = card_.rules.digit_count_min,
                               .digit_count_max = std::min(card_.rules.digit_count_max, pin_digit_count_max),
                               .tries_left = card_.pin.tries_left,
                               .problem_text = problem_text(context.strings)};
        return ui::pin_page(view, context, [this](ui::PinIntent intent) { pressed(intent); });
      },
      [this] { give_up(); });
}

void EidDialog::pressed(ui::PinIntent intent) {
  switch (intent.kind) {
    case ui::PinIntent::Kind::digit:
      problem_.clear();
      pin_.add(intent.digit);
      return frame_.refresh();
    case ui::PinIntent::Kind::erase:
      pin_.erase();
      return frame_.refresh();
    case ui::PinIntent::Kind::clear:
      pin_.clear();
      return frame_.refresh();
    case ui::PinIntent::Kind::done:
      return sign();
    case ui::PinIntent::Kind::cancel:
      return give_up();
  }
}

void EidDialog::show_reader_pin() {
  showing_ = true;
  frame_.show(
      [this](const ui::PageContext& context) {
        const EidTask::Place place = task_.place();
        const ui::ReaderPinView view{.service_title = place.service_title,
                                     .step = place.step,
                                     .steps = place.steps,
                                     .use = use_of(task_.key),
                                     .tries_left = card_.pin.tries_left,
                                     .problem_text = problem_text(context.strings),
                                     .entering = reader_pin_};
        return ui::reader_pin_page(view, context, [this](ui::ReaderPinIntent) { sign(); });
      },
      [this] { give_up(); });
}

}  // namespace bianmin::session
