#include "sync/departments/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sync/departments/json_pieces.hpp"
#include "sync/http/retry_after.hpp"
#include "sync/seal/digest.hpp"
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

// A certificate that is missing is none that is bad.
bool read_certificate(const Json& entry, std::optional<Bytes>& certificate) {
  if (!entry.contains("certificate")) return true;
  const auto coded = text_in(entry, "certificate", certificate_size_max / 3 * 4 + 4);
  if (!coded) return false;
  auto bytes = from_base64(*coded);
  if (!bytes || bytes->size() > certificate_size_max) return false;
  constexpr std::string_view pdf_start = "%PDF-";
  if (!std::string_view(text_of(*bytes)).starts_with(pdf_start)) return false;
  certificate = std::move(bytes).value();
  return true;
}

// Into one of the two lists of the page.
void take_entry(std::string_view text, NewsPage& page) {
  constexpr std::size_t case_no_size_max = 32;
  const auto bad = [&](std::string_view code, std::string case_no = {}) {
    page.bad.push_back({std::string(code), std::move(case_no), seal::sha256(view_of(text))});
  };
  const auto entry = parse_json(text, json_depth_max);
  if (!entry || !entry->is_object()) return bad("states.no_json");
  auto case_no = text_in(*entry, "case_no", case_no_size_max);
  if (!case_no || !printable(*case_no)) return bad("states.no_case_no");
  auto state = text_in(*entry, "state", case_no_size_max);
  if (!state || !valid_state(*state)) return bad("states.no_state", *case_no);
  const auto utc_ms = time_in(*entry, "utc_ms");
  if (!utc_ms) return bad("states.no_time", *case_no);
  CaseNews news{std::move(*case_no), std::move(*state), *utc_ms, {}};
  if (!read_certificate(*entry, news.certificate)) return bad("states.bad_certificate", news.case_no);
  page.news.push_back(std::move(news));
}

// The members of a page, as text; one that is there twice is not there.
struct PageText {
  std::optional<std::string_view> states;
  std::optional<std::string_view> next;
};

std::optional<PageText> page_text(std::string_view body) {
  constexpr std::size_t members_max = 100;
  const auto pieces = json_pieces(body, '{', '}', members_max);
  if (!pieces) return std::nullopt;
  PageText page;
  for (const std::string_view piece : *pieces) {
    const auto member = json_member(piece);
    if (!member) return std::nullopt;
    for (const auto& [key, place] :
         {std::pair("\"states\"", &page.states), std::pair("\"next\"", &page.next)}) {
      if (member->key != key) continue;
      if (*place) return std::nullopt;
      *place = member->value;
    }
  }
  return page;
}

}  // namespace

bool valid_code(std::string_view code) {
  constexpr std::size_t code_size_max = 64;
  return !code.empty() && code.size() <= code_size_max && std::ranges::all_of(code, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
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
    return Outcome::wait("department.status", fmt::format("status {}", status),
                         http::retry_after_ms(response));
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
  const std::string body = text_of(response.body);
  const auto text = page_text(body);
  if (!text) return bad("no JSON object");
  const auto next = text->next ? parse_json(*text->next, 1) : Error{Remedy::refuse, "json.bad", {}};
  const bool usable =
      next && next->is_string() && next->get_ref<const std::string&>().size() <= news_cursor_size_max;
  if (!usable || next->get_ref<const std::string&>().find('\0') != std::string::npos)
    return bad("no place to go on from");
  const auto entries = text->states ? json_pieces(*text->states, '[', ']', news_max) : std::nullopt;
  if (!entries) return bad("no list of states");
  NewsPage page{{}, {}, next->get<std::string>()};
  for (const std::string_view entry : *entries) take_entry(entry, page);
  return page;
}

}  // namespace bianmin::departments
