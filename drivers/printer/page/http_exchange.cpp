#include "drivers/printer/page/http_exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "terminal/base/config.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::printer {

namespace {

constexpr std::size_t line_byte_max = 8'192;

Error bad(std::string_view why) { return {Remedy::retry_later, "http.bad_answer", std::string(why)}; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& each : out) {
    if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
  }
  return out;
}

}  // namespace

Result<void> HttpReader::push(ByteView bytes) {
  append(buffer_, bytes);
  for (;;) {
    const auto more = step();
    if (!more) return more.error();
    if (!*more) return {};
  }
}

std::optional<std::string> HttpReader::take_line() {
  const auto end = std::find(buffer_.begin(), buffer_.end(), std::uint8_t{'\n'});
  if (end == buffer_.end()) return std::nullopt;
  std::string line(buffer_.begin(), end);
  buffer_.erase(buffer_.begin(), end + 1);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

Result<bool> HttpReader::step() {
  switch (stage_) {
    case Stage::head: {
      constexpr std::string_view end = "\r\n\r\n";
      if (std::search(buffer_.begin(), buffer_.end(), end.begin(), end.end()) == buffer_.end()) {
        if (buffer_.size() > http_head_byte_max) return bad("a head without an end");
        return false;
      }
      if (auto read = read_head(); !read) return read.error();
      return true;
    }
    case Stage::body:
    case Stage::chunk: {
      const std::size_t count = std::min(left_, buffer_.size());
      append(answer_.body, ByteView(buffer_).first(count));
      buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(count));
      left_ -= count;
      if (left_ > 0) return false;
      stage_ = stage_ == Stage::body ? Stage::done : Stage::chunk_end;
      return true;
    }
    case Stage::chunk_size: {
      const auto line = take_line();
      if (!line && buffer_.size() > line_byte_max) return bad("a chunk without a size");
      if (!line) return false;
      const auto read = std::from_chars(line->data(), line->data() + line->size(), left_, 16);
      if (read.ec != std::errc() || left_ > http_body_byte_max - answer_.body.size())
        return bad("a chunk's size");
      stage_ = left_ == 0 ? Stage::trailer : Stage::chunk;
      return true;
    }
    case Stage::chunk_end:
    case Stage::trailer: {
      const auto line = take_line();
      if (!line && buffer_.size() > line_byte_max) return bad("a line without an end");
      if (!line) return false;
      if (stage_ == Stage::chunk_end && !line->empty()) return bad("a chunk longer than it says");
      if (stage_ == Stage::chunk_end) stage_ = Stage::chunk_size;
      if (stage_ == Stage::trailer && line->empty()) stage_ = Stage::done;
      return true;
    }
    case Stage::done:
      break;
  }
  return false;
}

Result<void> HttpReader::read_head() {
  const std::string first = take_line().value_or("");
  const auto status = first.starts_with("HTTP/1.") && first.size() >= 12
                          ? parse_number(std::string_view(first).substr(9, 3), 100, 599)
                          : Result<std::int64_t>(Error{});
  if (!status) return bad("no status line");
  std::optional<std::int64_t> length;
  bool chunked = false;
  for (std::string line = take_line().value_or(""); !line.empty(); line = take_line().value_or("")) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string key = lower(trim(line.substr(0, colon)));
    const std::string value = lower(trim(line.substr(colon + 1)));
    if (key == "transfer-encoding" && value == "chunked") chunked = true;
    if (key != "content-length") continue;
    const auto number = parse_number(value, 0, http_body_byte_max);
    if (!number) return bad("a length that is none, or too much");
    length = *number;
  }
  if (*status < 200) return {};  // the real head follows
  answer_.status = static_cast<int>(*status);
  left_ = static_cast<std::size_t>(length.value_or(0));
  stage_ = chunked ? Stage::chunk_size : Stage::body;
  return {};
}

std::string http_head(std::string_view path, std::optional<std::size_t> length) {
  const std::string body =
      length ? fmt::format("Content-Length: {}", *length) : std::string("Transfer-Encoding: chunked");
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Bianmin\r\nContent-Type: "
      "application/ipp\r\n{}\r\n\r\n",
      path, body);
}

Bytes http_chunk(ByteView bytes) {
  Bytes out = bytes_of(fmt::format("{:x}\r\n", bytes.size()));
  append(out, bytes);
  append(out, view_of("\r\n"));
  return out;
}

}  // namespace bianmin::printer
