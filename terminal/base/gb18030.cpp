#include "terminal/base/gb18030.hpp"

#include <iconv.h>

#include <array>
#include <cerrno>
#include <memory>

namespace bianmin {

namespace {

// glibc loads a character set's module at each iconv_open and lets it go again: what slips are made of keeps
// one open per thread (thread_local below).
class Converter {
 public:
  Converter(const char* to, const char* from) : handle_(::iconv_open(to, from)) {}
  ~Converter() {
    if (valid()) ::iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  bool valid() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  // Converts as much as it can; the rest stays in `in`. Each call begins anew.
  Bytes convert(ByteView& in) {
    ::iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    Bytes out;
    // iconv's interface takes a mutable pointer to what it only reads.
    char* from = const_cast<char*>(reinterpret_cast<const char*>(in.data()));  // NOLINT
    std::size_t left = in.size();
    for (;;) {
      std::array<char, 512> piece;
      char* to = piece.data();
      std::size_t room = piece.size();
      const std::size_t result = ::iconv(handle_, &from, &left, &to, &room);
      const int error = errno;
      append(out, view_of({piece.data(), piece.size() - room}));
      if (result != static_cast<std::size_t>(-1) || error != E2BIG) break;
    }
    in = in.subspan(in.size() - left);
    return out;
  }

 private:
  iconv_t handle_;
};

std::string utf8_by(Converter& converter, ByteView bytes) {
  std::string text;
  while (!bytes.empty()) {
    if (!converter.valid()) return text + "\uFFFD";
    text += text_of(converter.convert(bytes));
    if (bytes.empty()) break;
    text += "\uFFFD";
    bytes = bytes.subspan(1);
  }
  return text;
}

}  // namespace

Result<Bytes> gb18030_from_utf8(std::string_view text) {
  thread_local Converter converter("GB18030", "UTF-8");
  ByteView left = view_of(text);
  Bytes converted = converter.valid() ? converter.convert(left) : Bytes();
  if (!left.empty()) return Error{Remedy::refuse, "text.bad_utf8", "not text"};
  return converted;
}

std::string utf8_from_gb18030(ByteView bytes) {
  thread_local Converter converter("UTF-8", "GB18030");
  return utf8_by(converter, bytes);
}

std::string utf8_from_charset(ByteView bytes, const char* charset) {
  Converter converter("UTF-8", charset);
  return utf8_by(converter, bytes);
}

}  // namespace bianmin
