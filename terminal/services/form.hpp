// One run of a package by one person: what is known, what is asked, where we are.
//
// Answers are kept without any language, so the language may change at every step. Thread-bound. Never
// blocks, never logs. The answers are wiped with the form; texts it returns hold personal data and are the
// caller's.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "terminal/base/clock.hpp"
#include "terminal/base/result.hpp"
#include "terminal/services/answers.hpp"
#include "terminal/services/package.hpp"

namespace bianmin::services {

struct OptionText {
  std::string id;
  std::string icon;
  std::string label;
  std::string detail;  // or empty
  bool chosen = false;
};

struct QuestionText {
  std::string field;
  FieldKind kind = FieldKind::text;
  std::string title;
  std::string hint;  // or empty
  std::string skip;  // the words for leaving it out, or empty when it must be answered
  bool skipped = false;
  std::string value;  // what is answered so far, or prefilled; for a choice see `chosen`
  std::vector<OptionText> options;
  int length_min = 1;
  int length_max = 0;
};

struct ReviewRow {
  std::string field;
  std::string label;
  std::string value;  // masked where the package says so
  bool changeable = false;
};

class Form {
 public:
  // Borrows `package`, which must outlive the form.
  Form(const Package& package, const Date& today);
  Form(Form&&) = default;
  Form& operator=(Form&&) = delete;

  const Package& package() const { return package_; }
  const Step& current_step() const { return package_.steps[step_]; }
  const Field* current_field() const;  // of a question or scan step, else null
  bool finished() const { return finished_; }
  bool submitted() const { return submitted_; }
  // "第 2 步，共 5 步": print and rate come after the last numbered step, ask belongs to scan.
  int step_number() const;
  int step_count() const;

  // Keys as in `card_keys`; name, number, birth, valid_from and valid_to are required (valid_from not of an
  // electronic ID), dates are YYYYMMDD, valid_to may be "long-term"; without a kind it is a resident's. The
  // card of another person takes all answers away. Allowed until submit. Errors "form.bad_card",
  // "card.kind_not_served", "form.submitted".
  Result<void> set_card(const std::map<std::string, std::string>& card);
  bool has_card() const { return !card_.empty(); }

  // Errors of check_answer (answer_check.hpp), and "form.not_asked", "form.submitted": nothing has changed
  // then. A scan step is answered the same way, with the text of the code.
  Result<void> answer(std::string_view field, std::string_view value);
  Result<void> skip(std::string_view field);                                // also "form.required"
  std::optional<std::string_view> answer_of(std::string_view field) const;  // borrows until the next change

  // At the sign step: the person has signed what record_fields() says now. Any later change takes it back.
  void set_signed();

  // The first rule that says no, or null. Its `tell` and `where` are what the resident is told.
  const Rule* check_rules() const;

  // Goes on, or back to a question that an answer out of turn has made due. At submit it means that the
  // record is safely stored: from then on there is no way back. Errors "form.no_card", "form.unanswered",
  // "form.unsigned", "form.not_eligible" (see check_rules), "form.finished".
  Result<void> next();
  // False when there is nothing before it, or after submit. From a changed question it goes to the review.
  bool back();
  // From the review to a question; next() then returns to the review, by way of questions newly due.
  // Errors "form.not_asked", "form.submitted".
  Result<void> change(std::string_view field);

  std::optional<QuestionText> question(std::string_view language) const;  // of the current question step
  std::vector<ReviewRow> review_rows(std::string_view language) const;

  // For the record, in the order of the package; without what was skipped or is not asked by its condition.
  std::vector<std::pair<std::string, std::string>> record_fields() const;

  // `values` has case_no, qr, site, time and terminal, as far as the layout uses them.
  // Error "form.missing_value".
  Result<std::vector<ReceiptLine>> receipt_lines(const std::map<std::string, std::string>& values,
                                                 std::string_view language) const;
  // `values` has case_no, site, time and terminal, as far as the texts use them. Without a sheet in the
  // package: "form.no_sheet"; else "form.missing_value".
  Result<SheetText> sheet(const std::map<std::string, std::string>& values, std::string_view language) const;

 private:
  bool active(const Step& step) const;
  bool has_to_sign() const;
  bool asked_now(const Field& field) const;
  bool settled(const Step& step) const;
  Result<void> may_leave() const;
  std::size_t index_of(StepKind kind) const;
  std::size_t first_open() const;  // the first step without what it asks for, or the number of steps
  void prefill();
  bool offered(const Option& option) const;
  std::string card_text(std::string_view language, std::string_view key) const;
  std::string review_text(const Field& field, std::string_view language) const;
  bool told(const Field& field) const;  // it has a value, or a person left it out
  Result<std::string> printed(const std::string& key, const std::map<std::string, std::string>& values,
                              std::string_view language) const;

  const Package& package_;
  Date today_;
  Answers card_;
  Answers answers_;  // an empty value: skipped
  std::size_t step_ = 0;
  bool by_electronic_id_ = false;
  bool signed_ = false;
  bool changing_ = false;
  bool submitted_ = false;
  bool finished_ = false;
};

}  // namespace bianmin::services
