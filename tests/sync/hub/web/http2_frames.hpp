// HTTP/2 by hand: what no client library would send.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "terminal/base/bytes.hpp"

namespace bianmin::test {

inline constexpr std::uint8_t end_stream = 0x1;
inline constexpr std::uint8_t end_headers = 0x4;

Bytes frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, const Bytes& payload);
// HPACK literals without indexing (RFC 7541 §6.2.2), no Huffman.
Bytes header_block(const std::vector<std::pair<std::string, std::string>>& fields);
Bytes opening();  // the preface and empty SETTINGS
Bytes request_headers(std::uint32_t stream, const std::string& path, std::uint8_t flags = end_headers);
Bytes reset_frame(std::uint32_t stream);

// The DATA of one stream in what the server sent.
std::string data_of(ByteView bytes, std::uint32_t stream);

struct GoAway {
  std::uint32_t last_stream = 0;
  std::uint32_t code = 0;
};
inline constexpr std::uint32_t calm_down = 0xb;  // ENHANCE_YOUR_CALM
std::vector<GoAway> goaways_in(ByteView bytes);

}  // namespace bianmin::test
