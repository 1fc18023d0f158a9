// A whole hub and enrolled terminals in one process, and a wire between agent and hub that fails on command.
#pragma once

#include <deque>

#include "sync/agent/agent.hpp"
#include "sync/custody/local_custody.hpp"
#include "sync/hub/backup/backup.hpp"
#include "sync/hub/filing/filing.hpp"
#include "sync/hub/report.hpp"
#include "sync/hub/service/service.hpp"
#include "sync/hub/setup.hpp"
#include "tests/sync/hub/test_database.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::test {

// The faults of these tests would fill the output.
class QuietLog {
 public:
  explicit QuietLog(const Clock& clock) : log_(clock, stream_.get()) {}
  Log& get() { return log_; }

 private:
  struct Closing {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Closing> stream_{std::fopen("/dev/null", "w")};
  Log log_;
};

class HubInProcess {
 public:
  HubInProcess();
  void restart();  // as after a crash: everything but the files is new
  // What the register is to get it has when this returns.
  hub::HttpResponse handle(const hub::HttpRequest& request);
  hub::HubService& service() { return *service_; }
  void resume();
  bool sequence() { return service_->sequence(); }
  // The hub is lost, and one out of `backup` takes its place, over a fresh database where it is on a server.
  hub::Manifest restore_from(const std::filesystem::path& backup, bool nothing_lost = false);
  hub::HubReport report() { return must(hub::make_report(*database_)); }
  database::Database& database() { return *database_; }
  // A full disk, as the database tells of it; and an emptied one.
  void fill_disk(int pages_left = 1);
  void empty_disk();
  std::filesystem::path folder() const { return folder_ / hub_name_; }
  const hub::HubKeys& keys() const { return *keys_; }
  custody::LocalCustody& custody() { return *custody_; }
  // Of departments.json in the folder, as of the last restart().
  const departments::DepartmentBook& book() const { return book_; }
  FakeClock clock;
  bool hold_register = false;  // it takes nothing up by itself

 private:
  TempFolder folder_;
  std::string hub_name_ = "hub";
  TestDatabase server_database_;
  QuietLog log_;
  std::unique_ptr<hub::HubKeys> keys_;
  std::unique_ptr<custody::LocalCustody> custody_;
  std::unique_ptr<database::Database> database_;
  departments::DepartmentBook book_;
  custody::Sealer sealer_{folder()};
  std::unique_ptr<hub::EmbeddedRegister> department_;
  std::unique_ptr<hub::Filing> filing_;
  std::unique_ptr<hub::Authority> authority_;
  std::unique_ptr<hub::HubService> service_;
};

enum class Fault {
  none,
  lost_before,   // the hub never sees the request
  lost_after,    // the hub has committed, the reply is lost
  twice,         // the request arrives twice; the second reply comes back
  stale,         // the reply of the request before comes back once more
  unavailable,   // 503
  garbage,       // 200 with nonsense
  forged,        // 200 with a receipt of somebody else's
  truncated,     // half of the true reply
  no_such_path,  // 404, as of a hub that does not know the path
  given_up,      // the agent was told to stop meanwhile
};

// A terminal's clock: the fake one of the test, and wrong by as much as is wanted.
class ShiftedClock : public Clock {
 public:
  explicit ShiftedClock(const Clock& from) : from_(from) {}
  std::int64_t steady_ms() const override { return from_.steady_ms(); }
  std::int64_t utc_ms() const override { return from_.utc_ms() + shift_ms; }
  std::int64_t shift_ms = 0;

 private:
  const Clock& from_;
};

class FaultyWire : public http::HubTransport {
 public:
  FaultyWire(HubInProcess& hub, std::string terminal_id) : hub_(hub), terminal_id_(std::move(terminal_id)) {}
  Result<http::HttpReply> post(const std::string& path, ByteView body, long timeout_ms) override;
  std::deque<Fault> faults;                               // one per request, then none
  std::optional<std::pair<std::string, Fault>> fault_at;  // at each request to that path
  std::function<void(const std::string&)> in_the_middle;  // of each request
  bool cut = false;                                       // the hub is away
  int request_count = 0;
  long last_timeout_ms = 0;

 private:
  http::HttpReply deliver(const std::string& path, ByteView body);
  HubInProcess& hub_;
  std::string terminal_id_;
  http::HttpReply last_reply_{404, {}};
};

// A terminal that this hub has enrolled, with its journal, writer and agent.
class EnrolledTerminalInProcess {
 public:
  explicit EnrolledTerminalInProcess(HubInProcess& hub, const std::string& id = "T-0001",
                                     const std::string& profile = "intl-1");
  store::Saved save() { return must(store::RecordWriter(*journal, enrolment).save(sample_case())); }
  store::Saved save(const record::CaseRecord& record) {
    return must(store::RecordWriter(*journal, enrolment).save(record));
  }
  void restart_agent();
  void turn_until_quiet(int turns_max = 200);  // advances the clock over the back-off
  std::filesystem::path path() const { return folder_ / "terminal"; }
  store::RecordState state_of(const std::string& case_no) { return must(journal->find_case(case_no))->state; }
  void check_clean();

 private:
  HubInProcess& hub_;
  TempFolder folder_;
  QuietLog log_;

 public:
  store::Enrolment enrolment;
  std::unique_ptr<store::Journal> journal;
  std::unique_ptr<store::Outbox> outbox;
  FaultyWire wire;
  std::unique_ptr<agent::Agent> agent;
  int changed_count = 0;
  bool stopping = false;
  std::int64_t budget_bytes_per_s = 0;
  agent::Renewal* renewal = nullptr;
  int renewed_count = 0;
  ShiftedClock own_clock;
};

}  // namespace bianmin::test
