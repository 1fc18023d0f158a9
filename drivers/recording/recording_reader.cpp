#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "drivers/recording/recording.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::recording {

namespace {

constexpr std::size_t descriptors_byte_max = 64 * 1024;
constexpr std::int64_t time_us_max = std::int64_t{24} * 3'600 * 1'000'000;
constexpr std::array codes = std::to_array<std::string_view>(
    {"usb.gone", "usb.timeout", "usb.stall", "usb.overflow", "usb.io", "usb.cancelled"});

std::optional<std::uint64_t> number(std::string_view text, std::uint64_t at_most) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > at_most) return std::nullopt;
  return value;
}

// "12.345" in ms.
std::optional<std::int64_t> time_us(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || text.size() - point != 4) return std::nullopt;
  const auto whole = number(text.substr(0, point), time_us_max / 1'000);
  std::string_view digits = text.substr(point + 1);
  while (digits.size() > 1 && digits[0] == '0') digits.remove_prefix(1);
  const auto part = number(digits, 999);
  if (!whole || !part) return std::nullopt;
  return static_cast<std::int64_t>(*whole * 1'000 + *part);
}

// Lower case alone, so that one recording has one text.
std::optional<Bytes> hex(std::string_view text, std::size_t byte_count_max) {
  if (text.empty() || text.size() / 2 > byte_count_max) return std::nullopt;
  if (std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'F'; })) return std::nullopt;
  auto bytes = from_hex(text);
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

std::optional<Bytes> hex_or_none(std::string_view text) {
  if (text == "-") return Bytes();
  return hex(text, transfer_byte_max);
}

std::optional<Kind> kind_of(std::string_view word) {
  if (word == "control") return Kind::control;
  if (word == "bulk") return Kind::bulk;
  if (word == "interrupt") return Kind::interrupt;
  return std::nullopt;
}

using Words = std::vector<std::string_view>;

// The words of a control transfer's setup, at `at`.
bool read_setup(const Words& words, std::size_t at, Transfer& transfer) {
  constexpr std::array<std::size_t, 4> byte_counts = {1, 1, 2, 2};
  for (std::size_t i = 0; i < byte_counts.size(); ++i) {
    auto part = hex(words[at + i], 2);
    if (!part || part->size() != byte_counts[i]) return false;
    std::reverse(part->begin(),
                 part->end());  // numbers are written big-endian, and travel the other way round
    append(transfer.setup, *part);
  }
  return ((transfer.setup[0] & 0x80U) != 0) == transfer.is_in();
}

bool read_endpoint(std::string_view word, Transfer& transfer) {
  const auto endpoint = hex(word, 1);
  if (!endpoint || endpoint->size() != 1) return false;
  const bool in = transfer.is_in();
  transfer.endpoint = (*endpoint)[0];
  return transfer.is_in() == in;
}

// "= ok 10", "= ok aabb", "= usb.timeout", at `at`.
bool read_end(const Words& words, std::size_t at, Transfer& transfer) {
  if (words.size() < at + 2 || words[at] != "=") return false;
  transfer.code = words[at + 1];
  if (!transfer.ok()) {
    return words.size() == at + 2 && std::find(codes.begin(), codes.end(), transfer.code) != codes.end();
  }
  if (words.size() != at + 3) return false;
  if (transfer.is_in()) {
    auto answer = hex_or_none(words[at + 2]);
    if (!answer || answer->size() > transfer.byte_max) return false;
    transfer.answer = std::move(*answer);
    return true;
  }
  const auto taken = number(words[at + 2], transfer.sent.size());
  if (!taken) return false;
  transfer.taken = *taken;
  return true;
}

std::optional<Transfer> parse_transfer(std::string_view line) {
  constexpr std::size_t place_at = 4;
  const Words words = split(line, ' ');
  if (words.size() < place_at + 4) return std::nullopt;
  Transfer transfer;
  const auto at = time_us(words[0]);
  const auto took = time_us(words[1]);
  const auto kind = kind_of(words[2]);
  if (!at || !took || !kind || (words[3] != "in" && words[3] != "out")) return std::nullopt;
  transfer.at_us = *at;
  transfer.took_us = *took;
  transfer.kind = *kind;
  transfer.endpoint = words[3] == "in" ? 0x80 : 0x00;
  std::size_t next = place_at + 1;
  if (transfer.kind == Kind::control) {
    next = place_at + 4;
    if (words.size() < next + 3 || !read_setup(words, place_at, transfer)) return std::nullopt;
  } else if (!read_endpoint(words[place_at], transfer)) {
    return std::nullopt;
  }
  if (transfer.is_in()) {
    const auto byte_max = number(words[next], transfer_byte_max);
    if (!byte_max) return std::nullopt;
    transfer.byte_max = *byte_max;
  } else {
    auto sent = hex_or_none(words[next]);
    if (!sent) return std::nullopt;
    transfer.sent = std::move(*sent);
  }
  if (!read_end(words, next + 1, transfer)) return std::nullopt;
  return transfer;
}

Error bad(std::string_view code, std::size_t line_number) {
  return {Remedy::refuse, code, "line " + std::to_string(line_number)};
}

}  // namespace

Result<Recording> parse_recording(std::string_view text) {
  constexpr std::string_view descriptors_word = "descriptors ";
  if (text.size() > recording_byte_max) return Error{Remedy::refuse, "recording.too_large", "as a whole"};
  if (!text.ends_with('\n')) return Error{Remedy::refuse, "recording.bad_header", "the last line has no end"};
  Recording recording;
  std::size_t number_of_line = 0;
  bool described = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    ++number_of_line;
    if (number_of_line == 1) {
      if (line != "bianmin usb recording 1") return bad("recording.bad_header", number_of_line);
    } else if (line.starts_with('#')) {
      continue;
    } else if (!described) {
      auto bytes = line.starts_with(descriptors_word)
                       ? hex(line.substr(descriptors_word.size()), descriptors_byte_max)
                       : std::nullopt;
      if (!bytes) return bad("recording.bad_descriptors", number_of_line);
      recording.descriptors = std::move(*bytes);
      described = true;
    } else {
      auto transfer = parse_transfer(line);
      if (!transfer) return bad("recording.bad_transfer", number_of_line);
      if (recording.transfers.size() >= transfer_count_max) return bad("recording.too_large", number_of_line);
      recording.transfers.push_back(std::move(*transfer));
    }
  }
  if (!described) return bad("recording.bad_descriptors", number_of_line);
  return recording;
}

}  // namespace bianmin::recording
