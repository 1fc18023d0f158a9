// An electronic identity card with two keys: one to say who one is, one to sign.
#pragma once

#include <memory>
#include <string>

#include "drivers/card/smart_card.hpp"
#include "terminal/base/clock.hpp"

namespace bianmin::card {

enum class EidKey { authentication, signing };

// Readable without a PIN. Personal data: never logged.
struct EidPerson {
  std::string surname;
  std::string given_names;
  char sex = '0';  // 'M', 'F', or '0' when the card does not say
  std::string citizenship;
  Date birth;
  std::string birth_place;
  std::string personal_code;  // its check digit is verified
  std::string document_number;
  Date valid_to;
};

struct PinState {
  int tries_left = 0;
  bool must_change =
      false;  // it has still its value from the factory's letter: not usable before it is changed
  bool blocked() const { return tries_left == 0; }
};

struct PinRules {
  std::size_t digit_count_min = 4;
  std::size_t digit_count_max = 12;
};

constexpr std::size_t eid_digest_byte_count = 48;     // SHA-384: both generations have keys on P-384
constexpr std::size_t eid_signature_byte_count = 96;  // r and s, big-endian, one after the other

// Blocking; lives inside a job of SmartCardReader::use(), on the device's thread. Errors of SmartCard
// besides. Implementations: EstonianEid.
class ElectronicId {
 public:
  virtual ~ElectronicId() = default;
  virtual std::string_view model() const = 0;         // "EstEID 2018 (IDEMIA)"
  virtual Result<EidPerson> person() = 0;             // "card.unreadable", "card.bad_number"
  virtual Result<Bytes> certificate(EidKey key) = 0;  // DER, unverified
  virtual Result<PinState> pin_state(EidKey key) = 0;
  virtual PinRules pin_rules(EidKey key) const = 0;
  // Checks the PIN and signs a SHA-384 digest. The PIN is ASCII digits; every copy made of it is wiped.
  // Errors: "pin.wrong" (ask the resident; detail "2 tries left"), "pin.blocked", "pin.must_change",
  // "pin.bad_length".
  virtual Result<Bytes> sign(EidKey key, const SecretBytes& pin, ByteView digest) = 0;
  // As sign(), with the PIN entered at the reader's own keys. Errors besides: those of
  // transmit_with_pin_pad().
  virtual Result<Bytes> sign_on_pin_pad(EidKey key, ByteView digest, int timeout_ms) = 0;

  // Gives a PIN another value: also what a PIN that must be changed needs before its first use. Errors as
  // sign(), and "pin.not_new" (the card does not take this value: the old one, or too simple).
  virtual Result<void> change_pin(EidKey key, const SecretBytes& old_pin, const SecretBytes& new_pin) = 0;
  // Gives a blocked or forgotten PIN a new value. Errors: "puk.wrong" (detail as "pin.wrong"), "puk.blocked"
  // (only the issuer can help then), "puk.bad_length", "pin.bad_length", "pin.not_new".
  virtual Result<void> unblock_pin(EidKey key, const SecretBytes& puk, const SecretBytes& new_pin) = 0;
  virtual Result<PinState> puk_state() = 0;
};

// The eID that this card is. Error "card.not_accepted": it is none that is known.
Result<std::unique_ptr<ElectronicId>> open_electronic_id(SmartCard& card);

}  // namespace bianmin::card
