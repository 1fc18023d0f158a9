#include "tests/e2e/kill_loop.hpp"

#include <chrono>
#include <thread>

#include "terminal/base/text.hpp"

namespace bianmin::e2e {

namespace {

constexpr std::int64_t page_limit_ms = 30'000;
constexpr std::int64_t settle_limit_ms = 120'000;
constexpr std::int64_t step_limit_ms = 5'000;
constexpr int journey_ms = 1'800;  // about as long as a journey without a person takes, with its slip

std::string case_number_in(const std::string& dump) {
  const std::string mark = "row \"办件号: ";
  const std::size_t at = dump.find(mark);
  if (at == std::string::npos) return {};
  const std::string rest = dump.substr(at + mark.size(), 24);
  std::string digits;
  for (const char c : rest.substr(0, rest.find('"'))) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  return digits;
}

}  // namespace

Result<void> KillLoop::must(Result<void> done, const std::string& what) {
  if (!done && count_.problem.empty()) count_.problem = what + ": " + done.error().text();
  return done;
}

KillCount KillLoop::run(int kills) {
  if (!must(site_.start_hub(), "hub") || !must(site_.start_agent(), "agent") ||
      !must(site_.start_terminal(), "terminal")) {
    return count_;
  }
  // Three lines for each look: a slip takes some time, and the killer comes in the middle of it.
  if (const auto slow = site_.device("printer pace 3"); !slow) count_.problem = slow.error().text();
  while (count_.kills < kills && count_.problem.empty()) journey_with_a_kill();
  if (count_.problem.empty()) settle();
  count_.told_saved = static_cast<int>(told_.size());
  const auto slips = site_.device("receipts");
  if (slips) {
    const auto words = split(*slips, ' ');
    if (words.size() >= 2) count_.whole_slips = std::atoi(std::string(words[1]).c_str());
  }
  return count_;
}

void KillLoop::journey_with_a_kill() {
  must(site_.wait_for("page-id welcome\n", page_limit_ms), "welcome page after a kill").ok();
  if (!count_.problem.empty()) return;
  const int wait_ms = std::uniform_int_distribution<int>(0, journey_ms)(random_);
  bool killed = false;
  std::thread killer([this, wait_ms, &killed] {
    std::this_thread::sleep_for(std::chrono::milliseconds(wait_ms));
    killed = kill_one();
  });
  play_until_killed();
  killer.join();
  if (killed) ++count_.kills;
  site_.device("card off").ok();
  if (!site_.agent_running()) must(site_.start_agent(), "agent again").ok();
  if (!site_.hub_running()) must(site_.start_hub(), "hub again").ok();
}

// Any step may fail: somebody was killed. What the screen showed before counts all the same.
void KillLoop::play_until_killed() {
  if (!alive_step(site_.act("choice.0"))) return;
  // Not before the terminal has seen that the card of the journey before is gone.
  if (!alive_step(site_.wait_for("请放上身份证", step_limit_ms))) return;
  site_.device("card on grandma").ok();
  if (!alive_step(site_.wait_for("page-id question.2\n", step_limit_ms))) return;
  if (!alive_step(site_.act("next"))) return;
  if (!alive_step(site_.act("choice.0"))) return;
  if (!alive_step(site_.act("skip"))) return;
  if (!alive_step(site_.act("submit"))) return;
  if (!alive_step(site_.wait_for("page-id saved\n", step_limit_ms))) return;
  note_screen();
  if (!alive_step(site_.wait_for("打好了", step_limit_ms))) return;
  note_screen();
  alive_step(site_.act("finish"));
}

bool KillLoop::alive_step(const Result<void>& done) { return done.ok(); }

void KillLoop::note_screen() {
  const auto dump = site_.dump();
  if (!dump || dump->find("已存在本机，已完成") == std::string::npos) return;
  const std::string number = case_number_in(*dump);
  if (!number.empty()) told_.insert(number);
}

bool KillLoop::kill_one() {
  switch (std::uniform_int_distribution<int>(0, 9)(random_)) {
    case 0:
    case 1:
    case 2:
      return site_.kill_agent();
    case 3:
      return site_.kill_hub();
    default:
      return site_.kill_terminal();
  }
}

void KillLoop::settle() {
  must(site_.wait_for("page-id welcome\n", page_limit_ms), "welcome page at the end").ok();
  const auto begun = std::chrono::steady_clock::now();
  for (;;) {
    count_.lost.clear();
    for (const std::string& number : told_) {
      if (!site_.hub_has_case(number)) count_.lost.insert(number);
    }
    const bool over = std::chrono::steady_clock::now() - begun > std::chrono::milliseconds(settle_limit_ms);
    if (count_.lost.empty() || over) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

}  // namespace bianmin::e2e
