// Draws a laid-out tree.
#pragma once

#include "ui/kit/canvas.hpp"
#include "ui/kit/icons.hpp"
#include "ui/kit/node.hpp"
#include "ui/kit/typesetter.hpp"

namespace bianmin::ui {

// Only pixels inside `clip` change; nodes outside it cost nothing.
void paint(const Node& root, const Rect& clip, Canvas& canvas, Typesetter& typesetter, Icons& icons);

}  // namespace bianmin::ui
