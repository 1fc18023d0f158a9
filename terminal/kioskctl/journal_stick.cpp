// kioskctl journal export and import: the way of a journal over a USB stick.
#include <fmt/format.h>

#include <cstdio>

#include "sync/store/stick_queue.hpp"
#include "terminal/kioskctl/journal_commands.hpp"

namespace bianmin::kioskctl {

namespace {

struct OpenedJournal {
  std::unique_ptr<store::Journal> journal;
  std::optional<store::Outbox> outbox;
};

Result<OpenedJournal> open_with_outbox(const Arguments& arguments) {
  auto hub_key = seal::PublicKey::load(journal_keys(arguments) / "hub-receipt.pub");
  if (!hub_key) return hub_key.error();
  auto journal = open_journal(arguments);
  if (!journal) return journal.error();
  OpenedJournal opened{std::move(journal).value(), std::nullopt};
  opened.outbox.emplace(*opened.journal, *hub_key);
  return opened;
}

void tell_progress(std::int64_t records) { fmt::print(stderr, "{} records\n", records); }

}  // namespace

int journal_export(const Arguments& arguments) {
  auto opened = open_with_outbox(arguments);
  if (!opened) return fail(opened.error());
  const SystemClock clock;
  auto report =
      store::export_queue(*opened->journal, *opened->outbox, arguments.words()[1], clock, tell_progress);
  if (!report) return fail(report.error());
  fmt::print("{} records in {} files; {} were on the stick before\n", report->records, report->files,
             report->already);
  return exit_ok;
}

int journal_import(const Arguments& arguments) {
  auto opened = open_with_outbox(arguments);
  if (!opened) return fail(opened.error());
  const auto tell = [](std::int64_t settled) {
    if (settled % 500 == 0) tell_progress(settled);
  };
  auto report = store::import_receipts(*opened->outbox, arguments.words()[1], tell);
  if (!report) return fail(report.error());
  fmt::print("{} records settled, {} of them refused by the hub; {} receipts of others, {} forged\n",
             report->settled, report->refused, report->foreign, report->forged);
  return report->forged == 0 ? exit_ok : exit_no;
}

}  // namespace bianmin::kioskctl
