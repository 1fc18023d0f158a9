// The keys and certificates of an emulated eID, from made-up authorities.
#pragma once

#include "drivers/emulator/eid_card_model.hpp"
#include "sync/seal/test_identity.hpp"

namespace bianmin {

inline emulator::EidKeys specimen_keys(const seal::TestEid& eid) {
  return {eid.authentication.certificate(), eid.signing.certificate(), [eid](bool signing, ByteView digest) {
            return (signing ? eid.signing : eid.authentication).sign_digest(digest);
          }};
}

}  // namespace bianmin
