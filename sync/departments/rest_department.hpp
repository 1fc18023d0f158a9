// A department behind plain REST: its server takes a case as JSON (case_json.hpp) and answers as answer.hpp
// says.
//
//   POST URL                     Content-Type: application/json; charset=utf-8
//                                Idempotency-Key: the record id, 32 hexadecimal digits
//   GET  STATES_URL?since=CURSOR
//
// The key is the same each time the record comes, however often and from whichever hub, and the server has to
// take a key up once only.
#pragma once

#include "sync/departments/department.hpp"
#include "sync/http/client.hpp"

namespace bianmin::departments {

struct RestSettings {
  std::string url;
  std::string states_url;  // empty: it tells of no states
};

// Borrows the client. Codes: those of http::Client and of answer.hpp.
class RestDepartment : public Department {
 public:
  RestDepartment(http::Client& client, RestSettings settings)
      : client_(client), settings_(std::move(settings)) {}
  Outcome file(const record::CaseRecord& record) override;
  std::optional<Result<NewsPage>> news(std::string_view cursor) override;

 private:
  http::Client& client_;
  RestSettings settings_;
};

}  // namespace bianmin::departments
