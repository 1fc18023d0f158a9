// Contents that the hub has signed for and that stay for a while: should the hub be restored from an older
// copy, they are all that is left of what it took in since (hub_heads.hpp). Sealed, like all that waits.
#pragma once

#include "sync/store/journal.hpp"

namespace bianmin::store {

constexpr int kept_step = 200;  // how many go in one transaction

// Whichever is reached first. A backup of the hub that is older than the age heals no more by itself.
struct KeptLimits {
  std::int64_t age_ms_max = 14LL * 86'400'000;
  std::int64_t bytes_max = 67'108'864;
};

// Errors: those of database::Database.
Result<std::int64_t> kept_bytes(Journal& journal);
// Lets go of what is beyond a limit, the oldest first, at most kept_step of them; envelopes and receipts
// stay. Returns how many went: when it is kept_step, call again. Errors: those of database::Database.
Result<int> let_go_of_kept(Journal& journal, const KeptLimits& limits, std::int64_t now_utc_ms);

}  // namespace bianmin::store
