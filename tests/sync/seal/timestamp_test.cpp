// Time stamps against `openssl ts`, which made them.
#include "sync/seal/timestamp.hpp"

#include "sync/seal/test_identity.hpp"
#include "tests/sync/hub/time_stamp_authority.hpp"

namespace bianmin::seal {

using test::must;

namespace {

const Bytes message = bytes_of("a signed head");

StampDemand demand_of(const StampRequest& request) { return {request.digest, request.nonce, {}}; }

}  // namespace

TEST_CASE("a stamp is asked for, made by openssl and believed") {
  test::OpensslAuthority authority;
  const std::int64_t before = test::real_utc_ms();
  const auto request = must(make_stamp_request(message));
  CHECK(request.digest == sha256(message));
  const Bytes response = must(authority.stamp(request.der));
  const Stamp stamp = must(check_stamp(response, demand_of(request), authority.trust()));
  CHECK(stamp.policy == test::test_stamp_policy);
  CHECK_FALSE(stamp.serial.empty());
  CHECK(stamp.utc_ms >= before - 1'000);
  CHECK(stamp.utc_ms <= test::real_utc_ms());
  CHECK(must(check_stamp(response, {request.digest}, authority.trust())) == stamp);  // long afterwards
  const auto other = must(make_stamp_request(message));
  CHECK(other.nonce != request.nonce);
}

TEST_CASE("what is wrong with a stamp has its code") {
  test::OpensslAuthority authority;
  const auto trust = authority.trust();
  const auto request = must(make_stamp_request(message));
  const Bytes response = must(authority.stamp(request.der));
  const auto code = [&](const StampDemand& demand) {
    return test::code_of(check_stamp(response, demand, trust));
  };
  StampDemand demand = demand_of(request);
  CHECK(code(demand) == "ok");
  demand.digest[0] ^= 1;
  CHECK(code(demand) == "stamp.other_data");
  demand = demand_of(request);
  demand.nonce.back() ^= 1;
  CHECK(code(demand) == "stamp.other_nonce");
  demand = demand_of(request);
  demand.policy = "1.3.6.1.4.1.13762.4";
  CHECK(code(demand) == "stamp.other_policy");
  demand.policy = test::test_stamp_policy;
  CHECK(code(demand) == "ok");
  demand.latest_utc_ms = test::real_utc_ms() - 3'600'000;
  CHECK(code(demand) == "stamp.bad_time");
  demand.latest_utc_ms = INT64_MAX;
  demand.earliest_utc_ms = test::real_utc_ms() + 3'600'000;
  CHECK(code(demand) == "stamp.bad_time");
  const test::OpensslAuthority stranger;
  CHECK(test::code_of(check_stamp(response, demand_of(request), stranger.trust())) == "stamp.untrusted");
}

TEST_CASE("a policy of one's own is asked for; one that the authority does not have is no stamp") {
  test::OpensslAuthority authority;
  const auto trust = authority.trust();
  const auto second = must(make_stamp_request(message, "1.3.6.1.4.1.13762.4"));
  const auto stamp = must(check_stamp(must(authority.stamp(second.der)), demand_of(second), trust));
  CHECK(stamp.policy == "1.3.6.1.4.1.13762.4");
  const auto none = must(make_stamp_request(message, "1.2.3.4"));
  CHECK(test::code_of(check_stamp(must(authority.stamp(none.der)), demand_of(none), trust)) ==
        "stamp.not_granted");
  CHECK(test::code_of(make_stamp_request(message, "no policy")) == "stamp.bad_policy");
}

TEST_CASE("a signature over SHA-1 is weak") {
  test::OpensslAuthority authority;
  authority.signer_digest = "sha1";
  const auto request = must(make_stamp_request(message));
  const Bytes response = must(authority.stamp(request.der));
  CHECK(test::code_of(check_stamp(response, demand_of(request), authority.trust())) == "stamp.weak");
}

TEST_CASE("every changed byte of a stamp is refused, or changes nothing of what it says") {
  test::OpensslAuthority authority;
  const auto trust = authority.trust();
  const auto request = must(make_stamp_request(message));
  Bytes response = must(authority.stamp(request.der));
  const Stamp stamp = must(check_stamp(response, demand_of(request), trust));
  int harmless = 0;
  for (std::size_t at = 0; at < response.size(); ++at) {
    response[at] ^= 0x01;
    if (const auto checked = check_stamp(response, demand_of(request), trust)) {
      ++harmless;
      CHECK(*checked == stamp);
    }
    response[at] ^= 0x01;
  }
  // Outside of what is signed: the status "granted with changes", and versions and names that nobody reads.
  CHECK(harmless < 20);
  for (std::size_t size = 0; size < response.size(); size += 7) {
    CHECK_FALSE(check_stamp(ByteView(response).first(size), demand_of(request), trust).ok());
  }
  response.push_back(0);
  CHECK(test::code_of(check_stamp(response, demand_of(request), trust)) == "stamp.invalid");
  CHECK(test::code_of(check_stamp(Bytes(stamp_response_size_max + 1), demand_of(request), trust)) ==
        "stamp.invalid");
}

TEST_CASE("a list of authorities is PEM certificates and nothing torn") {
  const test::OpensslAuthority authority;
  const std::string pem = text_of(must(read_file(authority.root(), 1U << 16U)));
  CHECK(StampTrust::from_pem("# ours\n" + pem + pem).ok());
  CHECK(test::code_of(StampTrust::from_pem("")) == "certificate.invalid");
  CHECK(test::code_of(StampTrust::from_pem(pem.substr(0, pem.size() / 2))) == "certificate.invalid");
  CHECK(test::code_of(StampTrust::load("/nowhere.pem")) == "file.missing");
}

}  // namespace bianmin::seal
