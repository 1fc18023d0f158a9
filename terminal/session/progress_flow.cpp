#include "terminal/session/progress_flow.hpp"

#include "sync/record/case_no.hpp"
#include "ui/pages/scan_page.hpp"

namespace bianmin::session {

constexpr std::int64_t ask_again_ms = 40;  // while a resident waits for an answer

ProgressFlow::ProgressFlow(const Parts& parts, Frame& frame, const services::Package& package,
                           std::function<void()> ended)
    : parts_(parts),
      frame_(frame),
      package_(package),
      form_(package, local_date(parts.loop.clock().utc_ms())),
      ended_(std::move(ended)),
      fetch_(parts_.loop, parts_.asks, parts_.wake_agent) {}

ProgressFlow::~ProgressFlow() {
  if (parts_.page_printer != nullptr) parts_.page_printer->watch(nullptr);
  parts_.loop.cancel(timer_);
  parts_.scanner.stop();
  parts_.scanner.watch(nullptr);
  if (asking_) parts_.asks.forget(*asking_);
}

void ProgressFlow::finish(std::function<void()> then) {
  parts_.loop.cancel(timer_);
  parts_.scanner.stop();
  fetch_.stop();
  if (certificate_) return certificate_->finish(std::move(then));
  then();
}

void ProgressFlow::scan() {
  forget_certificate();
  result_.clear();
  problem_.clear();
  known_.reset();
  answered_ = false;
  parts_.scanner.watch([this](DeviceState) { frame_.refresh(); });
  parts_.scanner.listen([this](Result<std::string> text) { scanned(text); });
  show_scan();
}

void ProgressFlow::scanned(const Result<std::string>& text) {
  if (asking_ || showing_result()) return;
  if (!text) {
    problem_ = text.error().code;
    return frame_.refresh();
  }
  const auto slip = record::parse_slip(*text);
  if (!slip) {
    problem_ = slip.error().code;
    return frame_.refresh();
  }
  parts_.scanner.stop();
  ask(*slip);
}

void ProgressFlow::ask(const record::Slip& slip) {
  slip_ = slip;
  problem_.clear();
  const auto known = parts_.journal.find_case(slip.case_no);
  if (!known) parts_.log.error("session", "journal-not-read", known.error());
  if (known) known_ = *known;
  const auto asked = parts_.asks.ask(slip.case_no, slip.token, parts_.settings.ask_ms);
  if (!asked) {
    parts_.log.error("session", "not-asked", asked.error());
    return answered({});
  }
  asking_ = *asked;
  parts_.wake_agent();
  show_scan();
  look_for_answer();
}

void ProgressFlow::look_for_answer() {
  const auto answer = parts_.asks.answer(*asking_);
  if (!answer) {
    parts_.log.error("session", "answer-not-read", answer.error());
    return answered({});
  }
  if (*answer) return answered(**answer);
  timer_ = parts_.loop.after(ask_again_ms, [this] { look_for_answer(); });
}

void ProgressFlow::answered(const store::Answer& answer) {
  asking_.reset();
  answered_ = answer.kind == store::AnswerKind::answered;
  told_ = answer.state;
  if (answered_ && told_.stage != record::CaseStage::unknown) {
    result_ = told_.stage == record::CaseStage::accepted ? "accepted" : "sent";
  } else if (known_) {
    result_ = known_->state == store::RecordState::accepted ? "accepted"
              : known_->state == store::RecordState::saved  ? "saved"
                                                            : "sent";
  } else {
    result_ = answered_ ? "not_found" : "offline";
  }
  parts_.log.write(LogLevel::info, "session", "progress-told",
                   {{"case", slip_.case_no}, {"state", result_}, {"online", answered_ ? "yes" : "no"}});
  prepare_certificate();
  show_result();
}

Guide ProgressFlow::guide() const {
  const bool waits = !asking_ && !showing_result() && parts_.scanner.state().usable();
  return waits ? Guide{{cabinet::LightPlace::scanner, cabinet::Light::on}} : Guide{};
}

void ProgressFlow::show_scan() {
  frame_.show(
      [this](const ui::PageContext& context) {
        ui::ScanView view{package_.text(frame_.language(), package_.title), ui::ScanPrompt::waiting, {}};
        if (asking_) {
          view.prompt = ui::ScanPrompt::asking;
        } else if (!parts_.scanner.state().usable()) {
          view.prompt = ui::ScanPrompt::scanner_missing;
        } else if (!problem_.empty()) {
          view.prompt = ui::ScanPrompt::problem;
          view.problem_text = code_text(context.strings, problem_);
        }
        return ui::scan_page(view, context);
      },
      [this] { ended_(); });
}

// A word that this terminal has no sentence for is not shown: it is the department's, not the resident's.
std::string ProgressFlow::department_words(const ui::Strings& strings) const {
  if (!answered_) return {};
  const std::string key = "session.progress.department." + told_.department_state;
  const std::string here = key + "_with_file";
  if (certificate_there() && strings.has(here)) return strings.text(here);
  return strings.has(key) ? strings.text(key) : std::string();
}

ui::ProgressView ProgressFlow::result_view(const ui::Strings& strings) const {
  const services::ProgressResult& result = *package_.find_result(result_);
  const std::string& language = frame_.language();
  ui::ProgressView view;
  view.case_no = record::format_case_no(slip_.case_no);
  view.level = result_ == "accepted" ? ui::Level::good : ui::Level::note;
  view.certificate = certificate_card(strings);
  const bool news = certificate_there();  // then nothing else is
  if (!news) {
    view.rows = {{strings.text("session.progress.state"), package_.text(language, result.title), false}};
  }
  const std::string department = department_words(strings);
  const bool department_told = !department.empty();
  if (department_told) {
    view.rows.push_back({strings.text("session.progress.department"), department, false});
    view.rows.push_back(
        {strings.text("session.progress.department_at"), local_stamp(told_.department_utc_ms), false});
  }
  if (news) return view;
  const std::int64_t received_ms = answered_ ? told_.received_utc_ms : known_ ? known_->received_utc_ms : 0;
  if (known_)
    view.rows.push_back(
        {strings.text("session.progress.handed_in"), local_stamp(known_->created_utc_ms), false});
  if (received_ms > 0)
    view.rows.push_back({strings.text("session.progress.sent_at"), local_stamp(received_ms), false});
  const std::string acceptance = answered_ ? told_.acceptance_no
                                 : known_  ? known_->acceptance_no
                                           : std::string();
  if (!acceptance.empty())
    view.rows.push_back({strings.text("session.progress.acceptance_no"), acceptance, false});
  const bool sent = result_ == "sent" || result_ == "accepted";
  if (sent || result_ == "saved") {
    view.states = {{strings.text("session.state.saved"), true},
                   {strings.text("session.state.sent"), sent},
                   {strings.text("session.state.accepted_plain"), result_ == "accepted"}};
  }
  view.source_note = strings.text(answered_ ? "session.progress.from_hub" : "session.progress.from_here");
  // What the package says of this stage holds until the department has said more.
  if (!department_told) view.source_note = package_.text(language, result.detail) + "\n" + view.source_note;
  return view;
}

void ProgressFlow::show_result() {
  certificate_shown_ = false;
  tell_result_shown();
  frame_.show([this](const ui::PageContext& context) {
    return ui::progress_page(result_view(context.strings), context, [this](ui::ProgressIntent intent) {
      if (intent == ui::ProgressIntent::another) {
        if (certificate_) return certificate_->finish([this] { scan(); });
        return scan();
      }
      if (intent == ui::ProgressIntent::certificate) return open_certificate();
      ended_();
    });
  });
}

}  // namespace bianmin::session
