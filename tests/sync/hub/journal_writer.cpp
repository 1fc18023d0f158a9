// journal_writer TERMINALDIR COUNT: saves records as a terminal would and prints "saved CASE_NO" after each;
// it stands for the terminal where a test kills one at random moments.
#include <cstdio>
#include <cstdlib>

#include "sync/store/journal_recovery.hpp"
#include "sync/store/print_ledger.hpp"
#include "sync/store/record_writer.hpp"
#include "sync/store/wake_up.hpp"

int main(int argc, char** argv) {
  using namespace bianmin;
  if (argc != 3) return 2;
  const std::filesystem::path folder(argv[1]);
  auto enrolment = store::load_enrolment(folder);
  if (!enrolment) return 3;
  auto journal = store::open_journal(folder / "journal.db", folder);
  if (!journal) {
    std::fprintf(stderr, "%s\n", journal.error().text().c_str());
    return 4;
  }
  const SystemClock clock;
  store::RecordWriter writer(**journal, *enrolment);
  store::PrintLedger ledger(**journal, clock);
  const int count = std::atoi(argv[2]);
  for (int made = 0; made < count; ++made) {
    const auto ids = store::fresh_ids();
    record::CaseRecord record;
    record.id = ids.id;
    record.token = ids.token;
    record.service_id = "pension-confirmation";
    record.created_utc_ms = clock.utc_ms();
    record.answers = {{"n", std::to_string(made)}, {"filler", std::string(1500, 'x')}};
    auto saved = writer.save(record);
    if (saved) {
      auto intended = ledger.intend(saved->case_no, saved->case_no, {});
      if (!intended) saved = intended.error();
    }
    if (!saved) {
      std::fprintf(stderr, "%s\n", saved.error().text().c_str());
      return 5;
    }
    std::printf("saved %s %s\n", saved->case_no.c_str(), record.token.c_str());
    std::fflush(stdout);
    store::WakeUp::send(folder / "agent.wake");
  }
  return 0;
}
