// A service that makes a record: card, questions, check, save, slip, rating.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sync/record/slip.hpp"
#include "terminal/services/form.hpp"
#include "terminal/session/card_watch.hpp"
#include "terminal/session/flow.hpp"
#include "terminal/session/parts.hpp"
#include "terminal/session/sheet_print.hpp"
#include "terminal/session/slip_job.hpp"
#include "ui/kit/pixels.hpp"
#include "ui/pages/card_page.hpp"
#include "ui/pages/saved_page.hpp"
#include "ui/pages/sheet_page.hpp"

namespace bianmin::session {

class CaseFlow : public Flow {
 public:
  // `ended` runs on the loop when the person is done or has given up; the flow may be destroyed then.
  CaseFlow(const Parts& parts, Frame& frame, CardWatch& cards, const services::Package& package,
           std::function<void()> ended);
  ~CaseFlow() override;

  void start() override { show_step(); }
  void finish(std::function<void()> then) override;
  // Who waits for a sheet has something to wait for.
  bool showing_result() const override { return form_.submitted() && !(sheet_ && sheet_->under_way()); }
  Guide guide() const override;
  void card_changed() override;

 private:
  void show_step();
  void go_on();
  void go_back();
  std::function<void()> back_action();

  // case_flow_card.cpp
  void ask_for_card();
  void read_card();
  void card_read(Result<card::IdCard> card);
  void show_card();
  std::string card_problem(const ui::Strings& strings, std::string_view code) const;
  void keep_raw_parts(const card::IdCard& card);
  bool refuse_when_not_eligible();

  // case_flow_eid.cpp
  bool takes_electronic_id() const;
  bool waits_for_any_reader() const;
  ui::CardView card_view(ui::CardWay way) const;
  EidTask eid_task(card::EidKey key, std::function<Result<Bytes>()> message) const;
  void wait_for_eid();
  void signed_in(EidProof proof);
  void sign();
  void record_signed(EidProof proof);

  // case_flow_pages.cpp
  void show_question();
  void show_choice();
  void show_digits();
  void show_review();
  void show_saved();
  void show_rating();
  std::string_view saved_hint() const;
  ui::SavedView saved_view(const ui::Strings& strings) const;

  // case_flow_sheet.cpp
  void prepare_sheet();
  std::string sheet_offer(const ui::Strings& strings) const;
  void open_sheet();
  void print_sheet();
  Result<void> keep_sheet(ByteView pdf);
  void show_sheet();

  // case_flow.cpp
  void submit();
  void make_draft();
  void save();
  void print_slip();
  void rate(int level);
  void watch_progress();

  Parts parts_;
  Frame& frame_;
  CardWatch& cards_;
  const services::Package& package_;
  services::Form form_;
  std::function<void()> ended_;
  SlipJob slip_;
  std::optional<record::Slip> saved_;  // once the record is on the disk
  std::optional<SheetPrint> sheet_;    // once there may be one
  record::RecordId sheet_record_id_{};
  std::int64_t saved_utc_ms_ = 0;
  std::optional<record::CaseRecord>
      draft_;  // kept while saving may have to be tried again: same id, same record
  store::RecordState state_ = store::RecordState::saved;
  std::string digits_;
  std::string error_;                              // of the question on screen
  std::string problem_;                            // of the card on the reader, a code
  std::string slip_error_;                         // why there is no slip at all, a code
  SecretBytes photo_;                              // of the card, as it was read
  std::shared_ptr<const ui::Pixels> shown_photo_;  // null: it cannot be shown
  SecretBytes fingerprints_;                       // likewise; empty unless the package wants them
  std::unique_ptr<EidDialog> eid_;                 // while an electronic ID is waited for or at work
  std::optional<std::string> eid_document_;        // the electronic ID that signed in
  bool card_seen_ = false;
  bool reading_ = false;
  EventLoop::TimerId timer_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace bianmin::session
