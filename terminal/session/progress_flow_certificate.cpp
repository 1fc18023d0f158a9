// The certificate of ProgressFlow: told of on the result's page, with a page of its own while it comes and is
// printed.
#include "terminal/session/certificate_job.hpp"
#include "terminal/session/progress_flow.hpp"
#include "terminal/session/sheet_words.hpp"

namespace bianmin::session {

void ProgressFlow::prepare_certificate() {
  if (!certificate_there() || parts_.page_printer == nullptr) return;
  // The department has it, and so has the hub: nothing is kept here.
  certificate_.emplace(parts_.loop, *parts_.page_printer, parts_.ledger, parts_.log, "certificate", nullptr,
                       [this] {
                         tell_result_shown();
                         if (certificate_shown_) return show_certificate();
                         frame_.refresh();
                       });
  parts_.page_printer->watch([this](DeviceState) { frame_.refresh(); });
}

void ProgressFlow::forget_certificate() {
  fetch_.stop();
  file_.reset();
  certificate_.reset();
  if (parts_.page_printer != nullptr) parts_.page_printer->watch(nullptr);
}

ui::CertificateCard ProgressFlow::certificate_card(const ui::Strings& strings) const {
  if (!certificate_there()) return {};
  ui::CertificateCard card;
  card.title = strings.text("session.certificate.ready.title");
  if (parts_.page_printer == nullptr) {
    card.body = strings.text("session.certificate.no_printer");
  } else if (certificate_under_way()) {
    card.act = strings.text("session.certificate.look");
  } else if (const DeviceState printer = parts_.page_printer->state(); !printer.usable()) {
    card.body = frame_.device_words().sentence("page-printer", printer.code, ui::Listener::resident) + "\n" +
                strings.text("session.certificate.or_counter");
  } else {
    const bool again = certificate_ && certificate_->copies() > 0;
    card.body = again ? std::string() : strings.text("session.certificate.ready.body");
    card.act = strings.text(again ? "session.certificate.again" : "session.certificate.offer");
  }
  return card;
}

void ProgressFlow::open_certificate() {
  if (!certificate_) return;
  if (!certificate_under_way()) {
    if (!parts_.page_printer->state().usable()) return frame_.refresh();
    if (file_) {
      print_certificate();
    } else {
      fetch_.start(slip_, [this](Result<SecretBytes> file) { fetched(std::move(file)); });
      parts_.log.write(LogLevel::info, "certificate", "asked-for", {{"case", slip_.case_no}});
    }
  }
  if (!certificate_under_way()) return;
  tell_result_shown();  // the time that a result has on the screen is over: this takes longer
  show_certificate();
}

void ProgressFlow::fetched(Result<SecretBytes> file) {
  if (!file) {
    parts_.log.error("certificate", "not-fetched", file.error());
    const bool later = file.error().remedy == Remedy::retry_later;
    return certificate_failed(later ? "offline" : "unprintable", file.error().code);
  }
  file_ = std::make_shared<const SecretBytes>(std::move(file).value());
  print_certificate();
}

void ProgressFlow::print_certificate() {
  certificate_->print(slip_.case_no,
                      [file = file_](const std::stop_token& stop) -> Result<SheetPrint::Drawn> {
                        auto pages = certificate_job(*file, stop);
                        if (!pages) return pages.error();
                        return SheetPrint::Drawn{std::move(pages).value(), *file};
                      });
}

void ProgressFlow::certificate_failed(const std::string& about, std::string_view code) {
  tell_result_shown();
  show_notice(frame_, ui::Level::stop, "session.certificate." + about, code, [this] { show_result(); });
}

ui::SheetView ProgressFlow::certificate_view(const ui::Strings& strings) const {
  constexpr const char* texts = "session.certificate";
  if (fetch_.under_way()) {
    auto view = view_of_sheet(ui::Level::note, "fetching", strings, texts);
    view.busy = true;
    return view;
  }
  // It has come, and the printing begins at once.
  if (certificate_->phase() == SheetPrint::Phase::idle)
    return view_of_sheet(ui::Level::note, "printing", strings, texts);
  return view_of_sheet(*certificate_, parts_.page_printer->state(), frame_.device_words(), strings, texts);
}

void ProgressFlow::show_certificate() {
  certificate_shown_ = true;
  const bool unreadable =
      certificate_->phase() == SheetPrint::Phase::failed && certificate_->problem().starts_with("pdf.");
  if (unreadable && !fetch_.under_way()) return certificate_failed("unprintable", certificate_->problem());
  // What is still on its way to this machine is given up then; what is printed goes on.
  const auto leave = [this] {
    fetch_.stop();
    show_result();
  };
  frame_.show(
      [this, leave](const ui::PageContext& context) {
        return ui::sheet_page(certificate_view(context.strings), context,
                              [this, leave](ui::SheetIntent intent) {
                                if (intent == ui::SheetIntent::leave) return leave();
                                if (!certificate_under_way()) print_certificate();
                              });
      },
      leave);
}

}  // namespace bianmin::session
