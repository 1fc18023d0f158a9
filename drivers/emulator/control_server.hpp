// Answers lines on a UNIX socket.
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

  // How long a client stays: for one line, as programs do, or for as many as it has, as a virtual machine
  // does, whose guest reaches the socket through one serial port. Clients are served one after the other.
  enum class Stay { one_line, many_lines };

  // `handler` runs on the server's thread. A socket that nobody listens on is replaced. Error
  // "emulator.no_socket".
  static Result<std::unique_ptr<ControlServer>> start(const std::string& socket_path, Handler handler,
                                                      Stay stay = Stay::one_line);
  ~ControlServer();

 private:
  ControlServer(std::string path, FileDescriptor socket, Handler handler, Stay stay);
  void run(std::stop_token stop);
  void converse(int client);
  bool answer(int client, const std::string& line);

  std::string path_;
  FileDescriptor socket_;
  FileDescriptor stop_event_;
  Handler handler_;
  Stay stay_;
  std::jthread thread_;
};

}  // namespace bianmin::emulator
