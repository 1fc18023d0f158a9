#include "sync/departments/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "terminal/base/config.hpp"
#include "terminal/base/json.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::departments {

namespace {

constexpr std::int64_t time_most_ms = 4'102'444'800'000;  // 2100
constexpr std::size_t json_depth_max = 8;
// A client error that says something of our set-up, or of the moment, and nothing of the case.
constexpr std::array statuses_of_no_case = {401, 403, 404, 405, 407, 408, 425, 429};

Outcome bad_answer(std::string detail) { return Outcome::wait("department.bad_answer", std::move(detail)); }

std::optional<std::string> text_in(const Json& object, const char* key, std::size_t size_max) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  auto text = found->get<std::string>();
  if (text.size() > size_max) return std::nullopt;
  return text;
}

std::optional<std::int64_t> time_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  if (found->is_number_unsigned() && found->get<std::uint64_t>() > std::uint64_t{time_most_ms})
    return std::nullopt;
  const auto time_ms = found->get<std::int64_t>();
  if (time_ms <= 0 || time_ms > time_most_ms) return std::nullopt;
  return time_ms;
}

// Residents read it on the screen and on paper.
bool printable(std::string_view text) {
  return !text.empty() &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::optional<Json> object_in(const http::Response& response) {
  auto json = parse_json(text_of(response.body), json_depth_max);
  if (!json || !json->is_object()) return std::nullopt;
  return std::move(*json);
}

Outcome judge_acceptance(const http::Response& response) {
  const auto json = object_in(response);
  if (!json) return bad_answer("no JSON object");
  auto number = text_in(*json, "number", acceptance_no_size_max);
  const auto accepted_utc_ms = time_in(*json, "accepted_utc_ms");
  if (!number || !printable(*number)) return bad_answer("no acceptance number");
  if (!accepted_utc_ms) return bad_answer("no time of acceptance");
  return Outcome::accept({std::move(*number), *accepted_utc_ms});
}

bool valid_state(std::string_view state) {
  constexpr std::size_t state_size_max = 32;
  return !state.empty() && state.size() <= state_size_max && std::ranges::all_of(state, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::optional<CaseNews> news_of(const Json& entry) {
  constexpr std::size_t case_no_size_max = 32;
  if (!entry.is_object()) return std::nullopt;
  auto case_no = text_in(entry, "case_no", case_no_size_max);
  auto state = text_in(entry, "state", case_no_size_max);
  const auto utc_ms = time_in(entry, "utc_ms");
  if (!case_no || !printable(*case_no) || !state || !valid_state(*state) || !utc_ms) return std::nullopt;
  CaseNews news{std::move(*case_no), std::move(*state), *utc_ms, {}};
  if (!entry.contains("certificate")) return news;
  const auto coded = text_in(entry, "certificate", certificate_size_max / 3 * 4 + 4);
  if (!coded) return std::nullopt;
  auto bytes = from_base64(*coded);
  if (!bytes || bytes->size() > certificate_size_max) return std::nullopt;
  constexpr std::string_view pdf_start = "%PDF-";
  if (!std::string_view(text_of(*bytes)).starts_with(pdf_start)) return std::nullopt;
  news.certificate = std::move(bytes).value();
  return news;
}

}  // namespace

bool valid_code(std::string_view code) {
  constexpr std::size_t code_size_max = 64;
  return !code.empty() && code.size() <= code_size_max && std::ranges::all_of(code, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

std::int64_t retry_after_ms(const http::Response& response) {
  const auto text = response.header("retry-after");
  if (!text) return 0;
  const auto seconds = parse_number(*text, 0, INT32_MAX);
  return seconds ? std::clamp(*seconds * 1000, retry_after_least_ms, retry_after_most_ms) : 0;
}

Outcome judge_filing(const http::Response& response) {
  const int status = response.status;
  if ((status >= 200 && status < 300) || status == 409) {
    auto outcome = judge_acceptance(response);
    if (outcome.verdict == Verdict::accepted || status != 409) return outcome;
  }
  if (status >= 300 && status < 400)
    return Outcome::wait("department.redirect", fmt::format("status {}", status));
  const bool of_the_case = status >= 400 && status < 500 &&
                           std::ranges::find(statuses_of_no_case, status) == statuses_of_no_case.end();
  if (!of_the_case) {
    return Outcome::wait("department.status", fmt::format("status {}", status), retry_after_ms(response));
  }
  const auto json = object_in(response);
  const auto code = json ? text_in(*json, "code", 64) : std::nullopt;
  if (!code || !valid_code(*code)) return bad_answer(fmt::format("status {} without a code", status));
  return Outcome::refuse("department." + *code, fmt::format("status {}", status));
}

Result<NewsPage> judge_news(const http::Response& response) {
  const auto bad = [](std::string detail) {
    return Error{Remedy::retry_later, "department.bad_answer", std::move(detail)};
  };
  if (response.status != 200) {
    return Error{Remedy::retry_later, "department.status", fmt::format("status {}", response.status)};
  }
  const auto json = object_in(response);
  if (!json) return bad("no JSON object");
  auto next = text_in(*json, "next", news_cursor_size_max);
  const auto states = json->find("states");
  if (!next || !valid_utf8(*next)) return bad("no place to go on from");
  if (states == json->end() || !states->is_array() || states->size() > news_max)
    return bad("no list of states");
  NewsPage page{{}, std::move(*next)};
  for (const Json& entry : *states) {
    auto news = news_of(entry);
    if (!news) return bad("a state that is none");
    page.news.push_back(std::move(*news));
  }
  return page;
}

}  // namespace bianmin::departments
