// What goes to and fro between a program and a child process of its own that reads what is hostile, over the
// stream socket that is the child's stdin; and what such a child takes from itself first.
#pragma once

#include <chrono>
#include <span>
#include <stop_token>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin {

// The parent's end, for one conversation. Borrows the descriptor. Each call blocks until all of its bytes
// have gone or come, the deadline is over, or somebody requests the stop.
class ChildLine {
 public:
  struct Errors {
    Error died;  // the child is gone, or says what it should not
    Error slow;
    Error stopped;
  };
  ChildLine(int fd, int deadline_ms, std::stop_token stop, Errors errors);

  Result<void> send(ByteView bytes) const;
  Result<void> fill(std::span<std::uint8_t> room) const;

 private:
  Result<void> wait(short events) const;
  int fd_;
  std::chrono::steady_clock::time_point until_;
  std::stop_token stop_;
  Errors errors_;
};

// In the child, over its stdin: all of it; false: the parent is gone.
bool read_whole(std::span<std::uint8_t> room);
bool write_whole(ByteView bytes);

// In the child, before it has seen a byte: what it or a library says goes nowhere, it ends with its parent,
// gains no rights, leaves no core file, writes no file, and nobody reads its memory. False: not all of it.
bool renounce_rights();

}  // namespace bianmin
