// Reads a JSON object strictly: every key must be asked for, every value must have its type and range.
//
// The first thing that is wrong is kept, with its place as a JSON pointer (RFC 6901); after it every read
// returns an empty value, so a reader is checked once, at the end. Thread-bound.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/base/json.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::services {

// Where the first error of one file is collected.
class Findings {
 public:
  explicit Findings(std::string file) : file_(std::move(file)) {}
  // `code` must be a literal.
  void add(std::string_view code, std::string_view place, std::string_view what);
  bool any() const { return error_.has_value(); }
  Result<void> result() const;

 private:
  std::string file_;
  std::optional<Error> error_;
};

enum class Need { required, optional };

class ObjectReader {
 public:
  // Borrows all three. A value that is no object is "package.bad_value".
  ObjectReader(const Json& value, std::string place, Findings& findings);

  // 1 to `byte_max` bytes. Errors "package.missing_key", "package.bad_value".
  std::string text(std::string_view key, Need need = Need::required, std::size_t byte_max = 200);
  // [a-z][a-z0-9-_.]*, at most 64: ids, icons, keys of strings. Error `bad_code`.
  std::string name(std::string_view key, Need need = Need::required,
                   std::string_view bad_code = "package.bad_id");
  int number(std::string_view key, int least, int most, std::optional<int> otherwise = std::nullopt);
  bool flag(std::string_view key, bool otherwise);
  std::vector<std::string> texts(std::string_view key, Need need, std::size_t count_max);

  struct Element {
    const Json* value;
    std::string place;
  };
  std::vector<Element> array(std::string_view key, Need need, std::size_t count_max);
  std::optional<Element> object(std::string_view key);
  bool has(std::string_view key) const;

  // Anything not asked for is "package.unknown_key". Call it last.
  void finish();

  void fail(std::string_view code, std::string_view key, std::string_view what);
  const std::string& place() const { return place_; }
  Findings& findings() { return findings_; }

 private:
  const Json* take(std::string_view key, Need need);

  const Json* object_;
  std::string place_;
  Findings& findings_;
  std::set<std::string, std::less<>> asked_;
};

bool valid_name(std::string_view text);

}  // namespace bianmin::services
