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
  return put({case_no, token, {}, record::AskForm::third}, deadline_ms);
}

Result<AskId> Asks::ask_piece(const std::string& case_no, const std::string& token, std::uint64_t offset,
                              std::int64_t deadline_ms) {
  return put({case_no, token, {}, record::AskForm::piece, offset}, deadline_ms);
}

Result<AskId> Asks::put(record::AskRequest request, std::int64_t deadline_ms) {
  const seal::Profile& profile = *enrolment_.profile;
  const seal::PrivateKey reply_key = profile.generate_key();
  request.reply_key = reply_key.public_point();
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

Result<std::optional<Asks::Taken>> Asks::take(AskId id) {
  const auto found = open_.find(id);
  if (found == open_.end()) return std::optional(Taken{});
  auto query = journal_.database().prepare("SELECT state, answer, code FROM ask WHERE id = ?");
  auto row = query.bind(id).step();
  if (!row) return row.error();
  const std::string state = *row ? query.text(0) : "gone";
  const Bytes sealed = *row ? query.bytes(1) : Bytes();
  const std::string code = *row ? query.text(2) : std::string();
  if (state == "open" && clock_.steady_ms() < found->second.deadline_steady_ms) return std::optional<Taken>();
  const Open open = found->second;
  forget(id);
  if (state == "refused") return std::optional(Taken{AnswerKind::refused, {}, code});
  if (state != "answered") return std::optional(Taken{});
  auto plain = enrolment_.profile->open(open.reply_key, seal::Purpose::answer, open.request_digest, sealed);
  if (!plain) return plain.error();
  return std::optional(Taken{AnswerKind::answered, std::move(plain).value(), {}});
}

Result<std::optional<Answer>> Asks::answer(AskId id) {
  auto taken = take(id);
  if (!taken) return taken.error();
  if (!*taken) return std::optional<Answer>();
  Answer answer{(*taken)->kind, {}, (*taken)->code};
  if (answer.kind == AnswerKind::answered) {
    auto read = record::decode_third_case_state((*taken)->plain);
    if (!read) return read.error();
    answer.state = std::move(read).value();
  }
  return std::optional(std::move(answer));
}

Result<std::optional<PieceAnswer>> Asks::piece(AskId id) {
  auto taken = take(id);
  if (!taken) return taken.error();
  if (!*taken) return std::optional<PieceAnswer>();
  PieceAnswer answer{(*taken)->kind, {}, (*taken)->code};
  if (answer.kind == AnswerKind::answered) {
    auto read = record::decode_certificate_piece((*taken)->plain);
    if (!read) return read.error();
    answer.piece = std::move(read).value();
  }
  return std::optional(std::move(answer));
}

void Asks::forget(AskId id) {
  if (open_.erase(id) == 0) return;
  (void)journal_.database().prepare("DELETE FROM ask WHERE id = ?").bind(id).run();
}

}  // namespace bianmin::store
