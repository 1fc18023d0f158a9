#include "sync/seal/tls.hpp"

#include "sync/seal/certificates.hpp"
#include "sync/seal/digest.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::seal {

namespace {

class Pki {
 public:
  explicit Pki(const std::string& name) : name_(name) {
    put("ca.crt", authority_);
    issue("hub", CertificateUse::server, {"127.0.0.1", "hub.example"});
    issue("T-0001", CertificateUse::client, {});
  }
  TlsFiles files(const std::string& who) const {
    return {folder_ / (who + ".crt"), folder_ / (who + ".key"), folder_ / "ca.crt"};
  }
  void issue(const std::string& who, CertificateUse use, const std::vector<std::string>& hosts,
             int days = 30) {
    const PrivateKey key = PrivateKey::generate();
    test::must(key.save(folder_ / (who + ".key")));
    put(who + ".crt",
        test::must(issue_certificate(authority_, key_, key.public_key(), {who, use, hosts, days})));
  }

 private:
  void put(const std::string& file, const std::string& pem) {
    test::must(write_file_durably(folder_ / file, view_of(pem)));
  }
  test::TempFolder folder_;
  std::string name_;
  PrivateKey key_ = PrivateKey::generate();
  std::string authority_ = make_authority(key_, name_);
};

struct Outcome {
  bool client_ok = true;
  bool server_ok = true;
  std::string at_server;
  std::string at_client;
};

// Carries bytes both ways until nobody has any left. `split` cuts them into pieces of this size.
Outcome converse(TlsSession& client, TlsSession& server, std::size_t split = 100'000) {
  Outcome outcome;
  const auto carry = [&](TlsSession& from, TlsSession& to, bool& ok, std::string& received) {
    const Bytes bytes = from.outgoing();
    for (std::size_t at = 0; at < bytes.size() && ok; at += split) {
      auto plain = to.receive(ByteView(bytes).subspan(at, std::min(split, bytes.size() - at)));
      ok = plain.ok();
      if (ok) received += text_of(*plain);
    }
    return !bytes.empty();
  };
  for (bool moved = true; moved;) {
    moved = carry(client, server, outcome.server_ok, outcome.at_server);
    moved |= carry(server, client, outcome.client_ok, outcome.at_client);
  }
  return outcome;
}

}  // namespace

TEST_CASE("two sessions shake hands and talk, in pieces of any size") {
  const Pki pki("CA");
  const auto server_context = test::must(TlsContext::make(TlsRole::server, pki.files("hub"), "h2"));
  const auto client_context = test::must(TlsContext::make(TlsRole::client, pki.files("T-0001"), "h2"));
  for (const std::size_t split : {1U, 7U, 1000U, 100'000U}) {
    TlsSession server(server_context);
    TlsSession client(client_context, "127.0.0.1");
    CHECK_FALSE(client.send(view_of("too early")).ok());
    CHECK(server.peer_name().empty());
    const Outcome shaken = converse(client, server, split);
    REQUIRE(shaken.client_ok);
    REQUIRE(shaken.server_ok);
    CHECK(server.peer_name() == "T-0001");
    CHECK(client.peer_name() == "hub");
    const std::string large(100'000, 'x');
    test::must(client.send(view_of(large)));
    test::must(server.send(view_of("pong")));
    const Outcome talked = converse(client, server, split);
    CHECK(talked.at_server == large);
    CHECK(talked.at_client == "pong");
    client.close();
    (void)converse(client, server, split);
    CHECK(server.peer_closed());
  }
}

TEST_CASE("a client trusts only its own authority and the right name") {
  const Pki ours("CA");
  const Pki theirs("CA");
  const auto server_context = test::must(TlsContext::make(TlsRole::server, ours.files("hub"), "h2"));
  const auto attempt = [&](const TlsFiles& files, const std::string& host) {
    const auto context = test::must(TlsContext::make(TlsRole::client, files, "h2"));
    TlsSession server(server_context);
    TlsSession client(context, host);
    const Outcome outcome = converse(client, server);
    return outcome.client_ok && outcome.server_ok && client.established() && server.established();
  };
  CHECK(attempt(ours.files("T-0001"), "127.0.0.1"));
  CHECK(attempt(ours.files("T-0001"), "hub.example"));
  CHECK_FALSE(attempt(ours.files("T-0001"), "other.example"));
  CHECK_FALSE(attempt(ours.files("T-0001"), "127.0.0.2"));
  CHECK_FALSE(attempt(theirs.files("T-0001"), "127.0.0.1"));
}

TEST_CASE("a server certificate is no terminal, and an expired one is nobody") {
  Pki pki("CA");
  pki.issue("old", CertificateUse::client, {}, -1);
  const auto server_context = test::must(TlsContext::make(TlsRole::server, pki.files("hub"), "h2"));
  for (const char* who : {"hub", "old"}) {
    const auto context = test::must(TlsContext::make(TlsRole::client, pki.files(who), "h2"));
    TlsSession server(server_context);
    TlsSession client(context, "127.0.0.1");
    CHECK_FALSE(converse(client, server).server_ok);
    CHECK(server.peer_name().empty());
  }
}

TEST_CASE("another protocol than the agreed one ends the handshake") {
  const Pki pki("CA");
  const auto server_context = test::must(TlsContext::make(TlsRole::server, pki.files("hub"), "h2"));
  const auto client_context = test::must(TlsContext::make(TlsRole::client, pki.files("T-0001"), "http/1.1"));
  TlsSession server(server_context);
  TlsSession client(client_context, "127.0.0.1");
  CHECK_FALSE(converse(client, server).server_ok);
}

TEST_CASE("garbage is an error and never more") {
  const Pki pki("CA");
  const auto context = test::must(TlsContext::make(TlsRole::server, pki.files("hub"), "h2"));
  for (int round = 0; round < 50; ++round) {
    TlsSession server(context);
    auto plain = server.receive(random_bytes(1 + static_cast<std::size_t>(round) * 37));
    CHECK((!plain.ok() || plain->empty()));
    CHECK_FALSE(server.established());
  }
}

TEST_CASE("missing or mismatched files say which") {
  const Pki pki("CA");
  TlsFiles files = pki.files("hub");
  files.key = pki.files("T-0001").key;
  CHECK(test::code_of(TlsContext::make(TlsRole::server, files, "h2")) == "tls.bad_files");
  files = pki.files("nobody");
  CHECK(test::code_of(TlsContext::make(TlsRole::server, files, "h2")) == "tls.bad_files");
}

TEST_CASE("of several protocols both speak the server's best; who offers none has none") {
  const Pki pki("CA");
  const auto server_context = test::must(TlsContext::make(TlsRole::server, pki.files("hub"), "h2,http/1.1"));
  const auto agreed = [&](const std::string& offered) {
    const auto context = test::must(TlsContext::make(TlsRole::client, pki.files("T-0001"), offered));
    TlsSession client(context, "127.0.0.1");
    TlsSession server(server_context);
    const auto outcome = converse(client, server);
    if (!outcome.server_ok) return std::string("refused");
    CHECK(client.protocol() == server.protocol());
    return server.protocol();
  };
  CHECK(agreed("h2") == "h2");
  CHECK(agreed("http/1.1,h2") == "h2");
  CHECK(agreed("http/1.1") == "http/1.1");
  CHECK(agreed("").empty());
  CHECK(agreed("spdy/3") == "refused");
}

TEST_CASE("the server knows when the peer's certificate ends, and much data leaves no state behind") {
  const Pki pki("CA");
  const auto server_context = test::must(TlsContext::make(TlsRole::server, pki.files("hub"), "h2"));
  const auto client_context = test::must(TlsContext::make(TlsRole::client, pki.files("T-0001"), "h2"));
  TlsSession client(client_context, "127.0.0.1");
  TlsSession server(server_context);
  CHECK(server.peer_until_utc_ms() == 0);
  REQUIRE(converse(client, server, 700).server_ok);
  const auto text_in = [](const std::filesystem::path& file) {
    return text_of(test::must(read_file(file, 10'000)));
  };
  const auto files = pki.files("T-0001");
  const auto facts = test::must(read_certificate(text_in(files.certificate), text_in(files.authority)));
  CHECK(server.peer_until_utc_ms() == facts.until_utc_ms);
  for (int round = 0; round < 3; ++round) {
    const Bytes large = random_bytes(100'000);
    test::must(client.send(large));
    test::must(server.send(large));
    const auto outcome = converse(client, server, 15'000);
    CHECK(outcome.at_server == text_of(large));
    CHECK(outcome.at_client == text_of(large));
  }
}

}  // namespace bianmin::seal
