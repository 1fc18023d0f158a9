// Terminals of both profiles at one hub, what a terminal gets that leaves its own, and the hub's newer keys.
#include "sync/custody/key_folder.hpp"
#include "sync/hub/ingest/ingest.hpp"
#include "sync/store/asks.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/hub/support.hpp"

namespace bianmin::hub {

using test::must;

namespace {

record::Upload upload_of(test::EnrolledTerminalInProcess& terminal, std::uint64_t seq) {
  return must(terminal.outbox->pending(1, seq - 1)).at(0).upload;
}

std::int64_t count(test::HubInProcess& hub, const std::string& from) {
  return must(hub.database().prepare("SELECT count(*) FROM " + from).number());
}

// The record as a terminal would send it that speaks another profile than it was enrolled with.
record::Upload in_profile(record::Upload upload, const seal::Profile& profile, const seal::PrivateKey& key) {
  auto envelope = must(record::decode_envelope(upload.envelope));
  envelope.profile = profile.name();
  envelope.payload_digest = profile.digest(upload.payload);
  upload.envelope = record::encode(envelope);
  upload.signature = key.sign(upload.envelope);
  return upload;
}

}  // namespace

TEST_CASE("a terminal of each profile: records, receipts, states and asks") {
  test::HubInProcess hub;
  for (const std::string name : {"intl-1", "gm-1"}) {
    INFO(name);
    test::EnrolledTerminalInProcess terminal(hub, "T-" + name, name);
    CHECK(terminal.enrolment.profile->name() == name);
    const auto record = test::sample_case();
    const auto saved = terminal.save(record);
    CHECK(must(record::decode_envelope(upload_of(terminal, 1).envelope)).profile == name);
    terminal.save(test::sample_rating(saved.case_no));
    terminal.turn_until_quiet();
    CHECK(terminal.state_of(saved.case_no) == store::RecordState::accepted);
    terminal.check_clean();
    store::Asks asks(*terminal.journal, terminal.enrolment, hub.clock);
    const auto id = must(asks.ask(saved.case_no, record.token, 1000));
    (void)terminal.agent->turn();
    const auto answer = must(asks.answer(id));
    REQUIRE(answer);
    CHECK(answer->state.stage == record::CaseStage::accepted);
  }
  CHECK(hub.report().records == 4);
  CHECK(hub.report().refused == 0);
}

TEST_CASE("a terminal that was enrolled again in another profile sends what its earlier life still has") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess first_life(hub, "T-7", "intl-1");
  const auto before = first_life.save();
  test::EnrolledTerminalInProcess second_life(hub, "T-7", "gm-1");
  const auto after = second_life.save();
  second_life.turn_until_quiet();
  first_life.turn_until_quiet();
  CHECK(first_life.state_of(before.case_no) == store::RecordState::accepted);
  CHECK(second_life.state_of(after.case_no) == store::RecordState::accepted);
}

TEST_CASE("a record in another profile than its terminal's is refused with a code and kept") {
  test::HubInProcess hub;
  const std::string name = GENERATE(std::string("intl-1"), std::string("gm-1"));
  test::EnrolledTerminalInProcess terminal(hub, "T-0001", name);
  Ingest ingest(hub.database(), hub.keys(), hub.custody(), hub.clock);
  const auto other = must(seal::Profile::named(name == "gm-1" ? "intl-1" : "gm-1"));
  const auto saved = terminal.save();
  const auto good = upload_of(terminal, 1);
  const auto take = [&](const record::Upload& upload) {
    return test::code_of(ingest.take("T-0001", record::encode(upload)));
  };
  // Signed by the terminal's own key: genuine, so it is kept.
  CHECK(take(in_profile(good, *other, terminal.enrolment.device_key)) == "hub.downgraded_profile");
  CHECK(count(hub, "quarantine WHERE code = 'hub.downgraded_profile'") == 1);
  // Signed by a key that the hub does not know.
  CHECK(take(in_profile(good, *other, other->generate_key())) == "hub.downgraded_profile");
  CHECK(count(hub, "quarantine") == 1);
  auto unknown = must(record::decode_envelope(good.envelope));
  unknown.profile = "intl-9";
  CHECK(take({record::encode(unknown), good.signature, good.payload}) == "hub.unknown_profile");
  CHECK(hub.report().records == 0);
  terminal.turn_until_quiet();
  CHECK(terminal.state_of(saved.case_no) == store::RecordState::accepted);
}

TEST_CASE("what is sealed in the other profile inside a right envelope does not open") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub, "T-0001", "gm-1");
  Ingest ingest(hub.database(), hub.keys(), hub.custody(), hub.clock);
  terminal.save();
  auto upload = upload_of(terminal, 1);
  const auto& intl = *hub.keys().profile("intl-1");
  auto envelope = must(record::decode_envelope(upload.envelope));
  const auto plain =
      must(record::encode(must(hub.custody().open_record(envelope.record_id, upload.payload, {}))));
  upload.payload =
      must(intl.seal(hub.keys().seal_key(intl).key, seal::Purpose::record, envelope.record_id, plain));
  envelope.payload_size = upload.payload.size();
  upload.envelope = record::encode(envelope);
  const auto sent = in_profile(upload, *terminal.enrolment.profile, terminal.enrolment.device_key);
  const auto receipt = must(record::decode_signed(must(ingest.take("T-0001", record::encode(sent)))));
  CHECK(must(record::decode_receipt(receipt.body)).code == "hub.cannot_open");
}

TEST_CASE("a hub's key that is lost is missing, and not made anew") {
  for (const char* lost : {"seal.pub", "receipt.key", "gm-1/seal.pub", "gm-1/receipt.key", "custody/seal.key",
                           "custody/gm-1/seal.key"}) {
    INFO(lost);
    test::HubInProcess hub;
    std::filesystem::remove(hub.folder() / lost);
    must(HubKeys::complete(hub.folder()));
    CHECK_FALSE(std::filesystem::exists(hub.folder() / lost));
    const bool opening = std::string_view(lost).starts_with("custody/");
    CHECK(test::code_of(HubKeys::load(hub.folder())) == (opening ? "ok" : "file.missing"));
    CHECK(test::code_of(custody::LocalCustody::load(hub.folder())) == (opening ? "file.missing" : "ok"));
  }
  const test::TempFolder no_hub;
  CHECK(test::code_of(HubKeys::complete(no_hub.path())) == "file.missing");
  CHECK(std::filesystem::is_empty(no_hub.path()));
}

TEST_CASE("a hub that had no keys of a profile gets them, and keeps those it has") {
  test::HubInProcess hub;
  const auto& intl = *hub.keys().profile("intl-1");
  const Bytes before = hub.keys().seal_key(intl).key.point();
  std::filesystem::remove_all(hub.folder() / "gm-1");
  CHECK(test::code_of(HubKeys::load(hub.folder())) == "file.missing");
  const test::TempFolder folder;
  (void)must(enrol_terminal(hub.folder(), {"T-7", folder / "t", "https://h", "gm-1"}, hub.clock));
  const auto keys = must(HubKeys::load(hub.folder()));
  CHECK(keys.seal_key(*keys.profile("intl-1")).key.point() == before);
  CHECK(must(store::load_enrolment(folder / "t")).profile->name() == "gm-1");
  CHECK(test::code_of(enrol_terminal(hub.folder(), {"T-8", folder / "u", "https://h", "gm-2"}, hub.clock)) ==
        "hub.unknown_profile");
}

TEST_CASE("a terminal that made its own key is enrolled with it, and the hub never has it") {
  test::HubInProcess hub;
  const test::TempFolder folder;
  const auto key = seal::PrivateKey::generate();
  must(write_file_durably(folder / "device.pub", view_of(key.public_key().pem())));
  const auto enrol = [&](const std::string& out, const std::string& profile) {
    return test::code_of(enrol_terminal(
        hub.folder(), {"T-7", folder / out, "https://h", profile, folder / "device.pub"}, hub.clock));
  };
  CHECK(enrol("t", "intl-1") == "ok");
  CHECK_FALSE(std::filesystem::exists(folder / "t" / "device.key"));
  CHECK(must(find_enrolment(hub.database(), "T-7", 1))->device_key.point() == key.public_point());
  must(key.save(folder / "t" / "device.key"));  // as the terminal has it
  CHECK(must(store::load_enrolment(folder / "t")).identity.terminal_id == "T-7");
  CHECK(enrol("u", "gm-1") == "key.other_profile");
}

TEST_CASE("the hub's seal key is replaced with records in flight, and none is lost") {
  test::HubInProcess hub;
  for (const std::string name : {"intl-1", "gm-1"}) {
    INFO(name);
    test::EnrolledTerminalInProcess terminal(hub, "T-" + name, name);
    const auto& profile = *hub.keys().profile(name);
    const auto old_number = hub.keys().seal_key(profile).number;
    const auto old_case = terminal.save();
    const auto made = must(HubKeys::rotate(hub.folder()));
    REQUIRE(made.size() == 2);
    // The running hub tells its terminals, and the terminal of before still seals to the old key.
    const Bytes statement = hub.keys().key_statement(profile);
    CHECK(must(store::replace_hub_seal_key(terminal.path(), statement)));
    CHECK_FALSE(must(store::replace_hub_seal_key(terminal.path(), statement)));
    const auto between = terminal.save();
    const auto enrolment = must(store::load_enrolment(terminal.path()));
    CHECK(enrolment.hub_seal_key.point() == hub.keys().seal_key(profile).key.point());
    CHECK(hub.keys().seal_key(profile).number == old_number + 1);
    const auto newer = must(store::RecordWriter(*terminal.journal, enrolment).save(test::sample_case()));
    terminal.turn_until_quiet();
    for (const auto& saved : {old_case, between, newer}) {
      CHECK(terminal.state_of(saved.case_no) == store::RecordState::accepted);
    }
    hub.restart();
    CHECK(hub.keys().seal_key(*hub.keys().profile(name)).number == old_number + 1);
  }
  CHECK(hub.report().refused == 0);
}

TEST_CASE("a running hub opens what is sealed to a key that was made after its start") {
  test::HubInProcess hub;
  (void)must(HubKeys::rotate(hub.folder()));
  test::EnrolledTerminalInProcess terminal(hub, "T-7", "gm-1");
  const auto saved = terminal.save();
  terminal.turn_until_quiet();
  CHECK(terminal.state_of(saved.case_no) == store::RecordState::accepted);
}

TEST_CASE("of many keys the newest eight are tried") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub, "T-7", "intl-1");
  terminal.save();
  const auto upload = upload_of(terminal, 1);
  const auto id = must(record::decode_envelope(upload.envelope)).record_id;
  constexpr auto keys_max = custody::opening_keys_max;
  for (std::size_t i = 1; i < keys_max; ++i) (void)must(HubKeys::rotate(hub.folder()));
  CHECK(must(custody::LocalCustody::load(hub.folder()))->open_record(id, upload.payload, {}).ok());
  (void)must(HubKeys::rotate(hub.folder()));
  const auto keys = must(HubKeys::load(hub.folder()));
  CHECK(keys.seal_key(*keys.profile("intl-1")).number == keys_max + 1);
  const auto custody = must(custody::LocalCustody::load(hub.folder()));
  CHECK(test::code_of(custody->open_record(id, upload.payload, {})) == "seal.cannot_open");
}

TEST_CASE("a hub from before there was custody gives up what opens, and opens with it as before") {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal(hub, "T-7", "gm-1");
  const auto saved = terminal.save();
  for (const std::string at : {"", "gm-1/"}) {
    std::filesystem::rename(hub.folder() / "custody" / (at + "seal.key"), hub.folder() / (at + "seal.key"));
  }
  std::filesystem::remove_all(hub.folder() / "custody");
  must(HubKeys::complete(hub.folder()));
  CHECK_FALSE(std::filesystem::exists(hub.folder() / "seal.key"));
  CHECK_FALSE(std::filesystem::exists(hub.folder() / "gm-1" / "seal.key"));
  hub.restart();
  terminal.turn_until_quiet();
  CHECK(terminal.state_of(saved.case_no) == store::RecordState::accepted);
}

TEST_CASE("a seal key whose maker died before it was told to anybody is the next one all the same") {
  test::HubInProcess hub;
  const auto& intl = *hub.keys().profile("intl-1");
  const auto left = must(custody::OpeningKeys::make(custody::custody_folder(hub.folder()), intl, 2));
  const auto made = must(HubKeys::rotate(hub.folder()));
  CHECK(made.front().number == 2);
  CHECK(made.front().key.point() == left.point());
}

}  // namespace bianmin::hub
