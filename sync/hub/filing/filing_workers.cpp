#include "sync/hub/filing/filing_workers.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "sync/departments/connected_department.hpp"
#include "sync/hub/filing/filing.hpp"
#include "sync/hub/filing/filing_lane.hpp"
#include "sync/hub/filing/retention.hpp"
#include "sync/seal/digest.hpp"

namespace bianmin::hub {

namespace {

constexpr std::int64_t register_poll_ms = 200;
constexpr std::int64_t register_failed_ms = 2'000;
constexpr std::int64_t register_retry_ms = 60'000;

std::uint32_t any_number() {
  std::uint32_t number = 0;
  seal::fill_random({reinterpret_cast<std::uint8_t*>(&number), sizeof number});
  return number;
}

}  // namespace

struct FilingWorkers::Stopping {
  std::atomic<bool> told = false;
  std::mutex mutex;
  std::condition_variable changed;

  void tell() {
    const std::lock_guard lock(mutex);
    told = true;
    changed.notify_all();
  }
  void wait(std::int64_t wait_ms) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::chrono::milliseconds(wait_ms), [this] { return told.load(); });
  }
};

struct FilingWorkers::Worker {
  Worker(std::unique_ptr<custody::RecordOpener> through, const Clock& clock)
      : opener(std::move(through)), sealer(*opener, clock) {}
  virtual ~Worker() = default;
  virtual std::int64_t turn() = 0;  // milliseconds until the next one
  void run(Stopping& stopping) {
    while (!stopping.told) {
      const std::int64_t wait_ms = turn();
      if (wait_ms > 0) stopping.wait(wait_ms);
    }
  }
  std::unique_ptr<custody::RecordOpener> opener;
  custody::Sealer sealer;
  std::unique_ptr<database::Database> database;
  std::thread thread;
};

namespace {

struct LaneWorker : FilingWorkers::Worker {
  using Worker::Worker;
  std::int64_t turn() override { return lane->turn(); }
  std::unique_ptr<departments::ConnectedDepartment> department;
  std::optional<FilingLane> lane;
};

struct RegisterWorker : FilingWorkers::Worker {
  using Worker::Worker;
  std::int64_t turn() override {
    const std::int64_t now_ms = clock->steady_ms();
    const bool all = now_ms >= all_at_ms;
    if (all) all_at_ms = now_ms + register_retry_ms;
    const auto filed = all ? filing->file_all() : filing->file_new();
    if (!filed) log->error("hub", "filing-failed", filed.error());
    const auto removed = retention->turn();
    if (!removed) log->error("hub", "retention-failed", removed.error());
    return filed ? register_poll_ms : register_failed_ms;
  }
  std::optional<EmbeddedRegister> department;
  std::optional<Filing> filing;
  std::optional<FilingRetention> retention;
  const Clock* clock = nullptr;
  Log* log = nullptr;
  std::int64_t all_at_ms = 0;
};

}  // namespace

FilingWorkers::FilingWorkers() : stopping_(std::make_unique<Stopping>()) {}

FilingWorkers::~FilingWorkers() {
  stopping_->tell();
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

Result<void> FilingWorkers::add_register(const std::filesystem::path& hub_folder,
                                         const MakeOpener& make_opener, const Clock& clock, Log& log) {
  auto opener = make_opener();
  if (!opener) return opener.error();
  auto database = open_hub_database(hub_folder);
  if (!database) return database.error();
  const auto days = filed_days(hub_folder);
  if (!days) return days.error();
  auto worker = std::make_unique<RegisterWorker>(std::move(opener).value(), clock);
  worker->database = std::move(database).value();
  worker->department.emplace(*worker->database, worker->sealer, clock);
  worker->filing.emplace(*worker->database, *worker->opener, *worker->department);
  worker->retention.emplace(*worker->database, clock, *days);
  worker->clock = &clock;
  worker->log = &log;
  workers_.push_back(std::move(worker));
  return {};
}

Result<void> FilingWorkers::add_lanes(const std::filesystem::path& hub_folder,
                                      const departments::DepartmentSettings& settings,
                                      const MakeOpener& make_opener, const Clock& clock, Log& log) {
  for (std::int64_t number = 0; number < settings.parallel; ++number) {
    auto opener = make_opener();
    if (!opener) return opener.error();
    auto database = open_hub_database(hub_folder);
    if (!database) return database.error();
    auto department = departments::ConnectedDepartment::make(
        settings, [&stopping = *stopping_] { return stopping.told.load(); });
    if (!department) return department.error();
    auto worker = std::make_unique<LaneWorker>(std::move(opener).value(), clock);
    worker->database = std::move(database).value();
    worker->department = std::move(department).value();
    worker->lane.emplace(LaneParts{*worker->database, *worker->opener, worker->sealer, *worker->department,
                                   settings, clock, log, any_number, to_hex(seal::random_bytes(8)),
                                   number == 0});
    workers_.push_back(std::move(worker));
  }
  return {};
}

Result<std::unique_ptr<FilingWorkers>> FilingWorkers::start(const std::filesystem::path& hub_folder,
                                                            const departments::DepartmentBook& book,
                                                            const MakeOpener& make_opener, const Clock& clock,
                                                            Log& log, const Prepared& prepared) {
  std::unique_ptr<FilingWorkers> workers(new FilingWorkers);
  if (auto added = workers->add_register(hub_folder, make_opener, clock, log); !added) return added.error();
  for (const auto& [name, settings] : book.departments()) {
    if (settings.kind == departments::DepartmentKind::reg) continue;
    if (auto added = workers->add_lanes(hub_folder, settings, make_opener, clock, log); !added) {
      return added.error();
    }
  }
  if (prepared) {
    if (auto done = prepared(); !done) return done.error();
  }
  for (const auto& worker : workers->workers_) {
    worker->thread =
        std::thread([&worker = *worker, &stopping = *workers->stopping_] { worker.run(stopping); });
  }
  return workers;
}

}  // namespace bianmin::hub
