#include "terminal/kioskctl/person_operator.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>

#include "terminal/base/config.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::kioskctl {

namespace {

using conformance::Act;

constexpr std::size_t line_byte_max = 1'000;
constexpr std::size_t shown_byte_max = 200;  // longer codes nobody has at hand
constexpr std::int64_t turn_ms = 1'000;
constexpr int slip_count_max = 10'000;

Error skipped(std::string_view why) { return {Remedy::refuse, "conformance.skipped", std::string(why)}; }

std::string_view sentence(Act act) {
  switch (act) {
    case Act::plug:
      return "Plug the device in.";
    case Act::unplug:
      return "Unplug the device.";
    case Act::unplug_during:
      return "Take the plug in your hand: unplug the device while it is at work after you pressed Enter.";
    case Act::put_card:
      return "Put a card on the reader, or into it.";
    case Act::take_card:
      return "Take the card away.";
    case Act::take_card_during:
      return "Take the card in your hand: pull it away while it is being read after you pressed Enter.";
    case Act::load_paper:
      return "See that paper is in.";
    case Act::remove_paper:
      return "Take the paper out.";
    case Act::remove_paper_during:
      return "Leave less paper than a slip is long, or be ready to tear it away while it prints.";
    case Act::close_cover:
      return "See that the cover is closed.";
    case Act::open_cover:
      return "Open the cover.";
    case Act::open_cover_during:
      return "Be ready: open the cover while it prints after you pressed Enter.";
    case Act::block_cutter:
    case Act::free_cutter:
    case Act::jam_page:
    case Act::clear_jam:
      return {};  // nobody is asked to put something into a knife or between hot rolls
    case Act::take_slip:
      return "Take the slip from the printer's mouth.";
    case Act::take_code_away:
      return "Take the code away from the camera.";
    case Act::turn_next_code:
      return "Turn the next code upside down.";
    case Act::uncover_camera:
      return "Take your hand away from the camera.";
    case Act::cover_camera:
      return "Cover the camera with your hand, so that it sees nothing.";
    case Act::press_previous:
      return "Press the key for the previous thing, once.";
    case Act::press_next:
      return "Press the key for the next thing, once.";
    case Act::press_confirm:
      return "Press the key that confirms, once.";
    case Act::press_back:
      return "Press the key that goes back, once.";
    case Act::press_help:
      return "Press the key for help, once.";
    case Act::open_door:
      return "Open the door of the cabinet.";
    case Act::close_door:
      return "Close the door of the cabinet.";
    case Act::begin_tamper:
      return "Put the tamper contact into alarm.";
    case Act::end_tamper:
      return "Put the tamper contact right.";
    case Act::restore_mains:
      return "See that the power supply is plugged into the wall.";
    case Act::cut_mains:
      return "Pull the power supply's plug from the wall; its battery must carry this machine.";
  }
  return {};
}

}  // namespace

Result<void> PersonOperator::act(Act act) {
  const std::string_view what = sentence(act);
  if (what.empty()) return skipped("a person cannot do that without harm");
  const auto answer = ask(what);
  if (!answer) return answer.error();
  return {};
}

Result<std::string> PersonOperator::show_code(const std::string& text) {
  if (text.size() > shown_byte_max) return skipped("it needs a code that only the emulator has");
  const auto answer = ask("Scan any code, as the one on a slip of `kioskctl print-test`, once.");
  if (!answer) return answer.error();
  return std::string();
}

Result<int> PersonOperator::count_slips() {
  for (;;) {
    const auto answer =
        ask("How many whole slips have come out since the beginning? (Enter alone: no new one)");
    if (!answer) return answer.error();
    if (answer->empty()) return slips_;
    if (const auto count = parse_number(*answer, 0, slip_count_max)) return slips_ = static_cast<int>(*count);
  }
}

Result<bool> PersonOperator::sees_light(std::string_view place) {
  const auto answer = ask("Is the guide light '" + std::string(place) + "' lit? (y, or Enter alone: no)");
  if (!answer) return answer.error();
  return *answer == "y";
}

Result<std::string> PersonOperator::ask(std::string_view what) {
  std::fprintf(to_, "  -> %.*s [Enter; s skips the step] ", static_cast<int>(what.size()), what.data());
  std::fflush(to_);
  auto line = next_line();
  if (line && *line == "s") return skipped("by the operator");
  return line;
}

Result<std::string> PersonOperator::next_line() {
  std::size_t end = std::string::npos;
  const auto watched = loop_.watch(input_fd_, POLLIN, [this](short) {
    std::array<char, 256> piece;
    const ssize_t count = ::read(input_fd_, piece.data(), piece.size());
    if (count <= 0) ended_ = true;
    if (count > 0) read_.append(piece.data(), static_cast<std::size_t>(count));
  });
  if (!watched) return watched.error();
  while ((end = read_.find('\n')) == std::string::npos && !ended_ && read_.size() < line_byte_max) {
    loop_.run_once(turn_ms);
  }
  loop_.unwatch(input_fd_);
  if (end == std::string::npos) return skipped("nobody answers");
  std::string line(trim(read_.substr(0, end)));
  read_.erase(0, end + 1);
  return line;
}

}  // namespace bianmin::kioskctl
