// Gives every node its bounds. Pure: depends on the tree, the canvas and the fonts only.
#pragma once

#include <string>
#include <vector>

#include "ui/kit/node.hpp"
#include "ui/kit/typesetter.hpp"

namespace bianmin::ui {

// How far the ink of a letter may reach over the bounds of its text.
constexpr int overhang_px = 3;

// Sets `bounds`, `hidden`, `page_index` and `page_count` in the whole tree. Along an axis the children get
// their content's size, growing ones share what is left, and what is too much is taken from paged children.
void lay_out(Node& root, Size canvas, Typesetter& typesetter);

// What a resident could not see or reach: text outside its node, nodes outside the screen or over each other,
// targets under `target_px`. One line each; empty when all is well.
std::vector<std::string> layout_faults(const Node& root, Size canvas, Typesetter& typesetter, int target_px);

TextSpec text_spec(const Node& node);
// Where the node's text is set: its bounds without padding, in the middle of their height.
Rect text_bounds(const Node& node, Typesetter& typesetter);

}  // namespace bianmin::ui
