#include "drivers/printer/page/page_status.hpp"

#include <algorithm>
#include <array>

namespace bianmin::printer {

DeviceState PageStatus::state() const {
  if (broken) return {DeviceCondition::faulted, "printer.broken"};
  if (cover_open) return {DeviceCondition::needs_attention, "printer.cover_open"};
  if (jam) return {DeviceCondition::needs_attention, "printer.page_jam"};
  if (tray_empty) return {DeviceCondition::needs_attention, "printer.tray_empty"};
  if (toner_out) return {DeviceCondition::needs_attention, "printer.toner_out"};
  if (bin_full) return {DeviceCondition::needs_attention, "printer.bin_full"};
  if (offline) return {DeviceCondition::needs_attention, "printer.offline"};
  if (toner_low) return {DeviceCondition::degraded, "printer.toner_low"};
  return {DeviceCondition::ready, "ready"};
}

namespace {

struct CodeRange {
  int first = 0;
  int last = 0;
  bool PageStatus::*flag = nullptr;  // null: it goes on printing
};

// The first that fits counts.
constexpr std::array code_ranges = {
    CodeRange{10'002, 10'002, &PageStatus::offline},
    CodeRange{10'006, 10'006, &PageStatus::toner_low},
    CodeRange{10'027, 10'027, &PageStatus::jam},
    CodeRange{10'218, 10'218, &PageStatus::toner_low},
    CodeRange{10'300, 10'303, &PageStatus::toner_low},
    CodeRange{30'119, 30'119, &PageStatus::jam},
    CodeRange{40'000, 40'000, nullptr},  // sleeps
    CodeRange{40'010, 40'010, &PageStatus::toner_out},
    CodeRange{40'019, 40'019, &PageStatus::bin_full},
    CodeRange{40'021, 40'021, &PageStatus::cover_open},
    CodeRange{40'022, 40'022, &PageStatus::jam},
    CodeRange{40'038, 40'038, &PageStatus::toner_low},
    CodeRange{40'600, 40'600, &PageStatus::toner_out},
    CodeRange{40'001, 40'999, &PageStatus::offline},
    CodeRange{41'000, 41'999, &PageStatus::tray_empty},
    CodeRange{42'000, 42'999, &PageStatus::jam},
    CodeRange{44'000, 44'999, &PageStatus::jam},
    CodeRange{50'000, 50'999, &PageStatus::broken},
};

struct Reason {
  std::string_view start;
  bool PageStatus::*flag = nullptr;
};

constexpr std::array reasons = {
    Reason{"media-empty", &PageStatus::tray_empty},
    Reason{"media-needed", &PageStatus::tray_empty},
    Reason{"input-tray-missing", &PageStatus::tray_empty},
    Reason{"media-jam", &PageStatus::jam},
    Reason{"cover-open", &PageStatus::cover_open},
    Reason{"door-open", &PageStatus::cover_open},
    Reason{"interlock-open", &PageStatus::cover_open},
    Reason{"toner-empty", &PageStatus::toner_out},
    Reason{"marker-supply-empty", &PageStatus::toner_out},
    Reason{"toner-low", &PageStatus::toner_low},
    Reason{"marker-supply-low", &PageStatus::toner_low},
    Reason{"output-area-full", &PageStatus::bin_full},
    Reason{"fuser-over-temp", &PageStatus::broken},
    Reason{"paused", &PageStatus::offline},
    Reason{"shutdown", &PageStatus::offline},
};

}  // namespace

PageStatus status_from_pjl(int code) {
  PageStatus status;
  for (const CodeRange& range : code_ranges) {
    if (code < range.first || code > range.last) continue;
    if (range.flag != nullptr) status.*range.flag = true;
    break;
  }
  return status;
}

PageStatus page_status_from_port(std::uint8_t port_status) {
  constexpr std::uint8_t no_error = 0x08;
  constexpr std::uint8_t selected = 0x10;
  constexpr std::uint8_t paper_empty = 0x20;
  PageStatus status;
  status.tray_empty = (port_status & paper_empty) != 0;
  status.offline = (port_status & selected) == 0 || (port_status & no_error) == 0;
  return status;
}

void add_ipp_reason(std::string_view keyword, PageStatus& status) {
  // "media-empty-error", "media-empty-warning", "media-empty-report": a report and a warning stop nothing.
  const bool stops = !keyword.ends_with("-report") && !keyword.ends_with("-warning");
  for (const Reason& reason : reasons) {
    if (!keyword.starts_with(reason.start)) continue;
    if (stops || reason.flag == &PageStatus::toner_low) status.*reason.flag = true;
    return;
  }
}

}  // namespace bianmin::printer
