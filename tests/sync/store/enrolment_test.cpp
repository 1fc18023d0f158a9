#include "sync/store/enrolment.hpp"

#include <fmt/format.h>

#include "sync/seal/numbered_key.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::store {

using test::must;

namespace {

struct Enrolled {
  explicit Enrolled(std::string_view name) : profile(must(seal::Profile::named(name))) {
    put("terminal.conf", fmt::format("terminal_id = T-1\nepoch = 1\nenrolment_no = 1\nprofile = {}\n", name));
    put("hub-seal.pub", profile->generate_key().public_key().pem());  // as before keys had numbers
    put("hub-receipt.pub", receipt_key.public_key().pem());
    must(profile->generate_key().save(path("device.key")));
  }
  std::filesystem::path path(const std::string& name) const { return folder / name; }
  void put(const std::string& name, const std::string& text) const {
    must(write_file_durably(path(name), view_of(text)));
  }
  std::string replace(const seal::PublicKey& key, std::uint64_t number) const {
    const auto done =
        replace_hub_seal_key(folder.path(), seal::sign_key_statement({key, number}, receipt_key));
    return done ? std::string(*done ? "replaced" : "same") : std::string(done.error().code);
  }
  Bytes seal_point() const { return must(load_enrolment(folder.path())).hub_seal_key.point(); }

  test::TempFolder folder;
  seal::ProfilePtr profile;
  seal::PrivateKey receipt_key = profile->generate_key();
};

}  // namespace

TEST_CASE("a newer seal key of the hub takes the place of the older, and never the other way") {
  for (const std::string_view name : seal::profile_names) {
    const Enrolled terminal(name);
    const auto second = terminal.profile->generate_key().public_key();
    const auto third = terminal.profile->generate_key().public_key();
    CHECK(terminal.replace(second, 1) == "key.rolled_back");  // the folder's own is number 1
    CHECK(terminal.replace(second, 2) == "replaced");
    CHECK(terminal.seal_point() == second.point());
    CHECK(terminal.replace(second, 2) == "same");
    CHECK(terminal.replace(third, 2) == "key.rolled_back");
    CHECK(terminal.replace(third, 5) == "replaced");
    CHECK(terminal.replace(second, 2) == "key.rolled_back");
    CHECK(terminal.seal_point() == third.point());
    const auto forged = seal::sign_key_statement({second, 9}, terminal.profile->generate_key());
    CHECK(test::code_of(replace_hub_seal_key(terminal.folder.path(), forged)) == "key.bad_signature");
    CHECK(terminal.seal_point() == third.point());
  }
}

TEST_CASE("an enrolment without a profile is of the first one, and its keys must be its profile's") {
  const Enrolled gm("gm-1");
  CHECK(must(load_enrolment(gm.folder.path())).profile->name() == "gm-1");
  gm.put("terminal.conf", "terminal_id = T-1\nepoch = 1\nenrolment_no = 1\n");
  CHECK(test::code_of(load_enrolment(gm.folder.path())) == "key.other_profile");
  gm.put("terminal.conf", "terminal_id = T-1\nepoch = 1\nenrolment_no = 1\nprofile = gm-2\n");
  CHECK(test::code_of(load_enrolment(gm.folder.path())) == "profile.unknown");
  const Enrolled intl("intl-1");
  intl.put("terminal.conf", "terminal_id = T-1\nepoch = 1\nenrolment_no = 1\n");
  CHECK(must(load_enrolment(intl.folder.path())).profile->name() == "intl-1");
  must(seal::PrivateKey::generate(seal::Curve::sm2).save(intl.path("device.key")));
  CHECK(test::code_of(load_enrolment(intl.folder.path())) == "key.other_profile");
}

TEST_CASE("a save seals with what was prepared, each time another key, and without it as well") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  RecordWriter writer(*journal, terminal.enrolment);
  std::vector<Bytes> ephemerals;
  for (int i = 0; i < 6; ++i) {
    if (i % 2 == 0) writer.prepare();
    if (i % 4 == 0) writer.prepare();  // keeps the one it has
    auto record = test::sample_case();
    if (i == 2) record.answers = {{"bad", "\xFF"}};  // not saved, for no fault of the sealing
    const auto saved = writer.save(record);
    REQUIRE(saved.ok() == (i != 2));
  }
  auto rows = journal->database().prepare("SELECT substr(payload, 1, 65), record_id, payload FROM record");
  while (must(rows.step())) {
    CHECK(std::ranges::find(ephemerals, rows.bytes(0)) == ephemerals.end());
    ephemerals.push_back(rows.bytes(0));
    CHECK(terminal.enrolment.profile
              ->open(terminal.hub.seal_key, seal::Purpose::record, rows.bytes(1), rows.bytes(2))
              .ok());
  }
  CHECK(ephemerals.size() == 5);
}

}  // namespace bianmin::store
