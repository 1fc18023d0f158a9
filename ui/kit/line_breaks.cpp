#include "ui/kit/line_breaks.hpp"

#include <algorithm>
#include <optional>

namespace bianmin::ui {
namespace {

// UTF-8 of the Chinese comma, full stop, semicolon, question and exclamation mark, colon.
constexpr std::string_view wide_marks[] = {"\xEF\xBC\x8C", "\xE3\x80\x82", "\xEF\xBC\x9B",
                                           "\xEF\xBC\x9F", "\xEF\xBC\x81", "\xEF\xBC\x9A"};
constexpr std::string_view closing_quote = "\xE2\x80\x9D";
constexpr std::string_view latin_marks = ".,;?!:";

std::size_t mark_length(std::string_view rest) {
  for (const std::string_view mark : wide_marks) {
    if (!rest.starts_with(mark)) continue;
    return mark.size() + (rest.substr(mark.size()).starts_with(closing_quote) ? closing_quote.size() : 0);
  }
  const bool latin = rest.size() > 1 && latin_marks.find(rest[0]) != std::string_view::npos && rest[1] == ' ';
  return latin ? 2 : 0;
}

struct Partition {
  int longest_px = 0;
  std::vector<std::size_t> ends;  // of the lines, counted in phrases
};

// The best way to set the phrases from `first` on in `lines` lines.
std::optional<Partition> best_partition(const std::vector<int>& widths, std::size_t first, int lines,
                                        int width_px) {
  if (first == widths.size()) return Partition{};
  if (lines == 0) return std::nullopt;
  std::optional<Partition> best;
  int line_px = 0;
  for (std::size_t end = first + 1; end <= widths.size(); ++end) {
    line_px += widths[end - 1];
    if (line_px > width_px) break;
    std::optional<Partition> rest = best_partition(widths, end, lines - 1, width_px);
    if (!rest) continue;
    rest->longest_px = std::max(rest->longest_px, line_px);
    if (best && best->longest_px <= rest->longest_px) continue;
    rest->ends.insert(rest->ends.begin(), end);
    best = std::move(rest);
  }
  return best;
}

}  // namespace

std::vector<std::string_view> phrases_of(std::string_view text) {
  std::vector<std::string_view> phrases;
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t mark = mark_length(text.substr(at));
    at += std::max<std::size_t>(1, mark);
    if (mark == 0) continue;
    phrases.push_back(text.substr(start, at - start));
    start = at;
  }
  if (start < text.size()) phrases.push_back(text.substr(start));
  return phrases;
}

std::string_view without_last_space(std::string_view line) {
  return line.ends_with(' ') ? line.substr(0, line.size() - 1) : line;
}

std::string lines_of_phrases(std::string_view text, int lines, int width_px,
                             const std::function<int(std::string_view)>& width_of) {
  constexpr int lines_max = 6;  // more is no sentence, and would take long to try
  const std::vector<std::string_view> phrases = phrases_of(text);
  if (phrases.size() < 2 || lines > lines_max) return {};
  std::vector<int> widths;
  for (const std::string_view phrase : phrases) widths.push_back(width_of(phrase));
  const std::optional<Partition> best = best_partition(widths, 0, lines, width_px);
  if (!best) return {};
  std::string broken;
  std::size_t first = 0;
  for (const std::size_t end : best->ends) {
    std::string line;
    for (; first < end; ++first) line += phrases[first];
    if (!broken.empty()) broken += '\n';
    broken += without_last_space(line);
  }
  return broken;
}

}  // namespace bianmin::ui
