// The hub's way to other people's servers, against one that does everything wrong.
#include "sync/http/curl_client.hpp"

#include "sync/hub/setup.hpp"
#include "tests/fakes/http_server.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::http {

using test::Delivery;
using test::HttpServer;
using test::must;
using test::PlayedAnswer;

namespace {

constexpr std::size_t small_body_max = 100'000;

ClientSettings plain() {
  ClientSettings settings;
  settings.timeout_ms = 20'000;
  settings.body_size_max = small_body_max;
  return settings;
}

Result<Response> get(const std::string& url, ClientSettings settings = plain()) {
  return must(CurlClient::make(std::move(settings)))->send({"GET", url, {}, {}});
}

PlayedAnswer hello() { return {{200, {{"Content-Type", "text/plain"}}, bytes_of("hello")}, Delivery::whole}; }

// A hub's folder is a certificate authority with a server's and a terminal's certificate.
struct Certificates {
  test::TempFolder folder;
  Certificates() {
    must(hub::init_hub(folder / "hub", {"127.0.0.1"}));
    (void)must(hub::enrol_terminal(folder / "hub", {"T-0001", folder / "t", "https://h"}, SystemClock()));
  }
  seal::TlsFiles of_server() const {
    return {folder / "hub" / "server.crt", folder / "hub" / "server.key", folder / "hub" / "ca.crt"};
  }
  ClientSettings of_client() const {
    ClientSettings settings = plain();
    settings.authority = folder / "hub" / "ca.crt";
    settings.certificate = folder / "t" / "tls.crt";
    settings.key = folder / "t" / "tls.key";
    return settings;
  }
};

}  // namespace

TEST_CASE("a request arrives as it was meant, the answer comes back, on one connection") {
  std::vector<Request> seen;
  const HttpServer server([&](const Request& request) {
    seen.push_back(request);
    return PlayedAnswer{{207, {{"X-One", " a b "}, {"x-TWO", "1"}, {"X-Two", "2"}}, request.body},
                        Delivery::whole};
  });
  const auto client = must(CurlClient::make(plain()));
  const Bytes body(70'000, 0xA5);
  for (int round = 0; round < 3; ++round) {
    const auto response = must(client->send(
        {"POST", server.url("/a%2Fb?x=1"), {{"Accept", "application/json"}, {"X-Y", "z"}}, body}));
    CHECK(response.status == 207);
    CHECK(response.body == body);
    CHECK(response.header("x-one") == "a b");
    CHECK_FALSE(response.header("x-two"));  // twice
    CHECK_FALSE(response.header("x-three"));
  }
  must(client->send({"GET", server.url("/"), {}, {}}));
  REQUIRE(seen.size() == 4);
  CHECK(seen[0].method == "POST");
  CHECK(seen[0].url == server.url("/a%2Fb?x=1"));
  const auto has = [&](const char* name) {
    return std::ranges::any_of(seen[0].headers, [&](const Header& header) { return header.name == name; });
  };
  CHECK(has("Accept"));
  CHECK(has("X-Y"));
  CHECK_FALSE(has("User-Agent"));
  CHECK_FALSE(has("Expect"));
  CHECK_FALSE(has("Accept-Encoding"));
  CHECK(seen[3].method == "GET");
  CHECK(seen[3].body.empty());
  CHECK(server.connection_count() == 1);
}

TEST_CASE("a redirect is an answer, and nobody goes there") {
  int there = 0;
  const HttpServer elsewhere([&](const Request&) {
    ++there;
    return hello();
  });
  const HttpServer server([&](const Request&) {
    return PlayedAnswer{{302, {{"Location", elsewhere.url("/")}}, {}}, Delivery::whole};
  });
  CHECK(must(get(server.url("/"))).status == 302);
  CHECK(there == 0);
}

TEST_CASE("answers beyond their limits are given up: a long body, one without an end, too many headers") {
  PlayedAnswer played = hello();
  const HttpServer server([&](const Request&) { return played; });
  played.response.body = Bytes(small_body_max, 'x');
  CHECK(must(get(server.url("/"))).body.size() == small_body_max);
  played.response.body.push_back('x');
  CHECK(test::code_of(get(server.url("/"))) == "http.too_large");
  played.delivery = Delivery::endless;
  CHECK(test::code_of(get(server.url("/"))) == "http.too_large");
  played = hello();
  for (int count = 0; count < 200; ++count) played.response.headers.push_back({"X-Many", "1"});
  CHECK(test::code_of(get(server.url("/"))) == "http.too_large");
  played = hello();
  played.response.headers.push_back({"X-Long", std::string(response_headers_size_max, 'y')});
  CHECK(test::code_of(get(server.url("/"))) == "http.too_large");
}

TEST_CASE("an answer that breaks off, does not come, or has nobody to give it") {
  PlayedAnswer played = hello();
  const HttpServer server([&](const Request&) { return played; });
  played.delivery = Delivery::half;
  CHECK(test::code_of(get(server.url("/"))) == "http.incomplete");
  played.delivery = Delivery::nothing;
  CHECK(test::code_of(get(server.url("/"))) == "http.incomplete");
  played.delivery = Delivery::hang;
  auto hasty = plain();
  hasty.timeout_ms = 200;
  CHECK(test::code_of(get(server.url("/"), hasty)) == "http.timeout");
  int port = 0;
  {
    const HttpServer gone([&](const Request&) { return played; });
    port = gone.port();
  }
  CHECK(test::code_of(get("http://127.0.0.1:" + std::to_string(port) + "/")) == "http.unreachable");
}

TEST_CASE("a process that ends does not wait for a slow server") {
  std::atomic<bool> asked = false;
  const HttpServer server([&](const Request&) {
    asked = true;
    return PlayedAnswer{{}, Delivery::hang};
  });
  auto settings = plain();
  settings.stopping = [&] { return asked.load(); };
  CHECK(test::code_of(get(server.url("/"), settings)) == "http.stopping");
}

TEST_CASE("TLS: with the authority and the own certificate, and not without either") {
  const Certificates ours;
  const HttpServer server([](const Request&) { return hello(); }, ours.of_server());
  CHECK(text_of(must(get(server.url("/"), ours.of_client())).body) == "hello");
  const Certificates others;
  auto strange = ours.of_client();
  strange.authority = others.of_client().authority;
  CHECK(test::code_of(get(server.url("/"), strange)) == "http.untrusted");
  auto other_name = ours.of_client();
  CHECK(test::code_of(get("https://localhost:" + std::to_string(server.port()) + "/", other_name)) ==
        "http.untrusted");
  auto nobody = ours.of_client();
  nobody.certificate.clear();
  CHECK_FALSE(get(server.url("/"), nobody).ok());
  auto missing = ours.of_client();
  missing.authority = ours.folder / "none.crt";
  CHECK(test::code_of(get(server.url("/"), missing)) == "http.bad_files");
  missing = ours.of_client();
  missing.key = ours.folder / "none.key";
  CHECK(test::code_of(get(server.url("/"), missing)) == "http.bad_files");
}

TEST_CASE("no request is made of what is none") {
  const auto client = must(CurlClient::make(plain()));
  const auto code = [&](const Request& request) { return test::code_of(client->send(request)); };
  CHECK(code({"PUT", "https://127.0.0.1:1/", {}, {}}) == "http.bad_request");
  CHECK(code({"GET", "ftp://127.0.0.1/", {}, {}}) == "http.bad_request");
  CHECK(code({"GET", "http://example.org/", {}, {}}) == "http.bad_request");
  CHECK(code({"GET", "https://127.0.0.1:1/", {{"X-A", "1\r\nX-B: 2"}}, {}}) == "http.bad_request");
  CHECK(code({"GET", "https://127.0.0.1:1/", {{"X-A\n", "1"}}, {}}) == "http.bad_request");
  CHECK(code({"GET", "https://127.0.0.1:1/", {{"", "1"}}, {}}) == "http.bad_request");
}

TEST_CASE("which addresses are used") {
  for (const char* good : {"https://a", "https://a/b", "https://a:1/b?c=d", "http://localhost",
                           "http://localhost:1/x", "http://127.0.0.1:80", "http://[::1]:1/"}) {
    INFO(good);
    CHECK(usable_url(good));
  }
  for (const char* bad :
       {"", "https://", "https:///x", "http://a", "http://localhost.evil.org", "http://127.0.0.1.org",
        "ftp://a", "https://a b", "https://a@b", "https://a#b", "https://a\n", "file:///etc/passwd"}) {
    INFO(bad);
    CHECK_FALSE(usable_url(bad));
  }
}

}  // namespace bianmin::http
