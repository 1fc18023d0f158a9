// Custody for other processes: a thread for each connection.
#pragma once

#include <functional>

#include "sync/custody/desk.hpp"
#include "terminal/base/log.hpp"

namespace bianmin::custody {

constexpr std::size_t connections_max = 128;  // of each role; more are closed at once
constexpr int frame_timeout_ms = 5'000;       // for the rest of a message that has begun, and for a reply

struct Entrance {
  FileDescriptor socket;
  Role role = Role::judge;
  bool door = false;  // else a listening socket (frames.hpp)
};

class Server {
 public:
  struct Parts {
    std::filesystem::path hub_folder;
    std::vector<Entrance> entrances;
    OpeningsLog& openings;
    Log& log;
    std::function<bool()> outdated = {};  // looked at once a second: true ends run(). Null: never
  };
  // Loads the keys. Errors: those of LocalCustody::load.
  static Result<std::unique_ptr<Server>> make(Parts parts);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Serves until `stop_fd` is readable or at its end, or `outdated` says so; returns when the last thread has
  // ended.
  void run(int stop_fd);

 private:
  struct Connection;
  Server(Parts parts, std::unique_ptr<LocalCustody> keys);
  void let_in(const Entrance& entrance);
  void sweep();
  void serve(Connection& connection);
  Parts parts_;
  std::unique_ptr<LocalCustody> keys_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace bianmin::custody
