// Each call that reads, writes, syncs or renames a file fails with EIO and with ENOSPC, one after the other,
// from a hub's first key to the receipts that a terminal takes off a stick: whoever was asked says so with a
// stable code, and asked again does it; in the end everything is there, once.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "sync/agent/renewal.hpp"
#include "sync/custody/local_custody.hpp"
#include "sync/hub/ingest/stick_import.hpp"
#include "sync/hub/report.hpp"
#include "sync/hub/setup.hpp"
#include "sync/hub/store/hub_store.hpp"
#include "sync/store/journal_recovery.hpp"
#include "sync/store/stick_queue.hpp"
#include "sync/store/verify_journal.hpp"
#include "tests/sync/faults/failing_disk.hpp"
#include "tests/sync/support.hpp"

namespace bianmin {

using test::must;

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t quick_step = 29;

std::int64_t step() {
  const char* wanted = std::getenv("BIANMIN_SWEEP");
  return wanted != nullptr && std::string(wanted) == "full" ? 1 : quick_step;
}

void no_progress(std::int64_t) {}

// A hub, a terminal and a stick between them.
class Trip {
 public:
  // All of it; each step that fails is asked for once more.
  void go() {
    retried([&] { return hub::init_hub(hub_, {"localhost"}); });
    retried([&] { return enrol(); });
    retried([&] { return save(); });
    retried([&] { return pack(); });
    retried([&] { return take_in(); });
    retried([&] { return unpack(); });
    retried([&] { return hub::HubKeys::rotate(hub_); });
  }

  void check_end() {
    const auto enrolment = must(store::load_enrolment(terminal_));
    const auto report =
        must(store::verify_journal(journal_, enrolment.device_key.public_key(), enrolment.hub_receipt_key));
    CHECK(report.clean());
    CHECK(report.records == 3);
    const auto database = must(hub::open_hub_database(hub_));
    const auto at_hub = must(hub::make_report(*database));
    CHECK(at_hub.records == 3);
    CHECK(at_hub.cases == 1);
    CHECK(at_hub.duplicates + at_hub.gaps + at_hub.quarantined + at_hub.refused == 0);
    const auto journal = must(store::open_journal(journal_, terminal_));
    CHECK(must(journal->backlog()).waiting == 0);
    CHECK(must(hub::HubKeys::load(hub_)).seal_key(*enrolment.profile).number >= 2);
  }

  std::set<std::string> told;

 private:
  template <typename Step>
  void retried(const Step& step) {
    const auto first = step();
    if (first.ok()) return;
    told.insert(std::string(first.error().code));
    const auto second = step();
    INFO(test::FailingDisk::failed());
    INFO("first: " << first.error().text());
    INFO("again: " << (second.ok() ? "" : second.error().text()));
    REQUIRE(second.ok());
  }

  Result<void> enrol() {
    auto enrolled = hub::enrol_terminal(hub_, {"T-0001", terminal_, "https://localhost:1"}, clock_);
    if (!enrolled) return enrolled.error();
    const auto name = "bianmin-T-0001-" + std::to_string(enrolled->epoch) + "-0000000001";
    records_ = folder_ / (name + ".records");
    receipts_ = folder_ / (name + ".receipts");
    return {};
  }

  Result<void> save() {
    auto enrolment = store::load_enrolment(terminal_);
    if (!enrolment) return enrolment.error();
    auto journal = store::open_journal(journal_, terminal_);
    if (!journal) return journal.error();
    store::RecordWriter writer(**journal, *enrolment);
    auto first = writer.save(case_);
    if (!first) return first.error();
    for (record::CaseRecord more : {rating_, document_}) {
      more.case_no = first->case_no;
      if (auto saved = writer.save(more); !saved) return saved.error();
    }
    return {};
  }

  Result<void> with_outbox(const std::function<Result<void>(store::Journal&, store::Outbox&)>& use) {
    auto enrolment = store::load_enrolment(terminal_);
    if (!enrolment) return enrolment.error();
    auto journal = store::open_journal(journal_, terminal_);
    if (!journal) return journal.error();
    store::Outbox outbox(**journal, enrolment->hub_receipt_key);
    return use(**journal, outbox);
  }

  Result<void> pack() {
    return with_outbox([&](store::Journal& journal, store::Outbox& outbox) -> Result<void> {
      auto done = store::export_queue(journal, outbox, folder_.path(), clock_, no_progress);
      return done ? Result<void>() : Result<void>(done.error());
    });
  }

  Result<void> take_in() {
    auto keys = hub::HubKeys::load(hub_);
    if (!keys) return keys.error();
    auto custody = custody::LocalCustody::load(hub_);
    if (!custody) return custody.error();
    auto database = hub::open_hub_database(hub_);
    if (!database) return database.error();
    hub::IngestBatch ingest(**database, *keys, **custody, clock_);
    auto done = hub::import_stick(ingest, clock_, records_, receipts_, no_progress);
    return done ? Result<void>() : Result<void>(done.error());
  }
  Result<void> unpack() {
    return with_outbox([&](store::Journal&, store::Outbox& outbox) -> Result<void> {
      auto done = store::import_receipts(outbox, receipts_, no_progress);
      return done ? Result<void>() : Result<void>(done.error());
    });
  }

  test::TempFolder folder_;
  FakeClock clock_;
  const fs::path hub_ = folder_ / "hub";
  const fs::path terminal_ = folder_ / "terminal";
  const fs::path journal_ = terminal_ / "journal.db";
  fs::path records_;
  fs::path receipts_;
  const record::CaseRecord case_ = test::sample_case();
  const record::CaseRecord rating_ = test::sample_rating("");
  const record::CaseRecord document_ = test::sample_document("", Bytes(9'000, 7));
};

void fail_one(std::int64_t number, int error_number, std::set<std::string>& told) {
  Trip trip;
  INFO("call " << number << (error_number == EIO ? " fails" : " finds no room"));
  {
    const test::FailingDisk disk(number, error_number);
    trip.go();
  }
  INFO(test::FailingDisk::failed());
  trip.check_end();
  told.merge(trip.told);
}

}  // namespace

TEST_CASE("any call to the disk may fail: it is told, and asked again it is done, once") {
  std::int64_t calls = 0;
  {
    Trip undisturbed;
    {
      const test::FailingDisk disk(0, EIO);
      undisturbed.go();
      calls = disk.calls();
    }
    undisturbed.check_end();
    CHECK(undisturbed.told.empty());
  }
  INFO("without libfiu's library in front nothing is counted: start it with ctest");
  REQUIRE(calls > 100);
  int failed = 0;
  std::set<std::string> told;
  for (const int error_number : {EIO, ENOSPC}) {
    for (std::int64_t number = 1; number <= calls; number += step(), ++failed) {
      fail_one(number, error_number, told);
    }
  }
  CHECK(told.contains("store.io"));
  CHECK(told.contains("store.disk_full"));
  CHECK(told.contains("file.disk_full"));
  std::string codes;
  for (const std::string& code : told) codes += " " + code;
  std::printf("crash: %d calls of libfiu failed, of %lld each with EIO and ENOSPC; told as%s\n", failed,
              static_cast<long long>(calls), codes.c_str());
}

}  // namespace bianmin
