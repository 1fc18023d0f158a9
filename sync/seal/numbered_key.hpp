// The hub's seal key as terminals keep it. Keys are numbered 1, 2, 3, … as the hub makes them, so that a
// terminal never goes back to an older one.
//
// As text it is PEM behind a line "number: 2"; other readers of PEM skip that line. From hub to terminal it
// goes as a statement (record/messages.hpp) that the hub's receipt key signs.
#pragma once

#include "sync/seal/keys.hpp"

namespace bianmin::seal {

struct NumberedKey {
  PublicKey key;
  std::uint64_t number = 1;
};

std::string numbered_pem(const NumberedKey& key);
// Without the line the number is 1. Error "key.invalid".
Result<NumberedKey> numbered_key_from_pem(std::string_view text);

// record::Signed, encoded.
Bytes sign_key_statement(const NumberedKey& key, const PrivateKey& receipt_key);
// Errors, refuse: "message.invalid", "key.bad_signature" (not this hub's), "key.other_profile", "key.invalid"
// (no point of the curve).
Result<NumberedKey> read_key_statement(ByteView signed_statement, const PublicKey& receipt_key);

}  // namespace bianmin::seal
