#include "sync/departments/rest_department.hpp"

#include <fmt/format.h>

#include "sync/departments/answer.hpp"
#include "sync/departments/case_json.hpp"
#include "sync/http/trace_context.hpp"

namespace bianmin::departments {

Outcome RestDepartment::file(const record::CaseRecord& record) {
  const http::Request request{"POST",
                              settings_.url,
                              {{"Content-Type", "application/json; charset=utf-8"},
                               {"Accept", "application/json"},
                               {"Idempotency-Key", to_hex(record.id)},
                               {std::string(http::traceparent_header), http::new_trace(record.id).header()}},
                              case_json(record)};
  const auto response = client_.send(request);
  return response ? judge_filing(*response) : Outcome::wait(response.error());
}

std::optional<Result<NewsPage>> RestDepartment::news(std::string_view cursor) {
  if (settings_.states_url.empty()) return std::nullopt;
  const char separator = settings_.states_url.find('?') == std::string::npos ? '?' : '&';
  const auto url = fmt::format("{}{}since={}", settings_.states_url, separator, http::percent_encode(cursor));
  const auto response = client_.send({"GET", url, {{"Accept", "application/json"}}, {}});
  if (!response) return response.error();
  return judge_news(*response);
}

}  // namespace bianmin::departments
