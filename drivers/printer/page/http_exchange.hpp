// HTTP/1.1 requests and their answers over any stream of bytes: as IPP over USB needs them. Source: RFC 9112.
#pragma once

#include <optional>
#include <string>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::printer {

// Implementations: a USB interface, and in tests a socket. Errors as of usb::Channel.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  virtual Result<std::size_t> write(ByteView bytes, int timeout_ms) = 0;  // how many were taken
  virtual Result<Bytes> read(int timeout_ms) = 0;
  // Both sides forget what is under way, where that can be asked for.
  virtual Result<void> restart() { return {}; }
};

struct HttpAnswer {
  int status = 0;
  Bytes body;
};

inline constexpr std::size_t http_head_byte_max = 16'384;
inline constexpr std::size_t http_body_byte_max = 512 * 1'024;

// Takes an answer apart, whatever the pieces it comes in. Pure. 1xx answers are skipped.
class HttpReader {
 public:
  // Error "http.bad_answer": it is none, or it is too large; no more is read then.
  Result<void> push(ByteView bytes);
  bool done() const { return stage_ == Stage::done; }
  const HttpAnswer& answer() const { return answer_; }

 private:
  enum class Stage { head, body, chunk_size, chunk, chunk_end, trailer, done };
  Result<void> read_head();
  Result<bool> step();  // false: more bytes are needed
  std::optional<std::string> take_line();

  Stage stage_ = Stage::head;
  Bytes buffer_;
  std::size_t left_ = 0;  // of the body or the chunk
  HttpAnswer answer_;
};

std::string http_head(std::string_view path, std::optional<std::size_t> length);  // without: chunked
Bytes http_chunk(ByteView bytes);
inline constexpr std::string_view http_last_chunk = "0\r\n\r\n";

}  // namespace bianmin::printer
