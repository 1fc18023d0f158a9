// From an electronic ID in the reader to a signature of it that has been checked.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sync/seal/trust_list.hpp"
#include "terminal/base/event_loop.hpp"
#include "terminal/base/log.hpp"
#include "terminal/session/eid_card_jobs.hpp"
#include "terminal/session/flow.hpp"
#include "terminal/session/pin_entry.hpp"
#include "ui/pages/pin_page.hpp"

namespace bianmin::session {

// What a terminal has that takes electronic IDs.
struct EidParts {
  card::SmartCardReader& reader;
  const seal::TrustList& trust;
};

// The owner of `person`'s card knew its PIN: `signature` is of the key of `certificate`, which a trusted
// authority has issued to that person.
struct EidProof {
  card::EidPerson person;
  Bytes certificate;
  Bytes signature;
};

struct EidTask {
  card::EidKey key = card::EidKey::authentication;
  std::optional<std::string> document_number;  // this card and no other
  std::function<Result<Bytes>()> message;      // what is signed; asked for when the PIN has been entered
  struct Place {
    std::string service_title;
    int step = 0;
    int steps = 0;
  };
  std::function<Place()> place;  // in the language of the moment
};

// Thread-bound to the loop; lends everything. Takes the watchers of the reader as long as it lives. Its end
// wipes the PIN and stops what is under way at the reader.
class EidDialog {
 public:
  // Each may destroy the dialog.
  struct Calls {
    std::function<void()>
        wanted;  // a card is waited for: the page is the owner's. See problem() and reading().
    std::function<void()> read;  // a good card is in the reader: from now on the pages are the dialog's
    std::function<void(EidProof)> done;
    std::function<void()> given_up;  // nothing was signed: the person does not want to, or the PIN is locked
  };

  EidDialog(const EidParts& parts, EventLoop& loop, Log& log, Frame& frame, EidTask task, Calls calls);
  ~EidDialog();
  EidDialog(const EidDialog&) = delete;
  EidDialog& operator=(const EidDialog&) = delete;

  void start();
  // The card that was read is of no use, by this code: another one is waited for.
  void refuse_card(std::string_view code);

  bool reading() const;                                    // a card is in the reader and being read
  const std::string& problem() const { return problem_; }  // of the last card, a code; empty: none

 private:
  enum class Phase {
    waiting,   // for a card, or reading it
    removal,   // for a card to be taken out
    entering,  // of the PIN
    signing,
    told,  // that it is of no use
  };
  void wait();
  void use(card::SmartCardReader::Job job, std::function<void(const Result<void>&)> then);
  void card_read(const Result<void>& result, EidReading& reading);
  Result<void> check(const EidReading& reading) const;
  void ask_for_card(std::string_view code);
  void hand_back();
  void ask_for_pin();
  void show_pin();
  void show_reader_pin();
  void pressed(ui::PinIntent intent);
  void sign();
  void signed_by_card(const Result<void>& result, EidSignature& task);
  void tell(const std::string& about, std::string_view code);
  void give_up();
  void presence_changed(card::CardPresence presence);
  void state_changed();
  void card_gone();
  std::string problem_text(const ui::Strings& strings) const;

  EidParts parts_;
  EventLoop& loop_;
  Log& log_;
  Frame& frame_;
  EidTask task_;
  Calls calls_;
  Phase phase_ = Phase::waiting;
  EidReading card_;  // once it has been read and checked
  PinEntry pin_;
  std::string problem_;
  bool showing_ = false;     // the page in view is the dialog's
  bool using_ = false;       // a job is with the reader
  bool reader_pin_ = false;  // the reader's own keys are on
  EventLoop::TimerId timer_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace bianmin::session
