// The steps of CaseFlow that an electronic ID does: signing in beside the ID card, and signing the record.
#include "sync/record/statement.hpp"
#include "sync/seal/digest.hpp"
#include "terminal/session/card_facts.hpp"
#include "terminal/session/case_flow.hpp"

namespace bianmin::session {

bool CaseFlow::takes_electronic_id() const {
  return parts_.eid != nullptr && package_.takes_card(services::electronic_id);
}

bool CaseFlow::waits_for_any_reader() const {
  return (package_.takes_id_cards() && parts_.reader.state().usable()) ||
         (takes_electronic_id() && parts_.eid->reader.state().usable());
}

ui::CardView CaseFlow::card_view(ui::CardWay way) const {
  ui::CardView view;
  view.service_title = package_.text(frame_.language(), package_.title);
  view.step = form_.step_number();
  view.steps = form_.step_count();
  view.way = way;
  return view;
}

EidTask CaseFlow::eid_task(card::EidKey key, std::function<Result<Bytes>()> message) const {
  return {.key = key,
          .document_number = key == card::EidKey::signing ? eid_document_ : std::nullopt,
          .message = std::move(message),
          .place = [this] {
            return EidTask::Place{package_.text(frame_.language(), package_.title), form_.step_number(),
                                  form_.step_count()};
          }};
}

void CaseFlow::wait_for_eid() {
  const auto challenge = [this]() -> Result<Bytes> {
    return record::sign_in_challenge(parts_.journal.identity().terminal_id, parts_.loop.clock().utc_ms(),
                                     seal::random_bytes(record::sign_in_nonce_size));
  };
  EidDialog::Calls calls{.wanted =
                             [this] {
                               show_card();
                               read_card();
                             },
                         .read =
                             [this] {
                               if (reading_) parts_.reader.cancel();
                             },
                         .done = [this](EidProof proof) { signed_in(std::move(proof)); },
                         .given_up =
                             [this] {
                               eid_.reset();
                               go_back();
                             }};
  eid_ = std::make_unique<EidDialog>(*parts_.eid, parts_.loop, parts_.log, frame_,
                                     eid_task(card::EidKey::authentication, challenge), std::move(calls));
  eid_->start();
}

void CaseFlow::signed_in(EidProof proof) {
  const auto taken = form_.set_card(card_facts(proof.person));
  if (!taken) {
    parts_.log.error("session", "card-not-taken", taken.error());
    return eid_->refuse_card(taken.error().code);
  }
  eid_.reset();
  eid_document_ = proof.person.document_number;
  parts_.log.write(LogLevel::info, "session", "signed-in", {{"by", std::string(services::electronic_id)}});
  if (!refuse_when_not_eligible()) go_on();
}

// The draft that is signed is the one that is saved: it is made anew each time the step begins, because what
// is signed may have changed.
void CaseFlow::sign() {
  make_draft();
  const auto wanted = [this] {
    frame_.show(
        [this](const ui::PageContext& context) {
          ui::CardView view = card_view(ui::CardWay::sign);
          if (!parts_.eid->reader.state().usable()) {
            view.prompt = ui::CardPrompt::reader_missing;
          } else if (eid_ && eid_->reading()) {
            view.prompt = ui::CardPrompt::reading;
          } else if (eid_ && !eid_->problem().empty()) {
            view.prompt = ui::CardPrompt::problem;
            view.problem_text = code_text(context.strings, eid_->problem());
          }
          return ui::card_page(view, context);
        },
        [this] {
          eid_.reset();
          draft_.reset();
          go_back();
        });
  };
  EidDialog::Calls calls{.wanted = wanted,
                         .read = [] {},
                         .done = [this](EidProof proof) { record_signed(std::move(proof)); },
                         .given_up =
                             [this] {
                               eid_.reset();
                               draft_.reset();
                               go_back();
                             }};
  eid_ = std::make_unique<EidDialog>(
      *parts_.eid, parts_.loop, parts_.log, frame_,
      eid_task(card::EidKey::signing, [this] { return record::statement_of(*draft_); }), std::move(calls));
  wanted();
  eid_->start();
}

void CaseFlow::record_signed(EidProof proof) {
  draft_->signature = record::PersonSignature{std::move(proof.certificate), std::move(proof.signature)};
  eid_.reset();
  form_.set_signed();
  parts_.log.write(LogLevel::info, "session", "record-signed", {{"service", package_.id}});
  go_on();
}

}  // namespace bianmin::session
