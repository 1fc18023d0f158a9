// Who does what a step asks for: a person at a shell, or the emulator.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "terminal/base/result.hpp"

namespace bianmin::conformance {

// Those with "during" are prepared and then happen by themselves, or by a quick hand, in the middle of the
// device's next work.
enum class Act {
  plug,
  unplug,
  unplug_during,
  put_card,
  take_card,
  take_card_during,
  load_paper,
  remove_paper,
  remove_paper_during,
  close_cover,
  open_cover,
  open_cover_during,
  block_cutter,  // at its next cut
  free_cutter,
  take_slip,  // from the mouth of a printer
  jam_page,
  clear_jam,
  take_code_away,
  turn_next_code,  // upside down
  uncover_camera,
  cover_camera,
  press_previous,
  press_next,
  press_confirm,
  press_back,
  press_help,
  open_door,
  close_door,
  begin_tamper,
  end_tamper,
  restore_mains,
  cut_mains,
};

// Thread-bound to the event loop. The loop may turn during a call. Errors of all calls:
// "conformance.skipped" (the detail says why this operator cannot or does not want to), and the operator's
// own.
class Operator {
 public:
  virtual ~Operator() = default;
  virtual Result<void> act(Act act) = 0;
  // Shows the scanner a code with this text. Returns what the scanner has to say: empty when the operator
  // took another code and cannot know. Before a camera it lies until `take_code_away`.
  virtual Result<std::string> show_code(const std::string& text) = 0;
  // How many whole slips, or jobs of a page printer, have come out until now; only differences are looked at.
  virtual Result<int> count_slips() = 0;
  // Whether the guide light of this place ("card", "slip", ...) is lit.
  virtual Result<bool> sees_light(std::string_view place);
};

// An operator that works an emulator by its control lines ("card on", "unplug reader").
class EmulatorOperator : public Operator {
 public:
  using Send = std::function<Result<std::string>(std::string_view line)>;
  // As the control lines call the device ("reader", "printer", "ups") and its card ("card").
  EmulatorOperator(std::string device, std::string card, Send send)
      : device_(std::move(device)), card_(std::move(card)), send_(std::move(send)) {}

  Result<void> act(Act act) override;
  Result<std::string> show_code(const std::string& text) override;
  Result<int> count_slips() override;
  Result<bool> sees_light(std::string_view place) override;

 private:
  std::string device_;
  std::string card_;
  Send send_;
};

}  // namespace bianmin::conformance
