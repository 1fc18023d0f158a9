#include "terminal/session/sheet_words.hpp"

namespace bianmin::session {

ui::SheetView view_of_sheet(ui::Level level, const char* moment, const ui::Strings& strings,
                            const std::string& texts, std::size_t page_count) {
  ui::SheetView view;
  view.leave = strings.text(texts + ".leave");
  view.level = level;
  view.title = strings.text(texts + "." + moment + ".title");
  view.body = strings.text(texts + "." + moment + ".body", {{"count", std::to_string(page_count)}});
  return view;
}

ui::SheetView view_of_sheet(const SheetPrint& sheet, const DeviceState& printer, const ui::DeviceWords& words,
                            const ui::Strings& strings, const std::string& texts) {
  const auto say = [&](ui::Level level, const char* moment) {
    return view_of_sheet(level, moment, strings, texts, sheet.page_count());
  };
  const auto say_and_offer = [&](ui::Level level, const char* moment) {
    ui::SheetView view = say(level, moment);
    view.again = strings.text(texts + ".again");
    return view;
  };
  switch (sheet.phase()) {
    case SheetPrint::Phase::printed:
      return say(ui::Level::good, "printed");
    case SheetPrint::Phase::doubtful:
      return say_and_offer(ui::Level::note, "doubtful");
    case SheetPrint::Phase::idle:
    case SheetPrint::Phase::failed:
      return say_and_offer(ui::Level::stop, "failed");
    default:
      break;
  }
  ui::SheetView view = say(ui::Level::note, "printing");
  view.busy = printer.usable();
  if (view.busy) return view;
  view.level = ui::Level::stop;
  view.title = words.sentence("page-printer", printer.code, ui::Listener::resident);
  view.body = strings.text(texts + ".waiting.body");
  return view;
}

}  // namespace bianmin::session
