// kioskctl journal status, export and import: how a terminal's journal stands, and its way over a USB stick.
#include <fmt/format.h>

#include <cstdio>

#include "sync/store/hub_clock.hpp"
#include "sync/store/journal_recovery.hpp"
#include "sync/store/stick_queue.hpp"
#include "terminal/base/json.hpp"
#include "terminal/kioskctl/journal_commands.hpp"

namespace bianmin::kioskctl {

namespace {

// The journal of `folder`, the enrolment's, or the file that --journal names.
struct OpenedJournal {
  std::unique_ptr<store::Journal> journal;
  std::optional<store::Outbox> outbox;
};

Result<OpenedJournal> open_journal(const Arguments& arguments) {
  const std::filesystem::path file = arguments.value("journal", "journal.db");
  const std::filesystem::path keys = arguments.value("keys", file.parent_path().string());
  auto hub_key = seal::PublicKey::load(keys / "hub-receipt.pub");
  if (!hub_key) return hub_key.error();
  OpenedJournal opened;
  auto journal = store::open_journal(file, keys);
  if (!journal) return journal.error();
  opened.journal = std::move(journal).value();
  opened.outbox.emplace(*opened.journal, *hub_key);
  return opened;
}

void tell_progress(std::int64_t records) { fmt::print(stderr, "{} records\n", records); }

Json status_of(const store::Link& link, const store::Backlog& backlog,
               const std::optional<store::ClockOffset>& clock) {
  Json out = {{"online", link.online},
              {"since_utc_ms", link.since_utc_ms},
              {"code", link.code},
              {"waiting", backlog.waiting},
              {"refused", backlog.refused}};
  out["clock"] = nullptr;
  if (clock) {
    out["clock"] = {
        {"offset_ms", clock->offset_ms}, {"measured_utc_ms", clock->measured_utc_ms}, {"code", clock->code}};
  }
  return out;
}

}  // namespace

int journal_status(const Arguments& arguments) {
  auto opened = open_journal(arguments);
  if (!opened) return fail(opened.error());
  store::Journal& journal = *opened->journal;
  auto link = journal.link();
  if (!link) return fail(link.error());
  auto backlog = journal.backlog();
  if (!backlog) return fail(backlog.error());
  auto clock = store::read_clock_offset(journal);
  if (!clock) return fail(clock.error());
  if (arguments.has("json")) {
    fmt::print("{}\n", json_text(status_of(*link, *backlog, *clock), true));
    return exit_ok;
  }
  fmt::print("{}{}{}\n", link->online ? "online" : "offline", link->code.empty() ? "" : ": ", link->code);
  fmt::print("{} waiting for the hub, {} refused by it\n", backlog->waiting, backlog->refused);
  if (*clock) {
    const double seconds = static_cast<double>((*clock)->offset_ms) / 1000;
    fmt::print("the hub's clock is {:+.1f} s from this one{}{}\n", seconds,
               (*clock)->code.empty() ? "" : ": ", (*clock)->code);
  }
  return exit_ok;
}

int journal_export(const Arguments& arguments) {
  auto opened = open_journal(arguments);
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
  auto opened = open_journal(arguments);
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
