#include "sync/store/asks.hpp"

namespace bianmin::store {

Asks::Asks(Journal& journal, const Enrolment& enrolment, const Clock& clock)
    : journal_(journal), enrolment_(enrolment), clock_(clock) {
  // A row that stays behind harms nobody: the agent skips it after its deadline.
  (void)journal_.database().execute("DELETE FROM ask");
}

Asks::~Asks() {
  while (!open_.empty()) forget(open_.begin()->first);
}

Result<AskId> Asks::ask(const std::string& case_no, const std::string& token, std::int64_t deadline_ms) {
  const seal::Profile& profile = *enrolment_.profile;
  const seal::PrivateKey reply_key = profile.generate_key();
  const record::AskRequest request{case_no, token, reply_key.public_point(), true};
  auto sealed = profile.seal(enrolment_.hub_seal_key, seal::Purpose::ask, {}, record::encode(request));
  if (!sealed) return sealed.error();
  const std::int64_t deadline_steady_ms = clock_.steady_ms() + deadline_ms;
  auto insert =
      journal_.database().prepare("INSERT INTO ask (deadline_steady_ms, request) VALUES (?, ?) RETURNING id");
  const auto id = insert.bind(deadline_steady_ms).bind(ByteView(*sealed)).returned_number();
  if (!id) return id.error();
  open_.emplace(*id, Open{reply_key, profile.digest(*sealed), deadline_steady_ms});
  return *id;
}

Result<std::optional<Answer>> Asks::answer(AskId id) {
  const auto found = open_.find(id);
  if (found == open_.end()) return std::optional(Answer{});
  auto query = journal_.database().prepare("SELECT state, answer, code FROM ask WHERE id = ?");
  auto row = query.bind(id).step();
  if (!row) return row.error();
  const std::string state = *row ? query.text(0) : "gone";
  const Bytes sealed = *row ? query.bytes(1) : Bytes();
  const std::string code = *row ? query.text(2) : std::string();
  if (state == "open" && clock_.steady_ms() < found->second.deadline_steady_ms)
    return std::optional<Answer>();
  const Open open = found->second;
  forget(id);
  if (state == "refused") return std::optional(Answer{AnswerKind::refused, {}, code});
  if (state != "answered") return std::optional(Answer{});
  auto plain = enrolment_.profile->open(open.reply_key, seal::Purpose::answer, open.request_digest, sealed);
  if (!plain) return plain.error();
  auto read = record::decode_second_case_state(*plain);
  if (!read) return read.error();
  return std::optional(Answer{AnswerKind::answered, std::move(read).value(), {}});
}

void Asks::forget(AskId id) {
  if (open_.erase(id) == 0) return;
  (void)journal_.database().prepare("DELETE FROM ask WHERE id = ?").bind(id).run();
}

}  // namespace bianmin::store
