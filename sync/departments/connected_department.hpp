// A department of the book with its own connection.
#pragma once

#include <memory>

#include "sync/departments/department_book.hpp"

namespace bianmin::departments {

// Thread-bound.
class ConnectedDepartment : public Department {
 public:
  // `stopping`: as in http::ClientSettings. Errors: those of CurlClient::make; "departments.bad_book" for the
  // register, which is none.
  static Result<std::unique_ptr<ConnectedDepartment>> make(const DepartmentSettings& settings,
                                                           std::function<bool()> stopping);
  Outcome file(const record::CaseRecord& record) override { return department_->file(record); }
  std::optional<Result<NewsPage>> news(std::string_view cursor) override { return department_->news(cursor); }

 private:
  ConnectedDepartment(std::unique_ptr<http::Client> client, std::unique_ptr<Department> department)
      : client_(std::move(client)), department_(std::move(department)) {}
  std::unique_ptr<http::Client> client_;
  std::unique_ptr<Department> department_;  // borrows the client
};

// What of the book talks to that department, over any client.
std::unique_ptr<Department> make_department(const DepartmentSettings& settings, http::Client& client);

}  // namespace bianmin::departments
