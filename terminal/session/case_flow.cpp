#include "terminal/session/case_flow.hpp"

#include "sync/record/case_no.hpp"
#include "terminal/session/slip_document.hpp"
#include "ui/pages/busy_page.hpp"

namespace bianmin::session {

constexpr std::int64_t look_again_ms = 500;  // how often the saved page looks how far the record is

CaseFlow::CaseFlow(const Parts& parts, Frame& frame, CardWatch& cards, const services::Package& package,
                   std::function<void()> ended)
    : parts_(parts),
      frame_(frame),
      cards_(cards),
      package_(package),
      form_(package, local_date(parts.loop.clock().utc_ms())),
      ended_(std::move(ended)),
      slip_(parts.printer, parts.ledger, parts.log, [this] { frame_.refresh(); }) {}

CaseFlow::~CaseFlow() {
  *alive_ = false;
  cards_.guard(false);
  parts_.loop.cancel(timer_);
  parts_.reader.watch(nullptr);
  parts_.reader.watch_card_seen(nullptr);
  parts_.printer.watch(nullptr);
  if (sheet_) parts_.page_printer->watch(nullptr);
  if (reading_) parts_.reader.cancel();
}

void CaseFlow::finish(std::function<void()> then) {
  parts_.loop.cancel(timer_);
  eid_.reset();
  if (reading_) parts_.reader.cancel();
  slip_.finish([this, then = std::move(then)] { sheet_ ? sheet_->finish(then) : then(); });
}

void CaseFlow::show_step() {
  if (form_.finished()) return ended_();
  cards_.guard(form_.has_card() && !form_.submitted() &&
               form_.current_step().kind != services::StepKind::card);
  switch (form_.current_step().kind) {
    case services::StepKind::card:
      return ask_for_card();
    case services::StepKind::question:
      return show_question();
    case services::StepKind::review:
      return show_review();
    case services::StepKind::sign:
      return sign();
    case services::StepKind::submit:
      return submit();
    case services::StepKind::print:
      return go_on();  // the slip was begun when the record was saved
    case services::StepKind::rate:
      return show_rating();
    case services::StepKind::scan:
    case services::StepKind::ask:
    case services::StepKind::result:
      break;  // the loader lets them into progress packages only
  }
  ended_();
}

void CaseFlow::go_on() {
  error_.clear();
  const auto moved = form_.next();
  if (!moved) {
    parts_.log.error("session", "step-not-left", moved.error());
    if (moved.error().code == "form.not_eligible" && refuse_when_not_eligible()) return;
    error_ = moved.error().code;
  }
  show_step();
}

void CaseFlow::go_back() {
  error_.clear();
  if (!form_.back()) return ended_();
  show_step();
}

std::function<void()> CaseFlow::back_action() {
  if (form_.submitted()) return nullptr;
  return [this] { go_back(); };
}

void CaseFlow::submit() {
  frame_.show([](const ui::PageContext& context) {
    return ui::busy_page({context.strings.text("session.saving")}, context);
  });
  // The page is on the display before the disk is asked to keep the record.
  parts_.loop.post([this, alive = alive_] {
    if (*alive) save();
  });
}

void CaseFlow::make_draft() {
  const store::FreshIds ids = store::fresh_ids();
  draft_.emplace();
  draft_->id = ids.id;
  draft_->token = ids.token;
  draft_->service_id = package_.id;
  draft_->service_version = std::to_string(package_.version);
  draft_->item_code = package_.item_code;
  draft_->terminal_id = parts_.journal.identity().terminal_id;
  draft_->created_utc_ms = parts_.loop.clock().utc_ms();
  for (auto& [key, value] : form_.record_fields()) {
    const services::Field* field = package_.find_field(key);
    const bool of_card = field != nullptr && field->source == services::FieldSource::card;
    (of_card ? draft_->person : draft_->answers).push_back({key, std::move(value)});
  }
  const bool with_photo = package_.records_photo && !eid_document_;  // an electronic ID has none
  if (with_photo) draft_->person.push_back({"card.photo", to_hex(photo_)});
  if (!fingerprints_.empty()) {
    draft_->person.push_back({"card.fingerprints", to_hex(fingerprints_)});
  }
}

void CaseFlow::save() {
  if (!draft_) make_draft();
  const auto saved = parts_.writer.save(*draft_);
  if (!saved) {
    parts_.log.error("session", "not-saved", saved.error());
    return show_notice(frame_, ui::Level::stop, "session.not_saved", saved.error().code,
                       [this] { submit(); });
  }
  saved_ = record::Slip{saved->case_no, draft_->token};
  draft_.reset();
  parts_.log.write(LogLevel::info, "session", "saved",
                   {{"case", saved->case_no}, {"seq", std::to_string(saved->seq)}, {"service", package_.id}});
  parts_.wake_agent();
  const auto moved = form_.next();
  if (!moved) parts_.log.error("session", "step-not-left", moved.error());
  cards_.guard(false);
  if (!form_.finished() && form_.current_step().kind == services::StepKind::print) print_slip();
  prepare_sheet();
  show_saved();
  watch_progress();
}

void CaseFlow::print_slip() {
  parts_.printer.watch([this](DeviceState) { frame_.refresh(); });
  const auto document =
      slip_document(form_, *saved_, parts_.settings, frame_.language(), parts_.loop.clock().utc_ms());
  const auto printing = document ? slip_.print(saved_->case_no, *document) : Result<void>(document.error());
  if (!printing) {
    parts_.log.error("session", "no-slip", printing.error());
    slip_error_ = printing.error().code;
  }
}

void CaseFlow::watch_progress() {
  timer_ = parts_.loop.after(look_again_ms, [this] {
    const auto progress = parts_.journal.find_case(saved_->case_no);
    if (progress && *progress && (*progress)->state != state_) {
      state_ = (*progress)->state;
      frame_.refresh();
    }
    watch_progress();
  });
}

void CaseFlow::rate(int level) {
  record::CaseRecord rating;
  const store::FreshIds ids = store::fresh_ids();
  rating.id = ids.id;
  rating.kind = record::RecordKind::rating;
  rating.case_no = saved_->case_no;
  rating.service_id = package_.id;
  rating.service_version = std::to_string(package_.version);
  rating.item_code = package_.item_code;
  rating.created_utc_ms = parts_.loop.clock().utc_ms();
  rating.answers.push_back({"level", std::to_string(level)});  // GB/T 39046-2020 A.8: 1 best .. 5 worst
  const auto saved = parts_.writer.save(rating);
  if (!saved) {
    parts_.log.error("session", "rating-not-saved", saved.error());
    return show_notice(frame_, ui::Level::note, "session.rating_not_saved", saved.error().code,
                       [this] { ended_(); });
  }
  parts_.wake_agent();
  go_on();
}

}  // namespace bianmin::session
