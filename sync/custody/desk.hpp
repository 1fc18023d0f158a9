// One connection to custody, without its socket: a request in, a reply out.
#pragma once

#include "sync/custody/logged_custody.hpp"

namespace bianmin::custody {

// What a connection is for: who takes records in gets verdicts; who files them, and operators, get contents.
enum class Role { judge, open };

// Thread-bound. Borrows everything.
class Desk {
 public:
  Desk(Role role, LocalCustody& keys, OpeningsLog& log, const Peer& peer)
      : role_(role), keys_(keys, log, peer) {}

  // Errors in the reply, besides those of the interfaces: "custody.bad_message", "custody.not_for_you"
  // (refuse): not on this connection; nothing was opened.
  Reply answer(ByteView request);

 private:
  Reply judge(const JudgeRequest& request);
  Reply open_record(const RecordRequest& request);
  Reply newest(const KeyRequest& request);
  Role role_;
  LoggedCustody keys_;
};

// The newest seal key of a profile whose public half lies in the hub's folder. Errors: those of the key
// files, "profile.unknown", "key.other_profile".
Result<seal::NumberedKey> newest_published_key(const std::filesystem::path& hub_folder,
                                               std::string_view profile);

}  // namespace bianmin::custody
