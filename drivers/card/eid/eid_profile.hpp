// What differs between the generations of the Estonian eID, as data. One engine works from it:
// estonian_eid.hpp.
//
// Source: the issuers' developer guides at id.ee (IDEMIA "ID1 developer guide", Thales "TD/C EstEID developer
// guide"), as DigiDoc4, libelectronic-id and OpenSC use them; all three agree on every row.
#pragma once

#include "drivers/card/eid/electronic_id.hpp"
#include "drivers/card/iso7816/files.hpp"

namespace bianmin::card {

enum class SignSteps {
  internal_authenticate,  // the digest goes in, the signature comes out
  compute_signature,      // the same, by PERFORM SECURITY OPERATION
  hash_then_compute,      // the digest is put first, and the signature asked for
};

enum class CounterForm {
  file_template,  // GET DATA with the security object's template; tag 9B
  pin_template,   // GET DATA with the PIN's reference; tags DF21, DF2F
};

enum class UnblockForm {
  puk_before,      // VERIFY of the PUK, then the new PIN alone
  puk_and_new_pin  // both in one command
};

struct EidPin {
  std::uint8_t reference;
  std::uint8_t counter;  // as the question for its tries names it
  ByteView application;  // where it is known; empty: the main one
  PinRules rules;
};

struct EidKeyRow {
  ByteView certificate;      // path
  ByteView application;      // where the key is used; empty: the main one
  std::uint8_t environment;  // P2 of MANAGE SECURITY ENVIRONMENT: the template
  std::uint8_t algorithm;
  std::uint8_t key;
  SignSteps steps;
  EidPin pin;
};

struct EidProfile {
  std::string_view name;
  ByteView application;  // the main one
  bool from_root;        // personal data stand below the root, which has to be selected
  iso7816::SelectBy personal_by;
  ByteView personal_path;
  iso7816::SelectBy certificate_by;
  std::uint32_t size_tag;  // of a file's size in its control information
  std::uint8_t pin_padding;
  bool pin_before_environment;
  CounterForm counter_form;
  UnblockForm unblock_form;
  EidPin puk;
  EidKeyRow authentication;
  EidKeyRow signing;
};

struct EidCardRow {
  ByteView atr;
  std::size_t block_byte_max;  // of one READ BINARY
  const EidProfile& profile;
};

constexpr std::size_t eid_pin_block_byte_count = 12;

// Nothing for an ATR that is no eID's.
const EidCardRow* find_eid_card(ByteView atr);

}  // namespace bianmin::card
