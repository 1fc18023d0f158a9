// Which department gets the cases of which service: departments.json in the hub's folder.
//
//   {"departments": {
//      "pensions": {"kind": "rest", "url": "https://pensions.example/cases", "ca": "pensions.crt"},
//      "people":   {"kind": "x-road", "url": "https://securityserver.example", "ca": "securityserver.crt",
//                   "client": ["CN", "GOV", "1234", "kiosks"],
//                   "service": ["CN", "GOV", "5678", "people", "cases"], "path": "/v1/cases"},
//      "here":     {"kind": "register"}},
//    "services": {"pension-confirmation": "pensions", "household-*": "people", "*": "here"}}
//
// A service is named whole, or by how it begins, with '*' behind; whole before the longest beginning. What no
// line names goes to the register that comes with the hub.
//
// Of rest and x-road also: "certificate" and "key" (own, PEM; files are looked for in the folder of the
// book), "per_second" (requests at most, of one hub; 20), "parallel" (requests at once, of one hub; 1),
// "connect_timeout_ms" (5000), "timeout_ms" (20000), "states_interval_s" (60). When a file is replaced,
// filing begins anew; the book itself is read at the start. Of rest: "states_url". Of x-road: "states_path",
// "security_server", "represented_party", "user_id", "request_hash" ("checked", or "carried": the security
// server alone checks it).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "sync/departments/rest_department.hpp"
#include "sync/departments/x_road.hpp"
#include "sync/http/curl_client.hpp"

namespace bianmin::departments {

constexpr const char* department_book_file = "departments.json";
constexpr std::size_t department_book_size_max = 256 * 1024;
constexpr std::size_t departments_max = 100;
constexpr std::size_t services_max = 10'000;
constexpr std::size_t department_name_size_max = 64;

enum class DepartmentKind { reg, rest, x_road };  // `register` is a word of the language

struct DepartmentSettings {
  std::string name;  // a-z, 0-9, '-'
  DepartmentKind kind = DepartmentKind::reg;
  http::ClientSettings client;
  RestSettings rest;
  XRoadSettings x_road;
  std::int64_t per_second = 20;
  std::int64_t parallel = 1;
  std::int64_t states_interval_s = 60;
};

class DepartmentBook {
 public:
  // An empty book: everything goes to the register.
  DepartmentBook() = default;
  // Nothing there: an empty book. Errors: "departments.bad_book" (refuse; the detail says where),
  // "file.unreadable", "file.too_large".
  static Result<DepartmentBook> load(const std::filesystem::path& folder);
  // `folder`: where the files that it names are.
  static Result<DepartmentBook> parse(std::string_view text, const std::filesystem::path& folder);

  // The department of a service; null: the register.
  const DepartmentSettings* find(std::string_view service_id) const;
  const DepartmentSettings* named(std::string_view name) const;
  const std::map<std::string, DepartmentSettings, std::less<>>& departments() const { return departments_; }

 private:
  std::map<std::string, DepartmentSettings, std::less<>> departments_;
  std::map<std::string, std::string, std::less<>> services_;    // whole
  std::map<std::string, std::string, std::less<>> beginnings_;  // without the '*'
};

}  // namespace bianmin::departments
