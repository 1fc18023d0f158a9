#include "terminal/session/eid_card_jobs.hpp"

namespace bianmin::session {

namespace {

Result<void> read_eid(card::SmartCard& card, card::EidKey key, EidReading& reading) {
  auto eid = card::open_electronic_id(card);
  if (!eid) return eid.error();
  auto person = (*eid)->person();
  if (!person) return person.error();
  auto certificate = (*eid)->certificate(key);
  if (!certificate) return certificate.error();
  auto pin = (*eid)->pin_state(key);
  if (!pin) return pin.error();
  reading = {std::move(*person), std::move(*certificate), *pin, (*eid)->pin_rules(key), card.has_pin_pad()};
  return {};
}

Result<void> sign_with(card::SmartCard& card, EidSignature& task) {
  auto eid = card::open_electronic_id(card);
  if (!eid) return eid.error();
  const auto certificate = (*eid)->certificate(task.key);
  if (!certificate) return certificate.error();
  if (*certificate != task.certificate)
    return Error{Remedy::ask_resident, "eid.other_card", "not the card that was read"};
  auto signature = task.pin_pad ? (*eid)->sign_on_pin_pad(task.key, task.digest, pin_pad_ms)
                                : (*eid)->sign(task.key, task.pin, task.digest);
  if (signature) {
    task.signature = std::move(*signature);
    return {};
  }
  if (signature.error().code == "pin.wrong") {
    const auto after = (*eid)->pin_state(task.key);
    if (!after) return after.error();
    task.after = *after;
  }
  return signature.error();
}

}  // namespace

card::SmartCardReader::Job read_eid_job(card::EidKey key, std::shared_ptr<EidReading> reading) {
  return [key, reading](card::SmartCard& card, std::stop_token) { return read_eid(card, key, *reading); };
}

card::SmartCardReader::Job sign_job(std::shared_ptr<EidSignature> signature) {
  return [signature](card::SmartCard& card, std::stop_token) {
    auto done = sign_with(card, *signature);
    wipe(signature->pin.data(), signature->pin.size());
    signature->pin.clear();
    return done;
  };
}

}  // namespace bianmin::session
