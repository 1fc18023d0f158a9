// A thread for the register that comes with the hub, which also sees to the queue's retention, and for each
// lane to a department, with a database, an opener of records and a connection of its own: a department that
// is slow holds up neither who takes records in nor another department.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "sync/custody/custody.hpp"
#include "sync/departments/department_book.hpp"
#include "terminal/base/log.hpp"

namespace bianmin::hub {

// Its own methods: thread-bound.
class FilingWorkers {
 public:
  using MakeOpener = std::function<Result<std::unique_ptr<custody::RecordOpener>>()>;
  // Called when everything is open and before there is a thread: for confinement.
  using Prepared = std::function<Result<void>()>;
  // One for the register, and one for each other department of the book, times `parallel`. `book`, `clock`
  // and `log` are borrowed; `make_opener` is called here, once for each. Errors: those of `make_opener`,
  // filed_days(), open_hub_database ConnectedDepartment::make and `prepared`.
  static Result<std::unique_ptr<FilingWorkers>> start(const std::filesystem::path& hub_folder,
                                                      const departments::DepartmentBook& book,
                                                      const MakeOpener& make_opener, const Clock& clock,
                                                      Log& log, const Prepared& prepared = {});
  // Gives up what is under way and waits for the threads: not for longer than a request looks up, a second.
  ~FilingWorkers();
  FilingWorkers(const FilingWorkers&) = delete;
  FilingWorkers& operator=(const FilingWorkers&) = delete;

  struct Worker;

 private:
  struct Stopping;
  Result<void> add_lanes(const std::filesystem::path& hub_folder,
                         const departments::DepartmentSettings& settings, const MakeOpener& make_opener,
                         const Clock& clock, Log& log);
  Result<void> add_register(const std::filesystem::path& hub_folder, const MakeOpener& make_opener,
                            const Clock& clock, Log& log);
  FilingWorkers();
  std::unique_ptr<Stopping> stopping_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace bianmin::hub
