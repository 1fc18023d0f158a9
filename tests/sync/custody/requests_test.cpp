#include "sync/custody/requests.hpp"

#include "sync/record/cbor.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::custody {

using test::code_of;
using test::must;

namespace {

template <typename Kind>
Kind there_and_back(const Request& request) {
  return std::get<Kind>(must(decode_request(encode(request))));
}

template <typename Kind>
Kind reply_there_and_back(const Reply& reply) {
  return std::get<Kind>(must(decode_reply(encode(reply))));
}

}  // namespace

TEST_CASE("what is asked of custody comes back as it was") {
  const auto judged = there_and_back<JudgeRequest>(JudgeRequest{{{{1, 2}, {3}}, {{}, {4, 5}}}});
  CHECK(judged.records == std::vector<JudgeRequest::One>{{{1, 2}, {3}}, {{}, {4, 5}}});
  CHECK(there_and_back<AskRequest>(AskRequest{{7, 8}}).sealed == Bytes{7, 8});
  const auto record = there_and_back<RecordRequest>(RecordRequest{{9}, {1}, {"filing", "民政"}});
  CHECK(record.id == record::RecordId{9});
  CHECK(record.reason.purpose == "filing");
  CHECK(record.reason.whom == "民政");
  CHECK(there_and_back<CertificateRequest>(CertificateRequest{{7, 8}, {1}, {"a", "b"}}).aad == Bytes{7, 8});
  const auto handed = there_and_back<HandOutRequest>(HandOutRequest{{1}, {2, 3}, "T-0001"});
  CHECK(handed.ask == Bytes{1});
  CHECK(handed.certificate == Bytes{2, 3});
  CHECK(handed.whom == "T-0001");
  CHECK(there_and_back<KeyRequest>(KeyRequest{"gm-1"}).profile == "gm-1");
}

TEST_CASE("what custody answers comes back as it was") {
  const Verdict verdict{"hub.bad_record", "hub.untrusted_signer", "valid", {5}};
  const auto verdicts = reply_there_and_back<std::vector<Verdict>>(std::vector<Verdict>{{}, verdict});
  REQUIRE(verdicts.size() == 2);
  CHECK(verdicts[1].code == "hub.bad_record");
  CHECK(verdicts[1].signature_code == "hub.untrusted_signer");
  CHECK(verdicts[1].signature_state == "valid");
  CHECK(verdicts[1].token_digest == record::Digest{5});
  const auto ask =
      reply_there_and_back<OpenedAsk>(OpenedAsk{"gm-1", "C", {6}, {1, 2}, record::AskForm::piece, 77});
  CHECK(ask.case_no == "C");
  CHECK(ask.form == record::AskForm::piece);
  CHECK(ask.offset == 77);
  CHECK(reply_there_and_back<SealedAnswer>(SealedAnswer{{9}}).bytes == Bytes{9});
  const auto error = reply_there_and_back<Error>(Error{Remedy::call_staff, "custody.cannot_log", "x"});
  CHECK(error.code == "custody.cannot_log");
  CHECK(error.remedy == Remedy::call_staff);
  CHECK(reply_there_and_back<Content>(Content{{1, 2}}).bytes == SecretBytes{1, 2});
  CHECK(reply_there_and_back<PublishedKey>(PublishedKey{3, Bytes(65, 4)}).number == 3);
}

TEST_CASE("hostile messages are refused") {
  CHECK(code_of(decode_request({})) == "custody.bad_message");
  CHECK(code_of(decode_reply(Bytes{0xff})) == "custody.bad_message");
  Bytes longer = encode(Request(AskRequest{{7}}));
  longer.push_back(0);
  CHECK(code_of(decode_request(longer)) == "custody.bad_message");
  CHECK(code_of(decode_request(encode(Reply(Content{{1}})))) == "custody.bad_message");
  CHECK(code_of(decode_request(encode(Request(AskRequest{Bytes(5000, 1)})))) == "custody.bad_message");
  const Reason endless{"filing", std::string(200, 'x')};
  CHECK(code_of(decode_request(encode(Request(RecordRequest{{}, {}, endless})))) == "custody.bad_message");
  JudgeRequest many;
  many.records.resize(judged_records_max + 1);
  CHECK(code_of(decode_request(encode(Request(many)))) == "custody.bad_message");
  // An array that says it is long and is not.
  const Bytes short_array = record::CborWriter().map(2).uint(0).text("bm-judge-1").uint(1).array(200).take();
  CHECK(code_of(decode_request(short_array)) == "custody.bad_message");
}

TEST_CASE("a code that custody does not have is no code of its") {
  const auto error = reply_there_and_back<Error>(Error{Remedy::refuse, "terminal.made_up", {}});
  CHECK(error.code == "custody.away");
  CHECK(error.remedy == Remedy::retry_later);
}

}  // namespace bianmin::custody
