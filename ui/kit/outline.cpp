#include "ui/kit/outline.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <numbers>
#include <optional>

namespace bianmin::ui {
namespace {

using Kind = OutlineSegment::Kind;
constexpr double coordinate_max = 1'000;  // far outside the box: the file is broken

Error bad(std::string_view why) { return {Remedy::refuse, "picture.bad", std::string(why)}; }

struct Arc {
  double radius_x, radius_y, rotation;
  bool large, sweep;
};

class PathReader {
 public:
  PathReader(std::string_view data, std::vector<OutlineSegment>& out) : rest_(data), out_(out) {}

  Result<void> read() {
    char command = 0;
    for (skip_separators(); !rest_.empty(); skip_separators()) {
      const bool letter = std::isalpha(static_cast<unsigned char>(rest_.front())) != 0;
      if (letter) {
        command = rest_.front();
        rest_.remove_prefix(1);
      } else if (command == 'M' || command == 'm') {
        command = command == 'M' ? 'L' : 'l';  // further pairs after a move are lines
      }
      if (!step(command, letter)) return bad("path data");
      if (out_.size() > outline_segment_count_max) return bad("too many segments");
    }
    return {};
  }

 private:
  bool step(char command, bool fresh) {
    const bool relative = command >= 'a';
    const OutlinePoint base = relative ? at_ : OutlinePoint{};
    switch (command) {
      case 'M':
      case 'm':
        return point(base, [&](OutlinePoint to) { move(to); });
      case 'L':
      case 'l':
        return point(base, [&](OutlinePoint to) { line(to); });
      case 'H':
      case 'h':
        return value(base.x, [&](double x) { line({x, at_.y}); });
      case 'V':
      case 'v':
        return value(base.y, [&](double y) { line({at_.x, y}); });
      case 'C':
      case 'c':
        return curve(base);
      case 'A':
      case 'a':
        return arc(base);
      case 'Z':
      case 'z':
        if (!fresh) return false;
        out_.push_back({.kind = Kind::close, .end = start_});
        at_ = start_;
        return true;
      default:
        return false;
    }
  }

  void skip_separators() {
    const std::size_t next = rest_.find_first_not_of(" ,\t\r\n");
    rest_.remove_prefix(next == std::string_view::npos ? rest_.size() : next);
  }

  std::optional<double> number() {
    skip_separators();
    double read = 0;
    const auto [end, error] =
        std::from_chars(rest_.data(), rest_.data() + rest_.size(), read, std::chars_format::fixed);
    if (error != std::errc() || !std::isfinite(read) || std::abs(read) > coordinate_max) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return read;
  }

  // The flags of an arc may stand without anything between them.
  std::optional<bool> flag() {
    skip_separators();
    if (rest_.empty() || (rest_.front() != '0' && rest_.front() != '1')) return std::nullopt;
    const bool set = rest_.front() == '1';
    rest_.remove_prefix(1);
    return set;
  }

  std::optional<OutlinePoint> pair(OutlinePoint base) {
    const std::optional<double> x = number();
    const std::optional<double> y = x ? number() : std::nullopt;
    if (!y) return std::nullopt;
    return OutlinePoint{base.x + *x, base.y + *y};
  }

  template <typename Use>
  bool point(OutlinePoint base, Use use) {
    const std::optional<OutlinePoint> read = pair(base);
    if (read) use(*read);
    return read.has_value();
  }
  template <typename Use>
  bool value(double base, Use use) {
    const std::optional<double> read = number();
    if (read) use(base + *read);
    return read.has_value();
  }

  void move(OutlinePoint to) {
    out_.push_back({.kind = Kind::move, .end = to});
    at_ = start_ = to;
  }
  void line(OutlinePoint to) {
    out_.push_back({.kind = Kind::line, .end = to});
    at_ = to;
  }

  bool curve(OutlinePoint base) {
    const auto first = pair(base);
    const auto second = first ? pair(base) : std::nullopt;
    const auto end = second ? pair(base) : std::nullopt;
    if (!end) return false;
    out_.push_back({Kind::curve, *first, *second, *end});
    at_ = *end;
    return true;
  }

  bool arc(OutlinePoint base) {
    const auto radius_x = number();
    const auto radius_y = radius_x ? number() : std::nullopt;
    const auto rotation = radius_y ? number() : std::nullopt;
    const auto large = rotation ? flag() : std::nullopt;
    const auto sweep = large ? flag() : std::nullopt;
    const auto end = sweep ? pair(base) : std::nullopt;
    if (!end) return false;
    add_arc({std::abs(*radius_x), std::abs(*radius_y), *rotation * std::numbers::pi / 180, *large, *sweep},
            *end);
    return true;
  }

  // From end points to a centre and angles, then to curves of a quarter turn at most: SVG 1.1, F.6.5 and
  // F.6.6.
  void add_arc(Arc arc, OutlinePoint end) {
    if (arc.radius_x == 0 || arc.radius_y == 0 || (end.x == at_.x && end.y == at_.y)) return line(end);
    const double cosine = std::cos(arc.rotation);
    const double sine = std::sin(arc.rotation);
    const double half_x = (at_.x - end.x) / 2;
    const double half_y = (at_.y - end.y) / 2;
    const double x = cosine * half_x + sine * half_y;
    const double y = -sine * half_x + cosine * half_y;
    const double reach = x * x / (arc.radius_x * arc.radius_x) + y * y / (arc.radius_y * arc.radius_y);
    if (reach > 1) {
      arc.radius_x *= std::sqrt(reach);
      arc.radius_y *= std::sqrt(reach);
    }
    double factor = std::sqrt(std::max(0.0, 1 / std::min(1.0, reach) - 1));
    if (arc.large == arc.sweep) factor = -factor;
    const double middle_x = factor * arc.radius_x * y / arc.radius_y;
    const double middle_y = -factor * arc.radius_y * x / arc.radius_x;
    const OutlinePoint centre{cosine * middle_x - sine * middle_y + (at_.x + end.x) / 2,
                              sine * middle_x + cosine * middle_y + (at_.y + end.y) / 2};
    const double from = std::atan2((y - middle_y) / arc.radius_y, (x - middle_x) / arc.radius_x);
    double turn = std::atan2((-y - middle_y) / arc.radius_y, (-x - middle_x) / arc.radius_x) - from;
    if (arc.sweep && turn < 0) turn += 2 * std::numbers::pi;
    if (!arc.sweep && turn > 0) turn -= 2 * std::numbers::pi;
    const auto place = [&](double unit_x, double unit_y) {
      return OutlinePoint{centre.x + cosine * unit_x * arc.radius_x - sine * unit_y * arc.radius_y,
                          centre.y + sine * unit_x * arc.radius_x + cosine * unit_y * arc.radius_y};
    };
    const int pieces =
        std::max(1, static_cast<int>(std::ceil(std::abs(turn) / (std::numbers::pi / 2) - 1e-9)));
    const double piece = turn / pieces;
    const double pull = 4.0 / 3.0 * std::tan(piece / 4);
    for (int i = 0; i < pieces; ++i) {
      const double a = from + i * piece;
      const double b = a + piece;
      out_.push_back({Kind::curve, place(std::cos(a) - pull * std::sin(a), std::sin(a) + pull * std::cos(a)),
                      place(std::cos(b) + pull * std::sin(b), std::sin(b) - pull * std::cos(b)),
                      place(std::cos(b), std::sin(b))});
    }
    at_ = end;
  }

  std::string_view rest_;
  std::vector<OutlineSegment>& out_;
  OutlinePoint at_;
  OutlinePoint start_;
};

// The value of an attribute of one tag; empty when it has none.
std::string_view attribute(std::string_view tag, std::string_view name_and_quote) {
  const std::size_t begin = tag.find(name_and_quote);
  if (begin == std::string_view::npos) return {};
  tag.remove_prefix(begin + name_and_quote.size());
  return tag.substr(0, tag.find('"'));
}

}  // namespace

Result<std::vector<OutlineSegment>> parse_outline(std::string_view svg) {
  constexpr std::string_view path_tag = "<path";
  if (svg.size() > outline_byte_max) return bad("too large");
  std::vector<OutlineSegment> segments;
  for (std::size_t at = svg.find(path_tag); at != std::string_view::npos; at = svg.find(path_tag, at)) {
    const std::size_t end = svg.find('>', at);
    if (end == std::string_view::npos) return bad("open tag");
    const std::string_view tag = svg.substr(at, end - at);
    at = end;
    if (attribute(tag, " stroke=\"") == "none") continue;
    const Result<void> read = PathReader(attribute(tag, " d=\""), segments).read();
    if (!read) return read.error();
  }
  if (segments.empty()) return bad("no path");
  return segments;
}

}  // namespace bianmin::ui
