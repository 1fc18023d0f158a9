// X-Road's message protocol for REST (PR-REST): requests as its examples describe them, and answers that are
// ours, somebody else's, or none.
#include "sync/departments/x_road_department.hpp"

#include <atomic>
#include <tuple>

#include "sync/departments/answer.hpp"
#include "sync/http/curl_client.hpp"
#include "sync/seal/digest.hpp"
#include "tests/fakes/department_server.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::departments {

using test::DepartmentFault;

namespace {

// The names of chapter 4.1.
XRoadSettings road() {
  XRoadSettings settings;
  settings.url = "https://securityserver";
  settings.client = {"INSTANCE", "CLASS1", "MEMBER1", "SUBSYSTEM1"};
  settings.service = {"INSTANCE", "CLASS2", "MEMBER2", "SUBSYSTEM2", "BARSERVICE"};
  return settings;
}

Bytes counted_bytes(std::size_t count) {
  Bytes bytes(count);
  for (std::size_t at = 0; at < count; ++at) bytes[at] = static_cast<std::uint8_t>(at * 17);
  return bytes;
}

struct Road {
  test::DepartmentSimulator simulator;
  test::SimulatedClient client{simulator};
  XRoadSettings settings = [] {
    auto with_path = road();
    with_path.path = "/v1/cases";
    with_path.states_path = "/v1/states";
    return with_path;
  }();
  XRoadDepartment department{client, settings, counted_bytes};
  record::CaseRecord record = [] {
    auto record = test::sample_case();
    record.case_no = "00000010000018/2";
    return record;
  }();

  Outcome file_with(DepartmentFault fault) {
    simulator.next_fault = [fault] { return fault; };
    return department.file(record);
  }
};

http::Response fault_answer(std::string_view type, std::string_view body) {
  return {500, {{"x-road-error", std::string(type)}}, bytes_of(body)};
}

}  // namespace

TEST_CASE("the request line and the mandatory header of the example in 4.1") {
  const auto request = x_road_request(road(), {"GET", "/v1/bar/zyggy", "quu=1", {}, {}, {}, {}});
  CHECK(request.method == "GET");
  CHECK(request.url ==
        "https://securityserver/r1/INSTANCE/CLASS2/MEMBER2/SUBSYSTEM2/BARSERVICE/v1/bar/zyggy?quu=1");
  CHECK(request.headers ==
        std::vector<http::Header>{{"X-Road-Client", "INSTANCE/CLASS1/MEMBER1/SUBSYSTEM1"}});
}

TEST_CASE("each part of an identifier is encoded by itself (4.2)") {
  CHECK(x_road_text({"INSTANCE", "CLASS", "MEMBER", "SUBSYSTEM", "BAR/SERVICE"}) ==
        "INSTANCE/CLASS/MEMBER/SUBSYSTEM/BAR%2FSERVICE");
  CHECK(x_road_text({"CN", "政府", "12 34"}) == "CN/%E6%94%BF%E5%BA%9C/12%2034");
  auto settings = road();
  settings.service = {"CN", "政府", "?", "a#b", "BAR/SERVICE"};
  settings.client = {"CN", "GOV", "a\tb"};
  CHECK(problem_of(settings));
  settings.client = {"CN", "GOV", "站"};
  CHECK_FALSE(problem_of(settings));
  const auto request = x_road_request(settings, {"GET", "", "", {}, {}, {}, {}});
  CHECK(request.url == "https://securityserver/r1/CN/%E6%94%BF%E5%BA%9C/%3F/a%23b/BAR%2FSERVICE");
  CHECK(request.headers[0].value == "CN/GOV/%E7%AB%99");
}

TEST_CASE("the optional headers of 4.3 are there when they are set") {
  auto settings = road();
  settings.security_server = {"INSTANCE", "MEMBERCLASS", "MEMBERCODE", "SERVERCODE"};
  settings.represented_party = {"CLASS3", "MEMBER3"};
  settings.user_id = "EE12345678901";
  REQUIRE_FALSE(problem_of(settings));
  const auto request = x_road_request(
      settings, {"GET", "", "", "fa2e18a5-c2cb-4d09-b994-f57727f7c3fb", "MT324223MSD", {}, {}});
  CHECK(request.headers ==
        std::vector<http::Header>{{"X-Road-Client", "INSTANCE/CLASS1/MEMBER1/SUBSYSTEM1"},
                                  {"X-Road-Id", "fa2e18a5-c2cb-4d09-b994-f57727f7c3fb"},
                                  {"X-Road-UserId", "EE12345678901"},
                                  {"X-Road-Issue", "MT324223MSD"},
                                  {"X-Road-Security-Server", "INSTANCE/MEMBERCLASS/MEMBERCODE/SERVERCODE"},
                                  {"X-Road-Represented-Party", "CLASS3/MEMBER3"}});
}

TEST_CASE("settings that make no request are told apart from those that do") {
  CHECK_FALSE(problem_of(road()));
  const auto with = [](const std::function<void(XRoadSettings&)>& change) {
    auto settings = road();
    change(settings);
    return problem_of(settings).has_value();
  };
  CHECK_FALSE(with([](auto& s) { s.client.pop_back(); }));  // a member without a subsystem
  CHECK_FALSE(with([](auto& s) { s.service.erase(s.service.begin() + 3); }));
  CHECK(with([](auto& s) { s.client.resize(2); }));
  CHECK(with([](auto& s) { s.client.push_back("more"); }));
  CHECK(with([](auto& s) { s.service.resize(3); }));
  CHECK(with([](auto& s) { s.service.push_back("more"); }));
  CHECK(with([](auto& s) { s.service[4] = ".."; }));
  CHECK(with([](auto& s) { s.service[4] = "."; }));
  CHECK(with([](auto& s) { s.service[4].clear(); }));
  CHECK(with([](auto& s) { s.service[4] = "a\r\nX: y"; }));
  CHECK(with([](auto& s) { s.service[4] = std::string(256, 'a'); }));
  CHECK(with([](auto& s) { s.path = "cases"; }));
  CHECK(with([](auto& s) { s.path = "/a/../b"; }));
  CHECK(with([](auto& s) { s.path = "/a b"; }));
  CHECK(with([](auto& s) { s.path = "/a?b"; }));
  CHECK(with([](auto& s) { s.path = "/" + std::string(2'000, 'a'); }));
  CHECK(with([](auto& s) { s.states_path = "states"; }));
  CHECK(with([](auto& s) { s.security_server = {"a", "b", "c"}; }));
  CHECK(with([](auto& s) { s.represented_party = {"a", "b", "c"}; }));
  CHECK(with([](auto& s) { s.user_id = "EE 1"; }));
  CHECK(with([](auto& s) { s.url = "https://server/path"; }));
}

// As the text of 4.3 says it, and no more: what the hashes of the protocol's own examples were made of, byte
// by byte, the text does not say, and they could not be found again. The numbers here are Python's hashlib.
TEST_CASE("the request hash is base64(SHA512(SHA512(headers) + SHA512(body))), or of the headers alone") {
  CHECK(to_hex(seal::sha512(view_of("abc"))) ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d"
        "4423643ce80e"
        "2a9ac94fa54ca49f");
  const auto headers = view_of("X-Road-Client:A/B/C\r\n");
  CHECK(request_hash(headers, {}) ==
        "KMUrqw2oSG2pbx90Yd+oCIju9alGYtVncRibEpNAvNW3BFsEs8RpSaxVWNGuXibTkH19aPuRoMmvG1FKdIi55w==");
  CHECK(request_hash(headers, view_of("{\"a\":1}")) ==
        "mrhRQ9yiv2LnxC5vpMFYRTN0Tu+RzoixjeSLFs+Ha0ERRKpMEHrwCJpRon9j/8bTFS324Mtn1r2ZXltD/gxqLQ==");
  const http::Request request{
      "POST", "https://server:8443/r1/A/B/C/D?x=1", {{"Accept", "application/json"}}, {}};
  CHECK(text_of(hashed_headers(request, "7")) ==
        "POST\r\n/r1/A/B/C/D?x=1\r\nAccept:application/json\r\nx-road-request-id:7\r\n");
}

TEST_CASE("a case over X-Road: one key, the case number as the issue, a new id with each attempt") {
  Road scene;
  const auto outcome = scene.file_with(DepartmentFault::none);
  REQUIRE(outcome.verdict == Verdict::accepted);
  CHECK(outcome.acceptance.number == "D000001");
  const auto request = scene.simulator.requests().at(0);
  CHECK(request.url == "https://securityserver/r1/INSTANCE/CLASS2/MEMBER2/SUBSYSTEM2/BARSERVICE/v1/cases");
  CHECK(test::request_header(request, "Idempotency-Key") == to_hex(scene.record.id));
  CHECK(test::request_header(request, "traceparent").starts_with("00-" + to_hex(scene.record.id) + "-"));
  CHECK(test::request_header(request, "X-Road-Issue") == "00000010000018%2F2");
  CHECK(test::request_header(request, "X-Road-Id") == "00112233-4455-4677-8899-aabbccddeeff");
  CHECK(test::request_header(request, "X-Road-Request-Hash").empty());  // the client must not send it (4.3)
  XRoadDepartment random(scene.client, scene.settings, seal::random_bytes);
  (void)random.file(scene.record);
  (void)random.file(scene.record);
  const auto requests = scene.simulator.requests();
  CHECK(test::request_header(requests[1], "X-Road-Id") != test::request_header(requests[2], "X-Road-Id"));
  CHECK(scene.simulator.entries().size() == 1);
}

TEST_CASE("an answer that is not to this request is no answer: wrong hash, no hash, another id") {
  Road scene;
  CHECK(scene.file_with(DepartmentFault::wrong_hash).code == "x-road.wrong_hash");
  CHECK(scene.file_with(DepartmentFault::no_hash).code == "x-road.no_hash");
  CHECK(scene.file_with(DepartmentFault::wrong_id).code == "x-road.wrong_id");
  for (const auto fault :
       {DepartmentFault::wrong_hash, DepartmentFault::no_hash, DepartmentFault::wrong_id}) {
    CHECK(scene.file_with(fault).verdict == Verdict::later);
  }
  CHECK(scene.file_with(DepartmentFault::none).verdict == Verdict::accepted);
  CHECK(scene.simulator.entries().size() == 1);
}

TEST_CASE("what the security server alone is to check is still a hash") {
  Road scene;
  scene.settings.check_hash = false;
  XRoadDepartment carried(scene.client, scene.settings, counted_bytes);
  scene.simulator.next_fault = [] { return DepartmentFault::wrong_hash; };
  CHECK(carried.file(scene.record).verdict == Verdict::accepted);
  scene.simulator.next_fault = [] { return DepartmentFault::no_hash; };
  CHECK(carried.file(scene.record).code == "x-road.no_hash");
  const auto request = x_road_request(scene.settings, {"GET", "", "", "an-id", {}, {}, {}});
  const auto checked = [&](std::vector<http::Header> headers) {
    headers.push_back({"x-road-id", "an-id"});
    return test::code_of(check_answer(scene.settings, request, {200, std::move(headers), {}}));
  };
  const std::string hash = to_base64(seal::sha512({}));
  CHECK(checked({{"x-road-request-hash", hash}}) == "ok");
  CHECK(checked({{"x-road-request-hash", "4c519cf0-0e5e-4ccf-b72b-8ed6fe289e6e"}}) == "x-road.wrong_hash");
  CHECK(checked({{"x-road-request-hash", hash}, {"x-road-request-hash", hash}}) == "x-road.no_hash");
  CHECK(checked({{"x-road-request-hash", hash}, {"x-road-id", "an-id"}}) == "x-road.no_id");
  CHECK(checked({{"x-road-request-hash", hash}, {"x-road-service", "INSTANCE/CLASS2/MEMBER2/OTHER"}}) ==
        "x-road.wrong_service");
  CHECK(checked({{"x-road-request-hash", hash}, {"x-road-client", "INSTANCE/CLASS2/MEMBER2"}}) ==
        "x-road.wrong_client");
  CHECK(checked({{"x-road-request-hash", hash},
                 {"x-road-service", "INSTANCE/CLASS2/MEMBER2/SUBSYSTEM2/BARSERVICE"},
                 {"x-road-client", "INSTANCE/CLASS1/MEMBER1/SUBSYSTEM1"}}) == "ok");
}

TEST_CASE("the provider's own errors pass through and are judged as the department's (4.6, example 1)") {
  Road scene;
  scene.record.answers[0].value = std::string(test::refused_answer);
  const auto outcome = scene.file_with(DepartmentFault::none);
  CHECK(outcome.verdict == Verdict::refused);
  CHECK(outcome.code == "department.incomplete");
  CHECK(scene.file_with(DepartmentFault::redirect).code == "department.redirect");
  CHECK(scene.file_with(DepartmentFault::server_error).code == "department.status");
  CHECK(scene.file_with(DepartmentFault::oversize).code == "http.too_large");
  CHECK(scene.file_with(DepartmentFault::partial).code == "http.incomplete");
}

TEST_CASE("faults of the road are told apart from answers, and never refuse a case (4.6, examples 2 to 4)") {
  const std::pair<const char*, const char*> examples[] = {
      {"Server.ServerProxy.NetworkError",
       R"({"type":"Server.ServerProxy.NetworkError","message":"Connect to 10.139.178.1:8080 failed: Connection timed out",)"
       R"("detail":"9bc95b6e-2f1d-4a41-a7e6-11eda7d734d5"})"},
      {"Client.BadRequest",
       R"({"type": "Client.BadRequest", "message": "Error parsing the client's REST request.",)"
       R"( "detail": "018cbcae-537e-421b-b6f6-2608dc97bd90"})"},
      {"Server.ServerProxy.DatabaseError",
       R"j({"type":"Server.ServerProxy.DatabaseError","message":"Error accessing database (serverconf)",)j"
       R"("detail":"3c4d0f08-440f-417f-b935-bc801e103d51"})"}};
  for (const auto& [type, body] : examples) {
    const auto fault = test::must(fault_in(fault_answer(type, body)));
    REQUIRE(fault);
    CHECK(fault->type == type);
    CHECK(fault->detail.size() == 36);
  }
  CHECK_FALSE(
      test::must(fault_in({405, {{"x-road-id", "1"}}, bytes_of(R"({"type": "Client.BadRequest"})")})));
  Road scene;
  const auto outcome = scene.file_with(DepartmentFault::road_fault);
  CHECK(outcome.verdict == Verdict::later);
  CHECK(outcome.code == "x-road.Server.ServerProxy.NetworkError");
  CHECK(outcome.detail == "9bc95b6e-2f1d-4a41-a7e6-11eda7d734d5");
}

TEST_CASE("a fault that is none, or says two things, is no answer either; its words are not kept") {
  for (const char* type :
       {"", "Server.Other.Thing", "NetworkError", "Client.", "Client.Bad Request", "Client.张三"}) {
    INFO(type);
    CHECK(test::code_of(fault_in(fault_answer(type, "{}"))) == "x-road.bad_fault");
  }
  CHECK(test::code_of(fault_in(fault_answer("Client.BadRequest", R"({"type": "Server.ServerProxy.X"})"))) ==
        "x-road.bad_fault");
  CHECK(test::code_of(fault_in({500, {{"x-road-error", "Client.A"}, {"x-road-error", "Client.B"}}, {}})) ==
        "x-road.bad_fault");
  const auto worded = test::must(fault_in(
      fault_answer("Client.BadRequest",
                   R"({"type": "Client.BadRequest", "detail": "欧阳测试甲", "message": "欧阳测试甲"})")));
  CHECK(worded->detail.empty());
  CHECK(test::must(fault_in(fault_answer("Client.BadRequest", "<xml/>")))->type == "Client.BadRequest");
}

TEST_CASE("the requests and the answers of chapter 6, header by header") {
  XRoadSettings settings;
  settings.url = "https://securityserver";
  settings.client = {"DEV", "COM", "222", "TESTCLIENT"};
  settings.service = {"DEV", "COM", "222", "TESTSERVICE", "petstore"};
  struct Example {
    const char* method;
    const char* path;
    const char* id;
    const char* hash;
  };
  const Example examples[] = {
      {"GET", "/v2/pets/1124", "29f4d011-ef17-4f2f-9bb1-0452ce17d3f5",
       "Xvx9V2U5c5RhDUiXpVLtW7L8vTd5cM2IOBU2n9efEk7/m3ECKyGAp7yTpJpTWpo6HcmwSaGO+cinxMVKjxJTOQ=="},  // 6.2
      {"POST", "/v2/pets", "dcaaa3a2-a158-41e1-8775-309848052358",
       "VCNZdwTxl7m3XC6Mpfw1H6qJUtBcm3Y6tfCvg5b3W/fb2RRXsLF9wftR3u6ElclE+RFaiAN/OkSz02fAYbNKaw=="}};  // 6.4
  for (const auto& example : examples) {
    INFO(example.method);
    const auto request = x_road_request(
        settings, {example.method, example.path, "", example.id, {}, {{"Accept", "application/json"}}, {}});
    CHECK(request.url ==
          "https://securityserver/r1/DEV/COM/222/TESTSERVICE/petstore" + std::string(example.path));
    CHECK(request.headers == std::vector<http::Header>{{"Accept", "application/json"},
                                                       {"X-Road-Client", "DEV/COM/222/TESTCLIENT"},
                                                       {"X-Road-Id", example.id}});
    http::Response answer{200,
                          {{"content-type", "application/json;charset=utf-8"},
                           {"date", "Thu, 21 Mar 2019 12:36:39 GMT"},
                           {"x-road-id", example.id},
                           {"x-road-client", "DEV/COM/222/TESTCLIENT"},
                           {"x-road-service", "DEV/COM/222/TESTSERVICE/petstore"},
                           {"x-road-request-id", "f92591a3-6bf0-49b1-987b-0dd78c034cc3"},
                           {"x-road-request-hash", example.hash}},
                          {}};
    CHECK_FALSE(test::must(fault_in(answer)));
    // What its hash was made of the example does not print: it is read, and does not belong to this request.
    settings.check_hash = false;
    CHECK(test::code_of(check_answer(settings, request, answer)) == "ok");
    settings.check_hash = true;
    CHECK(test::code_of(check_answer(settings, request, answer)) == "x-road.wrong_hash");
    answer.headers.back().value =
        request_hash(hashed_headers(request, "f92591a3-6bf0-49b1-987b-0dd78c034cc3"), request.body);
    CHECK(test::code_of(check_answer(settings, request, answer)) == "ok");
    answer.headers[4].value = "DEV/COM/222/TESTSERVICE/vetstore";
    CHECK(test::code_of(check_answer(settings, request, answer)) == "x-road.wrong_service");
  }
}

TEST_CASE("the answers of 4.6 as they stand there: one of the provider, three of the road, two more types") {
  XRoadSettings settings;
  settings.url = "https://securityserver";
  settings.client = {"DEV", "COM", "222", "TESTCLIENT"};
  settings.service = {"DEV", "COM", "222", "TESTSERVICE", "petstore"};
  settings.check_hash = false;
  const auto request = x_road_request(
      settings, {"PUT", "/v3/pet/findByStatus", "", "5ea48ae9-15c1-465a-be15-9b6ef2c7ef4a", {}, {}, {}});
  const http::Response of_provider{
      405,
      {{"content-type", "application/json;charset=utf-8"},
       {"date", "Thu, 21 Mar 2019 09:45:19 GMT"},
       {"x-road-id", "5ea48ae9-15c1-465a-be15-9b6ef2c7ef4a"},
       {"x-road-client", "DEV/COM/222/TESTCLIENT"},
       {"x-road-service", "DEV/COM/222/TESTSERVICE/petstore"},
       {"x-road-request-id", "f92591a3-6bf0-49b1-987b-0dd78c034cc3"},
       {"x-road-request-hash",
        "yFOLGuJ0zmLhZSgwp3ooSBQbR9ejSvTc6p6FvBmcSEB2tDD6bxpjiv8sHORxqz4MMgEADH7IcARNprLfEwudNw=="},
       {"content-length", "159"}},
      bytes_of(R"({"timestamp":"2019-03-21T09:45:19.904Z","status":405,"error":"Method Not Allowed",)"
               R"("message":"Request method 'PUT' not supported","path":"/v3/pet/findByStatus"})")};
  CHECK_FALSE(test::must(fault_in(of_provider)));
  CHECK(test::code_of(check_answer(settings, request, of_provider)) == "ok");
  CHECK(judge_filing(of_provider).verdict == Verdict::later);  // of the set-up, and not of the case
  CHECK(judge_filing(of_provider).code == "department.status");
  const std::tuple<int, const char*, const char*> of_road[] = {
      {500, "Server.ServerProxy.NetworkError", "Thu, 21 Mar 2019 11:42:03 GMT"},
      {400, "Client.BadRequest", "Thu, 21 Mar 2019 11:45:12 GMT"},
      {500, "Server.ServerProxy.DatabaseError", "Thu, 21 Mar 2019 11:57:11 GMT"},
      {500, "Server.ServerProxy.ServiceFailed", "Thu, 21 Mar 2019 11:57:11 GMT"},
      {500, "Server.ClientProxy.OutdatedGlobalConf", "Thu, 21 Mar 2019 11:57:11 GMT"}};
  for (const auto& [status, type, date] : of_road) {
    INFO(type);
    const auto fault = test::must(fault_in(
        {status,
         {{"date", date}, {"content-type", "application/json;charset=utf-8"}, {"x-road-error", type}},
         bytes_of(std::string(R"({"type":")") + type +
                  R"(","message":"…","detail":"9bc95b6e-2f1d-4a41-a7e6-11eda7d734d5"})")}));
    REQUIRE(fault);
    CHECK(fault->type == type);
    CHECK(fault->detail == "9bc95b6e-2f1d-4a41-a7e6-11eda7d734d5");
  }
}

TEST_CASE("over a real socket: the protocol's request, and an answer that is none is refused") {
  test::DepartmentSimulator simulator;
  std::atomic<DepartmentFault> fault = DepartmentFault::none;
  simulator.next_fault = [&] { return fault.load(); };
  const test::DepartmentServer server(simulator);
  auto settings = road();
  settings.url = server.url("");
  settings.path = "/v1/cases";
  REQUIRE_FALSE(problem_of(settings));
  const auto client = test::must(http::CurlClient::make({{}, {}, {}, 5'000, 2'000, 64 * 1024, {}}));
  XRoadDepartment department(*client, settings, seal::random_bytes);
  auto record = test::sample_case();
  record.case_no = "00000010000018";
  const std::pair<DepartmentFault, const char*> faults[] = {
      {DepartmentFault::wrong_hash, "x-road.wrong_hash"},
      {DepartmentFault::no_hash, "x-road.no_hash"},
      {DepartmentFault::wrong_id, "x-road.wrong_id"},
      {DepartmentFault::road_fault, "x-road.Server.ServerProxy.NetworkError"},
      {DepartmentFault::oversize, "http.too_large"},
      {DepartmentFault::redirect, "department.redirect"},
      {DepartmentFault::partial, "http.incomplete"}};
  for (const auto& [kind, code] : faults) {
    INFO(code);
    fault = kind;
    const auto outcome = department.file(record);
    CHECK(outcome.verdict == Verdict::later);
    CHECK(outcome.code == code);
  }
  fault = DepartmentFault::none;
  CHECK(department.file(record).acceptance.number == "D000001");
  CHECK(simulator.entries().size() == 1);
  const auto requests = simulator.requests();
  CHECK(requests.size() == std::size(faults) + 1);  // a redirect is followed nowhere
  for (const auto& request : requests) {
    CHECK(request.method == "POST");
    CHECK(request.url.ends_with("/r1/INSTANCE/CLASS2/MEMBER2/SUBSYSTEM2/BARSERVICE/v1/cases"));
    CHECK(test::request_header(request, "X-Road-Client") == "INSTANCE/CLASS1/MEMBER1/SUBSYSTEM1");
    CHECK(test::request_header(request, "X-Road-Issue") == "00000010000018");
    CHECK(test::request_header(request, "Idempotency-Key") == to_hex(record.id));
    CHECK(test::request_header(request, "X-Road-Request-Hash").empty());
    CHECK(test::request_header(request, "User-Agent").empty());
  }
}

TEST_CASE("states come over X-Road too, under the same checks") {
  Road scene;
  scene.simulator.tell({{"case_no", "1"}, {"state", "done"}, {"utc_ms", 5}});
  const auto page = test::must(*scene.department.news(""));
  REQUIRE(page.news.size() == 1);
  CHECK(scene.simulator.requests()[0].url.ends_with("/BARSERVICE/v1/states?since="));
  scene.simulator.next_fault = [] { return DepartmentFault::wrong_hash; };
  const auto refused = *scene.department.news("");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "department.road");
  CHECK(refused.error().detail == "x-road.wrong_hash");
  scene.settings.states_path.clear();
  CHECK_FALSE(XRoadDepartment(scene.client, scene.settings, counted_bytes).news(""));
}

}  // namespace bianmin::departments
