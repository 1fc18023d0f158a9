#include "sync/seal/certificates.hpp"

#include "terminal/base/files.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::seal {

TEST_CASE("the openssl command line accepts what the authority issues, for its use only") {
  const test::TempFolder folder;
  const PrivateKey authority_key = PrivateKey::generate();
  const std::string authority = make_authority(authority_key, "测试 CA");
  test::must(write_file_durably(folder / "ca.crt", view_of(authority)));
  const auto issue = [&](const CertificateRequest& request, const std::string& file) {
    const auto pem =
        test::must(issue_certificate(authority, authority_key, PrivateKey::generate().public_key(), request));
    test::must(write_file_durably(folder / file, view_of(pem)));
  };
  issue({"hub", CertificateUse::server, {"127.0.0.1", "localhost", "::1"}, server_days}, "hub.crt");
  issue({"T-0001", CertificateUse::client, {}, terminal_days}, "t.crt");
  const auto verify = [&](const std::string& arguments) {
    return test::run_command("openssl verify -x509_strict -CAfile " + (folder / "ca.crt").string() + " " +
                             arguments)
        .exit_code;
  };
  const std::string hub = (folder / "hub.crt").string();
  CHECK(verify("-purpose sslserver -verify_ip 127.0.0.1 " + hub) == 0);
  CHECK(verify("-purpose sslserver -verify_hostname localhost " + hub) == 0);
  CHECK(verify("-purpose sslserver -verify_hostname other.example " + hub) != 0);
  CHECK(verify("-purpose sslclient " + hub) != 0);
  CHECK(verify("-purpose sslclient " + (folder / "t.crt").string()) == 0);
  CHECK(verify("-purpose sslserver " + (folder / "t.crt").string()) != 0);
}

TEST_CASE("malformed names and authorities are refused") {
  const PrivateKey key = PrivateKey::generate();
  const std::string authority = make_authority(key, "CA");
  const auto code = [&](const std::string& ca, const std::string& host) {
    return test::code_of(
        issue_certificate(ca, key, key.public_key(), {"hub", CertificateUse::server, {host}, 1}));
  };
  CHECK(code(authority, "a.example") == "ok");
  CHECK(code(authority, "a.example,DNS:evil") == "certificate.invalid");
  CHECK(code(authority, "") == "certificate.invalid");
  CHECK(code("no certificate", "a.example") == "certificate.invalid");
}

}  // namespace bianmin::seal
