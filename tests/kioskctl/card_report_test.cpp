#include "terminal/kioskctl/card_report.hpp"

#include "drivers/card/eid/electronic_id.hpp"
#include "drivers/emulator/eid_card_model.hpp"
#include "drivers/emulator/scripted_card_model.hpp"
#include "drivers/emulator/social_card_model.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/direct_card.hpp"
#include "tests/fakes/specimen_keys.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr std::int64_t now = 1'795'000'000'000;

card::IdCard grandma() {
  card::IdCard card;
  card.name = "赵秀兰";
  card.sex = '2';
  card.ethnicity = "01";
  card.birth = {1949, 12, 31};
  card.address = "某省某市某县青石镇柳河村三组17号";
  card.number = "11010519491231002X";
  card.issuer = "某县公安局";
  card.valid_from = {2018, 3, 1};
  card.photo.resize(1'024);
  return card;
}

CardReport read_model(emulator::CardModel& model, const seal::TrustList* trusted = nullptr) {
  DirectCard card(model);
  auto report = read_smart_card(card, trusted, now);
  if (!report) FAIL(report.error().text());
  return std::move(*report);
}

std::string value(const CardReport& report, std::string_view key, bool reveal = true) {
  const Json json = json_of(report, reveal);
  const std::string name(key);
  if (json["fields"].contains(name)) return json["fields"][name].get<std::string>();
  if (json["missing"].contains(name)) return "<" + json["missing"][name].get<std::string>() + ">";
  return "<no row>";
}

const seal::TestEid& made_eid() {
  static const seal::TestEid made = seal::make_test_eid(now);
  return made;
}

}  // namespace

TEST_CASE("an identity card is shown masked, unless it is to be revealed") {
  const CardReport report = report_of(grandma());
  CHECK(report.kind == "resident");
  CHECK(value(report, "name", false) == "赵**");
  CHECK(value(report, "number", false) == "1101 **** **** 002X");
  CHECK(value(report, "birth", false) == "1949-**-**");
  CHECK(value(report, "address", false) == "某省某****");
  CHECK(value(report, "sex", false) == "****");
  CHECK(value(report, "ethnicity", false) == "****");
  CHECK(value(report, "valid_to", false) == "long-term 长期");
  CHECK(value(report, "photo_bytes", false) == "1024 bytes");
  CHECK(value(report, "name") == "赵秀兰");
  CHECK(value(report, "number") == "11010519491231002X");
  CHECK(value(report, "ethnicity") == "汉 (01)");
  CHECK(value(report, "sex") == "female");
  CHECK(value(report, "english_name") == "<no row>");
}

TEST_CASE("nothing of a person gets through the masks") {
  std::vector<CardReport> reports = {report_of(grandma())};
  card::IdCard foreigner = grandma();
  foreigner.kind = card::CardKind::foreigner_2023;
  foreigner.name.clear();
  foreigner.english_name = "SPECIMEN, ALICE";
  foreigner.nationality = "CAN";
  foreigner.number = "931586198001010028";
  foreigner.former_number = "CAN110081080310";
  foreigner.permit_number = "H12345678";
  reports.push_back(report_of(foreigner));
  emulator::SocialCardModel social;
  reports.push_back(read_model(social));
  emulator::EidCardModel eid(emulator::EidGeneration::thales_2025, {}, specimen_keys(made_eid()));
  reports.push_back(read_model(eid));
  for (const CardReport& report : reports) {
    const std::string shown = table_of(report, false) + json_text(json_of(report, false));
    for (const char* secret :
         {"秀兰", "19491231",    "1949-12", "柳河",      "公安",     "女",        "female",
          "汉",   "ALICE",       "CAN",     "H1234",     "93158619", "X00000017", "JÕEORG",
          "JAAK", "38001085718", "1980-01", "AS0000017", "EST\"",    "male"}) {
      INFO(report.kind << " shows " << secret);
      CHECK(shown.find(secret) == std::string::npos);
    }
    const std::string revealed = table_of(report, true);
    CHECK(revealed != table_of(report, false));
  }
}

TEST_CASE("columns line up where Chinese takes two") {
  const std::string table = table_of(report_of(grandma()), true);
  CHECK(table.find("card 证件            resident\n") == 0);
  CHECK(table.find("name 姓名            赵秀兰\n") != std::string::npos);
  CHECK(table.find("valid from 有效期自  2018-03-01\n") != std::string::npos);
  CHECK(table.find("times issued") == std::string::npos);
}

TEST_CASE("masks show what they say") {
  CHECK(masked(RowMask::open, "abc") == "abc");
  CHECK(masked(RowMask::hidden, "abc") == "****");
  CHECK(masked(RowMask::hidden, "") == "****");
  CHECK(masked(RowMask::name, "JÕEORG") == "J**");
  CHECK(masked(RowMask::number, "38001085718") == "****");
  CHECK(masked(RowMask::date, "1980-01-08") == "1980-**-**");
  CHECK(masked(RowMask::address, "某省") == "****");
  CHECK(masked(RowMask::address, "\xFF\xFF\xFF\xFF\xFF") == "****");
}

TEST_CASE("a social security card is shown with what is missing") {
  emulator::SocialCardModel open;
  const CardReport whole = read_model(open);
  CHECK(whole.kind == "social-security");
  CHECK(value(whole, "name") == "赵秀兰");
  CHECK(value(whole, "birth") == "1949-12-31");
  CHECK(value(whole, "valid_to") == "2028-03-01");
  CHECK(value(whole, "region", false) == "110105");
  CHECK(value(whole, "environment") == "SSSE");
  emulator::SocialCardModel locked({}, emulator::SocialVariant::pin);
  const CardReport partly = read_model(locked);
  CHECK(value(partly, "name") == "<card.needs_pin>");
  CHECK(value(partly, "card_number") == "X00000017");
  CHECK(table_of(partly, true).find("(card.needs_pin)") != std::string::npos);
}

TEST_CASE("an eID is shown with its tries and its chains") {
  const auto trusted = seal::TrustList::from_pem(made_eid().root.pem() + made_eid().authority.pem());
  REQUIRE(trusted.ok());
  for (const auto generation :
       {emulator::EidGeneration::idemia_2018, emulator::EidGeneration::idemia_2018_second_chip,
        emulator::EidGeneration::thales_2025}) {
    emulator::EidCardModel model(generation, {}, specimen_keys(made_eid()));
    const CardReport report = read_model(model, &*trusted);
    CHECK(report.kind == "eid");
    CHECK(value(report, "surname") == "JÕEORG");
    CHECK(value(report, "personal_code") == "38001085718");
    CHECK(value(report, "pin1") == "3 tries left");
    CHECK(value(report, "pin2") == "3 tries left");
    CHECK(value(report, "puk") == "3 tries left");
    CHECK(value(report, "authentication_chain") == "trusted");
    CHECK(value(report, "signing_chain") == "trusted");
    CHECK(value(report, "signing_valid_to").size() == 10);
    CHECK(value(read_model(model), "signing_chain") == "not checked (no --trust)");
  }
}

TEST_CASE("what is wrong with an eID's certificates or PINs is said") {
  const seal::TestEid stranger = seal::make_test_eid(now);
  const auto trusted = seal::TrustList::from_pem(stranger.root.pem() + stranger.authority.pem());
  REQUIRE(trusted.ok());
  emulator::SpecimenEid specimen;
  specimen.pins_changed = false;
  emulator::EidCardModel model(emulator::EidGeneration::thales_2025, specimen, specimen_keys(made_eid()));
  CHECK(value(read_model(model, &*trusted), "authentication_chain") == "certificate.untrusted");
  CHECK(value(read_model(model), "pin1") == "3 tries left, must be changed before use");
  model.put_file("ADF1/3411", {0x30, 0x82, 0x00, 0x02, 0x05, 0x00});
  CHECK(value(read_model(model), "authentication_chain") == "<certificate.invalid>");
  specimen.personal_code = "60001019906";
  specimen.birth.clear();
  emulator::EidCardModel other(emulator::EidGeneration::idemia_2018, specimen, specimen_keys(made_eid()));
  CHECK(value(read_model(other), "authentication_chain") == "certificate.other_person");
}

TEST_CASE("the signature of an emulated eID holds against its certificate") {
  emulator::EidCardModel model(emulator::EidGeneration::idemia_2018, {}, specimen_keys(made_eid()));
  DirectCard card(model);
  const auto eid = card::open_electronic_id(card);
  REQUIRE(eid.ok());
  const Bytes digest(card::eid_digest_byte_count, 7);
  const auto signature = (*eid)->sign(card::EidKey::signing, {'1', '2', '3', '4', '5'}, digest);
  const auto certificate = (*eid)->certificate(card::EidKey::signing);
  REQUIRE(signature.ok());
  REQUIRE(certificate.ok());
  CHECK(seal::verify_digest_signature(*certificate, digest, *signature).ok());
}

TEST_CASE("an unknown smart card is no card of ours") {
  emulator::ScriptedCardModel model({0x3B, 0x00}, {});
  DirectCard card(model);
  CHECK(read_smart_card(card, nullptr, now).error().code == "card.not_accepted");
}

}  // namespace bianmin::kioskctl
