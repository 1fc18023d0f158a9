// Contents that stay for a while after the hub has signed for them.
#include "sync/store/kept_payloads.hpp"

#include "sync/store/outbox.hpp"
#include "sync/store/quota.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::store {

using test::must;

namespace {

constexpr std::int64_t received_ms = 1'795'000'001'000;  // as FakeHub's receipts say

struct Keeping {
  test::Terminal terminal;
  std::unique_ptr<Journal> journal = terminal.open();
  RecordWriter writer{*journal, terminal.enrolment};
  Outbox outbox{*journal, terminal.enrolment.hub_receipt_key};

  void settle(int count, std::size_t size = 100) {
    for (int saved = 0; saved < count; ++saved) must(writer.save(test::sample_case(std::string(size, 'x'))));
    for (const auto& one : must(outbox.pending(1'000)))
      must(outbox.settle(terminal.hub.receipt_for(one.upload)));
  }
  std::int64_t number(std::string_view sql) { return must(journal->database().prepare(sql).number()); }
  std::int64_t contents() { return number("SELECT count(*) FROM record WHERE payload IS NOT NULL"); }
};

}  // namespace

TEST_CASE("contents go when they are too old, a step at a time, and nothing else of the record does") {
  Keeping at;
  at.settle(kept_step + 5);
  const KeptLimits limits;
  CHECK(must(let_go_of_kept(*at.journal, limits, received_ms + limits.age_ms_max)) == 0);
  CHECK(at.contents() == kept_step + 5);
  CHECK(must(let_go_of_kept(*at.journal, limits, received_ms + limits.age_ms_max + 1)) == kept_step);
  CHECK(at.contents() == 5);
  CHECK(must(let_go_of_kept(*at.journal, limits, received_ms + limits.age_ms_max + 1)) == 5);
  CHECK(at.contents() == 0);
  CHECK(must(kept_bytes(*at.journal)) == 0);
  CHECK(at.number("SELECT count(*) FROM record WHERE receipt IS NOT NULL AND state = 'sent'") ==
        kept_step + 5);
}

TEST_CASE("contents go when they are too many, the oldest first") {
  Keeping at;
  at.settle(10, 1'000);
  const auto bytes = must(kept_bytes(*at.journal));
  CHECK(bytes == at.number("SELECT sum(length(payload)) FROM record"));
  CHECK(must(let_go_of_kept(*at.journal, {.bytes_max = bytes / 2}, received_ms)) == 5);
  CHECK(at.number("SELECT min(seq) FROM record WHERE payload IS NOT NULL") == 6);
  CHECK(must(kept_bytes(*at.journal)) <= bytes / 2);
}

TEST_CASE("what waits for the hub is never let go of") {
  Keeping at;
  at.settle(3);
  must(at.journal->database().execute("UPDATE record SET state = 'saved' WHERE seq = 2"));
  CHECK(must(let_go_of_kept(*at.journal, {.bytes_max = 0}, received_ms)) == 3);
  CHECK(at.contents() == 1);
  CHECK(at.number("SELECT seq FROM record WHERE payload IS NOT NULL") == 2);
}

TEST_CASE("kept contents count against no quota, and go first") {
  Keeping at;
  const QuotaLimits roomy;
  const auto empty = must(measure_quota(*at.journal, roomy, received_ms));
  at.settle(30, 60'000);
  const auto kept = must(kept_bytes(*at.journal));
  CHECK(kept > 1'800'000);
  must(at.journal->database().execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  const auto full_of_them = must(measure_quota(*at.journal, roomy, received_ms));
  CHECK(full_of_them.fill.journal_bytes < empty.fill.journal_bytes + 500'000);
  CHECK(must(kept_bytes(*at.journal)) == kept);
  const Quota tight = must(measure_quota(*at.journal, {.journal_bytes_max = 1'000'000}, received_ms));
  CHECK(tight.room == Room::enough);
  CHECK(must(kept_bytes(*at.journal)) == 0);  // so that what comes has their room
  CHECK(at.contents() == 0);
}

TEST_CASE("on a full disk what was kept is room; but a log needs some of the disk's own") {
  Keeping at;
  at.settle(30, 60'000);
  const auto kept = must(kept_bytes(*at.journal));
  const std::int64_t disk =
      must(measure_quota(*at.journal, {.free_bytes_min = 0}, received_ms)).fill.free_bytes;
  // Just not enough without them.
  const QuotaLimits short_of_it{.free_bytes_min = disk - kept / 2};
  CHECK(must(measure_quota(*at.journal, short_of_it, received_ms)).room != Room::full);
  CHECK(must(kept_bytes(*at.journal)) == 0);
  CHECK(must(measure_quota(*at.journal, {.free_bytes_min = disk * 5}, received_ms)).room == Room::full);
}

}  // namespace bianmin::store
