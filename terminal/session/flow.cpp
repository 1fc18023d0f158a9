#include "terminal/session/flow.hpp"

#include "ui/pages/notice_page.hpp"

namespace bianmin::session {

void show_notice(Frame& frame, ui::Level level, const std::string& about, std::string_view code,
                 std::function<void()> act) {
  frame.show([=, code = std::string(code)](const ui::PageContext& context) {
    const ui::NoticeView view{level, context.strings.text(about + ".title"),
                              context.strings.text(about + ".body"), code,
                              context.strings.text(about + ".action")};
    return ui::notice_page(view, context, [act](ui::NoticeIntent) { act(); });
  });
}

std::string code_text(const ui::Strings& strings, std::string_view code) {
  const std::string key = "code." + std::string(code);
  return strings.text(strings.has(key) ? key : "code.other");
}

}  // namespace bianmin::session
