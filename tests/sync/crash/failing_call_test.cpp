// One call of the disk fails with EIO or ENOSPC, each in turn, at the terminal and at the hub: the store that
// was asked says so with a stable code and has changed nothing, and the same question again, on the same open
// file, is answered.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tests/sync/crash/journey.hpp"

namespace bianmin::test {

namespace {

// Every call, or unless BIANMIN_SWEEP=full an even part of them.
std::int64_t step() {
  const char* wanted = std::getenv("BIANMIN_SWEEP");
  return wanted != nullptr && std::string(wanted) == "full" ? 1 : 13;
}

struct Failures {
  int points = 0;
  int told = 0;
  int disk_full = 0;
};

void fail_one(Journey& journey, bool at_terminal, std::int64_t call, DiskFault fault, Failures& tally) {
  Disks disks;
  Told told;
  told.tries_again = true;
  CrashDisk& disk = at_terminal ? disks.terminal.disk() : disks.hub.disk();
  disk.fail_calls(call, 1, fault);
  INFO((at_terminal ? "terminal, call " : "hub, call ")
       << call << (fault == DiskFault::full ? " is full" : " fails"));
  must(journey.run(disks, told));
  ++tally.points;
  CHECK(told.errors.size() <= 1);
  for (const std::string& code : told.errors) {
    ++tally.told;
    tally.disk_full += code == "store.disk_full" ? 1 : 0;
    CHECK((code == "store.io" || (fault == DiskFault::full && code == "store.disk_full")));
  }
  journey.check(disks, told);
  journey.check_end(disks);
}

}  // namespace

TEST_CASE("any call may fail: it is told, nothing is lost or doubled, and the next one works") {
  Journey journey;
  Failures tally;
  Disks undisturbed;
  Told told;
  must(journey.run(undisturbed, told));
  const std::int64_t calls[] = {undisturbed.hub.disk().calls(), undisturbed.terminal.disk().calls()};
  for (const bool at_terminal : {false, true}) {
    for (const DiskFault fault : {DiskFault::io_error, DiskFault::full}) {
      for (std::int64_t call = 1; call <= calls[at_terminal ? 1 : 0]; call += step()) {
        fail_one(journey, at_terminal, call, fault, tally);
      }
    }
  }
  CHECK(tally.told > tally.points / 4);
  CHECK(tally.disk_full > 0);
  std::printf("crash: %d failing calls, of %lld each with EIO and ENOSPC; %d told, %d as a full disk\n",
              tally.points, static_cast<long long>(calls[0] + calls[1]), tally.told, tally.disk_full);
}

}  // namespace bianmin::test
