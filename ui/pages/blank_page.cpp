#include "ui/pages/blank_page.hpp"

namespace bianmin::ui {

NodePtr blank_page(const PageContext& context) {
  auto page = std::make_unique<Node>();
  page->role = Role::page;
  page->id = "blank";
  page->name = context.strings.text("blank.name");
  page->style.fill = rgb(0x000000);
  return page;
}

}  // namespace bianmin::ui
