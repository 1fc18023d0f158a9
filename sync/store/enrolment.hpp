// What a terminal got when it was enrolled: who it is, its keys, and the hub's keys.
//
// One folder, written by `kiosk-hub enrol`:
//   terminal.conf     terminal_id, epoch, enrolment_no,
//                     spares: further lives "EPOCH:ENROLMENT_NO …", for when a journal is damaged
//   device.key        signs records (private)          device.pub
//   hub-seal.pub      records are sealed to it          hub-receipt.pub  signs the hub's receipts
//   tls.key tls.crt ca.crt agent.conf                  the agent's
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sync/seal/keys.hpp"

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
};

// Errors: those of Config and of the key files, "enrolment.incomplete".
Result<Identity> load_identity(const std::filesystem::path& folder);
// That one and its spares, in the order in which they are lived. Error "enrolment.bad_spares" besides.
Result<std::vector<Identity>> load_lives(const std::filesystem::path& folder);
Result<Enrolment> load_enrolment(const std::filesystem::path& folder);

}  // namespace bianmin::store
