#include "tests/sync/security/needles.hpp"

#include <iconv.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace bianmin::test {

namespace {

std::string converted(const std::string& text, const char* to) {
  const iconv_t converter = ::iconv_open(to, "UTF-8");
  if (converter == reinterpret_cast<iconv_t>(-1)) std::abort();  // NOLINT: as the manual says
  std::string out(text.size() * 4 + 8, '\0');
  std::string in = text;
  char* from = in.data();
  char* at = out.data();
  std::size_t left = in.size();
  std::size_t room = out.size();
  if (::iconv(converter, &from, &left, &at, &room) == static_cast<std::size_t>(-1)) std::abort();
  ::iconv_close(converter);
  out.resize(out.size() - room);
  return out;
}

std::string hex(std::string_view bytes, const char* digits, const char* before) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += before;
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

// The characters that are the same whatever stands before and behind.
std::string base64_inside(const std::string& text, std::size_t offset) {
  const std::string encoded = base64_of(std::string(offset, '\0') + text + std::string(3, '\0'));
  const std::size_t first = (offset * 8 + 5) / 6;
  const std::size_t last = (offset + text.size()) * 8 / 6;
  return encoded.substr(first, last - first);
}

std::uint64_t start_of(const char* bytes) {
  std::uint64_t start = 0;
  std::memcpy(&start, bytes, sizeof start);
  return start;
}

}  // namespace

std::string base64_of(std::string_view bytes) {
  static constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    pending = (pending << 8U) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) out += digits[(pending >> (bits - 6)) & 63U];
  }
  if (bits > 0) out += digits[(pending << (6 - bits)) & 63U];
  return out;
}

std::vector<std::string> forms_of(const std::string& text) {
  std::vector<std::string> forms = {text, converted(text, "UTF-16LE"), converted(text, "UTF-16BE"),
                                    converted(text, "GB18030")};
  for (std::size_t offset = 0; offset < 3; ++offset) forms.push_back(base64_inside(text, offset));
  forms.push_back(hex(text, "0123456789abcdef", ""));
  forms.push_back(hex(text, "0123456789ABCDEF", ""));
  forms.push_back(hex(text, "0123456789ABCDEF", "%"));
  forms.push_back(hex(text, "0123456789abcdef", "%"));
  const std::size_t count = forms.size();
  for (std::size_t at = 0; at < count; ++at) forms.emplace_back(forms[at].rbegin(), forms[at].rend());
  return forms;
}

void Needles::add_form(std::string form) {
  if (form.size() < shortest_needle_bytes) std::abort();  // such a needle is found by chance
  const std::uint64_t start = start_of(form.data());
  by_start_.emplace(start, std::move(form));
  ++count_;
}

std::string Needles::find_in(const std::string& haystack) const {
  for (std::size_t at = 0; at + shortest_needle_bytes <= haystack.size(); ++at) {
    const auto [begin, end] = by_start_.equal_range(start_of(haystack.data() + at));
    for (auto one = begin; one != end; ++one) {
      if (haystack.compare(at, one->second.size(), one->second) == 0) return one->second;
    }
  }
  return {};
}

}  // namespace bianmin::test
