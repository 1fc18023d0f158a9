#include "sync/hub/hub_store.hpp"

#include "sync/hub/migrations.hpp"
#include "sync/record/messages.hpp"

namespace bianmin::hub {

Result<std::unique_ptr<database::Database>> open_hub_database(const std::filesystem::path& folder,
                                                              database::Access access, const char* vfs) {
  return database::Database::open(folder / "hub.db", migrations, {.access = access, .vfs = vfs});
}

Result<HubKeys> load_hub_keys(const std::filesystem::path& folder) {
  auto seal_key = seal::PrivateKey::load(folder / "seal.key");
  if (!seal_key) return seal_key.error();
  auto receipt_key = seal::PrivateKey::load(folder / "receipt.key");
  if (!receipt_key) return receipt_key.error();
  return HubKeys{*seal_key, *receipt_key};
}

Result<std::optional<seal::TrustList>> load_hub_trust(const std::filesystem::path& folder) {
  using Trust = std::optional<seal::TrustList>;
  std::error_code failed;
  if (!std::filesystem::exists(folder / "eid-trust", failed)) return Trust();
  auto trust = seal::TrustList::load(folder / "eid-trust");
  if (!trust) return trust.error();
  return Trust(std::move(trust).value());
}

Bytes sign_message(const HubKeys& keys, Bytes body) {
  Bytes signature = keys.receipt_key.sign(body);
  return record::encode(record::Signed{std::move(body), std::move(signature)});
}

Result<std::optional<EnrolledTerminal>> find_enrolment(database::Database& database,
                                                       std::string_view terminal_id, std::uint64_t epoch) {
  auto query = database.prepare(
      "SELECT enrolment_no, device_key, state, head_seq, life FROM enrolment WHERE terminal_id = ? AND epoch "
      "= ?");
  auto row = query.bind(terminal_id).bind(epoch).step();
  if (!row) return row.error();
  if (!*row) return std::optional<EnrolledTerminal>();
  return std::optional(EnrolledTerminal{static_cast<std::uint32_t>(query.integer(0)), query.text(1),
                                        query.text(2) != "active", query.unsigned_integer(3),
                                        query.text(4) == "spare"});
}

}  // namespace bianmin::hub
