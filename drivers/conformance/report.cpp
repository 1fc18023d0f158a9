#include "drivers/conformance/report.hpp"

#include <fmt/format.h>

namespace bianmin::conformance {

Json report_json(const Report& report) {
  Json steps = Json::array();
  for (const StepResult& step : report.steps) {
    steps.push_back({{"name", step.name},
                     {"verdict", std::string(verdict_name(step.verdict))},
                     {"code", step.code},
                     {"detail", step.detail},
                     {"ms", step.took_ms},
                     {"note", step.note}});
  }
  return {{"device", report.device},
          {"identity", report.identity},
          {"passed", report.count(Verdict::passed)},
          {"failed", report.count(Verdict::failed)},
          {"skipped", report.count(Verdict::skipped)},
          {"steps", std::move(steps)}};
}

std::string report_table(const Report& report) {
  std::string text = fmt::format("{} {}\n", report.device, report.identity);
  for (const StepResult& step : report.steps) {
    std::string why = step.code;
    if (!step.detail.empty()) why += (why.empty() ? "" : ": ") + step.detail;
    if (!step.note.empty()) why += (why.empty() ? "" : "; ") + step.note;
    text +=
        fmt::format("{:<22} {:<8} {:>7} ms  {}\n", step.name, verdict_name(step.verdict), step.took_ms, why);
  }
  text += fmt::format("{} passed, {} failed, {} skipped\n", report.count(Verdict::passed),
                      report.count(Verdict::failed), report.count(Verdict::skipped));
  return text;
}

}  // namespace bianmin::conformance
