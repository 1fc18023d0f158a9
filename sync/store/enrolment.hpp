// What a terminal got when it was enrolled: who it is, its keys, and the hub's keys.
//
// One folder, written by `kiosk-hub enrol`:
//   terminal.conf     terminal_id, epoch, enrolment_no, profile,
//                     spares: further lives "EPOCH:ENROLMENT_NO …", for when a journal is damaged
//   device.key        signs records (private; seal/key_file.hpp)   device.pub
//   hub-seal.pub      records are sealed to it, with its number (seal/numbered_key.hpp)
//   hub-receipt.pub   signs the hub's receipts
//   tls.key tls.crt ca.crt agent.conf                  the agent's
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sync/seal/profile.hpp"

namespace bianmin::store {

struct Identity {
  std::string terminal_id;
  std::uint64_t epoch = 0;
  std::uint32_t enrolment_no = 0;  // first part of its case numbers
};

struct Enrolment {
  Identity identity;
  seal::PrivateKey device_key;
  seal::PublicKey hub_seal_key;
  seal::PublicKey hub_receipt_key;
  seal::ProfilePtr profile = seal::Profile::of(device_key.curve());
};

// Errors: those of Config and of the key files, "enrolment.incomplete".
Result<Identity> load_identity(const std::filesystem::path& folder);
// That one and its spares, in the order in which they are lived. Error "enrolment.bad_spares" besides.
Result<std::vector<Identity>> load_lives(const std::filesystem::path& folder);
// Error "key.other_profile" (call_staff) besides: a key is not one of the profile.
Result<Enrolment> load_enrolment(const std::filesystem::path& folder);

// Takes the hub's signed word on its newest seal key (seal/numbered_key.hpp): true when that is a newer one
// than the folder's, which it then replaces, durably and as a whole. An enrolment that is loaded later seals
// to it; the hub opens what is sealed to the one before as well. Errors: those of read_key_statement and of
// load_enrolment, "key.rolled_back" (refuse): older than the folder's, or another with the same number.
// Nothing was changed then.
Result<bool> replace_hub_seal_key(const std::filesystem::path& folder, ByteView signed_statement);

}  // namespace bianmin::store
