#include "sync/departments/rest_department.hpp"

#include <fmt/format.h>

#include "sync/departments/answer.hpp"
#include "sync/departments/case_json.hpp"

namespace bianmin::departments {

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

Outcome RestDepartment::file(const record::CaseRecord& record) {
  const http::Request request{"POST",
                              settings_.url,
                              {{"Content-Type", "application/json; charset=utf-8"},
                               {"Accept", "application/json"},
                               {"Idempotency-Key", to_hex(record.id)}},
                              case_json(record)};
  const auto response = client_.send(request);
  return response ? judge_filing(*response) : Outcome::wait(response.error());
}

std::optional<Result<NewsPage>> RestDepartment::news(std::string_view cursor) {
  if (settings_.states_url.empty()) return std::nullopt;
  const char separator = settings_.states_url.find('?') == std::string::npos ? '?' : '&';
  const auto url = fmt::format("{}{}since={}", settings_.states_url, separator, percent_encode(cursor));
  const auto response = client_.send({"GET", url, {{"Accept", "application/json"}}, {}});
  if (!response) return response.error();
  return judge_news(*response);
}

}  // namespace bianmin::departments
