// What has to be drawn again between two laid-out trees.
#pragma once

#include "ui/kit/node.hpp"

namespace bianmin::ui {

Damage difference(const Node& before, const Node& after);

}  // namespace bianmin::ui
