// The whole records of both profiles that are fixed in tests/sync/vectors: keys, what is random in a sealing,
// and every byte that must come out. They were computed by a program that shares no code with this one.
#pragma once

#include "terminal/base/files.hpp"
#include "terminal/base/json.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::test {

inline Bytes unhex(std::string_view text) { return must(from_hex(text)); }
inline Bytes bytes_in(const Json& text) { return unhex(text.get<std::string>()); }

inline Json vectors_of(std::string_view profile) {
  const std::string path = "tests/sync/vectors/" + std::string(profile) + ".json";
  return must(parse_json(text_of(must(read_file(path, 1U << 20U)))));
}

}  // namespace bianmin::test
