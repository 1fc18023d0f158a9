#include "drivers/conformance/operator.hpp"
#include "terminal/base/config.hpp"

namespace bianmin::conformance {

namespace {

// "During": so far into the device's next work. A slip is some hundred bytes, a card some transfers.
constexpr std::string_view transfers_into = "3";
constexpr std::string_view one_stroke_into = "1";  // down and up are all there is of it
constexpr std::string_view bytes_into = "60";
constexpr std::string_view sent_bytes_into = "150";   // with the questions that come before
constexpr std::string_view page_bytes_into = "2000";  // likewise; a page is some ten kilobytes
constexpr int slip_count_max = 1'000'000;

}  // namespace

Result<bool> Operator::sees_light(std::string_view) {
  return Error{Remedy::refuse, "conformance.skipped", "nobody looks at the lights"};
}

Result<bool> EmulatorOperator::sees_light(std::string_view place) {
  const auto answer = send_("light " + std::string(place));
  if (!answer) return answer.error();
  return *answer == "on";
}

Result<void> EmulatorOperator::act(Act act) {
  const bool page = device_ == "pageprinter";
  const std::string printer = page ? "page " : "";
  const std::string into(page ? page_bytes_into : bytes_into);
  const auto line = [&]() -> std::string {
    switch (act) {
      case Act::plug:
        return "plug " + device_;
      case Act::unplug:
        return "unplug " + device_;
      case Act::unplug_during:
        if (page) return "page unplug-after " + into;
        if (device_ == "printer") return "printer unplug-after " + std::string(sent_bytes_into);
        return "fault " + device_ + " +" + std::string(device_ == "pad" ? one_stroke_into : transfers_into) +
               " unplug";
      case Act::put_card:
        return card_ + " on";
      case Act::take_card:
        return card_ + " off";
      case Act::take_card_during:
        return card_ + " off-after " + std::string(transfers_into);
      case Act::load_paper:
        return printer + "paper in";
      case Act::remove_paper:
        return printer + "paper out";
      case Act::remove_paper_during:
        return printer + "paper out-after " + into;
      case Act::close_cover:
        return printer + "cover close";
      case Act::open_cover:
        return printer + "cover open";
      case Act::open_cover_during:
        return printer + "cover open-after " + into;
      case Act::block_cutter:
        return "cutter block";
      case Act::free_cutter:
        return "cutter free";
      case Act::take_slip:
        return "slip take";
      case Act::jam_page:
        return "page jam on";
      case Act::clear_jam:
        return "page jam off";
      case Act::take_code_away:
      case Act::turn_next_code:
      case Act::uncover_camera:
      case Act::cover_camera:
        return {};
      case Act::press_previous:
        return "key previous";
      case Act::press_next:
        return "key next";
      case Act::press_confirm:
        return "key confirm";
      case Act::press_back:
        return "key back";
      case Act::press_help:
        return "key help";
      case Act::open_door:
        return "door open";
      case Act::close_door:
        return "door close";
      case Act::begin_tamper:
        return "tamper begin";
      case Act::end_tamper:
        return "tamper end";
      case Act::restore_mains:
        return "mains on";
      case Act::cut_mains:
        return "mains off";
    }
    return {};
  }();
  if (line.empty()) return Error{Remedy::refuse, "conformance.skipped", "the emulated scanner is no camera"};
  const auto answer = send_(line);
  if (!answer) return answer.error();
  return {};
}

Result<std::string> EmulatorOperator::show_code(const std::string& text) {
  if (auto sent = send_("scan " + text); !sent) return sent.error();
  return text;
}

Result<int> EmulatorOperator::count_slips() {
  const auto answer = send_(device_ == "pageprinter" ? "page receipts" : "receipts");  // "whole N partial M"
  if (!answer) return answer.error();
  constexpr std::string_view before = "whole ";
  const std::string_view text = std::string_view(*answer).substr(0, answer->find(" partial"));
  const auto count = text.starts_with(before) ? parse_number(text.substr(before.size()), 0, slip_count_max)
                                              : Result<std::int64_t>(Error{});
  if (!count) return Error{Remedy::refuse, "emulator.refused", "not a count of slips"};
  return static_cast<int>(*count);
}

}  // namespace bianmin::conformance
