#include "terminal/session/eid_dialog.hpp"

#include "sync/seal/digest.hpp"
#include "ui/pages/busy_page.hpp"

namespace bianmin::session {

namespace {

// ETSI EN 319 412-1: a personal code in a subject's serialNumber, with the country that gave it.
constexpr std::string_view personal_code_prefix = "PNOEE-";
constexpr std::int64_t busy_ms = 200;  // until a job that a dialog before has cancelled is looked for again

}  // namespace

EidDialog::EidDialog(const EidParts& parts, EventLoop& loop, Log& log, Frame& frame, EidTask task,
                     Calls calls)
    : parts_(parts),
      loop_(loop),
      log_(log),
      frame_(frame),
      task_(std::move(task)),
      calls_(std::move(calls)) {}

EidDialog::~EidDialog() {
  *alive_ = false;
  loop_.cancel(timer_);
  parts_.reader.watch(nullptr);
  parts_.reader.watch_presence(nullptr);
  if (using_) parts_.reader.cancel();
  if (showing_) frame_.forget();
}

void EidDialog::start() {
  parts_.reader.watch([this](DeviceState) { state_changed(); });
  parts_.reader.watch_presence([this](card::CardPresence presence) { presence_changed(presence); });
  wait();
}

bool EidDialog::reading() const {
  return phase_ == Phase::waiting && parts_.reader.presence() == card::CardPresence::present;
}

void EidDialog::use(card::SmartCardReader::Job job, std::function<void(const Result<void>&)> then) {
  using_ = true;
  parts_.reader.use(std::move(job), [this, alive = alive_, then = std::move(then)](Result<void> result) {
    if (!*alive) return;
    using_ = false;
    if (!result && result.error().code != "card.cancelled") log_.error("eid", "card", result.error());
    then(result);
  });
}

void EidDialog::wait() {
  phase_ = Phase::waiting;
  if (using_) return;  // what was cancelled comes back first, and begins it
  const auto reading = std::make_shared<EidReading>();
  use(read_eid_job(task_.key, reading),
      [this, reading](const Result<void>& result) { card_read(result, *reading); });
}

void EidDialog::ask_for_card(std::string_view code) {
  pin_.clear();
  problem_ = code;
  const bool inside = parts_.reader.presence() == card::CardPresence::present;
  if (inside) {
    phase_ = Phase::removal;
  } else {
    wait();
  }
  hand_back();
}

void EidDialog::hand_back() {
  showing_ = false;
  calls_.wanted();
}

void EidDialog::refuse_card(std::string_view code) { ask_for_card(code); }

void EidDialog::card_read(const Result<void>& result, EidReading& reading) {
  if (!result && result.error().code == "card.cancelled") return wait();
  if (!result && result.error().code == "card.busy") {
    timer_ = loop_.after(busy_ms, [this] { wait(); });
    return;
  }
  if (!result) return ask_for_card(result.error().code);
  if (const auto checked = check(reading); !checked) {
    log_.error("eid", "card-refused", checked.error());
    return ask_for_card(checked.error().code);
  }
  card_ = std::move(reading);
  problem_.clear();
  calls_.read();
  ask_for_pin();
}

// Before a PIN is asked for: a card that is not genuine is told nothing.
Result<void> EidDialog::check(const EidReading& reading) const {
  const auto use = task_.key == card::EidKey::signing ? seal::CardCertificateUse::signing
                                                      : seal::CardCertificateUse::authentication;
  const auto subject = parts_.trust.check(reading.certificate, use, loop_.clock().utc_ms());
  if (!subject) return subject.error();
  if (subject->serial_number != std::string(personal_code_prefix) + reading.person.personal_code)
    return Error{Remedy::refuse, "eid.other_person", "card and certificate do not name the same person"};
  if (task_.document_number && *task_.document_number != reading.person.document_number)
    return Error{Remedy::ask_resident, "eid.other_card", "not the card that signed in"};
  return {};
}

void EidDialog::ask_for_pin() {
  const bool signs = task_.key == card::EidKey::signing;
  if (card_.pin.must_change) {
    return tell(signs ? "session.eid.must_change_pin2" : "session.eid.must_change_pin1", "pin.must_change");
  }
  if (card_.pin.blocked())
    return tell(signs ? "session.eid.blocked_pin2" : "session.eid.blocked_pin1", "pin.blocked");
  phase_ = Phase::entering;
  if (!card_.pin_pad) return show_pin();
  // By itself only when nothing can be lost by it.
  if (problem_.empty() && card_.pin.tries_left > 1) return sign();
  show_reader_pin();
}

void EidDialog::sign() {
  if (parts_.reader.presence() != card::CardPresence::present) return card_gone();
  auto message = task_.message();
  if (!message) {
    log_.error("eid", "nothing-to-sign", message.error());
    return tell("session.eid.not_signed", message.error().code);
  }
  const auto job = std::make_shared<EidSignature>();
  const seal::Digest384 digest = seal::sha384(*message);
  wipe(message->data(), message->size());
  job->key = task_.key;
  job->certificate = card_.certificate;
  job->digest.assign(digest.begin(), digest.end());
  job->pin_pad = card_.pin_pad;
  job->pin = pin_.take();
  problem_.clear();
  phase_ = Phase::signing;
  reader_pin_ = card_.pin_pad;
  if (reader_pin_) {
    show_reader_pin();
  } else {
    showing_ = true;
    frame_.show([](const ui::PageContext& context) {
      return ui::busy_page({context.strings.text("session.eid.checking")}, context);
    });
  }
  use(sign_job(job), [this, job](const Result<void>& result) { signed_by_card(result, *job); });
}

void EidDialog::signed_by_card(const Result<void>& result, EidSignature& task) {
  reader_pin_ = false;
  if (phase_ != Phase::signing) return wait();  // the card went while it was at work
  if (result) {
    const auto verified = seal::verify_digest_signature(task.certificate, task.digest, task.signature);
    if (!verified) {
      log_.error("eid", "bad-signature", verified.error());
      return ask_for_card("eid.bad_signature");
    }
    const auto done = calls_.done;
    return done({std::move(card_.person), std::move(task.certificate), std::move(task.signature)});
  }
  const std::string_view code = result.error().code;
  if (code == "pin.wrong") card_.pin = task.after;
  if (code == "pin.blocked") card_.pin.tries_left = 0;
  if (code == "pin.must_change") card_.pin.must_change = true;
  if (!code.starts_with("pin.")) return ask_for_card(code == "card.cancelled" ? "card.removed" : code);
  problem_ = code;
  ask_for_pin();
}

void EidDialog::tell(const std::string& about, std::string_view code) {
  pin_.clear();
  phase_ = Phase::told;
  showing_ = true;
  show_notice(frame_, ui::Level::stop, about, code, [this] { give_up(); });
}

void EidDialog::give_up() {
  pin_.clear();
  const auto given_up = calls_.given_up;
  given_up();
}

void EidDialog::presence_changed(card::CardPresence presence) {
  if (presence == card::CardPresence::present) {
    if (phase_ == Phase::waiting) frame_.refresh();
    return;
  }
  if (phase_ == Phase::removal) {
    wait();
    return frame_.refresh();
  }
  if (phase_ == Phase::entering || phase_ == Phase::signing) card_gone();
}

void EidDialog::state_changed() {
  const bool at_work = phase_ == Phase::entering || phase_ == Phase::signing;
  if (at_work && !parts_.reader.state().usable()) return card_gone();
  frame_.refresh();
}

// Nothing is signed by a card that is not there, and no PIN waits for the next one.
void EidDialog::card_gone() {
  pin_.clear();
  problem_ = parts_.reader.state().usable() ? "card.removed" : "";
  if (using_) {
    phase_ = Phase::waiting;  // goes on when the job has come back
    parts_.reader.cancel();
  } else {
    wait();
  }
  hand_back();
}

}  // namespace bianmin::session
