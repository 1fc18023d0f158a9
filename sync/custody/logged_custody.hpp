// Custody that puts each opening on the list before it says anything of it.
#pragma once

#include "sync/custody/local_custody.hpp"
#include "sync/custody/openings_log.hpp"
#include "sync/custody/requests.hpp"

namespace bianmin::custody {

// Thread-bound. Borrows `keys` and `log`.
class LoggedCustody : public Custody, public RecordOpener {
 public:
  LoggedCustody(LocalCustody& keys, OpeningsLog& log, const Peer& peer)
      : keys_(keys), log_(log), peer_(peer) {}

  // Their errors are those of the interfaces, "custody.cannot_log" (call staff) and "custody.no_reason"
  // (refuse): nobody reads a record without saying for what and for whom.
  Result<std::vector<Verdict>> judge(std::span<const SealedRecord> records) override;
  Result<OpenedAsk> open_ask(ByteView sealed) override;
  Result<Bytes> hand_out(ByteView sealed_ask, ByteView sealed_certificate, std::string_view whom) override;
  Result<record::CaseRecord> open_record(const record::RecordId& id, ByteView sealed,
                                         const Reason& reason) override;
  Result<SecretBytes> open_certificate(ByteView aad, ByteView sealed, const Reason& reason) override;
  Result<seal::NumberedKey> newest_key(const seal::Profile& profile) override;

 private:
  Result<void> note_content(const std::string& what, const Reason& reason, std::string_view code);
  LocalCustody& keys_;
  OpeningsLog& log_;
  Peer peer_;
};

// A logged custody that has all it needs: for a command of an operator who may read the keys.
class OwnCustody {
 public:
  // Errors: those of LocalCustody::load and OpeningsLog::open.
  static Result<std::unique_ptr<OwnCustody>> load(const std::filesystem::path& hub_folder,
                                                  const Clock& clock);
  LoggedCustody& get() { return *logged_; }

 private:
  std::unique_ptr<LocalCustody> keys_;
  std::unique_ptr<OpeningsLog> log_;
  std::optional<LoggedCustody> logged_;
};

}  // namespace bianmin::custody
