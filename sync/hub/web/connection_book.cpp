#include "sync/hub/web/connection_book.hpp"

#include <algorithm>
#include <array>

namespace bianmin::hub {

std::string address_key(ByteView bytes) {
  constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0,    0,
                                                   0, 0, 0, 0, 0xff, 0xff};  // RFC 4291, 2.5.5.2
  if (bytes.size() == 16 && std::ranges::equal(bytes.first(12), mapped)) bytes = bytes.subspan(12);
  return to_hex(bytes.size() == 16 ? bytes.first(8) : bytes);
}

std::optional<std::string_view> ConnectionBook::refuses(const std::string& address) const {
  if (connections_.size() >= limits_.all) return "total";
  const auto known = of_address_.find(address);
  if (known != of_address_.end() && known->second >= limits_.per_address) return "address";
  return std::nullopt;
}

void ConnectionBook::opened(std::uint64_t number, const std::string& address) {
  connections_[number] = {address, {}};
  ++of_address_[address];
}

std::optional<std::uint64_t> ConnectionBook::named(std::uint64_t number, const std::string& terminal) {
  connections_[number].terminal = terminal;
  auto& numbers = of_terminal_[terminal];
  numbers.push_back(number);
  if (numbers.size() <= limits_.per_terminal) return std::nullopt;
  return numbers.front();
}

void ConnectionBook::closed(std::uint64_t number) {
  const auto found = connections_.find(number);
  if (found == connections_.end()) return;
  const auto address = of_address_.find(found->second.address);
  if (address != of_address_.end() && --address->second == 0) of_address_.erase(address);
  const auto terminal = of_terminal_.find(found->second.terminal);
  if (terminal != of_terminal_.end()) {
    std::erase(terminal->second, number);
    if (terminal->second.empty()) of_terminal_.erase(terminal);
  }
  connections_.erase(found);
}

}  // namespace bianmin::hub
