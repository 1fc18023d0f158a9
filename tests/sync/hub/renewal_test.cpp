// A terminal's certificate: renewed in time, whole at every step, and told when it is too late.
#include "sync/agent/renewal.hpp"

#include "terminal/base/files.hpp"
#include "tests/sync/hub/scene.hpp"

namespace bianmin {

using test::must;

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t day_ms = 86'400'000;

// A hub and a terminal whose clocks are the real time, because certificates are.
struct Renewing : test::Scene {
  std::uint32_t number = 0;
  agent::Renewal renewal = load();
  std::int64_t begun_utc_ms = SystemClock().utc_ms();

  Renewing() { hub.clock.set_utc_ms(begun_utc_ms); }
  agent::Renewal load() {
    return must(agent::Renewal::load(terminal.path(), "T-0001", [this] { return number; }));
  }
  hub::HttpResponse ask(const Bytes& body) { return hub.handle({"POST", "/v1/renew", "T-0001", body}); }
  seal::CertificateFacts in_use() const {
    const auto pem = must(read_file(agent::tls_pair(terminal.path()).certificate, 10'000));
    const auto authority = must(read_file(terminal.path() / "ca.crt", 10'000));
    return must(seal::read_certificate(text_of(pem), text_of(authority)));
  }
  bool pair_is_whole() const {
    const auto key = must(seal::PrivateKey::load(agent::tls_pair(terminal.path()).key));
    return key.public_point() == in_use().point;
  }
};

}  // namespace

TEST_CASE("a certificate is due after two thirds of its life, and spread") {
  Renewing scene;
  const std::int64_t life_ms = (seal::terminal_days * day_ms) + 3'600'000;  // it begins an hour back
  const std::int64_t due_ms = scene.begun_utc_ms - 3'600'000 + life_ms / 3 * 2;
  CHECK_FALSE(scene.renewal.due(due_ms - 10'000));
  CHECK(scene.renewal.due(due_ms + 10'000));
  scene.number = UINT32_MAX;
  CHECK_FALSE(scene.load().due(due_ms + 10'000));
  CHECK(scene.load().due(due_ms + life_ms / 12 + 10'000));
  CHECK_FALSE(scene.renewal.expired(scene.begun_utc_ms + 89 * day_ms));
  CHECK(scene.renewal.expired(scene.begun_utc_ms + 90 * day_ms + 10'000));
}

TEST_CASE("a renewed pair takes the place of the old one, again and again") {
  Renewing scene;
  auto facts = scene.in_use();
  for (int round = 0; round < 3; ++round) {
    const auto response = scene.ask(scene.renewal.request());
    REQUIRE(response.status == 200);
    must(scene.renewal.install(response.body));
    CHECK(scene.in_use().name == "T-0001");
    CHECK(scene.in_use().point != facts.point);
    CHECK(scene.in_use().until_utc_ms >= facts.until_utc_ms);
    CHECK(scene.pair_is_whole());
    facts = scene.in_use();
  }
  std::size_t folders = 0;
  for (const auto& entry : fs::directory_iterator(scene.terminal.path())) {
    folders += entry.is_directory() && !entry.is_symlink() ? 1U : 0U;
  }
  CHECK(folders == 1);  // the ones before are gone
  CHECK(scene.count_of("certificate_renewed") == 3);
  CHECK(agent::tls_pair(scene.terminal.path()).key == scene.terminal.path() / "tls" / "tls.key");
}

TEST_CASE("stopped at any step of an installation, a whole pair is in use") {
  Renewing scene;
  const fs::path folder = scene.terminal.path();
  const auto before = scene.in_use();
  // What a crash leaves: a folder without files, with a key alone, with both; a link that was not put in
  // place.
  fs::create_directory(folder / "tls-1");
  CHECK(scene.pair_is_whole());
  must(seal::PrivateKey::generate().save(folder / "tls-1" / "tls.key"));
  CHECK(scene.pair_is_whole());
  fs::create_directory_symlink("tls-1", folder / "tls.new");
  CHECK(scene.pair_is_whole());
  CHECK(scene.in_use().point == before.point);
  fs::create_directory_symlink("tls-gone", folder / "tls");  // somebody has tidied up
  CHECK(scene.pair_is_whole());
  CHECK(scene.in_use().point == before.point);
}

TEST_CASE("a reply that is not for us changes nothing") {
  Renewing scene;
  const auto before = scene.in_use();
  const auto reply = scene.ask(scene.renewal.request()).body;
  const auto code = [&](const Bytes& body) { return test::code_of(scene.renewal.install(body)); };
  (void)scene.renewal.request();  // another key meanwhile
  CHECK(code(reply) == "renew.not_ours");
  CHECK(code(reply) == "renew.not_asked");
  (void)scene.renewal.request();
  CHECK(code(Bytes{1, 2, 3}) == "message.invalid");
  (void)scene.renewal.request();
  CHECK(code(record::encode_certificate("no certificate")) == "certificate.invalid");
  const auto other_key = seal::PrivateKey::generate();
  const auto other = seal::make_authority(other_key, "other");
  const Bytes request = scene.renewal.request();
  const auto ours = must(seal::PublicKey::from_point(must(record::decode_renew_request(request)).public_key));
  CHECK(code(record::encode_certificate(must(seal::issue_certificate(other, other_key, ours, {"T-0001"})))) ==
        "certificate.invalid");
  CHECK(scene.in_use().point == before.point);
}

TEST_CASE("the hub gives certificates only to terminals that are let in, for keys they have") {
  Renewing scene;
  CHECK(scene.ask({}).status == 422);
  auto request = must(record::decode_renew_request(scene.renewal.request()));
  request.proof = seal::PrivateKey::generate().sign(record::renew_proof("T-0001", request.public_key));
  const auto refused = scene.ask(record::encode(request));
  CHECK(refused.status == 422);
  CHECK(agent::code_in(refused.body) == "hub.bad_proof");
  const auto for_another = scene.renewal.request();
  CHECK(scene.hub.handle({"POST", "/v1/renew", "T-0002", for_another}).status == 403);
  must(hub::deny_terminal(scene.hub.folder(), "T-0001"));
  CHECK(scene.ask(scene.renewal.request()).status == 403);
}

TEST_CASE("the agent renews when it is due, once, and asks for a new connection") {
  Renewing scene;
  scene.terminal.renewal = &scene.renewal;
  scene.terminal.restart_agent();
  const auto before = scene.in_use();
  (void)scene.terminal.agent->turn();
  CHECK(scene.in_use().point == before.point);
  scene.hub.clock.advance(70 * day_ms);
  scene.hub.resume();  // as it does each minute
  scene.terminal.wire.fault_at = {"/v1/renew", test::Fault::unavailable};
  const auto saved = scene.terminal.save();
  (void)scene.terminal.agent->turn();
  CHECK(scene.terminal.state_of(saved.case_no) == store::RecordState::sent);  // it stops nothing else
  CHECK(must(scene.terminal.journal->link()).online);
  CHECK(scene.terminal.renewed_count == 0);
  scene.terminal.wire.fault_at.reset();
  scene.hub.clock.advance(http::backoff_most_ms);
  (void)scene.terminal.agent->turn();
  CHECK(scene.terminal.renewed_count == 1);
  CHECK(scene.in_use().point != before.point);
}

TEST_CASE("with a certificate that has ended the agent says what to do") {
  Renewing scene;
  scene.terminal.renewal = &scene.renewal;
  scene.terminal.restart_agent();
  scene.terminal.save();
  scene.terminal.wire.cut = true;
  scene.hub.clock.advance(91 * day_ms);
  (void)scene.terminal.agent->turn();
  CHECK(must(scene.terminal.journal->link()).code == "agent.certificate_expired");
  CHECK(must(scene.terminal.journal->backlog()).waiting == 1);
}

}  // namespace bianmin
