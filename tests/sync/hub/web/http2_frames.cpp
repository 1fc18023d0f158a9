#include "tests/sync/hub/web/http2_frames.hpp"

namespace bianmin::test {

Bytes frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, const Bytes& payload) {
  ByteWriter out;
  out.u8(static_cast<std::uint8_t>(payload.size() >> 16U)).u16_be(static_cast<std::uint16_t>(payload.size()));
  return out.u8(type).u8(flags).u32_be(stream).bytes(payload).take();
}

Bytes header_block(const std::vector<std::pair<std::string, std::string>>& fields) {
  ByteWriter out;
  for (const auto& [name, value] : fields) {
    out.u8(0).u8(static_cast<std::uint8_t>(name.size())).text(name);
    out.u8(static_cast<std::uint8_t>(value.size())).text(value);
  }
  return out.take();
}

Bytes opening() {
  Bytes out = bytes_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  append(out, frame(0x4, 0, 0, {}));
  return out;
}

Bytes request_headers(std::uint32_t stream, const std::string& path, std::uint8_t flags) {
  return frame(
      0x1, flags, stream,
      header_block({{":method", "POST"}, {":scheme", "https"}, {":authority", "hub"}, {":path", path}}));
}

Bytes reset_frame(std::uint32_t stream) { return frame(0x3, 0, stream, {0, 0, 0, 8}); }

namespace {

template <typename See>
void each_frame(ByteView bytes, See see) {
  ByteReader in(bytes);
  while (in.left() >= 9) {
    const std::size_t high = in.u8();
    const std::size_t size = (high << 16U) | in.u16_be();
    const std::uint8_t type = in.u8();
    in.skip(1);
    const std::uint32_t id = in.u32_be();
    if (in.left() < size) return;
    see(type, id, in.take(size));
  }
}

}  // namespace

std::string data_of(ByteView bytes, std::uint32_t stream) {
  std::string data;
  each_frame(bytes, [&](std::uint8_t type, std::uint32_t id, ByteView payload) {
    if (type == 0 && id == stream) data += text_of(payload);
  });
  return data;
}

std::vector<GoAway> goaways_in(ByteView bytes) {
  std::vector<GoAway> out;
  each_frame(bytes, [&](std::uint8_t type, std::uint32_t, ByteView payload) {
    if (type != 0x7 || payload.size() < 8) return;
    ByteReader in(payload);
    const std::uint32_t last_stream = in.u32_be();
    out.push_back({last_stream, in.u32_be()});
  });
  return out;
}

}  // namespace bianmin::test
