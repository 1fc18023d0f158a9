// The pages of CaseFlow that ask and tell.
#include <algorithm>

#include "sync/record/case_no.hpp"
#include "terminal/session/case_flow.hpp"
#include "terminal/session/slip_words.hpp"
#include "ui/pages/digits_page.hpp"
#include "ui/pages/question_page.hpp"
#include "ui/pages/rating_page.hpp"
#include "ui/pages/review_page.hpp"
#include "ui/pages/saved_page.hpp"

namespace bianmin::session {

void CaseFlow::show_question() {
  const auto question = form_.question(frame_.language());
  if (question && question->kind == services::FieldKind::choice) return show_choice();
  digits_ = question ? question->value : std::string();
  show_digits();
}

void CaseFlow::show_choice() {
  frame_.show(
      [this](const ui::PageContext& context) {
        const auto question = *form_.question(frame_.language());
        ui::QuestionView view;
        view.service_title = package_.text(frame_.language(), package_.title);
        view.step = form_.step_number();
        view.steps = form_.step_count();
        view.title = question.title;
        view.hint = question.hint;
        for (const services::OptionText& option : question.options) {
          if (option.chosen) view.selected = static_cast<int>(view.options.size());
          view.options.push_back({option.detail, option.label, option.icon});
        }
        if (!error_.empty()) view.error = code_text(context.strings, error_);
        return ui::question_page(view, context, [this](ui::QuestionIntent intent) {
          const auto now = *form_.question(frame_.language());
          const auto answered =
              form_.answer(now.field, now.options.at(static_cast<std::size_t>(intent.index)).id);
          if (answered) return go_on();
          error_ = answered.error().code;
          frame_.refresh();
        });
      },
      back_action());
}

void CaseFlow::show_digits() {
  frame_.show(
      [this](const ui::PageContext& context) {
        const auto question = *form_.question(frame_.language());
        ui::DigitsView view;
        view.service_title = package_.text(frame_.language(), package_.title);
        view.step = form_.step_number();
        view.steps = form_.step_count();
        view.title = question.title;
        view.hint = question.hint;
        view.digits = digits_;
        view.groups = {3, 4, 4};
        view.digit_count_max = static_cast<std::size_t>(question.length_max);
        view.can_next = static_cast<int>(digits_.size()) >= question.length_min;
        view.can_skip = !question.skip.empty();
        if (!error_.empty()) view.error = code_text(context.strings, error_);
        return ui::digits_page(view, context, [this](const ui::DigitsIntent& intent) {
          const std::string field = form_.question(frame_.language())->field;
          if (intent.kind == ui::DigitsIntent::Kind::changed) {
            digits_ = intent.digits;
            error_.clear();
            return frame_.refresh();
          }
          const bool skips = intent.kind == ui::DigitsIntent::Kind::skip;
          const auto answered = skips ? form_.skip(field) : form_.answer(field, digits_);
          if (answered) return go_on();
          error_ = answered.error().code;
          frame_.refresh();
        });
      },
      back_action());
}

void CaseFlow::show_review() {
  frame_.show(
      [this](const ui::PageContext& context) {
        ui::ReviewView view;
        view.service_title = package_.text(frame_.language(), package_.title);
        view.step = form_.step_number();
        view.steps = form_.step_count();
        view.note = package_.text(frame_.language(), package_.review_note);
        view.with_photo = form_.has_card() && !eid_document_;
        view.photo = shown_photo_;
        for (const services::ReviewRow& row : form_.review_rows(frame_.language())) {
          view.rows.push_back({row.label, row.value, row.changeable});
        }
        return ui::review_page(view, context, [this](ui::ReviewIntent intent) {
          if (intent.kind == ui::ReviewIntent::Kind::submit) return go_on();
          const auto rows = form_.review_rows(frame_.language());
          const auto changed = form_.change(rows.at(static_cast<std::size_t>(intent.row)).field);
          if (!changed) parts_.log.error("session", "not-changed", changed.error());
          show_step();
        });
      },
      back_action());
}

Guide CaseFlow::guide() const {
  using cabinet::Light;
  using cabinet::LightPlace;
  Guide guide;
  if (form_.submitted()) {
    const printer::SlipPresence slip = parts_.printer.slip_presence();
    const bool out = slip_.phase() == SlipJob::Phase::printed && slip == printer::SlipPresence::unknown;
    if (out || slip == printer::SlipPresence::waiting) guide[LightPlace::slip_printer] = Light::blink;
    if (slip_.phase() == SlipJob::Phase::printing) guide[LightPlace::slip_printer] = Light::on;
    if (sheet_ && sheet_->under_way()) guide[LightPlace::page_printer] = Light::on;
    if (sheet_ && sheet_->phase() == SheetPrint::Phase::printed)
      guide[LightPlace::page_printer] = Light::blink;
    if (cards_.card_there()) guide[LightPlace::card_reader] = Light::blink;
  } else if (form_.current_step().kind == services::StepKind::card && package_.takes_id_cards()) {
    guide[LightPlace::card_reader] = Light::on;
  }
  return guide;
}

// What to take away: a slip only once the printer has said that it is there.
std::string_view CaseFlow::saved_hint() const {
  if (cards_.card_there()) return "session.take_card";
  const bool sent = state_ != store::RecordState::saved;
  if (slip_.phase() == SlipJob::Phase::printed) return sent ? "session.sent.hint" : "session.saved.hint";
  return sent ? "session.sent.hint_card" : "session.saved.hint_card";
}

ui::SavedView CaseFlow::saved_view(const ui::Strings& strings) const {
  const std::string& language = frame_.language();
  const std::string& office = package_.text(language, package_.office);
  ui::SavedView view;
  view.title = strings.text("session.saved.title");
  view.hint = strings.text(saved_hint(), {{"office", office}});
  view.rows = {{strings.text("session.case_no"), record::format_case_no(saved_->case_no), false},
               {strings.text("session.result_time"), package_.text(language, package_.result_time), false}};
  view.states = {
      {strings.text("session.state.saved"), true},
      {strings.text("session.state.sent"),
       state_ == store::RecordState::sent || state_ == store::RecordState::accepted},
      {strings.text("session.state.accepted", {{"office", office}}), state_ == store::RecordState::accepted}};
  view.can_rate = std::any_of(package_.steps.begin(), package_.steps.end(), [](const services::Step& step) {
    return step.kind == services::StepKind::rate;
  });
  const SlipWords words = slip_words(slip_.phase(), parts_.printer.state(), strings, frame_.device_words());
  view.slip_text = words.text;
  view.slip_level = words.level;
  view.can_reprint = words.can_reprint;
  if (!slip_error_.empty()) view.slip_text = strings.text("session.slip.none", {{"code", slip_error_}});
  if (!view.can_reprint) view.sheet_action = sheet_offer(strings);  // the slip first: it is the proof
  return view;
}

void CaseFlow::show_saved() {
  tell_result_shown();
  frame_.show([this](const ui::PageContext& context) {
    return ui::saved_page(saved_view(context.strings), context, [this](ui::SavedIntent intent) {
      switch (intent) {
        case ui::SavedIntent::rate:
          return go_on();
        case ui::SavedIntent::finish:
          return ended_();
        case ui::SavedIntent::sheet:
          return open_sheet();
        case ui::SavedIntent::reprint_duplicate: {
          const auto printing = slip_.print_duplicate(frame_.strings().text("session.slip.duplicate_mark"));
          if (!printing) parts_.log.error("session", "no-duplicate", printing.error());
          return;
        }
      }
    });
  });
}

void CaseFlow::show_rating() {
  frame_.show([this](const ui::PageContext& context) {
    const ui::RatingView view{package_.text(frame_.language(), package_.title)};
    return ui::rating_page(view, context, [this](ui::RatingIntent intent) {
      if (intent.skipped()) return ended_();
      rate(intent.level);
    });
  });
}

}  // namespace bianmin::session
