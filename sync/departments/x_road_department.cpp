#include "sync/departments/x_road_department.hpp"

#include <fmt/format.h>

#include "sync/departments/answer.hpp"
#include "sync/departments/case_json.hpp"
#include "sync/http/retry_after.hpp"
#include "sync/http/trace_context.hpp"

namespace bianmin::departments {

namespace {

// What the provider's own answer may be judged by; or why there is none.
struct Exchanged {
  std::optional<http::Response> response;
  Outcome failure;
};

Exchanged judge_road(const XRoadSettings& settings, const http::Request& request,
                     Result<http::Response> response) {
  if (!response) return {{}, Outcome::wait(response.error())};
  const auto fault = fault_in(*response);
  if (!fault) return {{}, Outcome::wait(fault.error())};
  if (*fault)
    return {{}, Outcome::wait("x-road." + (*fault)->type, (*fault)->detail, http::retry_after_ms(*response))};
  if (auto checked = check_answer(settings, request, *response); !checked)
    return {{}, Outcome::wait(checked.error())};
  return {std::move(response).value(), {}};
}

}  // namespace

std::string XRoadDepartment::fresh_id() const {
  Bytes bytes = random_bytes_(16);
  bytes.resize(16);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | 0x40U);  // a random UUID (RFC 4122, 4.4)
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);
  const std::string hex = to_hex(bytes);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

Outcome XRoadDepartment::file(const record::CaseRecord& record) {
  XRoadMessage message{"POST", settings_.path,   {}, fresh_id(), http::percent_encode(record.case_no),
                       {},     case_json(record)};
  message.headers = {{"Content-Type", "application/json; charset=utf-8"},
                     {"Accept", "application/json"},
                     {"Idempotency-Key", to_hex(record.id)},
                     {std::string(http::traceparent_header), http::new_trace(record.id).header()}};
  const auto request = x_road_request(settings_, std::move(message));
  const auto exchanged = judge_road(settings_, request, client_.send(request));
  return exchanged.response ? judge_filing(*exchanged.response) : exchanged.failure;
}

std::optional<Result<NewsPage>> XRoadDepartment::news(std::string_view cursor) {
  if (settings_.states_path.empty()) return std::nullopt;
  XRoadMessage message{
      "GET", settings_.states_path, "since=" + http::percent_encode(cursor), fresh_id(), {}, {}, {}};
  message.headers = {{"Accept", "application/json"}};
  const auto request = x_road_request(settings_, std::move(message));
  const auto exchanged = judge_road(settings_, request, client_.send(request));
  if (exchanged.response) return judge_news(*exchanged.response);
  return Error{Remedy::retry_later, "department.road", exchanged.failure.code};
}

}  // namespace bianmin::departments
