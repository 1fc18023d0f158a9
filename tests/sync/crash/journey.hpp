// A whole journey at the level of the stores, on disks that may lose their power or fail at any call: cases
// are saved, their slips go through the print ledger, a question is asked, the hub takes everything in, signs
// and files it, the receipts settle, a rating and a document follow.
#pragma once

#include <map>

#include "sync/hub/store/hub_keys.hpp"
#include "sync/hub/store/hub_store.hpp"
#include "sync/store/print_ledger.hpp"
#include "tests/fakes/crash_vfs.hpp"
#include "tests/sync/hub/fresh_keys.hpp"

namespace bianmin::test {

// The disks of one terminal and of its hub.
struct Disks {
  Disks() = default;
  Disks(CrashDisk of_terminal, CrashDisk of_hub) : terminal(std::move(of_terminal)), hub(std::move(of_hub)) {}
  CrashVfs terminal;
  CrashVfs hub;
};

// What somebody was told so far, and what a step that has no answer yet may have done.
struct Told {
  std::map<int, store::Saved> saved;         // by number of the record
  std::map<int, store::PrintState> printed;  // the last state that was told
  std::map<int, bool> printing_ended;        // "printed" was about to be noted
  std::size_t begun = 0;                     // records that were given to save()
  std::vector<std::string> errors;           // codes of calls that failed
  bool tries_again = false;                  // at once, on the same open files, one time
};

class Journey {
 public:
  Journey();

  static constexpr int record_count = 5;

  // From wherever the disks stand to the end. An error ends it: of a disk that failed, or a CHECK that did.
  // After one on a disk that works again, call it again.
  Result<void> run(Disks& disks, Told& told);

  // Opens both stores anew: nothing told is lost, nothing is doubled, the chain holds, the ledger claims
  // nothing.
  void check(Disks& disks, const Told& told);
  // All has arrived, once.
  void check_end(Disks& disks);

 private:
  struct Stores;
  Result<void> open(Disks& disks, Stores& stores, Told& told);
  Result<store::Saved> save(Stores& stores, Told& told, int number, const std::string& case_no = {});
  Result<void> print(Stores& stores, Told& told, int number, const std::string& case_no);
  Result<void> send(Stores& stores, Told& told);
  Result<void> ask(Stores& stores, Told& told, const std::string& case_no);

  FreshKeys hub_ = fresh_hub_keys();
  store::Enrolment enrolment_ = enrolled_with(*hub_.keys, {"T-0001", 1, 42});
  std::vector<record::CaseRecord> records_;
  FakeClock clock_;
};

}  // namespace bianmin::test
