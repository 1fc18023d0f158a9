// What custody says, to whom, and what the list of openings says of it.
#include <sys/stat.h>

#include <fstream>

#include "sync/custody/desk.hpp"
#include "sync/custody/sealer.hpp"
#include "sync/seal/digest.hpp"
#include "tests/sync/custody/custody_scene.hpp"

namespace bianmin::custody {

using test::code_of;
using test::CustodyScene;
using test::must;
using test::reading;

namespace {

std::vector<SealedRecord> views_of(const std::vector<test::SealedSample>& samples) {
  std::vector<SealedRecord> views;
  for (const auto& one : samples) views.push_back({one.envelope, one.payload});
  return views;
}

Bytes bound(std::string_view case_no) { return certificate_aad(case_no, seal::sha256(view_of("token"))); }

std::string error_in(const Reply& reply) {
  const Error* error = std::get_if<Error>(&reply);
  return error == nullptr ? "none" : std::string(error->code);
}

}  // namespace

TEST_CASE("a batch is judged by all cores as by one, and is one line that names each record") {
  CustodyScene scene;
  std::vector<test::SealedSample> samples;
  for (int number = 1; number <= 40; ++number) samples.push_back(scene.sample(number));
  samples[7].payload.back() ^= 1;
  samples[30].envelope.case_no = "another";
  LoggedCustody custody(*scene.keys, *scene.log, {1000, 77});
  const auto verdicts = must(custody.judge(views_of(samples)));
  REQUIRE(verdicts.size() == samples.size());
  for (std::size_t at = 0; at < samples.size(); ++at) {
    const std::string expected = at == 7 ? "hub.cannot_open" : at == 30 ? "hub.record_mismatch" : "";
    CHECK(verdicts[at].code == expected);
    if (expected.empty()) CHECK(verdicts[at].token_digest == seal::sha256(view_of(samples[at].record.token)));
  }
  const auto lines = scene.openings();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0]["purpose"] == "judge");
  CHECK(lines[0]["uid"] == 1000);
  CHECK(lines[0]["pid"] == 77);
  REQUIRE(lines[0]["records"].size() == 40);
  CHECK(lines[0]["records"][39] == to_hex(samples[39].record.id));
  CHECK(lines[0]["refused"].size() == 2);
  CHECK(lines[0]["refused"][to_hex(samples[30].record.id)] == "hub.record_mismatch");
  CHECK(json_text(lines[0]).size() < 40 * 40 + 400);
}

TEST_CASE("a record sealed to a key that came since is judged, too") {
  CustodyScene scene;
  scene.publish(record::profile_international, 2);
  const std::vector<test::SealedSample> samples = {scene.sample(1)};
  LoggedCustody custody(*scene.keys, *scene.log, {});
  CHECK(must(custody.judge(views_of(samples)))[0].code.empty());
}

TEST_CASE("who reads a record says for what and for whom, and the list says it before the content is there") {
  CustodyScene scene;
  const auto sample = scene.sample();
  LoggedCustody custody(*scene.keys, *scene.log, {5, 6});
  CHECK(must(custody.open_record(sample.record.id, sample.payload, reading)) == sample.record);
  CHECK(code_of(custody.open_record(sample.record.id, sample.payload, {"filing", ""})) ==
        "custody.no_reason");
  CHECK(code_of(custody.open_record(sample.record.id, sample.payload, {"", "x"})) == "custody.no_reason");
  CHECK(code_of(custody.open_record(sample.record.id, sample.payload, {"a\n", "x"})) == "custody.no_reason");
  CHECK(code_of(custody.open_record(record::RecordId{9}, sample.payload, reading)) == "seal.cannot_open");
  const auto lines = scene.openings();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["purpose"] == "filing");
  CHECK(lines[0]["whom"] == "pensions");
  CHECK(lines[0]["records"][0] == to_hex(sample.record.id));
  CHECK(lines[0]["refused"].empty());
  CHECK(lines[1]["refused"].front() == "seal.cannot_open");
}

TEST_CASE("an ask is on the list without its case's number, and so is a certificate") {
  CustodyScene scene;
  LoggedCustody custody(*scene.keys, *scene.log, {});
  const Bytes ask = scene.sealed_ask();
  CHECK(must(custody.open_ask(ask)).case_no == "case");
  CHECK(code_of(custody.open_ask(Bytes{1})) == "hub.bad_ask");
  const auto profile = must(seal::Profile::named(record::profile_guomi));
  const Bytes sealed = must(profile->seal(scene.newest(record::profile_guomi), seal::Purpose::certificate,
                                          bound("CASE-77"), view_of("%PDF")));
  CHECK(must(custody.open_certificate(bound("CASE-77"), sealed, reading)) == SecretBytes{'%', 'P', 'D', 'F'});
  CHECK(code_of(custody.open_certificate(bound("CASE-78"), sealed, reading)) == "seal.cannot_open");
  const auto lines = scene.openings();
  REQUIRE(lines.size() == 4);
  CHECK(lines[0]["records"][0] == to_hex(ByteView(seal::sha256(ask)).first(16)));
  CHECK(lines[1]["refused"].front() == "hub.bad_ask");
  for (const Json& line : lines) {
    CHECK(json_text(line).find("CASE-7") == std::string::npos);
    CHECK(json_text(line).find("\"case\"") == std::string::npos);
  }
}

TEST_CASE("a certificate is handed out by pieces, to the key in the ask alone, and each is on the list") {
  CustodyScene scene;
  const auto profile = must(seal::Profile::named(record::profile_international));
  Bytes whole = seal::random_bytes(record::certificate_piece_size + 5);
  const Bytes sealed =
      must(profile->seal(scene.newest(), seal::Purpose::certificate, bound("CASE-77"), whole));
  const auto reply_key = profile->generate_key();
  record::AskRequest request{"CASE-77", "token", reply_key.public_point(), record::AskForm::piece};
  Desk desk(Role::judge, *scene.keys, *scene.log, {});
  Bytes got;
  for (const std::uint64_t offset : {std::size_t{0}, record::certificate_piece_size}) {
    request.offset = offset;
    const Bytes ask = scene.sealed_ask(request);
    const auto reply =
        must(decode_reply(encode(desk.answer(encode(Request(HandOutRequest{ask, sealed, "T-0001"}))))));
    REQUIRE(std::holds_alternative<SealedAnswer>(reply));
    const Bytes& answer = std::get<SealedAnswer>(reply).bytes;
    const auto plain = must(profile->open(reply_key, seal::Purpose::answer, profile->digest(ask), answer));
    const auto piece = must(record::decode_certificate_piece(plain));
    CHECK(piece.size == whole.size());
    CHECK(piece.digest == profile->digest(whole));
    CHECK(piece.offset == offset);
    append(got, piece.bytes);
  }
  CHECK(got == whole);
  LoggedCustody custody(*scene.keys, *scene.log, {});
  const auto refusal = [&](const record::AskRequest& other, std::string_view whom = "T-0001") {
    return code_of(custody.hand_out(scene.sealed_ask(other), sealed, whom));
  };
  CHECK(refusal({"CASE-77", "token", reply_key.public_point(), record::AskForm::piece,
                 2 * record::certificate_piece_size}) == "hub.bad_ask");
  CHECK(refusal({"CASE-77", "token", reply_key.public_point(), record::AskForm::third}) == "hub.bad_ask");
  CHECK(refusal({"CASE-77", "token", Bytes(65, 1), record::AskForm::piece}) == "hub.bad_ask");
  CHECK(refusal({"CASE-78", "token", reply_key.public_point(), record::AskForm::piece}) ==
        "seal.cannot_open");
  CHECK(refusal({"CASE-77", "tokem", reply_key.public_point(), record::AskForm::piece}) ==
        "seal.cannot_open");
  CHECK(refusal(request, "") == "custody.no_reason");
  CHECK(code_of(custody.hand_out(Bytes{1}, sealed, "T-0001")) == "hub.bad_ask");
  const auto lines = scene.openings();
  REQUIRE(lines.size() == 8);
  for (const Json& line : lines) {
    CHECK(line["purpose"] == "hand_out");
    CHECK(line["whom"] == "T-0001");
    CHECK(line["records"][0] == to_hex(ByteView(seal::sha256(sealed)).first(16)));
    CHECK(json_text(line).find("CASE-7") == std::string::npos);
  }
  CHECK(lines[1]["refused"].empty());
  CHECK(lines[2]["refused"].front() == "hub.bad_ask");
  Desk opening(Role::open, *scene.keys, *scene.log, {});
  CHECK(error_in(opening.answer(encode(Request(HandOutRequest{scene.sealed_ask(request), sealed, "x"})))) ==
        "custody.not_for_you");
}

TEST_CASE("what cannot be put on the list is not opened") {
  CustodyScene scene;
  const auto sample = scene.sample();
  const auto keys = custody_folder(scene.folder.path());
  std::filesystem::remove(keys / openings_name);
  std::filesystem::create_directory(keys / openings_name);  // where the file should be
  LoggedCustody custody(*scene.keys, *scene.log, {});
  const std::vector<SealedRecord> records = {{sample.envelope, sample.payload}};
  CHECK(code_of(custody.judge(records)) == "custody.cannot_log");
  CHECK(code_of(custody.open_record(sample.record.id, sample.payload, reading)) == "custody.cannot_log");
  CHECK(code_of(custody.open_ask(scene.sealed_ask())) == "custody.cannot_log");
  std::filesystem::remove(keys / openings_name);
  CHECK(custody.open_record(sample.record.id, sample.payload, reading).ok());
}

TEST_CASE("a list that has grown is put aside, by whichever process finds it so") {
  CustodyScene scene;
  const auto keys = custody_folder(scene.folder.path());
  const auto first = must(OpeningsLog::open(keys, scene.clock, 1'000));
  const auto second = must(OpeningsLog::open(keys, scene.clock, 1'000));
  for (int number = 0; number < 60; ++number) {
    Opening opening{"filing", std::to_string(number), {}, {"00"}};
    opening.content = true;
    must((number % 3 == 0 ? first : second)->write(opening));
  }
  CHECK(std::filesystem::exists(keys / "openings-000001.log"));
  CHECK(std::filesystem::exists(keys / "openings-000003.log"));
  const auto lines = scene.openings();
  REQUIRE(lines.size() == 60);
  for (std::size_t at = 0; at < lines.size(); ++at) CHECK(lines[at]["whom"] == std::to_string(at));
  struct stat status {};
  REQUIRE(::stat((keys / openings_name).c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
}

TEST_CASE(
    "who may not look into the hub's folder seals to the key that custody tells, asked for now and then") {
  CustodyScene scene;
  auto keys = must(LocalCustody::load(scene.folder.path()));
  for (const auto& entry : std::filesystem::directory_iterator(scene.folder.path())) {
    if (entry.path().extension() == ".pub") std::filesystem::remove(entry.path());  // out of reach
  }
  const Sealer sealer(*keys, scene.clock);
  const Bytes plain = {1, 2, 3};
  const Bytes first = must(sealer.seal(seal::Purpose::certificate, view_of("C"), plain));
  CHECK(must(keys->open_certificate(view_of("C"), first, reading)).size() == 3);
  const auto second = scene.publish(record::profile_international, 2);
  CHECK(must(keys->newest_key(*seal::Profile::of(second))).key.point() == second.point());
  std::filesystem::rename(custody_folder(scene.folder.path()) / "seal.key", scene.folder / "seal.key.away");
  auto only_second = must(OpeningKeys::load(custody_folder(scene.folder.path())));
  const Bytes still_first = must(sealer.seal(seal::Purpose::certificate, view_of("C"), plain));
  CHECK(test::code_of(only_second.open(seal::Purpose::certificate, view_of("C"), still_first)) ==
        "seal.cannot_open");
  scene.clock.advance(sealer_key_ms);
  const Bytes now_second = must(sealer.seal(seal::Purpose::certificate, view_of("C"), plain));
  CHECK(test::code_of(only_second.open(seal::Purpose::certificate, view_of("C"), now_second)) == "ok");
}

TEST_CASE("the desk gives each side what is its own, and nothing else") {
  CustodyScene scene;
  const auto sample = scene.sample();
  Desk judging(Role::judge, *scene.keys, *scene.log, {});
  Desk opening(Role::open, *scene.keys, *scene.log, {});
  const Bytes judge = encode(Request(JudgeRequest{{{record::encode(sample.envelope), sample.payload}}}));
  const Bytes open = encode(Request(RecordRequest{sample.record.id, sample.payload, reading}));
  const Bytes ask = encode(Request(AskRequest{scene.sealed_ask()}));
  const Bytes certificate = encode(Request(CertificateRequest{bytes_of("C"), sample.payload, reading}));
  CHECK(error_in(judging.answer(open)) == "custody.not_for_you");
  CHECK(error_in(judging.answer(certificate)) == "custody.not_for_you");
  CHECK(error_in(opening.answer(judge)) == "custody.not_for_you");
  CHECK(error_in(opening.answer(ask)) == "custody.not_for_you");
  CHECK(scene.openings().empty());
  CHECK(std::get<std::vector<Verdict>>(judging.answer(judge)).at(0).code.empty());
  CHECK(std::get<OpenedAsk>(judging.answer(ask)).case_no == "case");
  const auto content = std::get<Content>(opening.answer(open)).bytes;
  CHECK(must(record::decode_case_record(content)) == sample.record);
  CHECK(error_in(opening.answer(certificate)) == "seal.cannot_open");
  CHECK(error_in(judging.answer(Bytes{1, 2, 3})) == "custody.bad_message");
  CHECK(error_in(judging.answer(encode(Request(JudgeRequest{{{{1}, {2}}}})))) == "custody.bad_message");
  scene.publish(record::profile_international, 2);
  CHECK(std::get<PublishedKey>(judging.answer(encode(Request(KeyRequest{"intl-1"})))).number == 2);
  CHECK(error_in(judging.answer(encode(Request(KeyRequest{"none"})))) == "custody.away");
}

}  // namespace bianmin::custody
