// What is done with an electronic ID on its reader's thread.
#pragma once

#include <memory>

#include "drivers/card/eid/electronic_id.hpp"
#include "drivers/card/smart_card_reader.hpp"

namespace bianmin::session {

// Personal data: never logged.
struct EidReading {
  card::EidPerson person;
  Bytes certificate;  // of the key that is asked for; unverified
  card::PinState pin;
  card::PinRules rules;
  bool pin_pad = false;
};

struct EidSignature {
  card::EidKey key = card::EidKey::authentication;
  Bytes certificate;  // of the card that was read: another card in its place gets no PIN
  Bytes digest;
  SecretBytes pin;  // unused with a PIN pad; wiped when the job ends
  bool pin_pad = false;
  Bytes signature;       // out
  card::PinState after;  // out, after "pin.wrong"
};

constexpr int pin_pad_ms = 60'000;  // how long a person may take at the reader's own keys

// Jobs for SmartCardReader::use(). They share their data with the loop: it may be read once `done` has run.
// Errors: those of ElectronicId and open_electronic_id().
card::SmartCardReader::Job read_eid_job(card::EidKey key, std::shared_ptr<EidReading> reading);
// Error besides: "eid.other_card".
card::SmartCardReader::Job sign_job(std::shared_ptr<EidSignature> signature);

}  // namespace bianmin::session
