#include "sync/departments/json_pieces.hpp"

#include "terminal/base/text.hpp"

namespace bianmin::departments {

namespace {

// Behind the string that begins at `at`; npos: it does not end.
std::size_t behind_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::optional<std::vector<std::string_view>> json_pieces(std::string_view text, char open, char close,
                                                         std::size_t count_max) {
  text = trim(text);
  if (text.size() < 2 || text.front() != open || text.back() != close) return std::nullopt;
  const std::string_view inner = text.substr(1, text.size() - 2);
  std::vector<std::string_view> pieces;
  std::size_t depth = 0;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < inner.size();) {
    const char c = inner[at];
    if (c == '"') {
      at = behind_string(inner, at);
      if (at == std::string_view::npos) return std::nullopt;
      continue;
    }
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') {
      if (depth == 0) return std::nullopt;
      --depth;
    }
    if (c == ',' && depth == 0) {
      pieces.push_back(trim(inner.substr(begin, at - begin)));
      begin = at + 1;
      if (pieces.size() == count_max) return std::nullopt;
    }
    ++at;
  }
  if (depth != 0) return std::nullopt;
  const std::string_view last = trim(inner.substr(begin));
  if (!last.empty() || !pieces.empty()) pieces.push_back(last);
  if (pieces.size() > count_max) return std::nullopt;
  return pieces;
}

std::optional<JsonMember> json_member(std::string_view piece) {
  if (piece.empty() || piece.front() != '"') return std::nullopt;
  const std::size_t end = behind_string(piece, 0);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view rest = trim(piece.substr(end));
  if (rest.empty() || rest.front() != ':') return std::nullopt;
  return JsonMember{piece.substr(0, end), trim(rest.substr(1))};
}

}  // namespace bianmin::departments
