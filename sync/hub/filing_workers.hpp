// A thread for each lane to a department, with a database, keys and a connection of its own: a department
// that is slow holds up neither who takes records in nor another department.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "sync/departments/department_book.hpp"
#include "terminal/base/log.hpp"

namespace bianmin::hub {

// Its own methods: thread-bound.
class FilingWorkers {
 public:
  // One for each department of the book but the register, times `parallel`. `book`, `clock` and `log` are
  // borrowed. Errors: those of HubKeys::load, open_hub_database and ConnectedDepartment::make.
  static Result<std::unique_ptr<FilingWorkers>> start(const std::filesystem::path& hub_folder,
                                                      const departments::DepartmentBook& book,
                                                      const Clock& clock, Log& log);
  // Gives up what is under way and waits for the threads: not for longer than a request looks up, a second.
  ~FilingWorkers();
  FilingWorkers(const FilingWorkers&) = delete;
  FilingWorkers& operator=(const FilingWorkers&) = delete;

 private:
  struct Stopping;
  struct Worker;
  FilingWorkers();
  std::unique_ptr<Stopping> stopping_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace bianmin::hub
