#include "drivers/printer/page/pack_bits.hpp"

#include <algorithm>

namespace bianmin::printer {

namespace {

constexpr std::size_t run_max = 128;

std::size_t equal_from_start(ByteView bytes) {
  std::size_t count = 1;
  while (count < std::min(bytes.size(), run_max) && bytes[count] == bytes[0]) ++count;
  return count;
}

}  // namespace

Run next_run(ByteView bytes) {
  // Two equal bytes between others cost less as they are.
  constexpr std::size_t worth = 3;
  const std::size_t equal = equal_from_start(bytes);
  if (equal >= worth || equal == bytes.size()) return {equal, equal > 1};
  std::size_t count = equal;
  while (count < std::min(bytes.size(), run_max) && equal_from_start(bytes.subspan(count)) < worth) ++count;
  return {count, false};
}

void pack_bits(ByteView bytes, Bytes& to) {
  while (!bytes.empty()) {
    const Run run = next_run(bytes);
    if (run.repeated) {
      to.push_back(static_cast<std::uint8_t>(257 - run.count));
      to.push_back(bytes[0]);
    } else {
      to.push_back(static_cast<std::uint8_t>(run.count - 1));
      append(to, bytes.first(run.count));
    }
    bytes = bytes.subspan(run.count);
  }
}

std::optional<std::size_t> unpack_bits(ByteView packed, std::span<std::uint8_t> out) {
  ByteReader reader(packed);
  std::size_t done = 0;
  while (done < out.size()) {
    const std::uint8_t control = reader.u8();
    if (reader.failed()) return std::nullopt;
    if (control == 128) continue;
    const std::size_t count = control < 128 ? control + std::size_t{1} : std::size_t{257} - control;
    if (count > out.size() - done) return std::nullopt;
    const auto to = out.begin() + static_cast<std::ptrdiff_t>(done);
    if (control < 128) {
      const ByteView bytes = reader.take(count);
      std::copy(bytes.begin(), bytes.end(), to);
    } else {
      std::fill_n(to, count, reader.u8());
    }
    done += count;
  }
  if (reader.failed()) return std::nullopt;
  return reader.position();
}

}  // namespace bianmin::printer
