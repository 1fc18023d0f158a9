// Who may talk to a hub, at the level of TLS and HTTP: each stranger is refused with a code, and the terminal
// loses nothing.
#include <csignal>

#include "sync/agent/agent.hpp"
#include "sync/agent/renewal.hpp"
#include "sync/http/curl_transport.hpp"
#include "sync/seal/certificates.hpp"
#include "tests/sync/hub/terminal_side.hpp"

namespace bianmin {

using store::RecordState;
using test::must;
using test::TerminalSide;

namespace {

constexpr long timeout_ms = 10'000;

// A site whose hub runs, and certificates of its authority or of another.
struct Gate {
  test::Site site;
  test::Process hub = site.start_hub();
  std::filesystem::path folder = site.terminal() / "other";
  Gate() { std::filesystem::create_directory(folder); }

  http::HubAddress with(const std::string& name, std::int64_t seconds,
                        const std::filesystem::path& authority) {
    const auto pem = text_of(must(read_file(authority / "ca.crt", 10'000)));
    const auto key = seal::PrivateKey::generate();
    seal::CertificateRequest request{name};
    request.seconds = seconds;
    const auto certificate = must(seal::issue_certificate(
        pem, must(seal::PrivateKey::load(authority / "ca.key")), key.public_key(), request));
    must(key.save(folder / "x.key"));
    must(write_file_durably(folder / "x.crt", view_of(certificate)));
    return {site.hub_url(), folder / "x.crt", folder / "x.key", site.terminal() / "ca.crt"};
  }
  Result<http::HttpReply> speak(const http::HubAddress& address) const {
    return must(http::CurlTransport::make(address))
        ->post("/v1/states", record::encode_case_list({}), timeout_ms);
  }
  std::string events() const {
    return test::run_command(test::program("kiosk-hub") + " events " + site.hub().string()).output;
  }
};

}  // namespace

TEST_CASE("certificates: ours is let in; expired, foreign, self-made, unknown and servers' ones are not") {
  Gate gate;
  const auto refused = [&](const http::HubAddress& address) {
    const auto reply = gate.speak(address);
    return reply ? std::to_string(reply->status) : std::string(reply.error().code);
  };
  CHECK(refused(gate.with("T-0001", 3'600, gate.site.hub())) == "200");
  CHECK(refused(gate.with("T-0001", -60, gate.site.hub())) == "agent.hub_unreachable");
  CHECK(gate.events().find("certificate_expired") != std::string::npos);
  CHECK(refused(gate.with("T-0009", 3'600, gate.site.hub())) == "403");  // ours, but nobody's
  const test::Site other;
  CHECK(refused(gate.with("T-0001", 3'600, other.hub())) == "agent.hub_unreachable");
  auto server = gate.with("T-0001", 3'600, gate.site.hub());
  server.certificate = gate.site.hub() / "server.crt";
  server.key = gate.site.hub() / "server.key";
  CHECK(refused(server) == "agent.hub_unreachable");
  auto mismatched = gate.with("T-0001", 3'600, gate.site.hub());
  mismatched.key = gate.site.terminal() / "tls.key";  // not the key of that certificate
  CHECK(refused(mismatched) == "agent.bad_files");
}

TEST_CASE("denied while connected: the next request is refused, and everything is kept") {
  Gate gate;
  TerminalSide terminal(gate.site);
  const test::Process agent = gate.site.start_agent();
  const auto first = terminal.save(test::sample_case());
  REQUIRE(terminal.wait_for(first.case_no, RecordState::accepted));
  const auto deny = test::run_command(test::program("kiosk-hub") + " deny " + gate.site.hub().string() +
                                      " --terminal T-0001");
  REQUIRE(deny.exit_code == 0);
  const auto second = terminal.save(test::sample_case());
  CHECK(terminal.wait([&] { return must(terminal.journal->link()).code == "agent.hub_refuses"; }));
  CHECK(terminal.state_of(second.case_no) == RecordState::saved);
  CHECK(gate.site.stderr_of("agent").find("403 hub.denied") != std::string::npos);
  CHECK(gate.site.report()["records"] == 1);
}

TEST_CASE("records replayed, swapped, cut, re-ordered and too large, over the real wire") {
  Gate gate;
  TerminalSide terminal(gate.site);
  for (int count = 0; count < 3; ++count) terminal.save(test::sample_case());
  store::Outbox outbox(*terminal.journal, terminal.enrolment.hub_receipt_key);
  const auto pending = must(outbox.pending(3));
  const auto hub = must(http::CurlTransport::make(gate.with("T-0001", 3'600, gate.site.hub())));
  const auto send = [&](const Bytes& body) { return must(hub->post("/v1/records", body, timeout_ms)); };
  const auto code = [&](const Bytes& body) {
    const auto reply = send(body);
    return std::to_string(reply.status) + " " + agent::code_in(reply.body);
  };
  const Bytes first = record::encode(pending[0].upload);
  CHECK(code(Bytes(first.begin(), first.end() - 1)) == "422 hub.bad_upload");
  CHECK(code({}) == "422 hub.bad_upload");
  auto swapped = pending[0].upload;
  swapped.payload = pending[1].upload.payload;
  CHECK(code(record::encode(swapped)) == "422 hub.bad_payload");
  auto other_signature = pending[0].upload;
  other_signature.signature = pending[1].upload.signature;
  CHECK(code(record::encode(other_signature)) == "422 hub.bad_signature");
  CHECK(code(Bytes(record::upload_size_max + 1)) == "413 hub.too_large");
  CHECK(send(record::encode(pending[2].upload)).status == 200);  // any order is taken
  CHECK(send(first).status == 200);
  const auto again = send(first);
  CHECK(again.body == send(first).body);  // a replay gets the same receipt
  CHECK(send(record::encode(pending[1].upload)).status == 200);
  CHECK(gate.site.report()["records"] == 3);
  CHECK(gate.site.report()["gaps"] == 0);
  CHECK(must(outbox.pending(10)).size() == 3);  // no receipt was settled: nothing is lost
  const auto stranger = must(http::CurlTransport::make(gate.with("T-0009", 3'600, gate.site.hub())));
  CHECK(must(stranger->post("/v1/records", first, timeout_ms)).status == 403);
}

TEST_CASE("a short-lived certificate is renewed by the agent itself, and the new one is used") {
  Gate gate;
  TerminalSide terminal(gate.site);
  const auto fresh = gate.with("T-0001", 60, gate.site.hub());  // an hour and a minute, of which one is left
  for (const char* ending : {"crt", "key"}) {
    std::filesystem::copy_file(gate.folder / ("x." + std::string(ending)),
                               gate.site.terminal() / ("tls." + std::string(ending)),
                               std::filesystem::copy_options::overwrite_existing);
  }
  const test::Process agent = gate.site.start_agent();
  const auto renewed = [&] { return std::filesystem::is_directory(gate.site.terminal() / "tls"); };
  CHECK(terminal.wait(renewed));
  const auto saved = terminal.save(test::sample_case());
  CHECK(terminal.wait_for(saved.case_no, RecordState::accepted));
  const auto own = agent::tls_pair(gate.site.terminal());
  CHECK(gate.speak({gate.site.hub_url(), own.certificate, own.key, gate.site.terminal() / "ca.crt"}).ok());
  CHECK(gate.events().find("certificate_renewed") != std::string::npos);
}

TEST_CASE("an expired certificate: both sides say so, and enrolling again brings the terminal back") {
  Gate gate;
  TerminalSide terminal(gate.site);
  (void)gate.with("T-0001", -60, gate.site.hub());
  for (const char* ending : {"crt", "key"}) {
    std::filesystem::copy_file(gate.folder / ("x." + std::string(ending)),
                               gate.site.terminal() / ("tls." + std::string(ending)),
                               std::filesystem::copy_options::overwrite_existing);
  }
  const test::Process agent = gate.site.start_agent();
  const auto saved = terminal.save(test::sample_case());
  CHECK(terminal.wait([&] { return must(terminal.journal->link()).code == "agent.certificate_expired"; }));
  CHECK(gate.site.stderr_of("agent").find("enrol this terminal again") != std::string::npos);
  CHECK(gate.events().find("T-0001\t0\tcertificate_expired") != std::string::npos);
  CHECK(terminal.state_of(saved.case_no) == RecordState::saved);
}

}  // namespace bianmin
