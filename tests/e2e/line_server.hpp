// A UNIX-socket server of one-line requests for test programs: "WORD ARGUMENTS\n" in, "ok TEXT…" or "error
// TEXT" out.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "terminal/base/event_loop.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::e2e {

// The handler runs on the loop of the program; its answer goes back as it is. One connection at a time, one
// request per connection. Thread-bound; its own thread only waits for connections.
class LineServer {
 public:
  using Handler = std::function<Result<std::string>(const std::string& line)>;

  static Result<std::unique_ptr<LineServer>> listen(EventLoop& loop, const std::filesystem::path& socket,
                                                    Handler handler);
  ~LineServer();

 private:
  LineServer(EventLoop& loop, FileDescriptor listener, Handler handler);
  void serve(std::stop_token stop);
  std::string ask_loop(const std::string& line, std::stop_token stop);

  EventLoop& loop_;
  FileDescriptor listener_;
  std::shared_ptr<Handler> handler_;
  std::jthread thread_;
};

// Sends one line to such a server and returns what follows "ok ". Errors: "line.unreachable", "line.refused".
Result<std::string> ask_line(const std::filesystem::path& socket, const std::string& line,
                             int timeout_ms = 10'000);

}  // namespace bianmin::e2e
