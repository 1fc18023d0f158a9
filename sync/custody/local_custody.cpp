#include "sync/custody/local_custody.hpp"

#include "sync/custody/key_folder.hpp"
#include "sync/custody/person_signature.hpp"
#include "sync/custody/sealer.hpp"
#include "sync/record/case_no.hpp"
#include "sync/record/messages.hpp"
#include "sync/record/slip.hpp"
#include "sync/seal/digest.hpp"
#include "terminal/base/in_parallel.hpp"

namespace bianmin::custody {

namespace {

const Error bad_ask{Remedy::refuse, "hub.bad_ask", {}};
constexpr std::size_t judged_by_a_thread_min = 4;  // fewer are done before a thread has begun

Verdict no_case(std::string_view code) {
  Verdict verdict;
  verdict.code = code;
  return verdict;
}

bool matches(const record::CaseRecord& record, const record::Envelope& envelope) {
  return record.id == envelope.record_id && record.kind == envelope.kind &&
         record.case_no == envelope.case_no && record.terminal_id == envelope.terminal_id &&
         record.service_id == envelope.service_id;
}

}  // namespace

Result<std::unique_ptr<LocalCustody>> LocalCustody::load(const std::filesystem::path& hub_folder) {
  auto keys = OpeningKeys::load(custody_folder(hub_folder));
  if (!keys) return keys.error();
  std::optional<seal::TrustList> trust;
  std::error_code failed;
  if (std::filesystem::exists(hub_folder / "eid-trust", failed)) {
    auto loaded = seal::TrustList::load(hub_folder / "eid-trust");
    if (!loaded) return loaded.error();
    trust = std::move(loaded).value();
  }
  return std::make_unique<LocalCustody>(std::move(keys).value(), std::move(trust));
}

Verdict LocalCustody::judge_opened(const SealedRecord& sealed, const OpeningKeys::Opened& opened) const {
  const record::Envelope& envelope = sealed.envelope;
  auto record = record::decode_case_record(opened.plain);
  if (!record) return no_case("hub.bad_record");
  if (!matches(*record, envelope)) return no_case("hub.record_mismatch");
  auto case_no = record::parse_case_no(record->case_no);
  if (!case_no || *case_no != record->case_no) return no_case("hub.bad_case_no");
  if (record->kind != record::RecordKind::service_case) return {};
  if (!record::valid_token(record->token)) return no_case("hub.bad_record");
  const SignatureVerdict signature = check_person_signature(*record, trust_ ? &*trust_ : nullptr);
  Verdict verdict;
  verdict.signature_code = signature.code;
  verdict.signature_state = signature.state;
  verdict.token_digest = seal::sha256(view_of(record->token));
  return verdict;
}

// With the keys that are here; nothing for what they do not open.
std::vector<std::optional<Verdict>> LocalCustody::judge_known(std::span<const SealedRecord> records) const {
  std::vector<std::optional<Verdict>> verdicts(records.size());
  in_parallel(records.size(), judged_by_a_thread_min, [&](std::size_t at) {
    const record::Envelope& envelope = records[at].envelope;
    auto opened =
        keys_.open_known(seal::Purpose::record, envelope.record_id, records[at].payload, envelope.profile);
    if (opened) verdicts[at] = judge_opened(records[at], *opened);
  });
  return verdicts;
}

Result<std::vector<Verdict>> LocalCustody::judge(std::span<const SealedRecord> records) {
  auto known = judge_known(records);
  std::vector<Verdict> verdicts;
  verdicts.reserve(records.size());
  for (std::size_t at = 0; at < records.size(); ++at) {
    if (known[at]) {
      verdicts.push_back(std::move(*known[at]));
      continue;
    }
    const record::Envelope& envelope = records[at].envelope;
    auto opened =
        keys_.open(seal::Purpose::record, envelope.record_id, records[at].payload, envelope.profile);
    if (!opened && opened.error().remedy == Remedy::retry_later) return opened.error();
    verdicts.push_back(opened ? judge_opened(records[at], *opened) : no_case("hub.cannot_open"));
  }
  return verdicts;
}

Result<LocalCustody::Asked> LocalCustody::read_ask(ByteView sealed) {
  auto opened = keys_.open(seal::Purpose::ask, {}, sealed);
  if (!opened) return opened.error().remedy == Remedy::retry_later ? opened.error() : bad_ask;
  auto request = record::decode_ask_request(opened->plain);
  if (!request) return bad_ask;
  return Asked{std::move(request).value(), opened->profile};
}

Result<OpenedAsk> LocalCustody::open_ask(ByteView sealed) {
  auto asked = read_ask(sealed);
  if (!asked) return asked.error();
  const record::AskRequest& request = asked->request;
  return OpenedAsk{std::string(asked->profile->name()),
                   request.case_no,
                   seal::sha256(view_of(request.token)),
                   request.reply_key,
                   request.form,
                   request.offset};
}

Result<Bytes> LocalCustody::hand_out(ByteView sealed_ask, ByteView sealed_certificate, std::string_view) {
  auto asked = read_ask(sealed_ask);
  if (!asked) return asked.error();
  const record::AskRequest& request = asked->request;
  auto reply_key = asked->profile->key_from_point(request.reply_key);
  if (!reply_key || request.form != record::AskForm::piece) return bad_ask;
  const Bytes aad = certificate_aad(request.case_no, seal::sha256(view_of(request.token)));
  auto opened = keys_.open(seal::Purpose::certificate, aad, sealed_certificate);
  if (!opened) return opened.error();
  const ByteView whole(opened->plain);
  if (whole.size() > record::certificate_size_max || request.offset >= whole.size()) return bad_ask;
  const ByteView part = whole.subspan(request.offset);
  const ByteView bytes = part.first(std::min(part.size(), record::certificate_piece_size));
  record::CertificatePiece piece{whole.size(), asked->profile->digest(whole), request.offset,
                                 Bytes(bytes.begin(), bytes.end())};
  Bytes plain = record::encode(piece);
  auto answer =
      asked->profile->seal(*reply_key, seal::Purpose::answer, asked->profile->digest(sealed_ask), plain);
  wipe(piece.bytes.data(), piece.bytes.size());
  wipe(plain.data(), plain.size());
  return answer;
}

Result<record::CaseRecord> LocalCustody::open_record(const record::RecordId& id, ByteView sealed,
                                                     const Reason&) {
  auto opened = keys_.open(seal::Purpose::record, id, sealed);
  if (!opened) return opened.error();
  return record::decode_case_record(opened->plain);
}

Result<SecretBytes> LocalCustody::open_certificate(ByteView aad, ByteView sealed, const Reason&) {
  auto opened = keys_.open(seal::Purpose::certificate, aad, sealed);
  if (!opened) return opened.error();
  return std::move(opened->plain);
}

Result<seal::NumberedKey> LocalCustody::newest_key(const seal::Profile& profile) {
  return keys_.newest(profile.name());
}

}  // namespace bianmin::custody
