#include "drivers/card/eid/eid_profile.hpp"
#include "drivers/card/eid/eid_records.hpp"
#include "drivers/card/eid/electronic_id.hpp"
#include "drivers/card/eid/personal_code.hpp"
#include "drivers/emulator/eid_card_model.hpp"
#include "drivers/emulator/scripted_card_model.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/direct_card.hpp"

namespace bianmin::card {

namespace {

using emulator::EidCardModel;
using emulator::EidGeneration;
using emulator::EidKeys;
using emulator::SpecimenEid;

constexpr EidGeneration generations[] = {EidGeneration::idemia_2018, EidGeneration::idemia_2018_second_chip,
                                         EidGeneration::thales_2025};

Bytes hex(std::string_view text) {
  auto bytes = from_hex(text);
  REQUIRE(bytes.ok());
  return *bytes;
}

SecretBytes secret(std::string_view text) { return {text.begin(), text.end()}; }

template <typename T>
std::string code_of(const Result<T>& result) {
  return result ? "ok" : std::string(result.error().code);
}

Bytes must(Result<Bytes> result) {
  if (!result) FAIL(result.error().text());
  return std::move(result).value();
}

// As long as a real certificate, and nothing else like one.
Bytes sequence(std::size_t size, std::uint8_t filling) {
  Bytes bytes(size, filling);
  const std::size_t inside = size - 4;
  const std::uint8_t header[] = {0x30, 0x82, static_cast<std::uint8_t>(inside >> 8U),
                                 static_cast<std::uint8_t>(inside)};
  std::copy(std::begin(header), std::end(header), bytes.begin());
  return bytes;
}

// Keys that sign by saying which they are and what they were given.
Bytes mark_of(bool signing, ByteView digest) {
  Bytes out(digest.begin(), digest.end());
  out.resize(eid_signature_byte_count, signing ? 0x52 : 0xA1);
  return out;
}

EidKeys marking_keys() { return {sequence(1'031, 0xA1), sequence(1'008, 0x52), mark_of}; }

Bytes digest() {
  Bytes out(eid_digest_byte_count);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(i + 1);
  return out;
}

struct Bench {
  explicit Bench(EidGeneration generation, const SpecimenEid& specimen = {})
      : model(generation, specimen, marking_keys()), card(model) {
    auto opened = open_electronic_id(card);
    REQUIRE(opened.ok());
    eid = std::move(*opened);
  }
  std::uint8_t reference(EidKey key) const {
    const bool thales = eid->model() == "EstEID 2025 (Thales)";
    if (key == EidKey::authentication) return thales ? 0x81 : 0x01;
    return thales ? 0x82 : 0x85;
  }
  EidCardModel model;
  DirectCard card;
  std::unique_ptr<ElectronicId> eid;
};

}  // namespace

TEST_CASE("cards are known by their ATR") {
  CHECK(Bench(EidGeneration::idemia_2018).eid->model() == "EstEID 2018 (IDEMIA)");
  CHECK(Bench(EidGeneration::idemia_2018_second_chip).eid->model() == "EstEID 2018 (IDEMIA)");
  CHECK(Bench(EidGeneration::thales_2025).eid->model() == "EstEID 2025 (Thales)");
  emulator::ScriptedCardModel other(hex("3bdb960080b1fe451f830012233f536549440f9000f2"), {});
  DirectCard card(other);
  CHECK(code_of(open_electronic_id(card)) == "card.not_accepted");
  CHECK(find_eid_card({}) == nullptr);
}

TEST_CASE("the person is read without a PIN") {
  for (const EidGeneration generation : generations) {
    Bench bench(generation);
    const auto person = bench.eid->person();
    REQUIRE(person.ok());
    CHECK(person->surname == "JÕEORG");
    CHECK(person->given_names == "JAAK-KRISTJAN");
    CHECK(person->sex == 'M');
    CHECK(person->citizenship == "EST");
    CHECK(person->birth == Date{1980, 1, 8});
    CHECK(person->birth_place == "EST");
    CHECK(person->personal_code == "38001085718");
    CHECK(person->document_number == "AS0000017");
    CHECK(person->valid_to == Date{2033, 12, 31});
  }
}

TEST_CASE("certificates are read to their own length, over T=1 and T=0") {
  for (const EidGeneration generation : generations) {
    Bench bench(generation);
    CHECK(must(bench.eid->certificate(EidKey::authentication)) == sequence(1'031, 0xA1));
    CHECK(must(bench.eid->certificate(EidKey::signing)) == sequence(1'008, 0x52));
    bench.card.speak_t0(100);
    CHECK(must(bench.eid->certificate(EidKey::authentication)) == sequence(1'031, 0xA1));
    CHECK(bench.eid->person().ok());
  }
}

TEST_CASE("a certificate that is none, or not whole, is refused") {
  for (const EidGeneration generation : generations) {
    Bench bench(generation);
    const std::string path = generation == EidGeneration::thales_2025 ? "ADF1/3411" : "ADF1/3401";
    for (const std::string_view content :
         {"", "30", "30820403aabb", "0482000100", "30840000000100", "3000"}) {
      bench.model.put_file(path, hex(content));
      CAPTURE(content);
      CHECK(code_of(bench.eid->certificate(EidKey::authentication)) == "card.unreadable");
    }
    bench.model.put_file(path, sequence(9'000, 1));
    CHECK(code_of(bench.eid->certificate(EidKey::authentication)) == "card.unreadable");
    bench.model.remove_file(path);
    CHECK(code_of(bench.eid->certificate(EidKey::authentication)) == "card.no_content");
    CHECK(bench.eid->certificate(EidKey::signing).ok());
  }
}

TEST_CASE("both keys sign, each with its PIN") {
  for (const EidGeneration generation : generations) {
    Bench bench(generation);
    CHECK(must(bench.eid->sign(EidKey::authentication, secret("1234"), digest())) == mark_of(false, digest()));
    CHECK(must(bench.eid->sign(EidKey::signing, secret("12345"), digest())) == mark_of(true, digest()));
    CHECK(must(bench.eid->sign(EidKey::signing, secret("12345"), digest())) == mark_of(true, digest()));
    CHECK(code_of(bench.eid->sign(EidKey::signing, secret("1234"), digest())) == "pin.bad_length");
    CHECK(code_of(bench.eid->sign(EidKey::signing, secret("12345"), ByteView(digest()).first(47))) ==
          "eid.bad_digest");
    bench.card.speak_t0();
    CHECK(must(bench.eid->sign(EidKey::authentication, secret("1234"), digest())) == mark_of(false, digest()));
    CHECK(must(bench.eid->sign(EidKey::signing, secret("12345"), digest())) == mark_of(true, digest()));
  }
}

TEST_CASE("a wrong PIN counts down to blocked, and a right one back up") {
  for (const EidGeneration generation : generations) {
    for (const EidKey key : {EidKey::authentication, EidKey::signing}) {
      Bench bench(generation);
      const auto tries = [&] { return bench.eid->pin_state(key)->tries_left; };
      const auto attempt = [&](std::string_view pin) { return bench.eid->sign(key, secret(pin), digest()); };
      const std::string_view right = key == EidKey::authentication ? "1234" : "12345";
      CHECK(tries() == 3);
      CHECK(attempt("00000").error().code == "pin.wrong");
      CHECK(tries() == 2);
      CHECK(attempt(right).ok());
      CHECK(tries() == 3);
      CHECK(attempt("00000").error().detail == "2 tries left");
      CHECK(attempt("00001").error().detail == "1 try left");
      CHECK(attempt("00002").error().code == "pin.blocked");
      CHECK(bench.eid->pin_state(key)->blocked());
      const int exchanges = bench.card.exchange_count();
      CHECK(attempt(right).error().code == "pin.blocked");
      for (std::size_t i = static_cast<std::size_t>(exchanges); i < bench.card.commands().size(); ++i) {
        CHECK(bench.card.commands()[i][1] != 0x20);
      }
    }
  }
}

TEST_CASE("a PIN of the wrong form is not even sent") {
  for (const EidGeneration generation : generations) {
    Bench bench(generation);
    for (const std::string_view pin : {"", "123", "1234567890123", "12a4", "12 4"}) {
      CHECK(code_of(bench.eid->sign(EidKey::authentication, secret(pin), digest())) == "pin.bad_length");
    }
    CHECK(bench.card.exchange_count() == 0);
    CHECK(bench.eid->pin_rules(EidKey::authentication).digit_count_min == 4);
    CHECK(bench.eid->pin_rules(EidKey::signing).digit_count_min == 5);
    CHECK(bench.eid->pin_rules(EidKey::signing).digit_count_max == 12);
  }
}

TEST_CASE("a PIN that is still the issuer's has to be changed first") {
  SpecimenEid specimen;
  specimen.pins_changed = false;
  Bench bench(EidGeneration::thales_2025, specimen);
  for (const EidKey key : {EidKey::authentication, EidKey::signing}) {
    const std::string_view old_pin = key == EidKey::authentication ? "1234" : "12345";
    CHECK(bench.eid->pin_state(key)->must_change);
    CHECK(code_of(bench.eid->sign(key, secret(old_pin), digest())) == "pin.must_change");
    CHECK(bench.eid->pin_state(key)->tries_left == 3);
    CHECK(bench.eid->change_pin(key, secret(old_pin), secret("86420")).ok());
    CHECK_FALSE(bench.eid->pin_state(key)->must_change);
    CHECK(bench.eid->sign(key, secret("86420"), digest()).ok());
  }
}

TEST_CASE("PINs are changed") {
  for (const EidGeneration generation : generations) {
    for (const EidKey key : {EidKey::authentication, EidKey::signing}) {
      Bench bench(generation);
      const std::string_view old_pin = key == EidKey::authentication ? "1234" : "12345";
      const auto change = [&](std::string_view from, std::string_view to) {
        return code_of(bench.eid->change_pin(key, secret(from), secret(to)));
      };
      CHECK(change("99999", "777777") == "pin.wrong");
      CHECK(bench.model.tries_left(bench.reference(key)) == 2);
      CHECK(change(old_pin, "12") == "pin.bad_length");
      CHECK(change("12", "777777") == "pin.bad_length");
      CHECK(change(old_pin, old_pin) == "pin.not_new");
      CHECK(change(old_pin, "777777777777") == "ok");
      CHECK(code_of(bench.eid->sign(key, secret(old_pin), digest())) == "pin.wrong");
      CHECK(code_of(bench.eid->sign(key, secret("777777777777"), digest())) == "ok");
    }
  }
}

TEST_CASE("a blocked PIN is given a new value with the PUK") {
  for (const EidGeneration generation : generations) {
    for (const EidKey key : {EidKey::authentication, EidKey::signing}) {
      Bench bench(generation);
      for (int i = 0; i < 3; ++i) (void)bench.eid->sign(key, secret("00000"), digest());
      REQUIRE(bench.eid->pin_state(key)->blocked());
      CHECK(code_of(bench.eid->change_pin(key, secret("12345"), secret("77777"))) == "pin.blocked");
      const auto unblock = [&](std::string_view puk, std::string_view pin) {
        return code_of(bench.eid->unblock_pin(key, secret(puk), secret(pin)));
      };
      CHECK(unblock("1234567", "77777") == "puk.bad_length");
      CHECK(unblock("12345678", "7") == "pin.bad_length");
      CHECK(unblock("87654321", "77777") == "puk.wrong");
      CHECK(bench.eid->puk_state()->tries_left == 2);
      CHECK(unblock("12345678", "77777") == "ok");
      CHECK(bench.eid->pin_state(key)->tries_left == 3);
      CHECK(bench.eid->sign(key, secret("77777"), digest()).ok());
      for (int i = 0; i < 3; ++i) (void)unblock("87654321", "66666");
      CHECK(unblock("12345678", "66666") == "puk.blocked");
      CHECK(bench.eid->puk_state()->blocked());
    }
  }
}

TEST_CASE("a PIN entered at the reader never passes through here") {
  for (const EidGeneration generation : generations) {
    Bench bench(generation);
    const auto sign = [&](EidKey key) { return bench.eid->sign_on_pin_pad(key, digest(), 30'000); };
    CHECK(code_of(sign(EidKey::signing)) == "reader.no_pin_pad");
    bench.card.give_pin_pad("12345");
    CHECK(must(sign(EidKey::signing)) == mark_of(true, digest()));
    CHECK(sign(EidKey::authentication).error().code == "pin.wrong");
    bench.card.give_pin_pad("123");
    CHECK(code_of(sign(EidKey::authentication)) == "pin.bad_length");
    bench.card.give_pin_pad(std::nullopt);
    CHECK(code_of(sign(EidKey::authentication)) == "pin.timeout");
    CHECK(bench.eid->pin_state(EidKey::authentication)->tries_left == 2);
  }
}

TEST_CASE("a card taken away at any moment ends the call, and no try is lost by reading") {
  for (const EidGeneration generation : generations) {
    const auto work = [](ElectronicId& eid, int what) {
      if (what == 0) return code_of(eid.person());
      if (what == 1) return code_of(eid.certificate(EidKey::authentication));
      if (what == 2) return code_of(eid.pin_state(EidKey::signing));
      if (what == 3) return code_of(eid.sign(EidKey::signing, secret("12345"), digest()));
      if (what == 4) return code_of(eid.change_pin(EidKey::signing, secret("12345"), secret("54321")));
      return code_of(eid.unblock_pin(EidKey::signing, secret("12345678"), secret("12345")));
    };
    for (int what = 0; what < 6; ++what) {
      Bench whole(generation);
      REQUIRE(work(*whole.eid, what) == "ok");
      for (int at = 0; at < whole.card.exchange_count(); ++at) {
        Bench bench(generation);
        bench.card.remove_at(at);
        CHECK(work(*bench.eid, what) == "card.removed");
        DirectCard again(bench.model);
        const auto reopened = open_electronic_id(again);
        CHECK((*reopened)->pin_state(EidKey::signing)->tries_left == 3);
      }
    }
  }
}

TEST_CASE("the conversation of an IDEMIA card is the public one") {
  const auto script = emulator::parse_card_script(R"(
    # tries of PIN1, below the main application
    > 00A4040C 10 A000000077010800070000FE00000100
    < 9000
    > 00CB3FFF 0A 4D087006BF810102A080 00
    < 701EBF81011AA0189A01039B0103A1108C06F300007343009C06F30000734300 9000
    # authentication
    > 00A4040C 0D E828BD080FF2504F5420415750
    < 9000
    > 002241A4 06 800104840181
    < 9000
    > 00200001 0C 31323334FFFFFFFFFFFFFFFF
    < 9000
    > 00880000 30 0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F30 00
    < 6E528BA6FB25482404A1DB4D0138A1C3A5EF7776AE3C374B76BEBFA225C3B9D2162EBC83FBA10F003FDAFFCA00BD54EBFA1CB5760C105D86EB61F047262DF89B430218F2CEF18018F2D27A692250E243B9FE5B74A387FABD867B31758AA67FA0 9000
    # tries of PIN2, and a signature, below the QSCD application
    > 00A4040C 10 51534344204170706C69636174696F6E
    < 9000
    > 00CB3FFF 0A 4D087006BF810502A080 00
    < 701EBF81051AA0189A01039B0103A1108C06F3000073FF009C06F3000073FF00 9000
    > 00A4040C 10 51534344204170706C69636174696F6E
    < 9000
    > 002241B6 06 80015484019F
    < 9000
    > 00200085 0C 3132333435FFFFFFFFFFFFFF
    < 9000
    > 002A9E9A 30 0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F30 00
    < 6C33F7C4115D67307CEBBFD0E574213287DF2A2879109CCCBF1184A8FDC6800AB2152A40873DE9907764E6738FD43DB53766CFFE65363AAE327A6CB3E0686314E1E1F98031D33AF5571D8394E0C34CCA2E5543C0C1DB4B6C985C7CF58C7D83A0 9000
  )");
  REQUIRE(script.ok());
  emulator::ScriptedCardModel model(hex("3bdb960080b1fe451f830012233f536549440f9000f1"), *script);
  DirectCard card(model);
  const auto eid = open_electronic_id(card);
  REQUIRE(eid.ok());
  const auto first = (*eid)->sign(EidKey::authentication, secret("1234"), digest());
  CHECK(model.surprise().empty());
  REQUIRE(first.ok());
  CHECK(to_hex(*first).substr(0, 8) == "6e528ba6");
  const auto second = (*eid)->sign(EidKey::signing, secret("12345"), digest());
  CHECK(model.surprise().empty());
  REQUIRE(second.ok());
  CHECK(to_hex(*second).substr(0, 8) == "6c33f7c4");
  CHECK(model.finished());
}

TEST_CASE("the emulated IDEMIA card answers as the public exchanges say") {
  EidCardModel model(EidGeneration::idemia_2018, {}, marking_keys());
  model.power_on();
  const auto ask = [&](std::string_view command) { return to_hex(model.answer(hex(command))); };
  CHECK(ask("00a4040010a000000077010800070000fe00000100") == "9000");
  CHECK(ask("00cb3fff0a4d087006bf810102a08000").substr(0, 28) == "700cbf810108a0069a01039b0103");
  CHECK(ask("00a4040c0de828bd080ff2504f5420415750") == "9000");
  CHECK(ask("002241a406800104840181") == "9000");
  CHECK(ask("002000010c31323334ffffffffffffffff") == "9000");
  CHECK(ask("002000010c30303030ffffffffffffffff") == "63c2");
  CHECK(ask("00a4040010a000000077010800070000fe00000101") == "6a82");
  CHECK(ask("00a4090404adf1340100").substr(0, 4) == "620a");
  CHECK(ask("00b0000004") == "308204039000");
  CHECK(ask("0088000030" + std::string(96, '0') + "00") == "6982");
}

TEST_CASE("answers of a counter that are none are refused") {
  for (const std::string_view answer : {"9000", "70029000", "701ebf81019000", "7008bf810104a0029b009000",
                                        "7009bf810105a0039b01ff9000", "700abf810106a0049b0200039000"}) {
    const auto script = emulator::parse_card_script(
        "> 00A4040C 10 A000000077010800070000FE00000100\n< 9000\n"
        "> 00CB3FFF 0A 4D087006BF810102A080 00\n< " +
        std::string(answer));
    REQUIRE(script.ok());
    emulator::ScriptedCardModel model(hex("3bdb960080b1fe451f830012233f536549440f9000f1"), *script);
    DirectCard card(model);
    const auto eid = open_electronic_id(card);
    CAPTURE(answer);
    CHECK(code_of((*eid)->pin_state(EidKey::authentication)) == "card.unreadable");
  }
}

TEST_CASE("records that cannot be a person's are refused") {
  const auto parsed = [](std::size_t record, std::string_view text) {
    const SpecimenEid specimen;
    EidRecords records = {
        secret(specimen.surname),         secret(specimen.given_names), secret(specimen.sex),
        secret(specimen.citizenship),     secret(specimen.birth),       secret(specimen.personal_code),
        secret(specimen.document_number), secret(specimen.valid_to)};
    records[record] = secret(text);
    return parse_eid_records(records);
  };
  CHECK(parsed(0, "JÕEORG").ok());
  CHECK(parsed(0, std::string("JÕEORG\0\0\0", 10)).value().surname == "JÕEORG");
  CHECK(parsed(0, "").ok());
  CHECK(parsed(2, "").value().sex == '0');
  CHECK(parsed(2, "X").value().sex == '0');
  CHECK(parsed(4, "").value().birth == Date{1980, 1, 8});
  CHECK(parsed(4, "08 01 1980").value().birth_place.empty());
  CHECK(parsed(4, "08 01 1980 SOOME / FIN").value().birth_place == "SOOME / FIN");
  CHECK(code_of(parsed(0, "J\xD5")) == "card.unreadable");
  CHECK(code_of(parsed(0, "J\nO")) == "card.unreadable");
  CHECK(code_of(parsed(4, "08.01.1980")) == "card.unreadable");
  CHECK(code_of(parsed(4, "31 02 1980")) == "card.unreadable");
  CHECK(code_of(parsed(4, "8 1 1980")) == "card.unreadable");
  CHECK(code_of(parsed(5, "38001085719")) == "card.bad_number");
  CHECK(code_of(parsed(5, "")) == "card.bad_number");
  CHECK(code_of(parsed(6, "")) == "card.unreadable");
  CHECK(code_of(parsed(7, "")) == "card.unreadable");
  CHECK(code_of(parsed(7, "31 12 20a3")) == "card.unreadable");
}

TEST_CASE("personal codes are checked") {
  const auto code = parse_personal_code("38001085718");
  REQUIRE(code.ok());
  CHECK(code->birth == Date{1980, 1, 8});
  CHECK(code->sex == 'M');
  CHECK(parse_personal_code("60001019906")->birth == Date{2000, 1, 1});
  CHECK(parse_personal_code("60001019906")->sex == 'F');
  CHECK(code_of(parse_personal_code("3800108571")) == "id.bad_length");
  CHECK(code_of(parse_personal_code("3800108571a")) == "id.bad_character");
  CHECK(code_of(parse_personal_code("38002305718")) == "id.bad_birth");
  CHECK(code_of(parse_personal_code("98001085718")) == "id.bad_birth");
  for (char digit = '0'; digit <= '9'; ++digit) {
    const std::string text = std::string("3800108571") + digit;
    CHECK(parse_personal_code(text).ok() == (digit == '8'));
  }
}

}  // namespace bianmin::card
