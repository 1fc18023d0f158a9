// Hold the code of the slip under the scanner.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

enum class ScanPrompt { waiting, asking, scanner_missing, problem };

struct ScanView {
  std::string service_title = {};
  ScanPrompt prompt = ScanPrompt::waiting;
  std::string problem_text = {};  // shown with `problem`
};

// Nothing to choose but the helpers.
NodePtr scan_page(const ScanView& view, const PageContext& context);

}  // namespace bianmin::ui
