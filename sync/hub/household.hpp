// A hub on one machine is four processes:
//
//   serve      takes records in: the network, the database, no opening key, no plain record
//    └ supervise   starts the other two, again when one ends, and ends them
//       ├ custody     the opening keys; talks to the other two alone
//       └ file        plain records on their way to departments
//
// Nobody else can reach custody: its sockets have no path. serve makes one door (custody/frames.hpp) for
// verdicts, and the supervisor another one for contents, of which serve never has a descriptor. All of them
// end with their parent.
#pragma once

#include <sys/types.h>

#include <thread>

#include "terminal/base/arguments.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/log.hpp"

namespace bianmin::hub {

// What serve has of it. Thread-bound.
class Household {
 public:
  // Returns when custody has its keys and filing has begun. `program`: kiosk-hub; "" is this program. Must be
  // called while this process has no other thread. Error "hub.no_household" (call staff): a child has said
  // why.
  static Result<std::unique_ptr<Household>> start(const std::filesystem::path& hub_folder,
                                                  const std::filesystem::path& program = {});
  // Ends them, and waits for it.
  ~Household();
  Household(const Household&) = delete;
  Household& operator=(const Household&) = delete;

  int judge_door() const { return judge_door_.get(); }
  // From now on this process gets SIGTERM when the supervisor ends before it. Call after confinement: a
  // thread that is older than it would be free of it.
  void watch();
  bool lost() const { return lost_; }

 private:
  Household() = default;
  FileDescriptor judge_door_;
  FileDescriptor life_;   // the supervisor ends when this is closed
  FileDescriptor alive_;  // at its end when the supervisor has ended
  FileDescriptor unwatch_;
  pid_t supervisor_ = -1;
  std::atomic<bool> lost_ = false;
  std::thread watcher_;
};

// The commands of the children; `serve` calls them. Exit codes as kiosk-hub's.
int run_supervise(const std::string& folder, const Arguments& arguments);

// For the children: signals that end a process come by the descriptor; SIGPIPE is ignored. Must be called
// before there are threads.
FileDescriptor ending_signals();
// Tells the parent, by the option --ready, that this process does its work.
void tell_ready(const Arguments& arguments);
FileDescriptor descriptor_of(const Arguments& arguments, std::string_view option);  // invalid: not given

}  // namespace bianmin::hub
