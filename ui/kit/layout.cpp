#include "ui/kit/layout.hpp"

#include <numeric>

namespace bianmin::ui {
namespace {

class Layout {
 public:
  explicit Layout(Typesetter& typesetter) : typesetter_(typesetter) {}

  int natural_width(const Node& node) {
    const Style& style = node.style;
    if (style.width > 0) return style.width;
    int content = 0;
    if (!node.text.empty()) content = typesetter_.natural_width(text_spec(node));
    if (!node.icon.empty()) content = std::max(content, style.icon_px);
    int along = 0;
    for (const NodePtr& child : node.children) {
      const int width = natural_width(*child);
      along += width;
      content = std::max(content, width);
    }
    if (style.axis == Axis::row && !node.children.empty())
      content = along + gaps(style, node.children.size());
    return content + 2 * style.padding_x;
  }

  int height(const Node& node, int width) {
    const Style& style = node.style;
    if (style.height > 0) return style.height;
    const int inner = std::max(0, width - 2 * style.padding_x);
    int content = 0;
    if (!node.text.empty()) content = typesetter_.height(text_spec(node), inner);
    if (!node.icon.empty()) content = std::max(content, style.icon_px);
    if (!node.children.empty()) content = std::max(content, children_height(node, inner));
    return std::max(style.min_height, content + 2 * style.padding_y);
  }

  void place(Node& node, const Rect& bounds) {
    node.bounds = bounds;
    const Rect inner = bounds.inset(node.style.padding_x, node.style.padding_y);
    if (node.style.first_fit) {
      place_first_fit(node, inner);
    } else if (node.style.paged) {
      place_pages(node, inner);
    } else if (node.style.columns > 0) {
      place_grid(node, inner, 0, node.children.size());
    } else if (node.style.axis == Axis::row) {
      place_row(node, inner);
    } else {
      place_column(node, inner);
    }
  }

 private:
  static int gaps(const Style& style, std::size_t count) {
    return count > 1 ? style.gap * static_cast<int>(count - 1) : 0;
  }

  // Children that are content; the last child of a paged node is its bar.
  static std::size_t content_count(const Node& node) {
    return node.style.paged && !node.children.empty() ? node.children.size() - 1 : node.children.size();
  }

  static std::size_t column_count(const Style& style) {
    return static_cast<std::size_t>(std::max(1, style.columns));
  }

  int children_height(const Node& node, int width) {
    const Style& style = node.style;
    if (style.first_fit) return height(*node.children.back(), width);
    if (style.paged || style.columns > 0) {
      const std::vector<int> rows = row_heights(node, width);
      return std::accumulate(rows.begin(), rows.end(), 0) + gaps(style, rows.size());
    }
    if (style.axis == Axis::row) {
      int highest = 0;
      const std::vector<int> widths = row_widths(node, width);
      for (std::size_t i = 0; i < widths.size(); ++i) {
        highest = std::max(highest, height(*node.children[i], widths[i]));
      }
      return highest;
    }
    int sum = gaps(style, node.children.size());
    for (const NodePtr& child : node.children) sum += height(*child, child_width(style, *child, width));
    return sum;
  }

  int child_width(const Style& style, const Node& child, int width) {
    if (child.style.width > 0) return std::min(child.style.width, width);
    return style.cross == Align::stretch ? width : std::min(width, natural_width(child));
  }

  std::vector<int> row_widths(const Node& node, int width) {
    std::vector<int> widths;
    int left = width - gaps(node.style, node.children.size());
    int shares = 0;
    for (const NodePtr& child : node.children) {
      const bool grows = child->style.grow > 0;
      widths.push_back(grows ? 0 : natural_width(*child));
      left -= widths.back();
      shares += child->style.grow;
    }
    if (shares == 0 && left < 0 && !widths.empty()) {
      *std::max_element(widths.begin(), widths.end()) += left;
    }
    for (std::size_t i = 0; shares > 0 && i < widths.size(); ++i) {
      const int grow = node.children[i]->style.grow;
      if (grow == 0) continue;
      widths[i] = std::max(0, left) * grow / shares;
      left -= widths[i];
      shares -= grow;
    }
    return widths;
  }

  // All rows of a grid have one height, so that a page looks calm; a single column keeps its own ones unless
  // it is declared a grid.
  std::vector<int> row_heights(const Node& node, int width) {
    const Style& style = node.style;
    const std::size_t columns = column_count(style);
    const int cell = (width - gaps(style, columns)) / static_cast<int>(columns);
    std::vector<int> rows;
    for (std::size_t i = 0; i < content_count(node); ++i) {
      if (i % columns == 0) rows.push_back(0);
      rows.back() = std::max(rows.back(), height(*node.children[i], cell));
    }
    if (style.columns > 0 && !style.own_row_heights && !rows.empty()) {
      std::fill(rows.begin(), rows.end(), *std::max_element(rows.begin(), rows.end()));
    }
    return rows;
  }

  int place_grid(Node& node, const Rect& inner, std::size_t first, std::size_t last) {
    const Style& style = node.style;
    const std::size_t columns = column_count(style);
    const int cell = (inner.width - gaps(style, columns)) / static_cast<int>(columns);
    const std::vector<int> rows = row_heights(node, inner.width);
    int y = inner.y;
    for (std::size_t i = first; i < last; ++i) {
      const std::size_t column = i % columns;
      const int x = inner.x + static_cast<int>(column) * (cell + style.gap);
      place(*node.children[i], {x, y, cell, rows[i / columns]});
      if (column + 1 == columns || i + 1 == last) y += rows[i / columns] + style.gap;
    }
    return y;
  }

  void place_first_fit(Node& node, const Rect& inner) {
    Node* chosen = nullptr;
    for (const NodePtr& child : node.children) {
      const bool takes =
          chosen == nullptr && (child == node.children.back() || height(*child, inner.width) <= inner.height);
      child->hidden = !takes;
      if (takes) chosen = child.get();
    }
    if (chosen != nullptr) place(*chosen, inner);
  }

  void place_pages(Node& node, const Rect& inner) {
    const Style& style = node.style;
    if (node.children.empty()) return;
    Node& bar = *node.children.back();
    const int bar_height = bar_height_of(node, inner.width);
    const std::size_t count = content_count(node);
    const std::size_t columns = column_count(style);
    const std::vector<int> rows = row_heights(node, inner.width);
    const bool all_fit =
        std::accumulate(rows.begin(), rows.end(), 0) + gaps(style, rows.size()) <= inner.height;
    const int room = all_fit ? inner.height : inner.height - bar_height - style.gap;
    std::vector<std::size_t> first_rows{0};
    int used = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const int needed = rows[row] + (row == first_rows.back() ? 0 : style.gap);
      if (row != first_rows.back() && used + needed > room) {
        first_rows.push_back(row);
        used = rows[row];
      } else {
        used += needed;
      }
    }
    node.page_count = static_cast<int>(first_rows.size());
    node.page_index = std::clamp(node.page_index, 0, node.page_count - 1);
    const auto page = static_cast<std::size_t>(node.page_index);
    const std::size_t first = first_rows[page] * columns;
    const std::size_t last = page + 1 < first_rows.size() ? first_rows[page + 1] * columns : count;
    for (std::size_t i = 0; i < count; ++i) node.children[i]->hidden = i < first || i >= last;
    bar.hidden = all_fit;
    Rect rows_area = inner;
    const int rows_height = rows_height_between(style, rows, first_rows, page);
    if (style.main == Align::end) rows_area.y += std::max(0, room - rows_height);
    place_grid(node, rows_area, first, last);
    if (!all_fit) place_bar(node, {inner.x, inner.bottom() - bar_height, inner.width, bar_height});
  }

  static int rows_height_between(const Style& style, const std::vector<int>& rows,
                                 const std::vector<std::size_t>& first_rows, std::size_t page) {
    const std::size_t first = first_rows[page];
    const std::size_t last = page + 1 < first_rows.size() ? first_rows[page + 1] : rows.size();
    return std::accumulate(rows.begin() + static_cast<std::ptrdiff_t>(first),
                           rows.begin() + static_cast<std::ptrdiff_t>(last), gaps(style, last - first));
  }

  // Only the directions that lead somewhere are in view; they share the width.
  void place_bar(Node& pages, const Rect& area) {
    Node& bar = *pages.children.back();
    bar.bounds = area;
    int shown = 0;
    for (const NodePtr& button : bar.children) {
      const int target = pages.page_index + button->page_step;
      button->hidden = target < 0 || target >= pages.page_count;
      shown += button->hidden ? 0 : 1;
    }
    int x = area.x;
    for (const NodePtr& button : bar.children) {
      if (button->hidden) continue;
      const int width = (area.right() - x - bar.style.gap * (shown - 1)) / shown;
      place(*button, {x, area.y, width, area.height});
      x += width + bar.style.gap;
      --shown;
    }
  }

  int bar_height_of(const Node& node, int width) {
    const Node& bar = *node.children.back();
    const auto count = static_cast<int>(bar.children.size());
    int highest = 0;
    for (const NodePtr& button : bar.children) {
      highest =
          std::max(highest, height(*button, (width - bar.style.gap * (count - 1)) / std::max(1, count)));
    }
    return highest;
  }

  // How much of its height a node can do without, by showing its paged children a page at a time.
  int spare_height(const Node& node, int width) {
    const Style& style = node.style;
    const int inner = std::max(0, width - 2 * style.padding_x);
    if (node.children.empty() || style.height > 0) return 0;
    if (style.first_fit) return spare_height(*node.children.back(), inner);
    if (style.paged) {
      const std::vector<int> rows = row_heights(node, inner);
      if (rows.size() < 2) return 0;
      const int least = *std::max_element(rows.begin(), rows.end()) + style.gap + bar_height_of(node, inner);
      return std::max(0, children_height(node, inner) - least);
    }
    if (style.columns > 0) return 0;
    if (style.axis == Axis::row) {
      if (style.cross != Align::stretch) return 0;
      const std::vector<int> widths = row_widths(node, inner);
      int least = 0;
      for (std::size_t i = 0; i < widths.size(); ++i) {
        const Node& child = *node.children[i];
        least = std::max(least, height(child, widths[i]) - spare_height(child, widths[i]));
      }
      return std::max(0, children_height(node, inner) - least);
    }
    int spare = 0;
    for (const NodePtr& child : node.children)
      spare += spare_height(*child, child_width(style, *child, inner));
    return spare;
  }

  static int cross_offset(Align align, int room) {
    if (align == Align::center) return room / 2;
    return align == Align::end ? room : 0;
  }

  void place_row(Node& node, const Rect& inner) {
    const Style& style = node.style;
    const std::vector<int> widths = row_widths(node, inner.width);
    const int used = std::accumulate(widths.begin(), widths.end(), 0) + gaps(style, widths.size());
    int x = inner.x + cross_offset(style.main, std::max(0, inner.width - used));
    for (std::size_t i = 0; i < widths.size(); ++i) {
      Node& child = *node.children[i];
      const int high =
          style.cross == Align::stretch ? inner.height : std::min(inner.height, height(child, widths[i]));
      place(child, {x, inner.y + cross_offset(style.cross, inner.height - high), widths[i], high});
      x += widths[i] + style.gap;
    }
  }

  void place_column(Node& node, const Rect& inner) {
    const Style& style = node.style;
    std::vector<int> heights;
    int left = inner.height - gaps(style, node.children.size());
    int shares = 0;
    for (const NodePtr& child : node.children) {
      heights.push_back(height(*child, child_width(style, *child, inner.width)));
      left -= heights.back();
      shares += child->style.grow;
    }
    for (std::size_t i = 0; left < 0 && i < heights.size(); ++i) {
      const Node& child = *node.children[i];
      // A growing child is the room between others: it never pushes them away.
      const int spare =
          child.style.grow > 0 ? heights[i] : spare_height(child, child_width(style, child, inner.width));
      const int taken = std::min(-left, spare);
      heights[i] -= taken;
      left += taken;
    }
    int y = inner.y + (shares == 0 ? cross_offset(style.main, std::max(0, left)) : 0);
    for (std::size_t i = 0; i < heights.size(); ++i) {
      Node& child = *node.children[i];
      if (child.style.grow > 0 && left > 0) {
        const int share = left * child.style.grow / shares;
        heights[i] += share;
        left -= share;
        shares -= child.style.grow;
      }
      const int wide = child_width(style, child, inner.width);
      place(child, {inner.x + cross_offset(style.cross, inner.width - wide), y, wide, heights[i]});
      y += heights[i] + style.gap;
    }
  }

  Typesetter& typesetter_;
};

}  // namespace

TextSpec text_spec(const Node& node) {
  return {node.text, node.style.text_px, node.style.bold, node.style.text_align, node.style.max_lines};
}

Rect text_bounds(const Node& node, Typesetter& typesetter) {
  Rect lines = node.bounds.inset(node.style.padding_x, node.style.padding_y);
  lines.y += std::max(0, (lines.height - typesetter.height(text_spec(node), lines.width)) / 2);
  return lines;
}

void lay_out(Node& root, Size canvas, Typesetter& typesetter) {
  Layout(typesetter).place(root, {0, 0, canvas.width, canvas.height});
}

}  // namespace bianmin::ui
