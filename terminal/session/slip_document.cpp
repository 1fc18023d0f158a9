#include "terminal/session/slip_document.hpp"

#include "sync/record/case_no.hpp"

namespace bianmin::session {

namespace {

struct ToPrinter {
  printer::Line operator()(const services::ReceiptText& line) const {
    const auto align = line.align == services::ReceiptAlign::center  ? printer::Align::center
                       : line.align == services::ReceiptAlign::right ? printer::Align::right
                                                                     : printer::Align::left;
    return printer::TextLine{line.text, align, line.scale, line.bold};
  }
  printer::Line operator()(const services::ReceiptLabel& line) const {
    return printer::LabelLine{line.label, line.value};
  }
  printer::Line operator()(const services::ReceiptRule&) const { return printer::RuleLine{}; }
  printer::Line operator()(const services::ReceiptQr& line) const { return printer::QrCode{line.text}; }
  printer::Line operator()(const services::ReceiptFeed& line) const { return printer::Feed{line.lines}; }
};

}  // namespace

Result<printer::Document> slip_document(const services::Form& form, const record::Slip& slip,
                                        const Settings& settings, const std::string& language,
                                        std::int64_t now_utc_ms) {
  const auto lines = form.receipt_lines({{"case_no", record::format_case_no(slip.case_no)},
                                         {"qr", record::slip_text(slip)},
                                         {"site", settings.site_name},
                                         {"terminal", settings.terminal_id},
                                         {"time", local_stamp(now_utc_ms)}},
                                        language);
  if (!lines) return lines.error();
  printer::Document document;
  for (const services::ReceiptLine& line : *lines) document.lines.push_back(std::visit(ToPrinter{}, line));
  return document;
}

}  // namespace bianmin::session
