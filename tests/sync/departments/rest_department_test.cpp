// A case to a department behind REST, and every answer it may give.
#include "sync/departments/rest_department.hpp"

#include "sync/departments/answer.hpp"
#include "sync/http/retry_after.hpp"
#include "sync/seal/digest.hpp"
#include "tests/fakes/department_simulator.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::departments {

using test::DepartmentFault;
using test::must;

namespace {

record::CaseRecord numbered_case() {
  auto record = test::sample_case();
  record.case_no = "00000010000018";
  record.terminal_id = "T-0001";
  return record;
}

http::Response answered(int status, std::string_view body, std::vector<http::Header> headers = {}) {
  return {status, std::move(headers), bytes_of(body)};
}

constexpr std::string_view good_answer = R"({"number": "A1", "accepted_utc_ms": 1795000000000, "more": [1]})";

}  // namespace

TEST_CASE("a case goes out as JSON with its key, without the token of its slip") {
  test::DepartmentSimulator simulator;
  test::SimulatedClient client(simulator);
  RestDepartment department(client, {"https://pensions.example/cases", {}});
  auto record = numbered_case();
  record.signature = record::PersonSignature{Bytes{1, 2, 3}, Bytes(record::person_signature_size, 7)};
  const auto outcome = department.file(record);
  REQUIRE(outcome.verdict == Verdict::accepted);
  CHECK(outcome.acceptance == Acceptance{"D000001", 1'795'000'002'000});
  const auto requests = simulator.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].method == "POST");
  CHECK(requests[0].url == "https://pensions.example/cases");
  CHECK(test::request_header(requests[0], "Idempotency-Key") == to_hex(record.id));
  // The record's id is the name of the trace, from the terminal on.
  CHECK(test::request_header(requests[0], "traceparent").starts_with("00-" + to_hex(record.id) + "-"));
  CHECK(test::request_header(requests[0], "Content-Type") == "application/json; charset=utf-8");
  const Json body = must(parse_json(text_of(requests[0].body)));
  CHECK(body["record_id"] == to_hex(record.id));
  CHECK(body["kind"] == "case");
  CHECK(body["case_no"] == record.case_no);
  CHECK(body["terminal_id"] == "T-0001");
  CHECK(body["person"][0]["value"] == test::canary_name);
  CHECK(body["answers"][0]["key"] == "who");
  CHECK(body["signature"]["certificate"] == "AQID");
  CHECK(text_of(requests[0].body).find(record.token) == std::string::npos);
}

TEST_CASE("a rating and a part of a document go out as what they are") {
  test::DepartmentSimulator simulator;
  test::SimulatedClient client(simulator);
  RestDepartment department(client, {"https://d", {}});
  CHECK(department.file(test::sample_rating("00000010000018")).verdict == Verdict::accepted);
  auto document = test::sample_document("00000010000018", bytes_of("%PDF-1.7"));
  document.document->part = record::DocumentPart{document.id, 2, 3, 500'000};
  CHECK(department.file(document).verdict == Verdict::accepted);
  const auto entries = simulator.entries();
  CHECK(entries.size() == 2);
  const Json& body = entries.at(to_hex(document.id)).body;
  CHECK(body["kind"] == "document");
  CHECK(body["document"]["media_type"] == "application/pdf");
  CHECK(text_of(must(from_base64(body["document"]["bytes"].get<std::string>()))) == "%PDF-1.7");
  CHECK(body["document"]["part"]["number"] == 2);
}

TEST_CASE("the same record again gets the same acceptance, whatever happened to the first answer") {
  test::DepartmentSimulator simulator;
  test::SimulatedClient client(simulator);
  RestDepartment department(client, {"https://d", {}});
  const auto record = numbered_case();
  const std::vector<DepartmentFault> faults = {
      DepartmentFault::down,      DepartmentFault::lost_answer,  DepartmentFault::slow,
      DepartmentFault::partial,   DepartmentFault::oversize,     DepartmentFault::wrong_json,
      DepartmentFault::no_number, DepartmentFault::server_error, DepartmentFault::busy,
      DepartmentFault::redirect,  DepartmentFault::forbidden};
  std::size_t at = 0;
  simulator.next_fault = [&] { return at < faults.size() ? faults[at++] : DepartmentFault::twice; };
  const std::vector<std::string> codes = {
      "http.unreachable",  "http.incomplete",       "http.timeout",          "http.incomplete",
      "http.too_large",    "department.bad_answer", "department.bad_answer", "department.status",
      "department.status", "department.redirect",   "department.status"};
  for (const auto& code : codes) {
    const auto outcome = department.file(record);
    CHECK(outcome.verdict == Verdict::later);
    CHECK(outcome.code == code);
  }
  const auto outcome = department.file(record);
  REQUIRE(outcome.verdict == Verdict::accepted);
  CHECK(outcome.acceptance.number == "D000001");
  CHECK(simulator.entries().size() == 1);
  CHECK(simulator.request_count() == 12);
}

TEST_CASE("only the department itself refuses, with a code; its words go nowhere") {
  const auto refused =
      judge_filing(answered(422, R"({"code": "incomplete", "message": "欧阳测试甲 is missing"})"));
  CHECK(refused.verdict == Verdict::refused);
  CHECK(refused.code == "department.incomplete");
  CHECK(refused.detail == "status 422");
  CHECK(judge_filing(answered(400, R"({"code": "bad.field_7"})")).verdict == Verdict::refused);
  CHECK(judge_filing(answered(409, R"({"code": "other-case"})")).code == "department.other-case");
  for (const char* body :
       {"", "{}", "[]", "no", R"({"code": 7})", R"({"code": ""})", R"({"code": "two words"})",
        R"({"code": "张三"})", R"({"code": "a", "code": "b"})"}) {
    INFO(body);
    const auto outcome = judge_filing(answered(422, body));
    CHECK(outcome.verdict == Verdict::later);
    CHECK(outcome.code == "department.bad_answer");
  }
  CHECK(judge_filing(answered(422, R"({"code": ")" + std::string(65, 'a') + "\"}")).verdict ==
        Verdict::later);
  for (const int status : {401, 403, 404, 405, 407, 408, 425, 429, 500, 502, 503, 504, 599, 100, 0, 600}) {
    INFO(status);
    const auto outcome = judge_filing(answered(status, R"({"code": "incomplete"})"));
    CHECK(outcome.verdict == Verdict::later);
    CHECK(outcome.code == "department.status");
  }
  for (const int status : {300, 301, 302, 303, 304, 307, 308}) {
    CHECK(judge_filing(answered(status, good_answer)).code == "department.redirect");
  }
}

TEST_CASE("an acceptance has a number that can be printed and a time that can be") {
  for (const int status : {200, 201, 202, 409}) {
    const auto outcome = judge_filing(answered(status, good_answer));
    REQUIRE(outcome.verdict == Verdict::accepted);
    CHECK(outcome.acceptance == Acceptance{"A1", 1'795'000'000'000});
  }
  for (const char* body :
       {"", "null", "[]", R"({"number": "A1"})", R"({"accepted_utc_ms": 1795000000000})",
        R"({"number": "", "accepted_utc_ms": 1795000000000})",
        R"({"number": 1, "accepted_utc_ms": 1795000000000})",
        R"({"number": "A\n1", "accepted_utc_ms": 1795000000000})",
        R"({"number": "A1", "accepted_utc_ms": "now"})", R"({"number": "A1", "accepted_utc_ms": 0})",
        R"({"number": "A1", "accepted_utc_ms": -5})", R"({"number": "A1", "accepted_utc_ms": 1.5})",
        R"({"number": "A1", "accepted_utc_ms": 18446744073709551615})",
        R"({"number": "A1", "accepted_utc_ms": 4102444800001})",
        R"({"number": "A1", "accepted_utc_ms": 1795000000000} )"
        "\x01"}) {
    INFO(body);
    const auto outcome = judge_filing(answered(200, body));
    CHECK(outcome.verdict == Verdict::later);
    CHECK(outcome.code == "department.bad_answer");
  }
  CHECK(judge_filing(answered(200, R"({"number": ")" + std::string(65, '1') +
                                       R"(", "accepted_utc_ms": 1795000000000})"))
            .verdict == Verdict::later);
}

TEST_CASE("Retry-After counts within bounds, in seconds and as a date") {
  const auto wait_ms = [](const char* value) {
    auto response = answered(503, "", {{"retry-after", value}});
    response.arrived_utc_ms = 1'795'766'400'000;  // Fri, 27 Nov 2026 08:00:00 GMT
    return judge_filing(response).retry_after_ms;
  };
  CHECK(wait_ms("30") == 30'000);
  CHECK(wait_ms("0") == http::retry_after_least_ms);
  CHECK(wait_ms("999999") == http::retry_after_most_ms);
  CHECK(wait_ms("99999999999999999999") == http::retry_after_most_ms);
  CHECK(wait_ms("Fri, 27 Nov 2026 08:02:00 GMT") == 120'000);
  CHECK(wait_ms("Friday, 27-Nov-26 08:02:00 GMT") == 120'000);
  CHECK(wait_ms("Fri Nov 27 08:02:00 2026") == 120'000);
  CHECK(wait_ms("Thu, 26 Nov 2026 08:00:00 GMT") == http::retry_after_least_ms);
  CHECK(wait_ms("Fri, 27 Nov 2099 08:00:00 GMT") == http::retry_after_most_ms);
  for (const char* bad :
       {"-1", "soon", "", "5 s", "1.5", "+5", "Fri, 27 Nov 2026 08:00:00", "Fri, 27 Nov 2026 08:00:00 CET",
        "Fri, 31 Feb 2026 08:00:00 GMT", "Fri, 27 Nov 2026 25:00:00 GMT", "fri, 27 nov 2026 08:00:00 GMT",
        "Fri, 27 Nov 2026 08:00:00 GMT ", "Fri, 27-Nov-26 08:00:00 GMT", "Fri Nov 7 08:00:00 2026"}) {
    INFO(bad);
    CHECK(wait_ms(bad) == 0);
  }
  CHECK(judge_filing(answered(503, "", {{"retry-after", "5"}, {"retry-after", "6"}})).retry_after_ms == 0);
}

TEST_CASE("a pause until a date begins at the answer's own date, whatever our clock says") {
  const auto wait_ms = [](std::int64_t arrived_utc_ms, std::vector<http::Header> headers) {
    headers.push_back({"retry-after", "Sun, 06 Nov 1994 08:50:37 GMT"});
    auto response = answered(503, "", std::move(headers));
    response.arrived_utc_ms = arrived_utc_ms;
    return http::retry_after_ms(response);
  };
  const http::Header sent{"date", "Sun, 06 Nov 1994 08:49:37 GMT"};
  CHECK(wait_ms(1'795'766'400'000, {sent}) == 60'000);
  CHECK(wait_ms(0, {sent}) == 60'000);
  CHECK(wait_ms(784'111'777'000 + 30'000, {{"date", "today"}}) == 30'000);
  CHECK(wait_ms(0, {}) == 0);
}

TEST_CASE("the three forms of the same moment; a year of two digits is of this century or the last") {
  constexpr std::int64_t moment = 784'111'777'000;  // of RFC 9110, 5.6.7
  CHECK(http::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", 0) == moment);
  CHECK(http::parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", 1'795'766'400'000) == moment);
  CHECK(http::parse_http_date("Sun Nov  6 08:49:37 1994", 0) == moment);
  CHECK(http::parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", 0) == 1'483'228'800'000);  // a leap second
  CHECK(http::parse_http_date("Thursday, 06-Nov-76 08:49:37 GMT", 1'795'766'400'000) == 3'371'878'177'000);
  CHECK(http::parse_http_date("Sunday, 06-Nov-77 08:49:37 GMT", 1'795'766'400'000) == 247'654'177'000);
}

TEST_CASE("news: page by page from a cursor") {
  test::DepartmentSimulator simulator;
  test::SimulatedClient client(simulator);
  RestDepartment department(client, {"https://d/cases", "https://d/states"});
  for (const char* state : {"checking", "decided", "done"}) {
    simulator.tell({{"case_no", "00000010000018"}, {"state", state}, {"utc_ms", 1'795'000'000'000}});
  }
  const auto first = must(*department.news(""));
  CHECK(first.news.size() == 2);
  CHECK(first.news[1].state == "decided");
  CHECK_FALSE(first.news[1].certificate);
  const auto second = must(*department.news(first.next));
  REQUIRE(second.news.size() == 1);
  CHECK(must(*department.news(second.next)).news.empty());
  CHECK(simulator.requests().back().url == "https://d/states?since=3");
  RestDepartment silent(client, {"https://d/cases", {}});
  CHECK_FALSE(silent.news(""));

  const auto judged = [](std::string_view states) {
    return judge_news(answered(200, R"({"next": "x", "states": )" + std::string(states) + "}"));
  };
  CHECK(must(judged(R"([{"case_no": "1", "state": "done", "utc_ms": 5, "certificate": "JVBERi0xLjc="}])"))
            .news[0]
            .certificate == bytes_of("%PDF-1.7"));
  for (const char* bad : {"{}", "1", R"("x")", "[1, [2]", R"(["1)", "null"}) {
    INFO(bad);
    CHECK(test::code_of(judged(bad)) == "department.bad_answer");
  }
  CHECK(test::code_of(judge_news(answered(200, R"({"states": []})"))) == "department.bad_answer");
  CHECK(test::code_of(judge_news(answered(503, "{}"))) == "department.status");
}

TEST_CASE("an entry of a page that is none takes no other with it, whatever is wrong with it") {
  const auto judged = [](const std::string& bad) {
    const std::string good = R"({"case_no": "1", "state": "done", "utc_ms": 5})";
    return judge_news(answered(200, R"({"more": {"a": [1]}, "states": [)" + good + ", " + bad + ", " + good +
                                        R"(], "next": "x,]}"})"));
  };
  const std::pair<std::string, const char*> entries[] = {
      {"1", "states.no_json"},
      {"", "states.no_json"},
      {"{]", "states.no_json"},
      {R"({"case_no": "1", "case_no": "2", "state": "done", "utc_ms": 5})", "states.no_json"},
      {R"({"case_no": "1", "state": "done", "utc_ms": 1e999})", "states.no_json"},
      {"{\"case_no\": \"\xff\", \"state\": \"done\", \"utc_ms\": 5}", "states.no_json"},
      {R"({"more": )" + std::string(50, '[') + std::string(50, ']') + "}", "states.no_json"},
      {"{}", "states.no_case_no"},
      {R"({"case_no": "", "state": "done", "utc_ms": 5})", "states.no_case_no"},
      {R"({"case_no": "1\u0000", "state": "done", "utc_ms": 5})", "states.no_case_no"},
      {R"({"case_no": "1", "state": "Done it", "utc_ms": 5})", "states.no_state"},
      {R"({"case_no": "1", "state": "", "utc_ms": 5})", "states.no_state"},
      {R"({"case_no": "1", "state": "done"})", "states.no_time"},
      {R"({"case_no": "1", "state": "done", "utc_ms": "5"})", "states.no_time"},
      {R"({"case_no": "1", "state": "done", "utc_ms": 5, "certificate": "JVBERi0xLjc"})",
       "states.bad_certificate"},
      {R"({"case_no": "1", "state": "done", "utc_ms": 5, "certificate": 3})", "states.bad_certificate"},
      {R"({"case_no": "1", "state": "done", "utc_ms": 5, "certificate": "aGVsbG8="})",
       "states.bad_certificate"}};
  for (const auto& [entry, code] : entries) {
    INFO(entry);
    const auto page = judged(entry);
    REQUIRE(page);
    CHECK(page->news.size() == 2);
    CHECK(page->next == "x,]}");
    REQUIRE(page->bad.size() == 1);
    CHECK(page->bad[0].code == code);
    CHECK(page->bad[0].digest == seal::sha256(view_of(entry)));
  }
  CHECK(test::must(judged(R"({"case_no": "7", "state": "done"})")).bad[0].case_no == "7");
}

TEST_CASE("a page with members twice, without an end, or with more than it may have is none") {
  std::string many = "1";
  for (std::size_t count = 0; count < news_max; ++count) many += ",1";
  for (const std::string& body :
       {std::string(R"({"states": [], "states": [], "next": "x"})"),
        std::string(R"({"states": [], "next": 5})"), std::string(R"({"states": [], "next": "x"} {})"),
        std::string(R"({"states": [], "next": "a\u0000"})"), std::string(R"({"states": [], "next": "x",})"),
        std::string(R"({"states": [], "next": "x)"), R"({"next": "x", "states": [)" + many + "]}",
        R"({"states": [], "next": ")" + std::string(257, 'x') + "\"}"}) {
    INFO(body.substr(0, 60));
    CHECK(test::code_of(judge_news(answered(200, body))) == "department.bad_answer");
  }
}

TEST_CASE("percent-encoding leaves the unreserved characters alone and nothing else") {
  using http::percent_encode;
  CHECK(percent_encode("AZaz09-._~") == "AZaz09-._~");
  CHECK(percent_encode("BAR/SERVICE") == "BAR%2FSERVICE");
  CHECK(percent_encode("便 %?#&=+'()") == "%E4%BE%BF%20%25%3F%23%26%3D%2B%27%28%29");
}

}  // namespace bianmin::departments
