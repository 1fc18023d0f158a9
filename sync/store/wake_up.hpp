// A tap on the shoulder between terminal and agent: "look into the journal". It carries nothing, and losing
// one is harmless, because both sides also look every few seconds.
#pragma once

#include <filesystem>

#include "terminal/base/files.hpp"

namespace bianmin::store {

constexpr int journal_poll_ms = 2'000;  // how often both sides look anyway

// A UNIX datagram socket, mode 0600. Thread-bound.
class WakeUp {
 public:
  // Takes the path over from a process that died. Error "wake.unusable" (path too long, folder missing).
  static Result<WakeUp> bind(const std::filesystem::path& path);

  int fd() const { return socket_.get(); }  // for EventLoop::watch(fd, POLLIN, …)
  bool drain();                             // true when there was at least one

  // Never blocks; nobody listening is no error.
  static void send(const std::filesystem::path& path);

 private:
  explicit WakeUp(FileDescriptor socket) : socket_(std::move(socket)) {}
  FileDescriptor socket_;
};

}  // namespace bianmin::store
