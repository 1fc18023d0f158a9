// The A4 sheet of CaseFlow: offered on the saved page, with a page of its own while it is printed.
#include "terminal/session/case_flow.hpp"
#include "terminal/session/case_sheet.hpp"
#include "terminal/session/sheet_words.hpp"
#include "ui/pages/sheet_page.hpp"

namespace bianmin::session {

void CaseFlow::prepare_sheet() {
  if (parts_.page_printer == nullptr || !package_.sheet) return;
  sheet_record_id_ = store::fresh_ids().id;
  saved_utc_ms_ = parts_.loop.clock().utc_ms();
  sheet_.emplace(
      parts_.loop, *parts_.page_printer, parts_.ledger, parts_.log, "sheet",
      [this](ByteView pdf) { return keep_sheet(pdf); },
      [this] {
        tell_result_shown();
        frame_.refresh();
      });
  parts_.page_printer->watch([this](DeviceState) { frame_.refresh(); });
}

// The words of its button on the saved page; empty: there is nothing to offer.
std::string CaseFlow::sheet_offer(const ui::Strings& strings) const {
  if (!sheet_ || sheet_->phase() == SheetPrint::Phase::printed) return {};
  if (sheet_->phase() != SheetPrint::Phase::idle) return strings.text("session.sheet.look");
  return parts_.page_printer->state().usable() ? strings.text("session.sheet.offer") : std::string();
}

void CaseFlow::open_sheet() {
  if (!sheet_) return;
  if (sheet_->phase() == SheetPrint::Phase::idle) print_sheet();
  show_sheet();
}

void CaseFlow::print_sheet() {
  const ui::Strings& strings = frame_.strings();
  const std::string mark =
      sheet_->copies() > 0 ? strings.text("session.sheet.duplicate_mark") : std::string();
  auto sheet = case_sheet(form_, *saved_, parts_.settings, strings, frame_.language(), saved_utc_ms_, mark);
  if (!sheet) return parts_.log.error("session", "no-sheet", sheet.error());
  sheet_->print(saved_->case_no, std::move(sheet).value(), saved_utc_ms_);
}

Result<void> CaseFlow::keep_sheet(ByteView pdf) {
  record::CaseRecord record;
  record.id = sheet_record_id_;
  record.kind = record::RecordKind::document;
  record.case_no = saved_->case_no;
  record.service_id = package_.id;
  record.service_version = std::to_string(package_.version);
  record.item_code = package_.item_code;
  record.created_utc_ms = saved_utc_ms_;
  record.document = record::Document{"application/pdf", Bytes(pdf.begin(), pdf.end())};
  const auto saved = parts_.writer.save(record);
  wipe(record.document->bytes.data(), record.document->bytes.size());
  if (!saved) return saved.error();
  parts_.wake_agent();
  return {};
}

void CaseFlow::show_sheet() {
  frame_.show(
      [this](const ui::PageContext& context) {
        return ui::sheet_page(view_of_sheet(*sheet_, parts_.page_printer->state(), frame_.device_words(),
                                            context.strings, "session.sheet"),
                              context, [this](ui::SheetIntent intent) {
                                if (intent == ui::SheetIntent::leave) return show_saved();
                                if (!sheet_->under_way()) print_sheet();
                              });
      },
      [this] { show_saved(); });
}

}  // namespace bianmin::session
