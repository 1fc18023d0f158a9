// A department of the tests' own, as REST or behind X-Road, with every fault that a real one may have. What
// it has taken up is counted here and nowhere else.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "sync/http/client.hpp"
#include "terminal/base/json.hpp"

namespace bianmin::test {

enum class DepartmentFault {
  none,
  down,          // nobody there
  lost_answer,   // taken up, then the connection breaks
  slow,          // taken up, but the answer takes too long
  partial,       // taken up, and half of the answer arrives
  oversize,      // taken up, and the answer does not end
  wrong_json,    // taken up, and the answer is none
  no_number,     // taken up, and the answer lacks its number
  server_error,  // 500
  busy,          // 429, with Retry-After
  redirect,      // 307 to somewhere else
  forbidden,     // 403
  twice,         // the request arrives twice
  // Of X-Road alone:
  no_hash,
  wrong_hash,
  wrong_id,
  road_fault,  // a fault of the provider's security server
};
constexpr int rest_fault_count = 13;  // from none to twice
constexpr int road_fault_count = 17;

// Thread-safe but for its settings, which are made before anybody asks.
class DepartmentSimulator {
 public:
  // What the next request meets; null: nothing.
  std::function<DepartmentFault()> next_fault;
  // While a request is under way, before it is answered.
  std::function<void()> in_the_middle;
  std::string retry_after = "2";

  struct Served {
    DepartmentFault fault = DepartmentFault::none;
    http::Response response;  // as it would arrive without faults of the line
  };
  Served serve(const http::Request& request);

  struct Entry {
    std::string number;
    Json body;
    int asked_count = 0;  // requests with its key, that were taken up
  };
  std::map<std::string, Entry> entries() const;  // by idempotency key
  std::set<std::string> refused() const;         // keys
  std::vector<http::Request> requests() const;
  std::int64_t request_count() const;  // that brought a record

  // What it tells of at STATES_URL, in this order.
  void tell(Json state);

 private:
  http::Response take_up(const http::Request& request);
  http::Response states(const std::string& target) const;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::set<std::string> refused_;
  std::vector<http::Request> requests_;
  std::vector<Json> states_;
};

// Case records whose answer "who" is this are refused with 422 "incomplete".
inline constexpr std::string_view refused_answer = "无此人";

// The simulator, without a network.
class SimulatedClient : public http::Client {
 public:
  explicit SimulatedClient(DepartmentSimulator& department) : department_(department) {}
  Result<http::Response> send(const http::Request& request) override;

 private:
  DepartmentSimulator& department_;
};

std::string request_header(const http::Request& request, std::string_view name);

}  // namespace bianmin::test
