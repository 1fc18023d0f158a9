#include "tests/drivers/fault_sweep.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace bianmin {

namespace {

using emulator::FaultKind;
using Steady = std::chrono::steady_clock;

constexpr std::array all_kinds = {
    FaultKind::unplug,   FaultKind::stall,  FaultKind::timeout, FaultKind::short_answer,
    FaultKind::oversize, FaultKind::babble, FaultKind::garbage, FaultKind::wrong_checksum,
    FaultKind::bit_flip, FaultKind::late,   FaultKind::stale,   FaultKind::wrong_sequence};

constexpr std::int64_t grace_ms = 2'000;  // of a busy machine, and of Channel::cancel_grace_ms
constexpr std::int64_t patience_ms = 60'000;
constexpr std::int64_t spoilt_ms = 120;  // so long a spoilt operation may go on before a person mends it
constexpr int turn_ms = 10;
constexpr std::size_t failures_told_max = 20;

// One of so many cases is tried; 1: all.
int stride() {
  constexpr int quick_stride = 11;  // has no divisor with the kinds: all of them come
  const char* wanted = std::getenv("BIANMIN_SWEEP");
  return wanted != nullptr && std::string_view(wanted) == "full" ? 1 : quick_stride;
}

std::int64_t since_ms(Steady::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - start).count();
}

class Sweep {
 public:
  explicit Sweep(SweepSubject& subject) : subject_(subject) {}

  void run(int effect_count_min) {
    const int transfers = learn();
    int number = 0;
    for (int index = 0; index < transfers; ++index) {
      for (const FaultKind kind : all_kinds) {
        if (number++ % stride() == 0) try_fault(index, kind);
      }
    }
    const auto spoilings = subject_.spoilings();
    for (int index = 0; index < transfers; ++index) {
      for (const auto& spoiling : spoilings) {
        if (number++ % stride() == 0) try_spoiling(index, spoiling);
      }
    }
    leave();
    tell(transfers);
    if (stride() == 1) CHECK(effects_ + spoilings_ >= effect_count_min);
    for (std::size_t i = 0; i < std::min(failures_.size(), failures_told_max); ++i) FAIL_CHECK(failures_[i]);
    CHECK(failures_.empty());
  }

 private:
  // How many transfers the conversation has when all is well.
  int learn() {
    subject_.mend();
    subject_.plug();
    subject_.begin();
    REQUIRE(wait_for_end(patience_ms) == "ok");
    REQUIRE(until_usable());
    const int transfers = subject_.transfer_count();
    leave();
    return transfers;
  }

  void try_fault(int index, FaultKind kind) {
    const std::string name = fmt::format("{} at {}", fault_name(kind), index);
    const int effects = subject_.effect_count();
    ++tried_;
    subject_.mend();
    subject_.fail_at(index, kind);
    const auto start = Steady::now();
    subject_.plug();
    subject_.begin();
    const std::string ending = wait_for_end(subject_.limit_ms() + grace_ms);
    longest_ms_ = std::max(longest_ms_, since_ms(start));
    subject_.forget_faults();
    const bool took_effect = subject_.effect_count() > effects;
    effects_ += took_effect ? 1 : 0;
    if (ending.empty()) return give_up(name + ": has no end");
    if (!subject_.honest(ending, took_effect && damages(kind))) return give_up(name + ": ended as " + ending);
    finish_well(name);
  }

  void try_spoiling(int index, const SweepSubject::Spoiling& spoiling) {
    const std::string name = fmt::format("{} at {}", spoiling.name, index);
    ++spoilings_;
    subject_.mend();
    spoiling.at(index);
    subject_.plug();
    subject_.begin();
    std::string ending = wait_for_end(spoilt_ms);
    subject_.forget_faults();
    subject_.mend();
    const auto start = Steady::now();
    if (ending.empty()) ending = wait_for_end(subject_.limit_ms() + grace_ms);
    longest_ms_ = std::max(longest_ms_, since_ms(start));
    if (ending.empty()) return give_up(name + ": has no end");
    if (!subject_.honest(ending, false)) return give_up(name + ": ended as " + ending);
    finish_well(name);
  }

  // The device behaves: the same operation succeeds, without anybody's doing.
  void finish_well(const std::string& name) {
    subject_.begin();
    const std::string ending = wait_for_end(subject_.limit_ms() + grace_ms);
    if (ending != "ok" || !subject_.honest(ending, false)) {
      return give_up(fmt::format("{}: afterwards it ended as '{}', {}", name, ending, subject_.state().code));
    }
    if (!until_usable()) return give_up(name + ": not ready afterwards");
    leave();
  }

  static bool damages(FaultKind kind) {
    return kind != FaultKind::unplug && kind != FaultKind::stall && kind != FaultKind::timeout &&
           kind != FaultKind::babble && kind != FaultKind::late;
  }

  // Empty: it has none within the time. A pulled plug is put back.
  std::string wait_for_end(std::int64_t limit_ms) {
    const auto start = Steady::now();
    for (;;) {
      if (auto ended = subject_.ended()) return *ended;
      if (since_ms(start) > limit_ms) return {};
      if (!subject_.plugged()) subject_.plug();
      subject_.go_on();
      subject_.rig().loop.run_once(turn_ms);
    }
  }

  bool until_usable() {
    return subject_.rig().until([&] { return subject_.state().usable(); });
  }

  void leave() {
    subject_.call_off();
    subject_.forget_faults();
    subject_.unplug();
    REQUIRE(subject_.rig().until([&] { return subject_.state().condition == DeviceCondition::absent; }));
  }

  void give_up(std::string why) {
    failures_.push_back(subject_.name() + ", " + std::move(why));
    leave();
  }

  void tell(int transfers) const {
    static int total = 0;  // of this process, for its log
    total += effects_ + spoilings_;
    std::printf(
        "sweep: %s: %d transfers, %d faults tried, %d took effect, %d acts of people; %zu failed; "
        "longest %lld ms; %d until now\n",
        subject_.name().c_str(), transfers, tried_, effects_, spoilings_, failures_.size(),
        static_cast<long long>(longest_ms_), total);
    std::fflush(stdout);
  }

  SweepSubject& subject_;
  int tried_ = 0;
  int effects_ = 0;
  int spoilings_ = 0;
  std::int64_t longest_ms_ = 0;
  std::vector<std::string> failures_;
};

}  // namespace

void sweep(SweepSubject& subject, int effect_count_min) { Sweep(subject).run(effect_count_min); }

}  // namespace bianmin
