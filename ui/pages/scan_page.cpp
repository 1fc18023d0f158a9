#include "ui/pages/scan_page.hpp"

#include "ui/pages/place.hpp"

namespace bianmin::ui {

NodePtr scan_page(const ScanView& view, const PageContext& context) {
  const Strings& strings = context.strings;
  PlacePage page{.id = "scan",
                 .headline = {.service_title = view.service_title},
                 .icon = "qrcode",
                 .picture_name = strings.text("scan.picture")};
  switch (view.prompt) {
    case ScanPrompt::waiting:
      page.headline.title = strings.text("scan.waiting.title");
      page.headline.hint = strings.text("scan.waiting.hint");
      page.note = strings.text("scan.waiting.note");
      break;
    case ScanPrompt::asking:
      page.headline.title = strings.text("scan.asking.title");
      page.headline.hint = strings.text("scan.asking.hint");
      page.icon = "search";
      page.shows_where = false;
      page.busy = true;
      break;
    case ScanPrompt::scanner_missing:
      page.headline.title = strings.text("scan.scanner_missing.title");
      page.headline.hint = strings.text("scan.scanner_missing.hint");
      page.note = strings.text("scan.scanner_missing.note");
      page.icon = "alert-triangle";
      page.shows_where = false;
      break;
    case ScanPrompt::problem:
      page.headline.title = strings.text("scan.problem.title");
      page.headline.hint = strings.text("scan.waiting.hint");
      page.note = view.problem_text;
      page.level = Level::stop;
      break;
  }
  return place_page(context, page);
}

}  // namespace bianmin::ui
