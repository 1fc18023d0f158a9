#include "tests/sync/hub/time_stamp_authority.hpp"

#include "terminal/base/clock.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::test {

namespace {

const std::string settings = std::string("[tsa]\nserial = serial\ndefault_policy = ") + test_stamp_policy +
                             "\nother_policies = 1.3.6.1.4.1.13762.4\ndigests = sha256\naccuracy = secs:1\n"
                             "ess_cert_id_chain = no\ness_cert_id_alg = sha256\n";

}  // namespace

std::int64_t real_utc_ms() { return SystemClock().utc_ms(); }

void OpensslAuthority::run(const std::string& words) const {
  const auto result = run_command("cd " + folder_.path().string() + " && openssl " + words);
  INFO(words << ": " << result.output);
  REQUIRE(result.exit_code == 0);
}

OpensslAuthority::OpensslAuthority() {
  must(write_file_durably(folder_ / "tsa.cnf", view_of(settings)));
  must(write_file_durably(folder_ / "serial", view_of("01\n")));
  must(write_file_durably(folder_ / "use.cnf", view_of("basicConstraints=CA:FALSE\nkeyUsage=critical,"
                                                       "digitalSignature\nextendedKeyUsage=critical,"
                                                       "timeStamping\n")));
  const std::string key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ";
  run("req -x509 " + key + "-keyout root.key -out root.crt -days 3650 -subj '/CN=TEST time root'");
  run("req " + key + "-keyout tsa.key -out tsa.req -subj '/CN=TEST time stamps'");
  run("x509 -req -in tsa.req -CA root.crt -CAkey root.key -CAcreateserial -days 365 -extfile use.cnf -out "
      "tsa.crt");
}

Result<Bytes> OpensslAuthority::stamp(ByteView request) {
  ++asked_count;
  if (away) return Error{Remedy::retry_later, "stamp.unreachable", "the test says so"};
  if (answer_with) return *answer_with;
  must(write_file_durably(folder_ / "query", request));
  run("ts -reply -config tsa.cnf -section tsa -queryfile query -signer tsa.crt -inkey tsa.key -" +
      signer_digest + " -out reply");
  return read_file(folder_ / "reply", seal::stamp_response_size_max);
}

std::filesystem::path OpensslAuthority::program() const {
  const std::string script =
      "#!/bin/sh\nset -e\nq=$(realpath \"$1\"); r=$(realpath \"$2\")\ncd " + folder_.path().string() +
      "\nexec openssl ts -reply -config tsa.cnf -section tsa -queryfile \"$q\" -signer "
      "tsa.crt -inkey tsa.key -sha256 -out \"$r\" 2>/dev/null\n";
  must(write_file_durably(folder_ / "ask", view_of(script), 0755));
  return folder_ / "ask";
}

seal::StampTrust OpensslAuthority::trust() const { return must(seal::StampTrust::load(root())); }

}  // namespace bianmin::test
