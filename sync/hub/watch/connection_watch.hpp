// An agent keeps one connection, and never goes back to an older one. Two that take turns are two devices
// with one certificate.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

namespace bianmin::hub {

constexpr int returns_of_a_clone = 2;  // one may be a late piece of a connection that was given up
constexpr std::size_t watched_terminals_max = 1'000'000;

// Thread-bound.
class ConnectionWatch {
 public:
  // A request of `terminal_id` has come on `connection`; later ones have larger numbers, 0 is none. True when
  // an older connection was used after a newer one, returns_of_a_clone times; then it counts anew.
  bool takes_turns(const std::string& terminal_id, std::uint64_t connection);

 private:
  struct Seen {
    std::uint64_t connection = 0;
    int return_count = 0;
  };
  std::unordered_map<std::string, Seen> seen_;
};

}  // namespace bianmin::hub
