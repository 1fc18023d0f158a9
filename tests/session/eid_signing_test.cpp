// Signing the record: what is saved is what was signed, and "signed" is never said when it was not.
#include "tests/session/eid_bench.hpp"

using namespace bianmin;

namespace {

bool signature_holds(const record::CaseRecord& record) {
  if (!record.signature) return false;
  const Bytes statement = record::statement_of(record).value();
  return seal::verify_digest_signature(record.signature->certificate, seal::sha384(statement),
                                       record.signature->signature)
      .ok();
}

std::string answer(const record::CaseRecord& record, const std::string& key) {
  for (const record::KeyValue& field : record.answers) {
    if (field.key == key) return field.value;
  }
  return {};
}

}  // namespace

TEST_CASE("the record carries the person's signature, and the hub and a court can check it", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  bench.come_to_signing(card);
  REQUIRE(bench.page() == "card");
  CHECK(bench.shows("正在读卡"));  // it is still in the reader
  bench.work();
  REQUIRE(bench.page() == "pin-sign");
  CHECK(bench.shows("亲笔签了名"));
  bench.enter("111111");
  CHECK(bench.shows("还能试 2 次"));
  CHECK(bench.waiting_records() == 0);
  bench.enter(canary_pin2);
  REQUIRE(bench.page() == "saved");
  const record::CaseRecord record = bench.saved_record();
  CHECK(signature_holds(record));
  CHECK(record.signature->certificate == bench.identity.signing.certificate());
  CHECK(answer(record, "payout") == "bank");
  record::CaseRecord changed = record;
  changed.answers[0].value = "cash";
  CHECK_FALSE(signature_holds(changed));
  const std::string log = bench.log_text();
  CHECK(log.find("record-signed") != std::string::npos);
  for (const char* secret : {canary_pin1, canary_pin2, "38001085718", "JAAK"})
    CHECK(log.find(secret) == std::string::npos);
}

TEST_CASE("another card than the one that signed in does not sign", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  bench.come_to_signing(card);
  bench.slot.remove();
  emulator::SpecimenEid second = canary_specimen();
  second.document_number = "AS0000025";  // a second card of the same person
  EidCard other(bench.identity, second);
  bench.insert(other);
  CHECK(bench.page() == "card");
  CHECK(bench.shows("这不是刚才那张卡"));
  CHECK(bench.waiting_records() == 0);
  bench.slot.remove();
  bench.insert(card);
  bench.enter(canary_pin2);
  CHECK(bench.page() == "saved");
}

TEST_CASE("who does not want to sign goes back to the answers, and signs what they say then", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  bench.come_to_signing(card);
  bench.work();
  bench.type("916");
  SECTION("cancelled") { bench.touch("cancel"); }
  SECTION("back") { bench.touch("helper.back"); }
  REQUIRE(bench.page() == "review");
  CHECK(bench.waiting_records() == 0);
  bench.touch("row.2");
  bench.touch("choice.1");
  bench.touch("submit");
  bench.work();
  CHECK(bench.shows("还没有输入"));
  bench.enter(canary_pin2);
  REQUIRE(bench.page() == "saved");
  const record::CaseRecord record = bench.saved_record();
  CHECK(answer(record, "payout") == "cash");
  CHECK(signature_holds(record));
}

TEST_CASE("a locked PIN2 is told, nothing is saved, and the answers are still there", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  bench.come_to_signing(card);
  bench.work();
  for (const char* wrong : {"111111", "222222", "333333"}) bench.enter(wrong);
  CHECK(bench.shows("签名密码 PIN2 锁住了"));
  CHECK(bench.shows("没有签名，也没有提交"));
  CHECK(bench.waiting_records() == 0);
  bench.touch("act");
  CHECK(bench.page() == "review");
  CHECK(bench.shows("打到银行卡"));
}

TEST_CASE("a card or a reader that goes while it signs loses nothing", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  bench.come_to_signing(card);
  bench.work();
  bench.type(canary_pin2);
  bench.touch("done");
  SECTION("the card") {
    bench.slot.remove();
    CHECK(bench.shows("卡拿开得太早了"));
  }
  SECTION("the reader") {
    bench.slot.become({DeviceCondition::absent, "absent"});
    bench.slot.become(card::CardPresence::unknown);
    CHECK(bench.shows("读卡器连不上"));
    bench.slot.become(fake_ready);
  }
  SECTION("the card, in the middle of an exchange") {
    card.card.remove_at(card.card.exchange_count() + 3);
    bench.work();
    CHECK(bench.shows("卡拿开得太早了"));
    card.card.remove_at(1'000'000);
    bench.slot.remove();
  }
  CHECK(bench.page() == "card");
  CHECK(bench.waiting_records() == 0);
  bench.insert(card);
  REQUIRE(bench.page() == "pin-sign");
  CHECK(bench.shows("还没有输入"));
  bench.enter(canary_pin2);
  REQUIRE(bench.page() == "saved");
  CHECK(signature_holds(bench.saved_record()));
}

TEST_CASE("a signature that does not hold is not saved", "[eid]") {
  EidBench bench;
  emulator::EidKeys keys = specimen_keys(bench.identity);
  keys.sign = [identity = bench.identity](bool signing, ByteView digest) {
    Bytes made = (signing ? identity.signing : identity.authentication).sign_digest(digest);
    if (signing) made[40] = static_cast<std::uint8_t>(made[40] ^ 1U);
    return made;
  };
  EidCard card(keys, canary_specimen());
  bench.come_to_signing(card);
  bench.work();
  bench.enter(canary_pin2);
  CHECK(bench.page() == "card");
  CHECK(bench.shows("卡签的名核对不上"));
  CHECK(bench.waiting_records() == 0);
}

TEST_CASE("an English speaker signs in English", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  bench.come_to_signing(card);
  bench.work();
  bench.touch("helper.language");
  CHECK(bench.shows("Enter PIN2 to sign"));
  CHECK(bench.shows("Living allowance"));
  bench.type("916");
  bench.touch("helper.text_size");
  CHECK(bench.shows("3 digits entered"));  // helpers lose no digit
}

TEST_CASE("a card that stands in the slot at the end is asked for", "[eid]") {
  EidBench bench;
  EidCard card(bench.identity, canary_specimen());
  bench.reader.become(card::CardPresence::present);  // and another one on the reader
  bench.come_to_signing(card);
  bench.work();
  bench.enter(canary_pin2);
  REQUIRE(bench.page() == "saved");
  bench.touch("finish");
  CHECK(bench.page() == "take_card");
  CHECK(bench.shows("请拿走您的卡"));
  bench.reader.become(card::CardPresence::none);
  bench.turn();
  CHECK(bench.shows("请拔出您的卡"));
  CHECK(bench.overs == 0);
  bench.slot.remove();
  bench.turn();
  CHECK(bench.overs == 1);
}
