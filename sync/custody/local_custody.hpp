// Custody in the process that has the keys.
#pragma once

#include <memory>
#include <optional>

#include "sync/custody/custody.hpp"
#include "sync/custody/opening_keys.hpp"
#include "sync/seal/trust_list.hpp"

namespace bianmin::custody {

// Thread-bound.
class LocalCustody : public Custody, public RecordOpener {
 public:
  // The keys of a hub's folder (key_folder.hpp), and its eid-trust/, if there is one: whose electronic IDs
  // are believed. Errors: those of OpeningKeys::load and of TrustList::load.
  static Result<std::unique_ptr<LocalCustody>> load(const std::filesystem::path& hub_folder);
  // Without `trust`: of no electronic ID it is known whose it is.
  explicit LocalCustody(OpeningKeys keys, std::optional<seal::TrustList> trust = std::nullopt)
      : keys_(std::move(keys)), trust_(std::move(trust)) {}

  // A batch is shared among the machine's cores.
  Result<std::vector<Verdict>> judge(std::span<const SealedRecord> records) override;
  Result<OpenedAsk> open_ask(ByteView sealed) override;
  Result<Bytes> hand_out(ByteView sealed_ask, ByteView sealed_certificate, std::string_view whom) override;
  Result<record::CaseRecord> open_record(const record::RecordId& id, ByteView sealed,
                                         const Reason& reason) override;
  Result<SecretBytes> open_certificate(ByteView aad, ByteView sealed, const Reason& reason) override;
  Result<seal::NumberedKey> newest_key(const seal::Profile& profile) override;

 private:
  struct Asked {
    record::AskRequest request;
    const seal::Profile* profile;
  };
  Result<Asked> read_ask(ByteView sealed);
  Verdict judge_opened(const SealedRecord& sealed, const OpeningKeys::Opened& opened) const;
  std::vector<std::optional<Verdict>> judge_known(std::span<const SealedRecord> records) const;
  OpeningKeys keys_;
  std::optional<seal::TrustList> trust_;
};

}  // namespace bianmin::custody
