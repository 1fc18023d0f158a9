// A hub's folder with opening keys, and records that are sealed to them.
#pragma once

#include "sync/custody/key_folder.hpp"
#include "sync/custody/logged_custody.hpp"
#include "sync/record/case_no.hpp"
#include "sync/record/slip.hpp"
#include "sync/seal/digest.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/json.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::test {

struct SealedSample {
  record::CaseRecord record;
  record::Envelope envelope;
  Bytes payload;
};

struct CustodyScene {
  CustodyScene() {
    for (const std::string_view name : seal::profile_names) publish(name, 1);
    keys = must(custody::LocalCustody::load(folder.path()));
    log = must(custody::OpeningsLog::open(custody::custody_folder(folder.path()), clock));
  }
  seal::PublicKey publish(std::string_view name, std::uint64_t number) {
    const auto profile = must(seal::Profile::named(name));
    const auto key =
        must(custody::OpeningKeys::make(custody::custody_folder(folder.path()), *profile, number));
    const auto at = custody::profile_folder(folder.path(), name);
    std::filesystem::create_directories(at);
    must(write_file_durably(at / (custody::seal_key_name(number) + ".pub"), view_of(key.pem())));
    return key;
  }
  seal::PublicKey newest(std::string_view name = record::profile_international) const {
    const auto at = custody::profile_folder(folder.path(), name);
    const auto number = must(custody::seal_key_numbers(at, ".pub")).front();
    return must(seal::PublicKey::load(at / (custody::seal_key_name(number) + ".pub")));
  }
  SealedSample sample(int number = 1, std::string_view name = record::profile_international) const {
    SealedSample out;
    out.record = sample_case();
    out.record.id[0] = static_cast<std::uint8_t>(number);
    out.record.id[1] = static_cast<std::uint8_t>(number >> 8);
    out.record.case_no = must(record::make_case_no(42, static_cast<std::uint32_t>(number)));
    out.record.token = record::make_token(seal::random_bytes(10));
    out.record.terminal_id = "T-0001";
    out.envelope.profile = name;
    out.envelope.terminal_id = out.record.terminal_id;
    out.envelope.record_id = out.record.id;
    out.envelope.case_no = out.record.case_no;
    out.envelope.service_id = out.record.service_id;
    out.envelope.epoch = 1;
    out.envelope.seq = static_cast<std::uint64_t>(number);
    const auto profile = must(seal::Profile::named(name));
    out.payload = must(
        profile->seal(newest(name), seal::Purpose::record, out.record.id, must(record::encode(out.record))));
    return out;
  }
  Bytes sealed_ask() const {
    return sealed_ask({"case", "token", seal::PrivateKey::generate().public_point()});
  }
  Bytes sealed_ask(const record::AskRequest& ask) const {
    const auto profile = must(seal::Profile::named(record::profile_international));
    return must(profile->seal(newest(), seal::Purpose::ask, {}, record::encode(ask)));
  }
  std::vector<Json> openings() const {
    std::vector<Json> lines;
    must(custody::read_openings(custody::custody_folder(folder.path()),
                                [&](std::string_view line) { lines.push_back(must(parse_json(line))); }));
    return lines;
  }

  TempFolder folder;
  FakeClock clock;
  std::unique_ptr<custody::LocalCustody> keys;
  std::unique_ptr<custody::OpeningsLog> log;
};

inline const custody::Reason reading{"filing", "pensions"};

}  // namespace bianmin::test
