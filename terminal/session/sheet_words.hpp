// What the screen says of a sheet on its way to paper.
#pragma once

#include "terminal/session/sheet_print.hpp"
#include "ui/pages/sheet_page.hpp"
#include "ui/strings/device_words.hpp"

namespace bianmin::session {

// `texts`: where its words begin, "session.sheet": of each kind of sheet there are NAME.title and NAME.body
// for printing, printed, doubtful and failed, and leave, again, waiting.body.
ui::SheetView view_of_sheet(const SheetPrint& sheet, const DeviceState& printer, const ui::DeviceWords& words,
                            const ui::Strings& strings, const std::string& texts);

// With the words of one moment alone.
ui::SheetView view_of_sheet(ui::Level level, const char* moment, const ui::Strings& strings,
                            const std::string& texts, std::size_t page_count = 0);

}  // namespace bianmin::session
