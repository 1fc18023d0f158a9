#include "sync/seal/numbered_key.hpp"

#include "sync/record/messages.hpp"
#include "sync/seal/profile.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::seal {

TEST_CASE("a numbered key survives its text, which stays PEM for others") {
  const auto key = PrivateKey::generate(Curve::sm2).public_key();
  const std::string text = numbered_pem({key, 7});
  const auto read = test::must(numbered_key_from_pem(text));
  CHECK(read.number == 7);
  CHECK(read.key.point() == key.point());
  CHECK(test::must(PublicKey::from_pem(text)).point() == key.point());
  CHECK(test::must(numbered_key_from_pem(key.pem())).number == 1);
  for (const std::string bad : {"number: 0\n", "number: x\n", "number: -1\n", "number: \n", "number: 1"}) {
    CHECK(test::code_of(numbered_key_from_pem(bad + key.pem())) == "key.invalid");
  }
  CHECK(test::code_of(numbered_key_from_pem("number: 1\n")) == "key.invalid");
  CHECK(test::code_of(numbered_key_from_pem("")) == "key.invalid");
}

TEST_CASE("a key statement is believed when the hub's receipt key of the profile signed it") {
  for (const std::string_view name : profile_names) {
    const ProfilePtr profile = test::must(Profile::named(name));
    const auto receipt_key = profile->generate_key();
    const auto key = profile->generate_key().public_key();
    const Bytes statement = sign_key_statement({key, 3}, receipt_key);
    const auto read = test::must(read_key_statement(statement, receipt_key.public_key()));
    CHECK(read.number == 3);
    CHECK(read.key.point() == key.point());
    const auto code = [&](ByteView bytes, const PublicKey& by) {
      return test::code_of(read_key_statement(bytes, by));
    };
    CHECK(code(statement, profile->generate_key().public_key()) == "key.bad_signature");
    CHECK(code(ByteView(statement).first(statement.size() - 1), receipt_key.public_key()) ==
          "message.invalid");
    const auto signed_body = [&](Bytes body) {
      Bytes signature = receipt_key.sign(body);
      return record::encode(record::Signed{std::move(body), std::move(signature)});
    };
    const auto other = Profile::of(key.curve() == Curve::sm2 ? Curve::p256 : Curve::sm2);
    CHECK(code(sign_key_statement({other->generate_key().public_key(), 3}, receipt_key),
               receipt_key.public_key()) == "key.other_profile");
    const auto stated = [&](std::uint64_t number, Bytes point) {
      return code(
          signed_body(record::encode(record::KeyStatement{std::string(name), number, std::move(point)})),
          receipt_key.public_key());
    };
    CHECK(stated(3, key.point()) == "ok");
    CHECK(stated(0, key.point()) == "message.invalid");
    CHECK(stated(3, Bytes(65, 4)) == "key.invalid");
    CHECK(stated(3, {}) == "key.invalid");
    const record::HubReceipt receipt{"T-0001", 1, 1, {}, 0, record::ReceiptStatus::stored, ""};
    CHECK(code(signed_body(record::encode(receipt)), receipt_key.public_key()) == "message.invalid");
  }
}

}  // namespace bianmin::seal
