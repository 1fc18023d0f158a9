// One run of a simulation: what happens, and what has to be true of it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "tests/sync/simulation/parts.hpp"

namespace bianmin::test {

class Story {
 public:
  Story(const World& world, const Simulation& simulation);
  Outcome run();

 private:
  struct Told {  // a resident was told that it is saved
    std::size_t terminal;
    record::RecordKind kind;
    record::RecordId id;
    std::string case_no;
    std::string token;
    bool since_copy = false;  // not in the copy of the disk, if there is one
  };
  struct OpenAsk {
    std::size_t terminal;
    store::AskId id;
    std::int64_t deadline_ms;
    bool known;  // the hub knows the case
  };
  struct Copy {  // of a disk, to be restored later
    std::size_t terminal;
    CrashDisk disk;
  };

  void step();
  void resident_saves(std::size_t at);
  void save(std::size_t at, const record::CaseRecord& record);
  void resident_asks(std::size_t at);
  void read_answers(std::size_t at);
  void agent_works(std::size_t at);
  void change_network(std::size_t at);
  void crash_something();
  void arm_power_cut();
  void cut_soon(CrashDisk& disk, std::uint64_t within_changes);
  void copy_or_restore(std::size_t at);
  void copy_or_restore_hub();
  void let_go(std::size_t at);
  void after_power_cuts();
  void boot_hub();
  void boot(std::size_t at);
  void settle();
  bool quiet();

  void check_now();
  void check_hub();
  void check_told(const Told& told);
  void check_end();
  bool hub_readable() { return hub_.on() && !hub_.disk().off(); }
  std::int64_t at_hub(const Told& told);
  std::string state_in_journal(const Told& told);
  std::int64_t count_at_hub(std::string_view sql);

  void tell(std::string line);
  void fail(std::string why);

  Dice dice_;
  SeededCrypto crypto_;
  FakeClock clock_;
  SimulatedHub hub_;
  std::vector<std::unique_ptr<SimulatedTerminal>> terminals_;
  std::vector<Told> told_;
  std::vector<OpenAsk> asks_;
  std::optional<Copy> copy_;
  std::set<std::size_t> restored_;
  std::optional<CrashDisk> hub_copy_;
  bool hub_restored_ = false;
  bool settling_ = false;
  Outcome outcome_;
};

}  // namespace bianmin::test
