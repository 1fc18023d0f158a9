#include "tests/fakes/department_simulator.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sync/seal/digest.hpp"

namespace bianmin::test {

namespace {

http::Response json_response(int status, const Json& body) {
  return {status, {{"content-type", "application/json"}}, bytes_of(json_text(body))};
}

std::string target_after_host(const std::string& url) {
  const std::size_t slash = url.find('/', url.find("://") + 3);
  return slash == std::string::npos ? "/" : url.substr(slash);
}

// base64(SHA512(SHA512(headers) + SHA512(body))), with what the security server's program takes for headers.
std::string hash_of(const http::Request& request, const std::string& request_id) {
  std::string lines = request.method + "\r\n" + target_after_host(request.url) + "\r\n";
  for (const auto& header : request.headers) {
    if (header.name != "Host" && header.name != "Content-Length")
      lines += fmt::format("{}:{}\r\n", header.name, header.value);
  }
  lines += fmt::format("x-road-request-id:{}\r\n", request_id);
  const auto headers = seal::sha512(view_of(lines));
  if (request.body.empty()) return to_base64(headers);
  Bytes both(headers.begin(), headers.end());
  append(both, seal::sha512(request.body));
  return to_base64(seal::sha512(both));
}

void add_road_headers(const http::Request& request, DepartmentFault fault, http::Response& response) {
  const std::string request_id = "f92591a3-6bf0-49b1-987b-0dd78c034cc3";
  auto id = request_header(request, "X-Road-Id");
  if (fault == DepartmentFault::wrong_id) id.back() = id.back() == '0' ? '1' : '0';
  auto hash = hash_of(request, request_id);
  if (fault == DepartmentFault::wrong_hash) hash[3] = hash[3] == 'A' ? 'B' : 'A';
  response.headers.push_back({"x-road-client", request_header(request, "X-Road-Client")});
  response.headers.push_back({"x-road-id", id});
  response.headers.push_back({"x-road-request-id", request_id});
  if (fault != DepartmentFault::no_hash) response.headers.push_back({"x-road-request-hash", hash});
}

}  // namespace

std::string request_header(const http::Request& request, std::string_view name) {
  for (const auto& header : request.headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

DepartmentSimulator::Served DepartmentSimulator::serve(const http::Request& request) {
  if (in_the_middle) in_the_middle();
  const std::lock_guard lock(mutex_);
  requests_.push_back(request);
  Served served{next_fault ? next_fault() : DepartmentFault::none, {}};
  const bool on_the_road = !request_header(request, "X-Road-Client").empty();
  switch (served.fault) {
    case DepartmentFault::down:
      return served;
    case DepartmentFault::server_error:
      served.response = json_response(500, {{"code", "broken"}});
      break;
    case DepartmentFault::busy:
      served.response = json_response(429, {{"code", "busy"}});
      served.response.headers.push_back({"retry-after", retry_after});
      break;
    case DepartmentFault::redirect:
      served.response = {307, {{"location", "https://127.0.0.1:1/elsewhere"}}, {}};
      break;
    case DepartmentFault::forbidden:
      served.response = json_response(403, {{"code", "who-are-you"}});
      break;
    case DepartmentFault::road_fault:
      served.response = json_response(500, {{"type", "Server.ServerProxy.NetworkError"},
                                            {"message", "Connection timed out"},
                                            {"detail", "9bc95b6e-2f1d-4a41-a7e6-11eda7d734d5"}});
      served.response.headers.push_back({"x-road-error", "Server.ServerProxy.NetworkError"});
      return served;
    default:
      if (served.fault == DepartmentFault::twice) (void)take_up(request);
      served.response = request.method == "GET" ? states(target_after_host(request.url)) : take_up(request);
  }
  if (served.fault == DepartmentFault::wrong_json) served.response.body = bytes_of("{\"number\": \"A1\", ");
  if (served.fault == DepartmentFault::no_number)
    served.response.body = bytes_of("{\"accepted_utc_ms\": 1795000000000}");
  if (on_the_road) add_road_headers(request, served.fault, served.response);
  return served;
}

http::Response DepartmentSimulator::take_up(const http::Request& request) {
  const auto body = parse_json(text_of(request.body));
  const auto key = request_header(request, "Idempotency-Key");
  if (!body || key.empty() || (*body)["record_id"] != key)
    return json_response(400, {{"code", "bad-request"}});
  for (const auto& answer : (*body)["answers"]) {
    if (answer["value"] != refused_answer) continue;
    refused_.insert(key);
    return json_response(422, {{"code", "incomplete"}, {"message", "never shown to anybody"}});
  }
  Entry& entry = entries_[key];
  if (++entry.asked_count == 1) {
    entry.number = fmt::format("D{:06}", entries_.size());
    entry.body = *body;
  }
  return json_response(entry.asked_count == 1 ? 201 : 409,
                       {{"number", entry.number}, {"accepted_utc_ms", 1'795'000'002'000}});
}

http::Response DepartmentSimulator::states(const std::string& target) const {
  const std::size_t equals = target.find("since=");
  const std::string since = equals == std::string::npos ? "" : target.substr(equals + 6);
  std::size_t at = since.empty() ? 0 : static_cast<std::size_t>(std::stoul(since));
  Json page{{"states", Json::array()}};
  constexpr std::size_t page_max = 2;
  for (std::size_t count = 0; count < page_max && at < states_.size(); ++count)
    page["states"].push_back(states_[at++]);
  page["next"] = std::to_string(at);
  return json_response(200, page);
}

void DepartmentSimulator::tell(Json state) {
  const std::lock_guard lock(mutex_);
  states_.push_back(std::move(state));
}

std::map<std::string, DepartmentSimulator::Entry> DepartmentSimulator::entries() const {
  const std::lock_guard lock(mutex_);
  return entries_;
}

std::set<std::string> DepartmentSimulator::refused() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

std::vector<http::Request> DepartmentSimulator::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::int64_t DepartmentSimulator::request_count() const {
  const std::lock_guard lock(mutex_);
  return std::ranges::count(requests_, "POST", &http::Request::method);
}

Result<http::Response> SimulatedClient::send(const http::Request& request) {
  const auto error = [](std::string_view code) {
    return Error{Remedy::retry_later, code, "the test says so"};
  };
  auto served = department_.serve(request);
  switch (served.fault) {
    case DepartmentFault::down:
      return error("http.unreachable");
    case DepartmentFault::lost_answer:
    case DepartmentFault::partial:
      return error("http.incomplete");
    case DepartmentFault::slow:
      return error("http.timeout");
    case DepartmentFault::oversize:
      return error("http.too_large");
    default:
      return std::move(served.response);
  }
}

}  // namespace bianmin::test
