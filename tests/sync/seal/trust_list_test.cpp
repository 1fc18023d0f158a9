#include "sync/seal/trust_list.hpp"

#include "sync/seal/test_identity.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::seal {

namespace {

constexpr std::int64_t now = 1'795'000'000'000;
constexpr std::int64_t day = 86'400'000;
constexpr std::int64_t year = 365 * day;

const TestEid& eid() {
  static const TestEid made = make_test_eid(now);
  return made;
}

TrustList whole_list() { return test::must(TrustList::from_pem(eid().root.pem() + eid().authority.pem())); }

std::string checked(const TestIdentity& identity, CardCertificateUse use = CardCertificateUse::authentication,
                    std::int64_t at = now) {
  return test::code_of(whole_list().check(identity.certificate(), use, at));
}

TestCertificateRequest valid_request() {
  TestCertificateRequest request;
  request.valid_from_utc_ms = now - year;
  request.valid_to_utc_ms = now + year;
  return request;
}

Bytes some_digest(std::uint8_t filling = 7) { return Bytes(sha384_byte_count, filling); }

}  // namespace

TEST_CASE("a chain to a root of the list is believed, for its use") {
  CHECK(whole_list().size() == 2);
  const auto subject = test::must(
      whole_list().check(eid().authentication.certificate(), CardCertificateUse::authentication, now));
  CHECK(subject.serial_number == "PNOEE-38001085718");
  CHECK(subject.common_name == "JÕEORG,JAAK-KRISTJAN,38001085718");
  CHECK(subject.surname == "JÕEORG");
  CHECK(subject.given_name == "JAAK-KRISTJAN");
  CHECK(subject.country == "EE");
  CHECK(subject.issuer == "TEST of ESTEID");
  CHECK(subject.valid_from_utc_ms == now - year);
  CHECK(subject.valid_to_utc_ms == now + year);
  CHECK(checked(eid().signing, CardCertificateUse::signing) == "ok");
}

TEST_CASE("a certificate is not believed for another use") {
  CHECK(checked(eid().signing, CardCertificateUse::authentication) == "certificate.wrong_use");
  CHECK(checked(eid().authentication, CardCertificateUse::signing) == "certificate.wrong_use");
  CHECK(checked(eid().authority, CardCertificateUse::authentication) == "certificate.wrong_use");
  auto request = valid_request();
  request.key_usage.clear();
  CHECK(checked(eid().authority.issue(request)) == "certificate.wrong_use");
  request = valid_request();
  request.extended_key_usage = "serverAuth";
  CHECK(checked(eid().authority.issue(request)) == "certificate.wrong_use");
  request.extended_key_usage.clear();
  CHECK(checked(eid().authority.issue(request)) == "ok");
}

TEST_CASE("a chain is believed only while all of it is valid") {
  auto request = valid_request();
  request.valid_to_utc_ms = now + day;
  const TestIdentity leaf = eid().authority.issue(request);
  const auto at = [&](std::int64_t when) { return checked(leaf, CardCertificateUse::authentication, when); };
  CHECK(at(now) == "ok");
  CHECK(at(now + day + 1'000) == "certificate.expired");
  CHECK(at(now - year - 1'000) == "certificate.not_yet_valid");
  const TestIdentity old_authority = eid().root.authority("an old one", now - year, now - day);
  request = valid_request();
  const TestIdentity late_leaf = old_authority.issue(request);
  const TrustList list = test::must(TrustList::from_pem(eid().root.pem() + old_authority.pem()));
  CHECK(test::code_of(list.check(late_leaf.certificate(), CardCertificateUse::authentication, now)) ==
        "certificate.expired");
  CHECK(test::code_of(
            list.check(late_leaf.certificate(), CardCertificateUse::authentication, now - 2 * day)) == "ok");
}

TEST_CASE("a certificate of nobody's is not believed") {
  const TestEid stranger = make_test_eid(now);  // the same names
  CHECK(checked(stranger.authentication) == "certificate.untrusted");
  const TrustList roots_alone = test::must(TrustList::from_pem(eid().root.pem()));
  CHECK(test::code_of(roots_alone.check(eid().authentication.certificate(),
                                        CardCertificateUse::authentication, now)) == "certificate.untrusted");
  const TestIdentity below_leaf = eid().authentication.issue(valid_request());  // a person is no authority
  const TrustList with_leaf =
      test::must(TrustList::from_pem(eid().root.pem() + eid().authority.pem() + eid().authentication.pem()));
  CHECK(test::code_of(with_leaf.check(below_leaf.certificate(), CardCertificateUse::authentication, now)) ==
        "certificate.untrusted");
  auto request = valid_request();
  request.key = TestKeyKind::rsa_1024;
  CHECK(checked(eid().authority.issue(request)) == "certificate.untrusted");
}

TEST_CASE("bytes that are no certificate are refused") {
  Bytes der = eid().authentication.certificate();
  const auto code = [](ByteView bytes) {
    return test::code_of(whole_list().check(bytes, CardCertificateUse::authentication, now));
  };
  CHECK(code({}) == "certificate.invalid");
  CHECK(code(ByteView(der).first(der.size() - 1)) == "certificate.invalid");
  CHECK(code(Bytes(20'000, 0x30)) == "certificate.invalid");
  der.push_back(0);
  CHECK(code(der) == "certificate.invalid");
  der.pop_back();
  for (std::size_t at = 0; at < der.size(); at += 7) {
    Bytes changed = der;
    changed[at] ^= 0x01;
    CHECK(code(changed) != "ok");
    (void)read_certificate_subject(changed);
  }
}

TEST_CASE("a folder of certificates is loaded, and what is wrong in it is named") {
  const test::TempFolder folder;
  const auto put = [&](const std::string& name, std::string_view text) {
    test::must(write_file_durably(folder / name, view_of(text)));
  };
  CHECK(test::code_of(TrustList::load(folder / "not there")) == "file.missing");
  CHECK(test::code_of(TrustList::load(folder.path())) == "certificate.none");
  put("README.md", "nothing");
  put("b.crt", eid().authority.pem());
  CHECK(test::code_of(TrustList::load(folder.path())) == "certificate.none");
  put("a.pem", eid().root.pem());
  const auto list = test::must(TrustList::load(folder.path()));
  CHECK(list.size() == 2);
  CHECK(list.check(eid().signing.certificate(), CardCertificateUse::signing, now).ok());
  put("c.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  const auto broken = TrustList::load(folder.path());
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.error().code == "certificate.invalid");
  CHECK(broken.error().detail.find("c.pem") == 0);
  std::string many;
  for (std::size_t i = 0; i <= trusted_certificates_max; ++i) many += eid().authority.pem();
  CHECK(test::code_of(TrustList::from_pem(many)) == "certificate.too_many");
}

TEST_CASE("a signature over a digest is checked with the certificate's key") {
  const Bytes& der = eid().signing.certificate();
  const Bytes signature = eid().signing.sign_digest(some_digest());
  REQUIRE(signature.size() == raw_p384_signature_byte_count);
  const auto code = [&](ByteView certificate, ByteView digest, ByteView raw) {
    const auto result = verify_digest_signature(certificate, digest, raw);
    return result ? "ok" : std::string(result.error().code);
  };
  CHECK(code(der, some_digest(), signature) == "ok");
  CHECK(code(der, some_digest(8), signature) == "signature.invalid");
  CHECK(code(eid().authentication.certificate(), some_digest(), signature) == "signature.invalid");
  CHECK(code(der, ByteView(some_digest()).first(32), signature) == "signature.invalid");
  CHECK(code(der, some_digest(), ByteView(signature).first(95)) == "signature.invalid");
  CHECK(code(der, some_digest(), Bytes(raw_p384_signature_byte_count)) == "signature.invalid");
  for (std::size_t at = 0; at < signature.size(); ++at) {
    Bytes changed = signature;
    changed[at] ^= 0x80;
    CHECK(code(der, some_digest(), changed) == "signature.invalid");
  }
  auto request = valid_request();
  request.key = TestKeyKind::p256;
  CHECK(code(eid().authority.issue(request).certificate(), some_digest(), signature) ==
        "certificate.invalid");
  CHECK(code({}, some_digest(), signature) == "certificate.invalid");
}

TEST_CASE("the openssl command line agrees about the chain") {
  const test::TempFolder folder;
  const auto put = [&](const std::string& name, const std::string& text) {
    test::must(write_file_durably(folder / name, view_of(text)));
    return (folder / name).string();
  };
  const std::string root = put("root.pem", eid().root.pem());
  const std::string authority = put("authority.pem", eid().authority.pem());
  const std::string leaf = put("leaf.pem", eid().authentication.pem());
  const std::string command = "openssl verify -attime 1795000000 -CAfile " + root;
  CHECK(test::run_command(command + " -untrusted " + authority + " " + leaf).exit_code == 0);
  CHECK(test::run_command(command + " " + leaf).exit_code != 0);
}

}  // namespace bianmin::seal
