#include "sync/hub/filing/retention.hpp"

#include <map>
#include <string>

#include "sync/hub/store/hub_store.hpp"

namespace bianmin::hub {

namespace {
constexpr std::int64_t retention_day_ms = 86'400'000;
}

Result<std::int64_t> filed_days(const std::filesystem::path& hub_folder) {
  auto settings = hub_settings(hub_folder);
  if (!settings) return settings.error();
  return settings->number("filed_days", filed_days_usual, 1, filed_days_max);
}

Result<std::int64_t> FilingRetention::turn() {
  const std::int64_t now_ms = clock_.steady_ms();
  if (now_ms < due_ms_) return std::int64_t{0};
  auto removed = remove_batch();
  const bool more = removed && *removed == retention_batch;
  if (!more) due_ms_ = now_ms + retention_interval_ms;
  return removed;
}

Result<std::int64_t> FilingRetention::remove_batch() {
  auto transaction = database::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  std::map<std::string, std::int64_t> removed;
  std::int64_t count = 0;
  {
    auto gone = database_.prepare(
        "DELETE FROM filing WHERE state = 'filed' AND (terminal_id, epoch, seq) IN (SELECT terminal_id, "
        "epoch, "
        "seq FROM filing WHERE state = 'filed' AND changed_utc_ms < ? ORDER BY changed_utc_ms LIMIT ?) "
        "RETURNING department");
    gone.bind(clock_.utc_ms() - days_ * retention_day_ms).bind(retention_batch);
    for (;; ++count) {
      auto row = gone.step();
      if (!row) return row.error();
      if (!*row) break;
      ++removed[gone.text(0)];
    }
  }
  for (const auto& [department, of_it] : removed) {
    auto sum = database_.prepare(
        "INSERT INTO filed_count (department, filed) VALUES (?, ?) ON CONFLICT (department) DO UPDATE SET "
        "filed "
        "= filed_count.filed + excluded.filed");
    if (auto done = sum.bind(std::string_view(department)).bind(of_it).run(); !done) return done.error();
  }
  if (auto done = transaction->commit(); !done) return done.error();
  return count;
}

}  // namespace bianmin::hub
