// Looks up how far a case is: the slip's code under the scanner, then what this terminal knows and what the
// hub says. When its department has issued a certificate, it is printed here, if that is wanted.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sync/record/slip.hpp"
#include "terminal/services/form.hpp"
#include "terminal/session/certificate_fetch.hpp"
#include "terminal/session/flow.hpp"
#include "terminal/session/parts.hpp"
#include "terminal/session/sheet_print.hpp"
#include "ui/pages/progress_page.hpp"
#include "ui/pages/sheet_page.hpp"

namespace bianmin::session {

class ProgressFlow : public Flow {
 public:
  ProgressFlow(const Parts& parts, Frame& frame, const services::Package& package,
               std::function<void()> ended);
  ~ProgressFlow() override;

  void start() override { scan(); }
  void finish(std::function<void()> then) override;
  bool showing_result() const override { return !result_.empty() && !certificate_under_way(); }
  Guide guide() const override;

 private:
  void scan();
  void scanned(const Result<std::string>& text);
  void ask(const record::Slip& slip);
  void look_for_answer();
  void answered(const store::Answer& answer);
  void show_scan();
  void show_result();
  ui::ProgressView result_view(const ui::Strings& strings) const;
  std::string department_words(const ui::Strings& strings) const;

  // The certificate: progress_flow_certificate.cpp.
  bool certificate_there() const { return answered_ && told_.certificate_size > 0; }
  bool certificate_under_way() const {
    return fetch_.under_way() || (certificate_ && certificate_->under_way());
  }
  ui::CertificateCard certificate_card(const ui::Strings& strings) const;
  void prepare_certificate();
  void open_certificate();
  void fetched(Result<SecretBytes> file);
  void print_certificate();
  void certificate_failed(const std::string& about, std::string_view code);
  ui::SheetView certificate_view(const ui::Strings& strings) const;
  void show_certificate();
  void forget_certificate();

  Parts parts_;
  Frame& frame_;
  const services::Package& package_;
  services::Form form_;
  std::function<void()> ended_;
  record::Slip slip_;
  std::optional<store::CaseProgress> known_;  // what this terminal knows
  record::CaseState told_;                    // what the hub said
  bool answered_ = false;                     // by the hub, just now
  std::string result_;                        // one of services::progress_states; empty: none yet
  std::string problem_;                       // of the code, a stable code
  std::optional<store::AskId> asking_;
  EventLoop::TimerId timer_ = 0;
  CertificateFetch fetch_;
  std::shared_ptr<const SecretBytes> file_;  // the certificate, as long as its case is on the screen
  bool certificate_shown_ = false;           // its page is
  std::optional<SheetPrint> certificate_;    // where there is an A4 printer
};

}  // namespace bianmin::session
