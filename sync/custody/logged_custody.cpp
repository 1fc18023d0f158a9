#include "sync/custody/logged_custody.hpp"

#include <unistd.h>

#include <algorithm>

#include "sync/custody/key_folder.hpp"
#include "sync/seal/digest.hpp"

namespace bianmin::custody {

namespace {

constexpr std::string_view judging = "judge";
constexpr std::string_view asking = "ask";
constexpr std::string_view handing_out = "hand_out";
constexpr std::string_view who_takes_in = "ingest";

const Error no_reason{Remedy::refuse, "custody.no_reason", "for what, and for whom?"};

// Of what has no number of its own.
std::string name_of(ByteView sealed) { return to_hex(ByteView(seal::sha256(sealed)).first(16)); }

bool says_why(const Reason& reason) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return !reason.whom.empty() && reason.whom.size() <= whom_size_max && !reason.purpose.empty() &&
         reason.purpose.size() <= purpose_size_max && std::ranges::all_of(reason.purpose, letter);
}

}  // namespace

Result<std::vector<Verdict>> LoggedCustody::judge(std::span<const SealedRecord> records) {
  if (records.empty()) return std::vector<Verdict>();
  auto verdicts = keys_.judge(records);
  if (!verdicts) return verdicts;
  Opening opening{std::string(judging), std::string(who_takes_in), peer_, {}};
  for (std::size_t at = 0; at < records.size(); ++at) {
    opening.records.push_back(to_hex(records[at].envelope.record_id));
    const Verdict& verdict = (*verdicts)[at];
    const std::string& code = verdict.code.empty() ? verdict.signature_code : verdict.code;
    if (!code.empty()) opening.refused[opening.records.back()] = code;
  }
  if (auto written = log_.write(opening); !written) return written.error();
  return verdicts;
}

Result<OpenedAsk> LoggedCustody::open_ask(ByteView sealed) {
  auto ask = keys_.open_ask(sealed);
  Opening opening{std::string(asking), std::string(who_takes_in), peer_, {name_of(sealed)}};
  if (!ask) opening.refused[opening.records.front()] = ask.error().code;
  if (auto written = log_.write(opening); !written) return written.error();
  return ask;
}

Result<Bytes> LoggedCustody::hand_out(ByteView sealed_ask, ByteView sealed_certificate,
                                      std::string_view whom) {
  const Reason reason{std::string(handing_out), std::string(whom)};
  if (!says_why(reason)) return no_reason;
  auto answer = keys_.hand_out(sealed_ask, sealed_certificate, whom);
  auto noted =
      note_content(name_of(sealed_certificate), reason, answer ? std::string_view() : answer.error().code);
  if (!noted) return noted.error();
  return answer;
}

Result<void> LoggedCustody::note_content(const std::string& what, const Reason& reason,
                                         std::string_view code) {
  Opening opening{reason.purpose, reason.whom, peer_, {what}};
  opening.content = code.empty();
  if (!code.empty()) opening.refused[what] = code;
  return log_.write(opening);
}

Result<record::CaseRecord> LoggedCustody::open_record(const record::RecordId& id, ByteView sealed,
                                                      const Reason& reason) {
  if (!says_why(reason)) return no_reason;
  auto record = keys_.open_record(id, sealed, reason);
  auto noted = note_content(to_hex(id), reason, record ? std::string_view() : record.error().code);
  if (!noted) return noted.error();
  return record;
}

Result<SecretBytes> LoggedCustody::open_certificate(ByteView aad, ByteView sealed, const Reason& reason) {
  if (!says_why(reason)) return no_reason;
  auto plain = keys_.open_certificate(aad, sealed, reason);
  auto noted = note_content(name_of(sealed), reason, plain ? std::string_view() : plain.error().code);
  if (!noted) return noted.error();
  return plain;
}

Result<seal::NumberedKey> LoggedCustody::newest_key(const seal::Profile& profile) {
  return keys_.newest_key(profile);
}

Result<std::unique_ptr<OwnCustody>> OwnCustody::load(const std::filesystem::path& hub_folder,
                                                     const Clock& clock) {
  auto own = std::make_unique<OwnCustody>();
  auto keys = LocalCustody::load(hub_folder);
  if (!keys) return keys.error();
  own->keys_ = std::move(keys).value();
  auto log = OpeningsLog::open(custody_folder(hub_folder), clock);
  if (!log) return log.error();
  own->log_ = std::move(log).value();
  own->logged_.emplace(*own->keys_, *own->log_, Peer{::getuid(), ::getpid()});
  return own;
}

}  // namespace bianmin::custody
