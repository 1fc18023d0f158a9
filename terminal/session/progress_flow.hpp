// Looks up how far a case is: the slip's code under the scanner, then what this terminal knows and what the
// hub says.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sync/record/slip.hpp"
#include "terminal/services/form.hpp"
#include "terminal/session/flow.hpp"
#include "terminal/session/parts.hpp"
#include "ui/pages/progress_page.hpp"

namespace bianmin::session {

class ProgressFlow : public Flow {
 public:
  ProgressFlow(const Parts& parts, Frame& frame, const services::Package& package,
               std::function<void()> ended);
  ~ProgressFlow() override;

  void start() override { scan(); }
  void finish(std::function<void()> then) override;
  bool showing_result() const override { return !result_.empty(); }
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
};

}  // namespace bianmin::session
