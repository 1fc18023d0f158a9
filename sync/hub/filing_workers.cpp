#include "sync/hub/filing_workers.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "sync/departments/connected_department.hpp"
#include "sync/hub/filing_lane.hpp"
#include "sync/seal/digest.hpp"

namespace bianmin::hub {

namespace {

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
  HubKeys keys;
  std::unique_ptr<database::Database> database;
  std::unique_ptr<departments::ConnectedDepartment> department;
  std::optional<FilingLane> lane;
  std::thread thread;

  void run(Stopping& stopping) {
    while (!stopping.told) {
      const std::int64_t wait_ms = lane->turn();
      if (wait_ms > 0) stopping.wait(wait_ms);
    }
  }
};

FilingWorkers::FilingWorkers() : stopping_(std::make_unique<Stopping>()) {}

FilingWorkers::~FilingWorkers() {
  stopping_->tell();
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

Result<std::unique_ptr<FilingWorkers>> FilingWorkers::start(const std::filesystem::path& hub_folder,
                                                            const departments::DepartmentBook& book,
                                                            const Clock& clock, Log& log) {
  std::unique_ptr<FilingWorkers> workers(new FilingWorkers);
  Stopping& stopping = *workers->stopping_;
  for (const auto& [name, settings] : book.departments()) {
    if (settings.kind == departments::DepartmentKind::reg) continue;
    for (std::int64_t number = 0; number < settings.parallel; ++number) {
      auto keys = HubKeys::load(hub_folder);
      if (!keys) return keys.error();
      auto database = open_hub_database(hub_folder);
      if (!database) return database.error();
      auto department =
          departments::ConnectedDepartment::make(settings, [&stopping] { return stopping.told.load(); });
      if (!department) return department.error();
      auto worker = std::make_unique<Worker>(Worker{std::move(keys).value(),
                                                    std::move(database).value(),
                                                    std::move(department).value(),
                                                    std::nullopt,
                                                    {}});
      worker->lane.emplace(LaneParts{*worker->database, worker->keys, *worker->department, settings, clock,
                                     log, any_number, to_hex(seal::random_bytes(8)), number == 0});
      workers->workers_.push_back(std::move(worker));
    }
  }
  for (const auto& worker : workers->workers_) {
    worker->thread = std::thread([&worker = *worker, &stopping] { worker.run(stopping); });
  }
  return workers;
}

}  // namespace bianmin::hub
