#include "sync/http/trace_context.hpp"

#include <set>

#include "tests/catch.hpp"

namespace bianmin::http {

namespace {

const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string changed(std::size_t at, char to) {
  std::string text = good;
  text[at] = to;
  return text;
}

}  // namespace

TEST_CASE("a traceparent is read as the recommendation says, and written the same") {
  const auto trace = parse_traceparent(good);
  REQUIRE(trace);
  CHECK(trace->trace_id == "4bf92f3577b34da6a3ce929d0e0e4736");
  CHECK(trace->span_id == "00f067aa0ba902b7");
  CHECK(trace->flags == 1);
  CHECK(trace->header() == good);
  CHECK(parse_traceparent(changed(54, 'a'))->flags == 0x0a);
}

TEST_CASE("a later version is read for what version 00 is in it") {
  CHECK(parse_traceparent("cc" + good.substr(2)));
  CHECK(parse_traceparent("cc" + good.substr(2) + "-what-comes"));
  CHECK_FALSE(parse_traceparent("cc" + good.substr(2) + "."));
  CHECK_FALSE(parse_traceparent("ff" + good.substr(2)));
  CHECK_FALSE(parse_traceparent(good + "-more"));
}

TEST_CASE("what is not one is none") {
  for (std::size_t size = 0; size < good.size(); ++size) CHECK_FALSE(parse_traceparent(good.substr(0, size)));
  for (std::size_t at = 0; at < good.size(); ++at) {
    INFO(at);
    for (const char bad : {'A', 'g', ' ', '\0', '_'}) CHECK_FALSE(parse_traceparent(changed(at, bad)));
    CHECK_FALSE(parse_traceparent(changed(at, at == 2 || at == 35 || at == 52 ? '0' : '-')));
  }
  CHECK_FALSE(parse_traceparent("00-" + std::string(32, '0') + good.substr(35)));
  CHECK_FALSE(parse_traceparent(good.substr(0, 36) + std::string(16, '0') + "-01"));
}

TEST_CASE("new traces are well-formed and differ; a given id stays, and each span is its own") {
  std::set<std::string> headers;
  for (int count = 0; count < 50; ++count) {
    const auto trace = new_trace();
    CHECK(parse_traceparent(trace.header()) == trace);
    headers.insert(trace.trace_id);
  }
  CHECK(headers.size() == 50);
  std::array<std::uint8_t, 16> id{};
  CHECK(new_trace(id).trace_id != std::string(32, '0'));
  id[15] = 0xab;
  CHECK(new_trace(id).trace_id == std::string(30, '0') + "ab");
  CHECK(new_trace(id).span_id != new_trace(id).span_id);
}

}  // namespace bianmin::http
