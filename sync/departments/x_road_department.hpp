// A department behind X-Road: the same case, key and answers as plain REST (rest_department.hpp), carried by
// a security server. X-Road-Issue is the case number, X-Road-Id is new with each attempt.
#pragma once

#include <functional>

#include "sync/departments/department.hpp"
#include "sync/departments/x_road.hpp"

namespace bianmin::departments {

// Borrows the client. Codes: those of http::Client, of answer.hpp and of x_road.hpp; "x-road." and a fault's
// type. A fault is never a refusal: it is about the road, not about the case.
class XRoadDepartment : public Department {
 public:
  // `random_bytes`: of so many, for message ids.
  XRoadDepartment(http::Client& client, XRoadSettings settings,
                  std::function<Bytes(std::size_t)> random_bytes)
      : client_(client), settings_(std::move(settings)), random_bytes_(std::move(random_bytes)) {}
  Outcome file(const record::CaseRecord& record) override;
  std::optional<Result<NewsPage>> news(std::string_view cursor) override;

 private:
  std::string fresh_id() const;
  http::Client& client_;
  XRoadSettings settings_;
  std::function<Bytes(std::size_t)> random_bytes_;
};

}  // namespace bianmin::departments
