// A hub with terminals whose cases have slips, and a sequencer beside it.
#pragma once

#include "sync/hub/proof/proofs.hpp"
#include "sync/hub/proof/sequencer.hpp"
#include "sync/proof/check.hpp"
#include "tests/sync/hub/support.hpp"

namespace bianmin::test {

struct ProofHub {
  HubInProcess hub;
  EnrolledTerminalInProcess terminal{hub};
  hub::Sequencer sequencer{hub.database(), hub.keys(), hub.clock};
  hub::Proofs proofs{hub.database(), hub.keys()};

  record::Slip save_case() { return save_case(terminal); }
  static record::Slip save_case(EnrolledTerminalInProcess& at) {
    const record::CaseRecord record = sample_case();
    return {at.save(record).case_no, record.token};
  }
  int sequence() { return must(sequencer.run()); }
  const seal::Profile& profile(std::string_view name = record::profile_international) const {
    return *hub.keys().profile(name);
  }
  seal::PublicKey key(std::string_view name = record::profile_international) const {
    return hub.keys().receipt_key(profile(name));
  }
  Result<proof::CheckedProof> prove(const record::Slip& slip,
                                    std::string_view name = record::profile_international) {
    auto proof = proofs.prove(profile(name), proof::slip_mark(profile(name), slip));
    if (!proof) return proof.error();
    return proof::check_proof(proof::encode(*proof), slip, key(name));
  }
  proof::TreeHead head(std::string_view name = record::profile_international) {
    return must(proof::check_head(must(hub::newest_head(hub.database(), profile(name)))->head, key(name)));
  }
  std::int64_t number(const std::string& sql) { return must(hub.database().prepare(sql).number()); }
};

}  // namespace bianmin::test
