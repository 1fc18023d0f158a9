#include "terminal/session/case_sheet.hpp"

#include "drivers/scanner/code_writer.hpp"
#include "sync/record/case_no.hpp"

namespace bianmin::session {

Result<ui::Sheet> case_sheet(const services::Form& form, const record::Slip& slip, const Settings& settings,
                             const ui::Strings& strings, const std::string& language,
                             std::int64_t saved_utc_ms, const std::string& mark) {
  const std::string case_no = record::format_case_no(slip.case_no);
  const std::string time = local_stamp(saved_utc_ms);
  auto text = form.sheet({{"case_no", case_no},
                          {"site", settings.site_name},
                          {"terminal", settings.terminal_id},
                          {"time", time}},
                         language);
  if (!text) return text.error();
  const auto code = scanner::encode_qr(record::slip_text(slip), scanner::QrCorrection::m);
  if (!code) return code.error();
  const services::Package& package = form.package();
  ui::Sheet sheet;
  sheet.site = settings.site_name;
  sheet.title = text->title;
  if (!mark.empty()) sheet.paragraphs.push_back(mark);
  sheet.paragraphs.push_back(text->opening);
  sheet.rows.push_back({strings.text("session.sheet.service"), package.text(language, package.title)});
  for (services::SheetRowText& row : text->rows)
    sheet.rows.push_back({std::move(row.label), std::move(row.value)});
  sheet.rows.push_back({strings.text("session.case_no"), case_no});
  sheet.rows.push_back({strings.text("session.sheet.time"), time});
  sheet.rows.push_back({strings.text("session.sheet.place"), settings.site_name});
  sheet.closing = std::move(text->closing);
  sheet.code = ui::SheetCode{code->width, code->modules,
                             text->caption + "\n" + strings.text("session.case_no") + " " + case_no};
  sheet.footer = strings.text("session.sheet.footer",
                              {{"terminal", settings.terminal_id}, {"phone", settings.help_phone}});
  return sheet;
}

}  // namespace bianmin::session
