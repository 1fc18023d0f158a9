// Somebody takes the disk of a terminal on which 1,000 records wait: all files, as they are while it runs.
// Nothing on it tells who the people are, and no key on it opens a record.
#include <fmt/format.h>

#include <regex>

#include "sync/seal/profile.hpp"
#include "sync/store/asks.hpp"
#include "sync/store/print_ledger.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/hub/support.hpp"
#include "tests/sync/security/needles.hpp"

namespace bianmin {

using test::must;

namespace {

constexpr int queued_records = 1'000;

struct Person {
  std::string name;
  std::string number;
  std::string phone;
};

// Invented, all with the address and birthday of the specimen number 11010519491231002X, and a wrong check
// digit: they are nobody's.
Person person(int index) {
  const std::string digits = fmt::format("11010519491231{:03}", index);
  static constexpr int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t at = 0; at < digits.size(); ++at) sum += (digits[at] - '0') * weights[at];
  static constexpr const char* characters[] = {"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"};
  const auto character = [&](int place) { return std::string(characters[index / place % 10]); };
  return {"欧阳测试" + character(100) + character(10) + character(1), digits + "0X987654321"[sum % 11],
          fmt::format("1380013{:04}", index)};
}

record::CaseRecord case_of(const Person& person) {
  record::CaseRecord record = test::sample_case();
  record.person = {{"name", person.name}, {"number", person.number}};
  record.answers = {{"phone", person.phone}, {"note", person.name + " " + person.phone}};
  return record;
}

std::string file_of(const std::filesystem::path& path) { return text_of(must(read_file(path, 1U << 20U))); }

// The 32 bytes of a private key in PEM: behind 04 20 in its DER (RFC 5915).
std::string scalar_in(const std::string& pem) {
  std::string bytes;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const char c : pem.substr(pem.find("-----\n") + 6)) {
    if (c == '-' || c == '=') break;
    if (c == '\n') continue;
    const std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    pending = (pending << 6U) | static_cast<std::uint32_t>(digits.find(c));
    bits += 6;
    if (bits >= 8) bytes += static_cast<char>(pending >> (bits -= 8));
  }
  const std::size_t at = bytes.find(std::string("\x04\x20", 2));
  REQUIRE(at != std::string::npos);
  return bytes.substr(at + 2, 32);
}

struct Stolen {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal{hub};
  store::Asks asks{*terminal.journal, terminal.enrolment, hub.clock};
  test::Needles needles;

  Stolen() {
    must(
        write_file_durably(terminal.path() / "kiosk.conf", view_of("enrolment = .\njournal = journal.db\n")));
    store::PrintLedger ledger(*terminal.journal, hub.clock);
    must(terminal.journal->database().execute("PRAGMA wal_autocheckpoint = 200"));
    for (int index = 0; index < queued_records; ++index) {
      const Person who = person(index);
      for (const std::string& text : {who.name, who.number, who.phone}) needles.add(text);
      const record::CaseRecord record = case_of(who);
      const auto saved = terminal.save(record);
      (void)must(ledger.intend(saved.case_no, saved.case_no, {}));
      needles.add(record.token);
      if (index == 0) (void)must(asks.ask(saved.case_no, record.token, 60'000));
      if (index == 9) terminal.turn_until_quiet();  // ten are sent, and what they left behind is on the disk
    }
  }
};

}  // namespace

TEST_CASE("a stolen disk tells nobody's name, number, phone or token in any form") {
  Stolen stolen;
  CHECK(std::filesystem::exists(stolen.terminal.path() / "journal.db-wal"));
  const std::string disk = test::all_bytes_below(stolen.terminal.path());
  CHECK(disk.size() > 500'000);
  CHECK(must(stolen.terminal.journal->backlog()).waiting == queued_records - 10);
  CHECK(stolen.needles.find_in(disk) == "");
  fmt::print("stolen disk: {} bytes, {} needles, none found\n", disk.size(), stolen.needles.count());
}

TEST_CASE("each form of a canary is found where there is one") {
  const Person who = person(123);
  test::Needles needles;
  for (const std::string& text : {who.name, who.number, who.phone}) needles.add(text);
  for (const std::string& text : {who.name, who.number, who.phone}) {
    for (const std::string& form : test::forms_of(text))
      CHECK(needles.find_in("......" + form + "...") == form);
    for (std::size_t offset = 0; offset < 3; ++offset) {
      const auto encoded = test::base64_of(std::string(offset, '?') + "{\"" + text + "\"}");
      CHECK(needles.find_in(encoded) != "");
    }
  }
  CHECK(needles.find_in(std::string(1'000, 'x')) == "");
}

TEST_CASE("no key on a stolen disk opens a record, and the hub's are not on it") {
  Stolen stolen;
  const std::string disk = test::all_bytes_below(stolen.terminal.path());
  test::Needles secrets;
  for (const auto& entry : std::filesystem::directory_iterator(stolen.hub.folder())) {
    if (entry.path().extension() != ".key") continue;
    const std::string scalar = scalar_in(file_of(entry.path()));
    secrets.add_form(scalar);
    secrets.add_form(std::string(scalar.rbegin(), scalar.rend()));
    secrets.add_form(to_hex(view_of(scalar)));
  }
  CHECK(secrets.count() >= 9);
  CHECK(secrets.find_in(disk) == "");

  int keys_tried = 0;
  const auto uploads = must(stolen.terminal.outbox->pending(queued_records));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(stolen.terminal.path())) {
    if (!entry.is_regular_file()) continue;
    const auto key = seal::PrivateKey::load(entry.path());
    if (!key) continue;
    ++keys_tried;
    const auto profile = seal::Profile::of(key->curve());
    for (const auto& pending : uploads) {
      const auto id = must(record::decode_envelope(pending.upload.envelope)).record_id;
      for (const auto purpose : {seal::Purpose::record, seal::Purpose::ask, seal::Purpose::answer}) {
        REQUIRE_FALSE(profile->open(*key, purpose, id, pending.upload.payload).ok());
      }
    }
  }
  CHECK(keys_tried == 2);  // the device's and that of its TLS certificate
  const std::regex private_pem("-----BEGIN [A-Z ]*PRIVATE KEY-----");
  const auto found = std::distance(std::sregex_iterator(disk.begin(), disk.end(), private_pem), {});
  CHECK(found == keys_tried);
}

}  // namespace bianmin
