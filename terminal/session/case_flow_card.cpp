// The step of CaseFlow that reads the ID card.
#include "terminal/session/card_facts.hpp"
#include "terminal/session/case_flow.hpp"
#include "ui/pages/card_page.hpp"
#include "ui/pages/notice_page.hpp"

namespace bianmin::session {

void CaseFlow::ask_for_card() {
  problem_.clear();
  card_seen_ = false;
  parts_.reader.watch([this](DeviceState) { frame_.refresh(); });
  parts_.reader.watch_card_seen([this] {
    card_seen_ = true;
    problem_.clear();
    frame_.refresh();
  });
  show_card();
  read_card();
  if (takes_electronic_id()) wait_for_eid();
}

void CaseFlow::read_card() {
  if (reading_ || !package_.takes_id_cards()) return;
  reading_ = true;
  parts_.reader.read([this, alive = alive_](Result<card::IdCard> card) {
    if (*alive) card_read(std::move(card));
  });
}

void CaseFlow::card_read(Result<card::IdCard> card) {
  reading_ = false;
  card_seen_ = false;
  if (form_.submitted() || form_.current_step().kind != services::StepKind::card) return;
  if (!card) {
    if (card.error().code == "card.cancelled") return;
    parts_.log.error("session", "card-not-read", card.error());
    problem_ = card.error().code;
    frame_.refresh();
    return read_card();  // the resident only has to put the card down again
  }
  const auto taken = form_.set_card(card_facts(*card));
  if (!taken) {
    parts_.log.error("session", "card-not-taken", taken.error());
    problem_ = taken.error().code;
    frame_.refresh();
    return read_card();
  }
  eid_.reset();
  if (!refuse_when_not_eligible()) go_on();
}

bool CaseFlow::refuse_when_not_eligible() {
  const services::Rule* rule = form_.check_rules();
  if (rule == nullptr) return false;
  parts_.log.write(LogLevel::info, "session", "not-eligible", {{"code", rule->code}});
  frame_.show([this, rule](const ui::PageContext& context) {
    const std::string& language = frame_.language();
    const ui::NoticeView view{ui::Level::note, package_.text(language, rule->tell),
                              package_.text(language, rule->where), rule->code,
                              context.strings.text("session.understood")};
    return ui::notice_page(view, context, [this](ui::NoticeIntent) { ended_(); });
  });
  return true;
}

void CaseFlow::show_card() {
  frame_.show(
      [this](const ui::PageContext& context) {
        ui::CardView view = card_view(!package_.takes(services::electronic_id) ? ui::CardWay::id_card
                                      : !package_.takes_id_cards()             ? ui::CardWay::electronic_id
                                                                               : ui::CardWay::either);
        if (!waits_for_any_reader()) {
          view.prompt = ui::CardPrompt::reader_missing;
        } else if (card_seen_ || (eid_ && eid_->reading())) {
          view.prompt = ui::CardPrompt::reading;
        } else if (const std::string& problem = eid_ && problem_.empty() ? eid_->problem() : problem_;
                   !problem.empty()) {
          view.prompt = ui::CardPrompt::problem;
          view.problem_text = code_text(context.strings, problem);
        }
        return ui::card_page(view, context);
      },
      [this] {
        eid_.reset();
        if (reading_) parts_.reader.cancel();
        go_back();
      });
}

}  // namespace bianmin::session
