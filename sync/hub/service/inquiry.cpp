#include "sync/hub/service/inquiry.hpp"

#include "sync/hub/store/operator_events.hpp"
#include "sync/record/case_no.hpp"
#include "sync/seal/digest.hpp"
#include "sync/seal/hpke.hpp"
#include "terminal/base/config.hpp"

namespace bianmin::hub {

namespace {

record::CaseState unknown_case(const std::string& case_no) {
  record::CaseState state;
  state.case_no = case_no;
  return state;
}

Bytes encode_as(record::AskForm form, const record::CaseState& state) {
  if (form == record::AskForm::first) return record::encode(state);
  return form == record::AskForm::second ? record::encode_second(state) : record::encode_third(state);
}

// Of a case that is unknown, of a wrong token, and of a case without one.
const Error no_certificate{Remedy::refuse, "hub.no_certificate", {}};

}  // namespace

Result<std::vector<Inquiry::CaseFile>> Inquiry::find(const std::string& case_no) {
  auto query = database_.prepare(
      "SELECT terminal_id, token_digest, received_utc_ms, accepted_utc_ms, acceptance_no, department_state, "
      "department_utc_ms, case_no FROM case_file "
      "WHERE case_no = ?1 OR (case_no > ?1 || '/' AND case_no < ?1 || '0') ORDER BY case_no");
  query.bind(std::string_view(case_no));
  std::vector<CaseFile> files;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return files;
    CaseFile file;
    file.state.case_no = case_no;
    file.terminal_id = query.text(0);
    file.token_digest = query.bytes(1);
    file.state.received_utc_ms = query.integer(2);
    file.state.accepted_utc_ms = query.integer(3);
    file.state.acceptance_no = query.text(4);
    file.state.department_state = query.text(5);
    file.state.department_utc_ms = query.integer(6);
    file.name = query.text(7);
    const bool accepted = file.state.accepted_utc_ms != 0;
    file.state.stage = accepted ? record::CaseStage::accepted : record::CaseStage::received;
    files.push_back(std::move(file));
  }
}

Result<std::optional<Inquiry::CaseFile>> Inquiry::find(const custody::OpenedAsk& ask) {
  auto files = find(ask.case_no);
  if (!files) return files.error();
  std::optional<CaseFile> found;
  for (CaseFile& file : *files) {
    if (equal_constant_time(file.token_digest, ask.token_digest)) found = std::move(file);
  }
  return found;
}

// It lies here sealed, for the case's own number and its slip.
Result<std::uint64_t> Inquiry::certificate_size(const CaseFile& file) {
  if (file.name != file.state.case_no) return std::uint64_t{0};
  auto query = database_.prepare("SELECT length(bytes) FROM certificate WHERE case_no = ? AND sealed = 2");
  auto row = query.bind(std::string_view(file.name)).step();
  if (!row) return row.error();
  const std::uint64_t sealed_size = *row ? query.unsigned_integer(0) : 0;
  return sealed_size > seal::seal_overhead ? sealed_size - seal::seal_overhead : 0;
}

Result<Bytes> Inquiry::hand_out(std::string_view terminal_id, ByteView sealed_request,
                                const custody::OpenedAsk& ask, const CaseFile& file,
                                std::int64_t now_utc_ms) {
  auto query = database_.prepare("SELECT bytes FROM certificate WHERE case_no = ? AND sealed = 2");
  auto row = query.bind(std::string_view(ask.case_no)).step();
  if (!row) return row.error();
  if (!*row || file.name != ask.case_no) return no_certificate;
  auto piece = custody_.hand_out(sealed_request, query.bytes(0), terminal_id);
  if (!piece || ask.offset > 0) return piece;
  auto noted =
      note_event(database_, now_utc_ms, {terminal_id}, "certificate",
                 "went to this terminal for who has the slip; custody's openings.log has each piece");
  if (!noted) return noted.error();
  return piece;
}

Result<Bytes> Inquiry::answer(std::string_view terminal_id, ByteView sealed_request,
                              std::int64_t now_utc_ms) {
  auto ask = custody_.open_ask(sealed_request);
  if (!ask) return ask.error();
  const seal::Profile* profile = keys_.profile(ask->profile);
  auto reply_key =
      profile == nullptr ? Error{Remedy::refuse, "hub.bad_ask", {}} : profile->key_from_point(ask->reply_key);
  if (!reply_key) return Error{Remedy::refuse, "hub.bad_ask", {}};
  auto file = find(*ask);
  if (!file) return file.error();
  if (ask->form == record::AskForm::piece) {
    if (!*file) return no_certificate;
    return hand_out(terminal_id, sealed_request, *ask, **file, now_utc_ms);
  }
  record::CaseState state = *file ? (*file)->state : unknown_case(ask->case_no);
  if (*file && ask->form == record::AskForm::third) {
    auto size = certificate_size(**file);
    if (!size) return size.error();
    state.certificate_size = *size;
  }
  return profile->seal(*reply_key, seal::Purpose::answer, profile->digest(sealed_request),
                       encode_as(ask->form, state));
}

// A terminal may have lives in several profiles: the one that asks is the one that gave the first case its
// number, or the latest.
Result<const seal::Profile*> Inquiry::profile_of(std::string_view terminal_id, std::string_view case_no) {
  auto query = database_.prepare(
      "SELECT device_key FROM enrolment WHERE terminal_id = ? "
      "ORDER BY enrolment_no = ? DESC, epoch DESC LIMIT 1");
  const auto enrolment_no = parse_number(case_no.substr(0, 7), 0, record::enrolment_no_max);
  auto row = query.bind(terminal_id).bind(enrolment_no ? *enrolment_no : 0).step();
  if (!row) return row.error();
  auto key = seal::PublicKey::from_pem(query.text(0));
  if (!key) return key.error();
  return keys_.profile(seal::profile_name(key->curve()));
}

Result<Bytes> Inquiry::states(std::string_view terminal_id, ByteView case_list) {
  auto case_nos = record::decode_case_list(case_list);
  const bool second_form = !case_nos;
  if (second_form) case_nos = record::decode_second_case_list(case_list);
  if (!case_nos) return Error{Remedy::refuse, "hub.bad_request", {}};
  std::vector<record::CaseState> states;
  for (const std::string& case_no : *case_nos) {
    auto files = find(case_no);
    if (!files) return files.error();
    const bool own = !files->empty() && files->front().terminal_id == terminal_id;
    states.push_back(own ? std::move(files->front().state) : unknown_case(case_no));
  }
  auto profile = profile_of(terminal_id, case_nos->empty() ? std::string_view() : case_nos->front());
  if (!profile) return profile.error();
  return keys_.sign(**profile,
                    second_form ? record::encode_second_states(states) : record::encode_states(states));
}

Result<Bytes> Inquiry::time(std::string_view terminal_id, std::int64_t now_utc_ms) {
  auto profile = profile_of(terminal_id, {});
  if (!profile) return profile.error();
  return keys_.sign(**profile, record::encode_time(now_utc_ms));
}

Result<Bytes> Inquiry::seal_key(std::string_view terminal_id) {
  auto profile = profile_of(terminal_id, {});
  if (!profile) return profile.error();
  return keys_.key_statement(**profile);
}

}  // namespace bianmin::hub
