#include "sync/departments/connected_department.hpp"

#include "sync/departments/x_road_department.hpp"
#include "sync/seal/digest.hpp"

namespace bianmin::departments {

std::unique_ptr<Department> make_department(const DepartmentSettings& settings, http::Client& client) {
  if (settings.kind == DepartmentKind::rest) return std::make_unique<RestDepartment>(client, settings.rest);
  if (settings.kind == DepartmentKind::x_road) {
    return std::make_unique<XRoadDepartment>(client, settings.x_road, seal::random_bytes);
  }
  return nullptr;
}

Result<std::unique_ptr<ConnectedDepartment>> ConnectedDepartment::make(const DepartmentSettings& settings,
                                                                       std::function<bool()> stopping) {
  auto client_settings = settings.client;
  client_settings.stopping = std::move(stopping);
  auto client = http::CurlClient::make(std::move(client_settings));
  if (!client) return client.error();
  auto department = make_department(settings, **client);
  if (!department) return Error{Remedy::refuse, "departments.bad_book", settings.name + " is the register"};
  return std::unique_ptr<ConnectedDepartment>(
      new ConnectedDepartment(std::move(client).value(), std::move(department)));
}

}  // namespace bianmin::departments
