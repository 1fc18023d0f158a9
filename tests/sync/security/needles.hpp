// Finds texts in bytes, in every form in which a program or a person may have left them.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "terminal/base/bytes.hpp"

namespace bianmin::test {

// UTF-8, UTF-16 of both ends, GB18030, base64 at each of its three offsets, hexadecimal of both cases,
// percent, and each of these backwards.
std::vector<std::string> forms_of(const std::string& text);

class Needles {
 public:
  void add(const std::string& text) {
    for (auto& form : forms_of(text)) add_form(std::move(form));
  }
  void add_form(std::string form);  // of at least shortest_needle_bytes
  // The first that is found; empty when none is.
  std::string find_in(const std::string& haystack) const;
  std::size_t count() const { return count_; }

 private:
  std::unordered_multimap<std::uint64_t, std::string> by_start_;
  std::size_t count_ = 0;
};

constexpr std::size_t shortest_needle_bytes = 8;

std::string base64_of(std::string_view bytes);

}  // namespace bianmin::test
