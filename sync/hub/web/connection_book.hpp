// Who is connected, and how many may be: in all, from one address, with one certificate.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "terminal/base/bytes.hpp"

namespace bianmin::hub {

constexpr std::size_t connections_max = 20'000;
// Behind one address there may be all terminals of a county: whoever knows better says so (kiosk-hub serve
// --per-address).
constexpr std::size_t connections_per_address_max = 2'000;
// An agent has one, and a second while the first is only half gone.
constexpr std::size_t connections_per_terminal_max = 8;

struct ConnectionLimits {
  std::size_t all = connections_max;
  std::size_t per_address = connections_per_address_max;
  std::size_t per_terminal = connections_per_terminal_max;
};

// What counts as one address: an IPv4 address, also inside IPv6, or the first 64 bits of an IPv6 address (RFC
// 6177: one site has at least as many). `bytes`: 4 or 16.
std::string address_key(ByteView bytes);

// Thread-bound.
class ConnectionBook {
 public:
  explicit ConnectionBook(const ConnectionLimits& limits) : limits_(limits) {}

  // Nothing, or why no more may come from there: "total", "address".
  std::optional<std::string_view> refuses(const std::string& address) const;
  void opened(std::uint64_t number, const std::string& address);
  // Its certificate is this terminal's. Returns the oldest connection of that terminal when there are too
  // many now: it has to go, for an agent whose old ones are half gone must not be locked out by them.
  std::optional<std::uint64_t> named(std::uint64_t number, const std::string& terminal);
  void closed(std::uint64_t number);
  bool has(std::uint64_t number) const { return connections_.contains(number); }
  std::size_t count() const { return connections_.size(); }

 private:
  struct Entry {
    std::string address;
    std::string terminal;
  };
  ConnectionLimits limits_;
  std::unordered_map<std::uint64_t, Entry> connections_;
  std::unordered_map<std::string, std::size_t> of_address_;
  std::unordered_map<std::string, std::vector<std::uint64_t>> of_terminal_;  // oldest first
};

}  // namespace bianmin::hub
