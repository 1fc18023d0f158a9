// Both profiles through their one interface, against whole records that are fixed.
#include "sync/seal/profile.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include "sync/seal/guomi.hpp"
#include "sync/seal/hpke.hpp"
#include "sync/seal/numbered_key.hpp"
#include "tests/sync/vectors.hpp"

namespace bianmin::seal {

using test::bytes_in;
using test::must;
using test::unhex;

namespace {

PrivateKey private_of(const Profile& profile, const Json& scalar) {
  const Curve curve = profile.name() == "gm-1" ? Curve::sm2 : Curve::p256;
  return must(PrivateKey::from_scalar(bytes_in(scalar), curve));
}

// The sealing again, with what is random in it given.
Bytes seal_again(std::string_view profile, const PublicKey& receiver, const Json& fixed) {
  const auto info = fixed["info"].get<std::string>();
  const Bytes aad = bytes_in(fixed["aad"]);
  const Bytes plain = bytes_in(fixed["plain"]);
  if (profile == "gm-1") {
    const Bytes key = bytes_in(fixed["content_key"]);
    const Bytes bytes = bytes_in(fixed["sealed"]);
    ByteReader in(bytes);
    const ByteView wrapped = in.take(in.u16_be());
    return Guomi().seal(
        {SecretBytes(key.begin(), key.end()), Bytes(wrapped.begin(), wrapped.end()), bytes_in(fixed["iv"])},
        info, aad, plain);
  }
  const auto ephemeral = must(PrivateKey::from_scalar(bytes_in(fixed["ephemeral_private"])));
  const Hpke hpke;
  return hpke.seal(must(hpke.prepare(ephemeral, receiver, info)), aad, plain);
}

void check_sealing(const Profile& profile, const PrivateKey& receiver, Purpose purpose, const Json& fixed) {
  const Bytes sealed = bytes_in(fixed["sealed"]);
  const SecretBytes plain = must(profile.open(receiver, purpose, bytes_in(fixed["aad"]), sealed));
  CHECK(Bytes(plain.begin(), plain.end()) == bytes_in(fixed["plain"]));
  CHECK(seal_again(profile.name(), receiver.public_key(), fixed) == sealed);
  Bytes changed = sealed;
  changed.back() ^= 1;
  CHECK(test::code_of(profile.open(receiver, purpose, bytes_in(fixed["aad"]), changed)) ==
        "seal.cannot_open");
  const Purpose other = purpose == Purpose::ask ? Purpose::record : Purpose::ask;
  CHECK(test::code_of(profile.open(receiver, other, bytes_in(fixed["aad"]), sealed)) == "seal.cannot_open");
}

Bytes check_signed(const PublicKey& key, const Json& fixed) {
  const auto outer = must(record::decode_signed(bytes_in(fixed["signed"])));
  CHECK(outer.body == bytes_in(fixed["body"]));
  CHECK(outer.signature == bytes_in(fixed["signature"]));
  CHECK(key.verify(outer.body, outer.signature));
  return outer.body;
}

}  // namespace

TEST_CASE("whole records come out of each profile byte for byte") {
  for (const std::string_view name : profile_names) {
    INFO(name);
    const Json fixed = test::vectors_of(name);
    const ProfilePtr profile = must(Profile::named(name));
    const auto device = private_of(*profile, fixed["device_private"]);
    const auto hub_seal = private_of(*profile, fixed["hub_seal_private"]);
    const auto hub_receipt = private_of(*profile, fixed["hub_receipt_private"]);
    CHECK(device.public_point() == bytes_in(fixed["device_public"]));
    CHECK(hub_seal.public_point() == bytes_in(fixed["hub_seal_public"]));
    CHECK(hub_receipt.public_point() == bytes_in(fixed["hub_receipt_public"]));
    record::Digest previous{};
    REQUIRE(fixed["records"].size() == 2);
    for (const Json& one : fixed["records"]) {
      check_sealing(*profile, hub_seal, Purpose::record, one["seal"]);
      const Bytes payload = bytes_in(one["seal"]["sealed"]);
      const auto record = must(record::decode_case_record(bytes_in(one["seal"]["plain"])));
      CHECK(must(record::encode(record)) == bytes_in(one["seal"]["plain"]));
      const Bytes envelope = bytes_in(one["envelope"]);
      const auto outside = must(record::decode_envelope(envelope));
      CHECK(record::encode(outside) == envelope);
      CHECK(outside.profile == name);
      CHECK(outside.previous == previous);
      CHECK(outside.payload_digest == profile->digest(payload));
      CHECK(outside.record_id == record.id);
      previous = profile->digest(envelope);
      CHECK(to_hex(previous) == one["envelope_digest"]);
      CHECK(device.public_key().verify(envelope, bytes_in(one["signature"])));
      CHECK(record::encode(record::Upload{envelope, bytes_in(one["signature"]), payload}) ==
            bytes_in(one["upload"]));
      const auto receipt =
          must(record::decode_receipt(check_signed(hub_receipt.public_key(), one["receipt"])));
      CHECK(receipt.envelope_digest == previous);
    }
    const Json& ask = fixed["ask"];
    const auto reply = private_of(*profile, ask["reply_private"]);
    check_sealing(*profile, hub_seal, Purpose::ask, ask["request"]);
    CHECK(bytes_in(ask["answer"]["aad"]) ==
          unhex(to_hex(profile->digest(bytes_in(ask["request"]["sealed"])))));
    check_sealing(*profile, reply, Purpose::answer, ask["answer"]);
    const Json& statement = fixed["key_statement"];
    const auto newer = must(read_key_statement(bytes_in(statement["signed"]), hub_receipt.public_key()));
    CHECK(newer.number == 2);
    CHECK(record::encode(record::KeyStatement{std::string(name), newer.number, newer.key.point()}) ==
          check_signed(hub_receipt.public_key(), statement));
  }
}

TEST_CASE("what one profile sealed or signed is nothing to the other") {
  const ProfilePtr intl = must(Profile::named("intl-1"));
  const ProfilePtr gm = must(Profile::named("gm-1"));
  const auto intl_key = intl->generate_key();
  const auto gm_key = gm->generate_key();
  const Bytes from_intl = must(intl->seal(intl_key.public_key(), Purpose::record, {}, view_of("plain")));
  const Bytes from_gm = must(gm->seal(gm_key.public_key(), Purpose::record, {}, view_of("plain")));
  CHECK(test::code_of(gm->open(gm_key, Purpose::record, {}, from_intl)) == "seal.cannot_open");
  CHECK(test::code_of(intl->open(intl_key, Purpose::record, {}, from_gm)) == "seal.cannot_open");
  CHECK(test::code_of(gm->open(intl_key, Purpose::record, {}, from_gm)) == "seal.cannot_open");
  CHECK(test::code_of(intl->open(gm_key, Purpose::record, {}, from_intl)) == "seal.cannot_open");
  CHECK(test::code_of(gm->seal(intl_key.public_key(), Purpose::record, {}, {})) == "key.other_profile");
  CHECK(test::code_of(intl->prepare(gm_key.public_key(), Purpose::record)) == "key.other_profile");
  CHECK(intl->check(gm_key).error().code == "key.other_profile");
  CHECK(gm->check(gm_key.public_key()).ok());
  CHECK_FALSE(intl_key.public_key().verify(view_of("m"), gm_key.sign(view_of("m"))));
  CHECK_FALSE(gm_key.public_key().verify(view_of("m"), intl_key.sign(view_of("m"))));
  CHECK(intl->digest(view_of("abc")) != gm->digest(view_of("abc")));
  CHECK(test::code_of(Profile::named("intl-2")) == "profile.unknown");
  CHECK(test::code_of(Profile::named("")) == "profile.unknown");
  CHECK(Profile::of(gm_key.public_key())->name() == "gm-1");
}

TEST_CASE("a prepared sealing seals once, and only in the process that prepared it") {
  for (const std::string_view name : profile_names) {
    const ProfilePtr profile = must(Profile::named(name));
    const auto key = profile->generate_key();
    auto prepared = must(profile->prepare(key.public_key(), Purpose::record));
    const Bytes sealed = must(std::move(prepared).seal(view_of("id"), view_of("plain")));
    CHECK(text_of(must(profile->open(key, Purpose::record, view_of("id"), sealed))) == "plain");
    CHECK(test::code_of(std::move(prepared).seal(view_of("id"), view_of("again"))) == "seal.used");

    auto copied = must(profile->prepare(key.public_key(), Purpose::record));
    const pid_t child = ::fork();
    if (child == 0)
      ::_exit(test::code_of(std::move(copied).seal({}, view_of("plain"))) == "seal.used" ? 0 : 1);
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(std::move(copied).seal({}, view_of("plain")).ok());
  }
}

}  // namespace bianmin::seal
