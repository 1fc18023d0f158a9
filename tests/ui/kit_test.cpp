// Geometry, colours, canvas, text and layout, each by itself.

#include <unistd.h>

#include <filesystem>

#include "tests/catch.hpp"
#include "ui/kit/canvas.hpp"
#include "ui/kit/icons.hpp"
#include "ui/kit/layout.hpp"
#include "ui/kit/metrics.hpp"
#include "ui/kit/theme.hpp"
#include "ui/kit/typesetter.hpp"

using namespace bianmin;
using namespace bianmin::ui;

namespace {

NodePtr box(int width, int height, int grow = 0) {
  auto node = std::make_unique<Node>();
  node->style.width = width;
  node->style.height = height;
  node->style.grow = grow;
  return node;
}

NodePtr paged_list(int rows, int row_height) {
  auto list = std::make_unique<Node>();
  list->style.paged = true;
  for (int i = 0; i < rows; ++i) list->children.push_back(box(0, row_height));
  auto bar = std::make_unique<Node>();
  bar->style.axis = Axis::row;
  for (const int step : {-1, 1}) {
    bar->children.push_back(box(0, 20));
    bar->children.back()->page_step = step;
  }
  list->children.push_back(std::move(bar));
  return list;
}

}  // namespace

TEST_CASE("damage stays apart, joined where it overlaps, and few", "[kit][geometry]") {
  Damage damage;
  damage.add({0, 0, 0, 10});
  CHECK(damage.empty());
  damage.add({0, 0, 10, 10});
  damage.add({20, 0, 10, 10});
  CHECK(damage.rects().size() == 2);
  damage.add({5, 0, 20, 10});
  CHECK(damage.rects() == std::vector<Rect>{{0, 0, 30, 10}});
  for (int i = 0; i < 20; ++i) damage.add({0, 100 + 20 * i, 10, 10});
  CHECK(damage.rects().size() <= Damage::rect_count_max);
  Rect all;
  for (const Rect& rect : damage.rects()) all = all.united(rect);
  CHECK(all == Rect{0, 0, 30, 490});
}

TEST_CASE("rectangles", "[kit][geometry]") {
  const Rect rect{10, 10, 20, 20};
  CHECK(rect.contains(Point{10, 10}));
  CHECK_FALSE(rect.contains(Point{30, 10}));
  CHECK(rect.intersected({20, 20, 50, 50}) == Rect{20, 20, 10, 10});
  CHECK(rect.intersected({50, 50, 5, 5}).empty());
  CHECK_FALSE(rect.intersects({30, 10, 5, 5}));
  CHECK(rect.inset(2) == Rect{12, 12, 16, 16});
}

TEST_CASE("every theme keeps its contrasts", "[kit][theme]") {
  CHECK(contrast_ratio(rgb(0x000000), rgb(0xFFFFFF)) == Approx(21.0));
  for (const ThemeName name : {ThemeName::light, ThemeName::black}) {
    const Theme t = theme(name);
    for (const Colour ground : {t.ground, t.paper, t.pressed, t.tint}) {
      CHECK(contrast_ratio(t.ink, ground) >= 7);
      CHECK(contrast_ratio(t.primary, ground) >= 4.5);
    }
    for (const Colour ground : {t.ground, t.paper}) {
      CHECK(contrast_ratio(t.ink, ground) >= 10);
      CHECK(contrast_ratio(t.soft_ink, ground) >= 7);
      CHECK(contrast_ratio(t.good, ground) >= 7);
      CHECK(contrast_ratio(t.stop, ground) >= 7);
      CHECK(contrast_ratio(t.line, ground) >= 3);
    }
    CHECK(contrast_ratio(t.ink, t.note_ground) >= 7);
    CHECK(contrast_ratio(t.on_primary, t.primary) >= 7);
    CHECK(contrast_ratio(t.on_primary, t.primary_pressed) >= 7);
  }
}

TEST_CASE("sizes are millimetres of the screen that is there", "[kit][metrics]") {
  const Metrics usual;
  CHECK(usual.units(100) == 100);  // the design's grid is a pixel of a 21.5 inch screen
  CHECK(usual.mm(20) == 81);
  CHECK(Metrics{.ppi = 205}.mm(20) == 161);
  CHECK(usual.text(42) == 42);
  CHECK(Metrics{.text_size = TextSize::medium}.text(42) == 32);
  CHECK(Metrics{.text_size = TextSize::extra_large}.text(42) == 56);
  CHECK(Metrics{.text_size = TextSize::extra_large}.units(48) ==
        usual.units(48));  // text scales, borders do not
}

TEST_CASE("a canvas goes to a file and back", "[kit][canvas]") {
  const auto path =
      std::filesystem::temp_directory_path() / ("bianmin-canvas-" + std::to_string(::getpid()) + ".png");
  Canvas canvas({40, 30});
  canvas.fill({0, 0, 40, 30}, rgb(0x102030));
  canvas.push_clip({0, 0, 10, 10});
  canvas.fill({5, 5, 40, 30}, rgb(0xFFFFFF));
  canvas.pop_clip();
  CHECK(canvas.pixel(4, 4) == 0xFF102030);
  CHECK(canvas.pixel(9, 9) == 0xFFFFFFFF);
  CHECK(canvas.pixel(10, 10) == 0xFF102030);
  REQUIRE(canvas.write_png(path).ok());
  const Result<Canvas> read = Canvas::read_png(path);
  std::filesystem::remove(path);
  REQUIRE(read.ok());
  CHECK(read->size() == canvas.size());
  CHECK(read->pixel(9, 9) == canvas.pixel(9, 9));
  CHECK(read->pixel(20, 20) == canvas.pixel(20, 20));
  CHECK(Canvas::read_png(path).error().code == "canvas.unreadable");
  CHECK(canvas.write_png("/nonexistent/folder/a.png").error().code == "canvas.unwritable");
  canvas.wipe();
  CHECK(canvas.pixel(9, 9) == 0);
}

TEST_CASE("boxes keep inside their bounds", "[kit][canvas]") {
  Canvas canvas({60, 60});
  canvas.box({10, 10, 40, 40}, 8, rgb(0x00FF00), rgb(0xFF0000), 4);
  CHECK(canvas.pixel(30, 30) == 0xFF00FF00);
  CHECK(canvas.pixel(30, 11) == 0xFFFF0000);
  CHECK(canvas.pixel(30, 9) == 0);
  CHECK(canvas.pixel(10, 10) == 0);  // the corner is round
  CHECK(canvas.pixel(50, 30) == 0);
}

TEST_CASE("pictures are drawn in the colour asked for, and missing ones not at all", "[kit][icons]") {
  Icons icons("ui/kit/icons");
  Canvas canvas({50, 50});
  icons.draw(canvas, "check", {0, 0, 50, 50}, 48, rgb(0xFF0000));
  bool red = false;
  for (int y = 0; y < 50; ++y) {
    for (int x = 0; x < 50; ++x) red = red || canvas.pixel(x, y) == 0xFFFF0000;
  }
  CHECK(red);
  Canvas empty({50, 50});
  icons.draw(empty, "no-such-picture", {0, 0, 50, 50}, 48, rgb(0xFF0000));
  CHECK(empty.pixel(25, 25) == 0);
}

TEST_CASE("a small picture of pixels fills its place and nothing else", "[kit][canvas]") {
  Canvas canvas(Size{40, 40});
  canvas.fill({0, 0, 40, 40}, {255, 255, 255, 255});
  Pixels pixels{{2, 1}, {0xFFFF0000, 0xFF0000FF}};
  CHECK(pixels.whole());
  canvas.picture({10, 10, 20, 10}, pixels);
  CHECK(canvas.pixel(11, 15) == 0xFFFF0000);
  CHECK(canvas.pixel(28, 15) == 0xFF0000FF);
  CHECK(canvas.pixel(9, 15) == 0xFFFFFFFF);
  CHECK(canvas.pixel(15, 21) == 0xFFFFFFFF);
  pixels.values.pop_back();
  CHECK_FALSE(pixels.whole());
  canvas.picture({0, 0, 40, 40}, pixels);
  CHECK(canvas.pixel(0, 0) == 0xFFFFFFFF);
}

TEST_CASE("text is broken to its width, and its ink is where it is drawn", "[kit][text]") {
  Typesetter typesetter;
  const TextSpec spec{"请放上身份证请放上身份证", 42, false, Align::start};
  const int one_line = typesetter.height(spec, typesetter.natural_width(spec) + 1);
  CHECK(typesetter.height(spec, 42 * 6 + 1) == 2 * one_line);
  CHECK(one_line >= 42 * 13 / 10);
  const Rect bounds{10, 10, 300, 200};
  const Rect ink = typesetter.ink(spec, bounds);
  Canvas canvas({400, 300});
  typesetter.draw(canvas, spec, bounds, rgb(0xFFFFFF));
  Rect drawn;
  for (int y = 0; y < 300; ++y) {
    for (int x = 0; x < 400; ++x) {
      if (canvas.pixel(x, y) != 0) drawn = drawn.united({x, y, 1, 1});
    }
  }
  CHECK(ink.contains(drawn));
  CHECK_FALSE(drawn.empty());
  for (std::size_t i = 0; i <= Typesetter::cached_count_max; ++i) {
    CHECK(typesetter.natural_width({std::to_string(i + 1000), 20, false, Align::start}) > 0);
  }
  typesetter.forget();
  CHECK(typesetter.height(spec, 42 * 6 + 1) == 2 * one_line);
}

TEST_CASE("rows and columns share what is left", "[kit][layout]") {
  Typesetter typesetter;
  Node root;
  root.style.gap = 10;
  root.style.padding_x = root.style.padding_y = 5;
  root.children.push_back(box(0, 50));
  root.children.push_back(box(0, 0, 1));
  auto row = std::make_unique<Node>();
  row->style.axis = Axis::row;
  row->style.height = 40;
  row->children.push_back(box(30, 0));
  row->children.push_back(box(0, 0, 1));
  row->children.push_back(box(0, 0, 2));
  root.children.push_back(std::move(row));
  lay_out(root, {130, 200}, typesetter);
  CHECK(root.children[0]->bounds == Rect{5, 5, 120, 50});
  CHECK(root.children[1]->bounds == Rect{5, 65, 120, 80});
  CHECK(root.children[2]->bounds == Rect{5, 155, 120, 40});
  CHECK(root.children[2]->children[0]->bounds == Rect{5, 155, 30, 40});
  CHECK(root.children[2]->children[1]->bounds == Rect{35, 155, 30, 40});
  CHECK(root.children[2]->children[2]->bounds == Rect{65, 155, 60, 40});
}

TEST_CASE("what is too much is taken from pages, never from the rest", "[kit][layout]") {
  Typesetter typesetter;
  Node root;
  root.children.push_back(box(0, 50));
  root.children.push_back(paged_list(6, 30));
  root.children.push_back(box(0, 50));
  lay_out(root, {100, 200}, typesetter);
  const Node& list = *root.children[1];
  CHECK(list.bounds.height == 100);
  CHECK(root.children[2]->bounds == Rect{0, 150, 100, 50});
  CHECK(list.page_count == 3);
  CHECK_FALSE(list.children[1]->hidden);
  CHECK(list.children[2]->hidden);
  lay_out(root, {100, 400}, typesetter);
  CHECK(list.page_count == 1);
  CHECK(list.children.back()->hidden);
  CHECK_FALSE(list.children[5]->hidden);
}

TEST_CASE("of several arrangements the first that fits is in view", "[kit][layout]") {
  Typesetter typesetter;
  Node root;
  root.style.first_fit = true;
  for (const int height : {300, 200, 100}) {
    auto arrangement = std::make_unique<Node>();
    arrangement->children.push_back(box(0, height));
    root.children.push_back(std::move(arrangement));
  }
  const auto in_view = [&root, &typesetter](int height) {
    lay_out(root, {100, height}, typesetter);
    std::vector<int> shown;
    for (int i = 0; i < 3; ++i) {
      if (!root.children[static_cast<std::size_t>(i)]->hidden) shown.push_back(i);
    }
    return shown;
  };
  CHECK(in_view(300) == std::vector<int>{0});
  CHECK(in_view(299) == std::vector<int>{1});
  CHECK(in_view(150) == std::vector<int>{2});
  CHECK(in_view(50) == std::vector<int>{2});  // nothing fits: the last
  CHECK(in_view(400) == std::vector<int>{0});
  CHECK(root.children[0]->bounds == Rect{0, 0, 100, 400});
}

TEST_CASE("an arrangement that would have to turn pages does not fit", "[kit][layout]") {
  Typesetter typesetter;
  Node root;
  root.style.first_fit = true;
  for (const int rows : {6, 4}) {
    auto arrangement = std::make_unique<Node>();
    arrangement->children.push_back(paged_list(rows, 30));
    root.children.push_back(std::move(arrangement));
  }
  lay_out(root, {100, 130}, typesetter);
  CHECK(root.children[0]->hidden);
  CHECK(root.children[1]->children[0]->page_count == 1);
  lay_out(root, {100, 100}, typesetter);
  CHECK(root.children[1]->children[0]->page_count == 2);
  lay_out(root, {100, 200}, typesetter);
  CHECK_FALSE(root.children[0]->hidden);
}

TEST_CASE("the rows of a grid have one height, or each its own", "[kit][layout]") {
  Typesetter typesetter;
  Node grid;
  grid.style.columns = 2;
  for (const int height : {30, 50, 20, 10}) grid.children.push_back(box(0, height));
  lay_out(grid, {100, 200}, typesetter);
  CHECK(grid.children[2]->bounds == Rect{0, 50, 50, 50});
  grid.style.own_row_heights = true;
  lay_out(grid, {100, 200}, typesetter);
  CHECK(grid.children[0]->bounds == Rect{0, 0, 50, 50});
  CHECK(grid.children[3]->bounds == Rect{50, 50, 50, 20});
}

TEST_CASE("layout faults are found", "[kit][layout]") {
  Typesetter typesetter;
  Node root;
  root.children.push_back(box(0, 150));
  root.children.push_back(box(0, 100));
  root.children[0]->text =
      "a text of many words that no narrow box can hold in any way at all, it is so long";
  root.children[0]->style.text_px = 40;
  root.children[0]->on_activate = [] {};
  lay_out(root, {100, 200}, typesetter);
  std::string all;
  for (const std::string& fault : layout_faults(root, {100, 200}, typesetter, 110)) all += fault + "\n";
  CHECK(all.find("leaves the screen") != std::string::npos);
  CHECK(all.find("no room for its text") != std::string::npos);
  CHECK(all.find("small target") != std::string::npos);
}
