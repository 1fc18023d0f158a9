#include "sync/custody/desk.hpp"

#include "sync/custody/key_folder.hpp"

namespace bianmin::custody {

Result<seal::NumberedKey> newest_published_key(const std::filesystem::path& hub_folder,
                                               std::string_view name) {
  auto profile = seal::Profile::named(name);
  if (!profile) return profile.error();
  const auto folder = profile_folder(hub_folder, name);
  auto numbers = seal_key_numbers(folder, ".pub");
  if (!numbers) return numbers.error();
  const std::uint64_t newest = numbers->empty() ? 1 : numbers->front();  // loading says what is wrong
  auto key = seal::PublicKey::load(folder / (seal_key_name(newest) + ".pub"));
  if (!key) return key.error();
  if (auto right = (*profile)->check(*key); !right) return right.error();
  return seal::NumberedKey{std::move(key).value(), newest};
}

Reply Desk::judge(const JudgeRequest& request) {
  std::vector<record::Envelope> envelopes;
  envelopes.reserve(request.records.size());
  std::vector<SealedRecord> records;
  for (const auto& one : request.records) {
    auto envelope = record::decode_envelope(one.envelope);
    if (!envelope) return Error{Remedy::refuse, "custody.bad_message", {}};
    envelopes.push_back(std::move(envelope).value());
    records.push_back({envelopes.back(), one.payload});
  }
  auto verdicts = keys_.judge(records);
  if (!verdicts) return verdicts.error();
  return std::move(verdicts).value();
}

Reply Desk::open_record(const RecordRequest& request) {
  auto record = keys_.open_record(request.id, request.sealed, request.reason);
  if (!record) return record.error();
  auto bytes = record::encode(*record);
  if (!bytes) return bytes.error();
  Content content{SecretBytes(bytes->begin(), bytes->end())};
  wipe(bytes->data(), bytes->size());
  return content;
}

// Out of its own keys: custody does not read the hub's folder.
Reply Desk::newest(const KeyRequest& request) {
  auto profile = seal::Profile::named(request.profile);
  if (!profile) return Error{profile.error().remedy, "custody.away", {}};
  auto key = keys_.newest_key(**profile);
  if (!key) return Error{key.error().remedy, "custody.away", {}};
  return PublishedKey{key->number, key->key.point()};
}

Reply Desk::answer(ByteView bytes) {
  const Error not_for_you{Remedy::refuse, "custody.not_for_you", {}};
  auto request = decode_request(bytes);
  if (!request) return request.error();
  if (const auto* judged = std::get_if<JudgeRequest>(&*request)) {
    return role_ == Role::judge ? judge(*judged) : not_for_you;
  }
  if (const auto* key = std::get_if<KeyRequest>(&*request)) return newest(*key);
  if (const auto* ask = std::get_if<AskRequest>(&*request)) {
    if (role_ != Role::judge) return not_for_you;
    auto opened = keys_.open_ask(ask->sealed);
    if (!opened) return opened.error();
    return std::move(opened).value();
  }
  if (const auto* handed = std::get_if<HandOutRequest>(&*request)) {
    if (role_ != Role::judge) return not_for_you;
    auto sealed = keys_.hand_out(handed->ask, handed->certificate, handed->whom);
    if (!sealed) return sealed.error();
    return SealedAnswer{std::move(sealed).value()};
  }
  if (role_ != Role::open) return not_for_you;
  if (const auto* record = std::get_if<RecordRequest>(&*request)) return open_record(*record);
  const auto& certificate = std::get<CertificateRequest>(*request);
  auto plain = keys_.open_certificate(certificate.aad, certificate.sealed, certificate.reason);
  if (!plain) return plain.error();
  return Content{std::move(plain).value()};
}

}  // namespace bianmin::custody
