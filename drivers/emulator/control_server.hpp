// Answers lines on a UNIX socket, one per connection.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "terminal/base/files.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::emulator {

class ControlServer {
 public:
  using Handler = std::function<Result<std::string>(std::string_view line)>;

  // `handler` runs on the server's thread. A socket that nobody listens on is replaced. Error
  // "emulator.no_socket".
  static Result<std::unique_ptr<ControlServer>> start(const std::string& socket_path, Handler handler);
  ~ControlServer();

 private:
  ControlServer(std::string path, FileDescriptor socket, Handler handler);
  void run(std::stop_token stop);
  void answer(int client);

  std::string path_;
  FileDescriptor socket_;
  FileDescriptor stop_event_;
  Handler handler_;
  std::jthread thread_;
};

}  // namespace bianmin::emulator
