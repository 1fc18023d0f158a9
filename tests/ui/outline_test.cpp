// Pictures from path data: what is understood, and that nothing else gets through.

#include "ui/kit/outline.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/catch.hpp"

using namespace bianmin;
using namespace bianmin::ui;

namespace {

using Kind = OutlineSegment::Kind;

Result<std::vector<OutlineSegment>> path(const std::string& data) {
  return parse_outline("<svg><path d=\"" + data + "\" /></svg>");
}

void check_end(const OutlineSegment& segment, Kind kind, double x, double y) {
  CHECK(segment.kind == kind);
  CHECK(segment.end.x == Approx(x).margin(1e-9));
  CHECK(segment.end.y == Approx(y).margin(1e-9));
}

}  // namespace

TEST_CASE("lines, absolute and relative, with and without separators", "[outline]") {
  const auto read = path("M1 2l3,4-1-.5H7v2L0 0z m1 1 2 2");
  REQUIRE(read.ok());
  REQUIRE(read->size() == 9);
  check_end((*read)[0], Kind::move, 1, 2);
  check_end((*read)[1], Kind::line, 4, 6);
  check_end((*read)[2], Kind::line, 3, 5.5);
  check_end((*read)[3], Kind::line, 7, 5.5);
  check_end((*read)[4], Kind::line, 7, 7.5);
  check_end((*read)[5], Kind::line, 0, 0);
  check_end((*read)[6], Kind::close, 1, 2);
  check_end((*read)[7], Kind::move, 2, 3);
  check_end((*read)[8], Kind::line, 4, 5);
}

TEST_CASE("arcs become curves that stay on their circle", "[outline]") {
  // A full circle of radius 9 round 12,12, as Tabler draws it, flags run together.
  const auto read = path("M3 12a9 9 0 1018 0a9 9 0 10-18 0");
  REQUIRE(read.ok());
  REQUIRE(read->size() == 5);
  for (const OutlineSegment& segment : *read) {
    CHECK(std::hypot(segment.end.x - 12, segment.end.y - 12) == Approx(9));
  }
  check_end((*read)[2], Kind::curve, 21, 12);
  check_end((*read)[4], Kind::curve, 3, 12);
  CHECK((*read)[1].end.y == Approx(21));  // sweep 0: below first
  const auto quarter = path("M0 0A5 5 0 0 1 5 5");
  REQUIRE(quarter->size() == 2);
  CHECK((*quarter)[1].control_1.y == Approx(0).margin(1e-9));
  CHECK((*quarter)[1].control_2.x == Approx(5));
}

TEST_CASE("an arc too small for its ends is made to reach, one without radius is a line", "[outline]") {
  const auto small = path("M0 0a1 1 0 0 1 10 0");
  REQUIRE(small.ok());
  check_end(small->back(), Kind::curve, 10, 0);
  CHECK(path("M0 0a0 1 0 0 1 10 0")->back().kind == Kind::line);
  CHECK(path("M3 3a1 1 0 0 1 0 0")->back().kind == Kind::line);
}

TEST_CASE("curves keep their control points", "[outline]") {
  const auto read = path("M1 1c1 2 3 4 5 6");
  REQUIRE(read->size() == 2);
  CHECK(read->back().control_1.y == 3);
  CHECK(read->back().control_2.x == 4);
  check_end(read->back(), Kind::curve, 6, 7);
}

TEST_CASE("broken pictures are refused", "[outline]") {
  for (const char* data : {"1 1", "M1", "M1 x", "M1 1Q2 2 3 3", "M1 1zz 1", "M1 1a1 1 0 2 0 3 3",
                           "M1 1a1 1 0 1", "", "M1 1c1 1 1 1", "M1e9 1", "Mnan 1", "M1 1z5"}) {
    INFO(data);
    const auto read = path(data);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == "picture.bad");
  }
  CHECK_FALSE(parse_outline("<svg></svg>").ok());
  CHECK_FALSE(parse_outline("<path d=\"M1 1l2 2").ok());
  CHECK_FALSE(parse_outline(std::string(outline_byte_max + 1, ' ')).ok());
  std::string many = "M1 1";
  for (std::size_t i = 0; i <= outline_segment_count_max; ++i) many += "h1";
  CHECK_FALSE(path(many).ok());
}

TEST_CASE("paths without a stroke are left out", "[outline]") {
  const auto read = parse_outline("<path stroke=\"none\" d=\"M0 0h24\"/><path d=\"M1 1h2\"/>");
  REQUIRE(read.ok());
  CHECK(read->size() == 2);
}

TEST_CASE("all pictures of the product are understood, and cut short never crash", "[outline]") {
  int pictures = 0;
  for (const auto& entry : std::filesystem::directory_iterator("ui/kit/icons")) {
    if (entry.path().extension() != ".svg") continue;
    ++pictures;
    std::ifstream file(entry.path());
    const std::string svg{std::istreambuf_iterator<char>(file), {}};
    INFO(entry.path());
    const auto whole = parse_outline(svg);
    REQUIRE(whole.ok());
    for (const OutlineSegment& segment : *whole) {
      CHECK(segment.end.x == Approx(12).margin(12));
      CHECK(segment.end.y == Approx(12).margin(12));
    }
    for (std::size_t length = 0; length < svg.size(); length += 7) {
      const auto part = parse_outline(std::string_view(svg).substr(0, length));
      CHECK((!part.ok() || part->size() <= whole->size()));
    }
  }
  CHECK(pictures > 30);
}
