// How far a case is.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

// The department has issued something over the case.
struct CertificateCard {
  std::string title = {};  // empty: there is none
  std::string body = {};
  std::string act = {};  // the words for printing it; empty: it cannot be printed now, and `body` says why
};

struct ProgressView {
  std::string case_no = {};
  std::vector<Row> rows = {};
  std::vector<StateMark> states = {};
  std::string source_note = {};  // where this answer comes from: asked just now, or what this machine knows
  Level level = Level::good;
  CertificateCard certificate = {};
};

enum class ProgressIntent { another, finish, certificate };

NodePtr progress_page(const ProgressView& view, const PageContext& context,
                      const std::function<void(ProgressIntent)>& intent);

}  // namespace bianmin::ui
