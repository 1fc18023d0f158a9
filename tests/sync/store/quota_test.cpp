#include "sync/store/quota.hpp"

#include "sync/store/outbox.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::store {

using test::must;

namespace {
constexpr std::int64_t now_ms = 1'795'000'000'123;  // when sample cases are made
}

TEST_CASE("each limit closes by itself, a fifth before it is said") {
  const QuotaLimits limits{1'000, 100, 50, 10'000};
  const Fill well{100, 10'000, 3, now_ms - 100};
  const auto judged = [&](auto change) {
    Fill fill = well;
    change(fill);
    const Quota quota = judge_quota(fill, limits, now_ms);
    return std::string(room_name(quota.room)) + " " + std::string(quota.code);
  };
  CHECK(judged([](Fill&) {}) == "enough ");
  CHECK(judged([](Fill& fill) { fill.journal_bytes = 799; }) == "enough ");
  CHECK(judged([](Fill& fill) { fill.journal_bytes = 800; }) == "soon-full journal.too_large");
  CHECK(judged([](Fill& fill) { fill.journal_bytes = 1'000; }) == "full journal.too_large");
  CHECK(judged([](Fill& fill) { fill.free_bytes = 126; }) == "enough ");
  CHECK(judged([](Fill& fill) { fill.free_bytes = 125; }) == "soon-full journal.disk_full");
  CHECK(judged([](Fill& fill) { fill.free_bytes = 100; }) == "full journal.disk_full");
  CHECK(judged([](Fill& fill) { fill.unsent = 40; }) == "soon-full journal.too_many_unsent");
  CHECK(judged([](Fill& fill) { fill.unsent = 50; }) == "full journal.too_many_unsent");
  CHECK(judged([](Fill& fill) { fill.oldest_unsent_utc_ms = now_ms - 7'999; }) == "enough ");
  CHECK(judged([](Fill& fill) { fill.oldest_unsent_utc_ms = now_ms - 8'000; }) ==
        "soon-full journal.unsent_too_long");
  CHECK(judged([](Fill& fill) { fill.oldest_unsent_utc_ms = now_ms - 10'000; }) ==
        "full journal.unsent_too_long");
  CHECK(judged([](Fill& fill) { fill.oldest_unsent_utc_ms = 0; }) == "enough ");
  // A full one hides behind no soon full one.
  CHECK(judged([](Fill& fill) {
          fill.free_bytes = 120;
          fill.unsent = 50;
        }) == "full journal.too_many_unsent");
}

TEST_CASE("a journal is measured: what it holds, what waits, since when") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  const QuotaLimits limits;
  const Quota empty = must(measure_quota(*journal, limits, now_ms));
  CHECK(empty.fill.unsent == 0);
  CHECK(empty.fill.oldest_unsent_utc_ms == 0);
  CHECK(empty.fill.journal_bytes > 0);
  CHECK(empty.fill.free_bytes > 0);
  RecordWriter writer(*journal, terminal.enrolment);
  for (int count = 0; count < 6; ++count) must(writer.save(test::sample_case(std::string(20'000, 'x'))));
  const Quota held = must(measure_quota(*journal, limits, now_ms));
  CHECK(held.fill.unsent == 6);
  CHECK(held.fill.oldest_unsent_utc_ms == 1'795'000'000'123);
  CHECK(held.fill.journal_bytes > empty.fill.journal_bytes + 100'000);
  CHECK(must(measure_quota(*journal, {.unsent_max = 6}, now_ms)).room == Room::full);
  CHECK(must(measure_quota(*journal, {.unsent_max = 7}, now_ms)).room == Room::soon_full);
  CHECK(must(measure_quota(*journal, {.unsent_age_ms_max = 1'000}, now_ms + 1'000)).code ==
        "journal.unsent_too_long");
  // Whoever is being served when it is full can still finish.
  must(writer.save(test::sample_case()));
  Outbox outbox(*journal, terminal.enrolment.hub_receipt_key);
  for (const PendingRecord& one : must(outbox.pending(10))) {
    must(outbox.settle(terminal.hub.receipt_for(one.upload)));
  }
  CHECK(must(measure_quota(*journal, {.unsent_max = 6}, now_ms)).room == Room::enough);
}

}  // namespace bianmin::store
