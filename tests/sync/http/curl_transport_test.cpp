// The agent's transport against the real hub, and against what may stand in its place.
#include "sync/http/curl_transport.hpp"

#include <csignal>

#include "sync/agent/agent.hpp"
#include "sync/record/messages.hpp"
#include "tests/sync/hub/process.hpp"
#include "tests/sync/hub/proxy.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::http {

using test::must;

namespace {

constexpr long timeout_ms = 10'000;

HubAddress address_of(const test::Site& site, const std::string& url) {
  return {url, site.terminal() / "tls.crt", site.terminal() / "tls.key", site.terminal() / "ca.crt"};
}

const Bytes sign_of_life = record::encode_case_list({});

}  // namespace

TEST_CASE("every status is a reply, on one connection") {
  test::Site site;
  const test::Process hub = site.start_hub();
  const test::Proxy proxy(site.port());
  const auto transport = must(CurlTransport::make(address_of(site, proxy.url())));
  for (int round = 0; round < 5; ++round) {
    CHECK(must(transport->post("/v1/states", sign_of_life, timeout_ms)).status == 200);
    CHECK(must(transport->post("/v1/states", {}, timeout_ms)).status == 422);
    const auto missing = must(transport->post("/v1/nothing", sign_of_life, timeout_ms));
    CHECK(missing.status == 404);
    CHECK(agent::code_in(missing.body) == "hub.no_such_path");
  }
  CHECK(proxy.connection_count() == 1);
}

TEST_CASE("a body over the hub's limit is refused by the hub") {
  test::Site site;
  const test::Process hub = site.start_hub();
  const auto transport = must(CurlTransport::make(address_of(site, site.hub_url())));
  const auto reply = must(transport->post("/v1/records", Bytes(2 * record::upload_size_max), timeout_ms));
  CHECK(reply.status == 413);
  CHECK(must(transport->post("/v1/states", sign_of_life, timeout_ms)).status == 200);
}

TEST_CASE("a hub that says nothing is a timeout, and is used again when it speaks") {
  test::Site site;
  const test::Process hub = site.start_hub();
  test::Proxy proxy(site.port());
  const auto transport = must(CurlTransport::make(address_of(site, proxy.url())));
  CHECK(must(transport->post("/v1/states", sign_of_life, timeout_ms)).status == 200);
  proxy.swallow_replies(true);
  CHECK(test::code_of(transport->post("/v1/states", sign_of_life, 200)) == "agent.timeout");
  proxy.swallow_replies(false);
  CHECK(must(transport->post("/v1/states", sign_of_life, timeout_ms)).status == 200);
}

TEST_CASE("nobody there, and then somebody again on the same port") {
  test::Site site;
  test::Process hub = site.start_hub();
  const auto transport = must(CurlTransport::make(address_of(site, site.hub_url())));
  CHECK(must(transport->post("/v1/states", sign_of_life, timeout_ms)).status == 200);
  hub.stop(SIGKILL);
  CHECK(test::code_of(transport->post("/v1/states", sign_of_life, timeout_ms)) == "agent.hub_unreachable");
  hub = site.start_hub();
  CHECK(must(transport->post("/v1/states", sign_of_life, timeout_ms)).status == 200);
}

TEST_CASE("who is not our hub is not trusted") {
  test::Site site;
  test::Site other;
  const test::Process hub = site.start_hub();
  auto address = address_of(site, site.hub_url());
  address.authority = other.terminal() / "ca.crt";
  CHECK(test::code_of(must(CurlTransport::make(address))->post("/v1/states", sign_of_life, timeout_ms)) ==
        "agent.hub_untrusted");
}

TEST_CASE("own files that cannot be used are told apart from an absent hub") {
  test::Site site;
  const test::Process hub = site.start_hub();
  auto address = address_of(site, site.hub_url());
  address.certificate = site.terminal() / "none.crt";
  CHECK(test::code_of(must(CurlTransport::make(address))->post("/v1/states", sign_of_life, timeout_ms)) ==
        "agent.bad_files");
  address = address_of(site, site.hub_url());
  address.authority = site.terminal() / "none.crt";
  CHECK(test::code_of(must(CurlTransport::make(address))->post("/v1/states", sign_of_life, timeout_ms)) ==
        "agent.bad_files");
}

TEST_CASE("only https addresses without a path are taken") {
  for (const char* url : {"", "http://hub:1", "https://", "https://hub:1/path", "https://hub?x",
                          "https://a@hub", "ftp://hub", "https://hub with space"}) {
    CHECK(test::code_of(CurlTransport::make({url, {}, {}, {}})) == "agent.bad_url");
  }
}

}  // namespace bianmin::http
