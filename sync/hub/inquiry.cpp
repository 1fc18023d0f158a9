#include "sync/hub/inquiry.hpp"

#include "sync/seal/digest.hpp"
#include "sync/seal/hpke.hpp"

namespace bianmin::hub {

Result<Inquiry::CaseFile> Inquiry::find(const std::string& case_no) {
  CaseFile file;
  file.state.case_no = case_no;
  auto query = database_.prepare(
      "SELECT terminal_id, token_digest, received_utc_ms, accepted_utc_ms, acceptance_no FROM case_file "
      "WHERE case_no = ?");
  auto row = query.bind(std::string_view(case_no)).step();
  if (!row) return row.error();
  if (!*row) return file;
  file.terminal_id = query.text(0);
  file.token_digest = query.bytes(1);
  file.state.received_utc_ms = query.integer(2);
  file.state.accepted_utc_ms = query.integer(3);
  file.state.acceptance_no = query.text(4);
  const bool accepted = file.state.accepted_utc_ms != 0;
  file.state.stage = accepted ? record::CaseStage::accepted : record::CaseStage::received;
  return file;
}

Result<Bytes> Inquiry::answer(ByteView sealed_request) {
  const Error bad{Remedy::refuse, "hub.bad_ask", {}};
  auto plain = seal::open_with(keys_.seal_key, record::seal_info_ask, {}, sealed_request);
  if (!plain) return bad;
  auto request = record::decode_ask_request(*plain);
  if (!request) return bad;
  auto reply_key = seal::PublicKey::from_point(request->reply_key);
  if (!reply_key) return bad;
  auto file = find(request->case_no);
  if (!file) return file.error();
  if (!equal_constant_time(file->token_digest, seal::sha256(view_of(request->token)))) {
    file->state = record::CaseState{request->case_no, record::CaseStage::unknown, 0, 0, {}};
  }
  return seal::seal_to(*reply_key, record::seal_info_answer, seal::sha256(sealed_request),
                       record::encode(file->state));
}

Result<Bytes> Inquiry::states(std::string_view terminal_id, ByteView case_list) {
  auto case_nos = record::decode_case_list(case_list);
  if (!case_nos) return Error{Remedy::refuse, "hub.bad_request", {}};
  std::vector<record::CaseState> states;
  for (const std::string& case_no : *case_nos) {
    auto file = find(case_no);
    if (!file) return file.error();
    if (file->terminal_id != terminal_id) {
      file->state = record::CaseState{case_no, record::CaseStage::unknown, 0, 0, {}};
    }
    states.push_back(std::move(file->state));
  }
  return sign_message(keys_, record::encode_states(states));
}

}  // namespace bianmin::hub
