// Terminals, their network and their hub in one thread, on one clock, out of one seed.
//
// Residents save cases, rate them and ask how far they are; agents upload; the network loses, delays,
// repeats, reorders, cuts replies in the middle and breaks down; the power of a terminal or of the hub goes
// at any write of its disk, and programs die; a terminal's disk, or the hub's, is restored from an older
// copy. At the end the network is well again, and everything has to settle.
//
// Always true, whatever happens:
//   - what a resident was told is saved is in the journal, and at the hub once the journal says so; of a hub
//     that was restored from an older copy, the journal still has the contents
//   - the hub has no record twice, and none in quarantine unless a disk was restored from a copy
//   - every question is answered or expires
// At the end: everything told is at the hub and accepted, every chain and receipt verifies.
#pragma once

#include <cstdint>
#include <string>

namespace bianmin::test {

// Mistakes that a simulation has to find.
enum class Planted {
  none,
  drops_when_sent,     // the agent drops the payload when it sends, and not when it has the receipt
  forgets_duplicates,  // the hub takes a record that it has already
  acknowledges_early,  // the terminal says "saved" before the disk has it
  receipts_early,      // the hub signs for a record before its disk has it
};

struct Simulation {
  std::uint64_t seed = 0;
  Planted planted = Planted::none;
};

struct Outcome {
  std::string failure;  // empty: everything held
  std::string story;    // one line per event
  int told = 0;         // records that residents were told are saved
  int power_cuts = 0;
  int restored_disks = 0;
  int restored_hubs = 0;
  int healed = 0;  // records that waited again because the hub had lost them
};

Outcome run_simulation(const Simulation& simulation);

}  // namespace bianmin::test
