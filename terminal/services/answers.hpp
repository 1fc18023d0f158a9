// What a person said and what the card said, in memory that is wiped. Personal data: never logged.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "terminal/base/bytes.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::services {

// Thread-bound. Values are wiped when they are replaced, erased or destroyed; keys are names of the package.
class Answers {
 public:
  void set(std::string_view key, std::string_view value) {
    const ByteView bytes = view_of(value);
    values_.insert_or_assign(std::string(key), SecretBytes(bytes.begin(), bytes.end()));
  }
  void erase(std::string_view key) {
    const auto found = values_.find(key);
    if (found != values_.end()) values_.erase(found);
  }
  void clear() { values_.clear(); }
  bool empty() const { return values_.empty(); }

  // Borrows until the next change of this key.
  std::optional<std::string_view> get(std::string_view key) const {
    const auto found = values_.find(key);
    if (found == values_.end()) return std::nullopt;
    return std::string_view(reinterpret_cast<const char*>(found->second.data()), found->second.size());
  }

 private:
  std::map<std::string, SecretBytes, std::less<>> values_;
};

}  // namespace bianmin::services
