#include "sync/seal/numbered_key.hpp"

#include "sync/record/messages.hpp"
#include "sync/seal/profile.hpp"
#include "terminal/base/config.hpp"

namespace bianmin::seal {

namespace {

constexpr std::string_view number_label = "number: ";

Error refuse_key(std::string_view code, std::string detail) {
  return {Remedy::refuse, code, std::move(detail)};
}

}  // namespace

std::string numbered_pem(const NumberedKey& key) {
  return std::string(number_label) + std::to_string(key.number) + '\n' + key.key.pem();
}

Result<NumberedKey> numbered_key_from_pem(std::string_view text) {
  std::int64_t number = 1;
  if (text.starts_with(number_label)) {
    const auto end = std::min(text.find('\n'), text.size());
    auto read = parse_number(text.substr(number_label.size(), end - number_label.size()), 1, INT64_MAX);
    if (!read) return refuse_key("key.invalid", "no number of a key");
    number = *read;
  }
  auto key = PublicKey::from_pem(text);
  if (!key) return key.error();
  return NumberedKey{std::move(key).value(), static_cast<std::uint64_t>(number)};
}

Bytes sign_key_statement(const NumberedKey& key, const PrivateKey& receipt_key) {
  const ProfilePtr profile = Profile::of(key.key);
  Bytes body =
      record::encode(record::KeyStatement{std::string(profile->name()), key.number, key.key.point()});
  Bytes signature = receipt_key.sign(body);
  return record::encode(record::Signed{std::move(body), std::move(signature)});
}

Result<NumberedKey> read_key_statement(ByteView signed_statement, const PublicKey& receipt_key) {
  auto outer = record::decode_signed(signed_statement);
  if (!outer) return outer.error();
  if (!receipt_key.verify(outer->body, outer->signature)) {
    return refuse_key("key.bad_signature", "not signed by this hub");
  }
  auto statement = record::decode_key_statement(outer->body);
  if (!statement) return statement.error();
  const ProfilePtr profile = Profile::of(receipt_key);
  if (statement->profile != profile->name()) {
    return refuse_key("key.other_profile", "a key for the profile " + statement->profile);
  }
  auto key = profile->key_from_point(statement->point);
  if (!key) return key.error();
  return NumberedKey{std::move(key).value(), statement->number};
}

}  // namespace bianmin::seal
