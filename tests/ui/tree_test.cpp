// The retained tree by itself: its dump, its differences, and how it is painted.

#include "tests/catch.hpp"
#include "ui/kit/difference.hpp"
#include "ui/kit/layout.hpp"
#include "ui/kit/node.hpp"
#include "ui/kit/painter.hpp"

using namespace bianmin;
using namespace bianmin::ui;

namespace {

constexpr std::uint32_t white = 0xFFFFFFFF;
constexpr std::uint32_t red = 0xFFFF0000;

NodePtr block(int height, Colour fill) {
  auto node = std::make_unique<Node>();
  node->style.height = height;
  node->style.fill = fill;
  return node;
}

NodePtr button(std::string id, std::string name) {
  NodePtr node = block(50, rgb(0xFFFFFF));
  node->role = Role::button;
  node->id = std::move(id);
  node->name = std::move(name);
  node->on_activate = [] {};
  return node;
}

struct Tree {
  Tree() {
    root.role = Role::page;
    root.name = "page";
    root.style.fill = rgb(0x000000);
    root.children.push_back(button("a", "first"));
    root.children.push_back(button("b", "second"));
  }
  Tree& laid_out() {
    lay_out(root, {100, 200}, typesetter);
    return *this;
  }
  Node root;
  Typesetter typesetter;
};

}  // namespace

TEST_CASE("every role has a name of its own", "[tree]") {
  std::vector<std::string_view> names;
  for (const Role role : {Role::page, Role::group, Role::heading, Role::text, Role::status, Role::image,
                          Role::row, Role::button, Role::choice, Role::helper}) {
    for (const std::string_view name : names) CHECK(name != role_name(role));
    names.push_back(role_name(role));
  }
}

TEST_CASE("the dump has a line for each thing, with states, place and speech", "[tree]") {
  Tree tree;
  tree.root.children[0]->state = {
      .enabled = true, .focused = true, .selected = true, .busy = true, .pressed = true};
  tree.root.children[1]->state.enabled = false;
  tree.root.children[1]->spoken = "the second one";
  tree.laid_out();
  CHECK(semantic_dump(tree.root) ==
        "page \"page\" 0,0 100x200\n"
        "  button \"first\" focused selected busy pressed 0,0 100x50\n"
        "  button \"second\" disabled 0,50 100x50 says \"the second one\"\n");
}

TEST_CASE("what a button is made of is not told again, a button inside a row is", "[tree]") {
  Tree tree;
  NodePtr label = block(10, {});
  label->role = Role::text;
  label->name = "first";
  tree.root.children[0]->children.push_back(std::move(label));
  auto row = std::make_unique<Node>();
  row->role = Role::row;
  row->name = "row";
  row->children.push_back(button("c", "change"));
  tree.root.children.push_back(std::move(row));
  tree.root.children[1]->hidden = true;
  const std::string dump = semantic_dump(tree.root);
  CHECK(dump.find("text") == std::string::npos);
  CHECK(dump.find("second") == std::string::npos);
  CHECK(dump.find("    button \"change\"") != std::string::npos);
}

TEST_CASE("equal trees have no difference", "[tree][difference]") {
  Tree one;
  Tree other;
  CHECK(difference(one.laid_out().root, other.laid_out().root).empty());
  other.root.children[0]->name = "renamed";  // not drawn
  other.root.children[0]->on_activate = nullptr;
  CHECK(difference(one.root, other.root).empty());
}

TEST_CASE("each visible change damages its node and no other", "[tree][difference]") {
  const std::vector<std::function<void(Node&)>> changes = {
      [](Node& node) { node.state.pressed = true; },
      [](Node& node) { node.state.focused = true; },
      [](Node& node) { node.icon = "check"; },
      [](Node& node) { node.style.fill = rgb(0x123456); },
      [](Node& node) { node.style.border_width = 3; },
      [](Node& node) { node.children.push_back(block(1, {})); },
  };
  for (const auto& change : changes) {
    Tree one;
    Tree other;
    change(*other.root.children[1]);
    one.laid_out();
    other.laid_out();
    CHECK(difference(one.root, other.root).rects() == std::vector<Rect>{{0, 50, 100, 50}});
  }
}

TEST_CASE("changed text damages a hair more than its node", "[tree][difference]") {
  Tree one;
  Tree other;
  for (Tree* tree : {&one, &other}) tree->root.children[1]->style.text_px = 20;
  one.root.children[1]->text = "A";
  other.root.children[1]->text = "B";
  const Damage damage = difference(one.laid_out().root, other.laid_out().root);
  CHECK(damage.rects() == std::vector<Rect>{Rect{0, 50, 100, 50}.inset(-overhang_px)});
}

TEST_CASE("what moved or vanished is damaged where it was and where it is", "[tree][difference]") {
  Tree one;
  Tree other;
  one.laid_out();
  other.root.children[0]->style.height = 80;
  other.laid_out();
  Rect all;
  const Damage moved = difference(one.root, other.root);
  for (const Rect& rect : moved.rects()) all = all.united(rect);
  CHECK(all == Rect{0, 0, 100, 130});
  Tree hidden;
  hidden.laid_out();
  hidden.root.children[1]->hidden = true;
  CHECK(difference(one.root, hidden.root).rects() == std::vector<Rect>{{0, 50, 100, 50}});
  CHECK(difference(hidden.root, one.root).rects() == std::vector<Rect>{{0, 50, 100, 50}});
}

TEST_CASE("painting keeps to the clip, and hidden nodes leave nothing", "[tree][paint]") {
  Tree tree;
  tree.laid_out();
  Icons icons("ui/kit/icons");
  Canvas canvas({100, 200});
  paint(tree.root, {0, 0, 100, 60}, canvas, tree.typesetter, icons);
  CHECK(canvas.pixel(50, 25) == white);
  CHECK(canvas.pixel(50, 55) == white);
  CHECK(canvas.pixel(50, 65) == 0);
  tree.root.children[1]->hidden = true;
  paint(tree.root, {0, 0, 100, 200}, canvas, tree.typesetter, icons);
  CHECK(canvas.pixel(50, 75) == 0xFF000000);
}

TEST_CASE("a pressed node shows its pressed fill, a focused one two rings inside its bounds",
          "[tree][paint]") {
  Tree tree;
  Node& node = *tree.root.children[0];
  node.style.pressed_fill = rgb(0x00FF00);
  node.style.ring = rgb(0xFF0000);
  node.style.ring_inner = rgb(0x0000FF);
  node.state.pressed = node.state.focused = true;
  tree.laid_out();
  Icons icons("ui/kit/icons");
  Canvas canvas({100, 200});
  paint(tree.root, {0, 0, 100, 200}, canvas, tree.typesetter, icons);
  CHECK(canvas.pixel(50, 25) == 0xFF00FF00);
  CHECK(canvas.pixel(4, 25) == red);
  CHECK(canvas.pixel(10, 25) == 0xFF0000FF);
  CHECK(canvas.pixel(50, 51) == white);  // the neighbour is untouched
  node.style.pressed_fill = {};
  paint(tree.root, {0, 0, 100, 200}, canvas, tree.typesetter, icons);
  CHECK(canvas.pixel(50, 25) == white);
}
