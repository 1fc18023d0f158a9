// The simulated department on a real socket.
#pragma once

#include "tests/fakes/department_simulator.hpp"
#include "tests/fakes/http_server.hpp"

namespace bianmin::test {

class DepartmentServer {
 public:
  explicit DepartmentServer(DepartmentSimulator& simulator, std::optional<seal::TlsFiles> tls = {})
      : server_([&simulator](const http::Request& request) { return play(simulator.serve(request)); },
                std::move(tls)) {}
  std::string url(const std::string& path) const { return server_.url(path); }

 private:
  static PlayedAnswer play(DepartmentSimulator::Served served) {
    const auto delivery = [&] {
      switch (served.fault) {
        case DepartmentFault::down:
        case DepartmentFault::lost_answer:
          return Delivery::nothing;
        case DepartmentFault::slow:
          return Delivery::hang;
        case DepartmentFault::partial:
          return Delivery::half;
        case DepartmentFault::oversize:
          return Delivery::endless;
        default:
          return Delivery::whole;
      }
    }();
    return {std::move(served.response), delivery};
  }
  HttpServer server_;
};

}  // namespace bianmin::test
