// Two hub processes over one PostgreSQL, under load, while one of them is killed, the server restarts, its
// disk fills. What terminals were told is there, once: at the hubs, in the register that comes with them, and
// at a department behind REST, by that department's own count. BIANMIN_KILLS says how often each of it
// happens (3 unless told).
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>

#include "sync/agent/agent.hpp"
#include "sync/http/curl_transport.hpp"
#include "sync/hub/report.hpp"
#include "sync/hub/store/hub_store.hpp"
#include "sync/store/verify_journal.hpp"
#include "tests/fakes/department_server.hpp"
#include "tests/sync/hub/process.hpp"
#include "tests/sync/hub/test_database.hpp"
#include "tests/sync/support.hpp"

namespace bianmin {

using test::must;

namespace {

constexpr int terminal_count = 4;
constexpr int hub_count = 2;
constexpr long request_timeout_ms = 5'000;
constexpr int patience_ms = 60'000;
constexpr int filing_patience_ms = 120'000;  // the lease of a hub that was killed has to run out
constexpr std::int64_t waiting_max = 20;     // at one terminal
constexpr int lost_answer_each = 7;          // of the department's

int fault_count() {
  const char* text = std::getenv("BIANMIN_KILLS");
  return text != nullptr ? std::max(1, std::min(20, std::atoi(text))) : 3;
}

void sleep_ms(int milliseconds) { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); }

std::string run(const std::string& command) {
  const auto result = test::run_command(command);
  if (result.exit_code != 0) FAIL(command << ": " << result.output);
  return result.output;
}

// Pensions go to the department, everything else to the register.
constexpr std::string_view province_book =
    R"({{"departments": {{"pensions": {{"kind": "rest", "url": "{}", "per_second": 1000, "parallel": 2,
                          "connect_timeout_ms": 500, "timeout_ms": 1000}}}},
        "services": {{"pension-*": "pensions"}}}})";

// A database server, two hubs over it, terminals' folders, and a department, some of whose answers get lost.
struct Province {
  test::TempFolder folder;
  std::atomic<int> answer_count = 0;
  test::DepartmentSimulator department;
  test::DepartmentServer department_server{department};
  test::PostgresServer server;
  std::array<test::Process, hub_count> hubs;
  std::array<int, hub_count> ports{};

  explicit Province(const std::filesystem::path& data = {})
      : server(data.empty() ? folder / "data" : data, {"max_connections=20"}) {
    server.make_database("hub");
    const std::string program = test::program("kiosk-hub");
    department.next_fault = [this] {
      return ++answer_count % lost_answer_each == 0 ? test::DepartmentFault::lost_answer
                                                    : test::DepartmentFault::none;
    };
    run(program + " init " + hub().string() + " --database '" + server.url("hub") + "'");
    must(write_file_durably(hub() / "departments.json",
                            view_of(fmt::format(province_book, department_server.url("/cases")))));
    for (int at = 0; at < terminal_count; ++at) {
      run(fmt::format("{} enrol {} --terminal T-{} --out {}", program, hub().string(), at,
                      terminal(at).string()));
    }
    for (std::size_t at = 0; at < hub_count; ++at) start_hub(at);
  }
  std::filesystem::path hub() const { return folder / "hub"; }
  std::filesystem::path terminal(int at) const { return folder / fmt::format("t{}", at); }
  void start_hub(std::size_t at) {
    hubs[at] = test::Process({test::program("kiosk-hub"), "serve", hub().string(), "--listen",
                              "127.0.0.1:" + std::to_string(ports[at])},
                             folder / fmt::format("hub{}.err", at));
    const std::string line = hubs[at].wait_for_line("listening on 127.0.0.1:");
    if (line.empty()) FAIL("the hub does not start: " << hub_log(at));
    ports[at] = std::stoi(line.substr(line.rfind(':') + 1));
  }
  std::string hub_log(std::size_t at) const {
    auto bytes = read_file(folder / fmt::format("hub{}.err", at), 1U << 26U);
    return bytes ? text_of(*bytes) : std::string();
  }
  int refusals() const {
    int count = 0;
    for (std::size_t at = 0; at < hub_count; ++at) {
      const std::string log = hub_log(at);
      for (std::size_t found = log.find("status=503"); found != std::string::npos;
           found = log.find("status=503", found + 1)) {
        ++count;
      }
    }
    return count;
  }
};

// A terminal whose agent finds either hub, as a balancer would for it. On a thread of its own: no checks
// here.
class LoadedTerminal {
 public:
  LoadedTerminal(const Province& province, int at, std::atomic<bool>& ending)
      : folder_(province.terminal(at)),
        enrolment_(store::load_enrolment(folder_).value()),
        journal_(store::Journal::open(folder_ / "journal.db", enrolment_.identity).value()),
        outbox_(*journal_, enrolment_.hub_receipt_key),
        turn_(static_cast<std::size_t>(at)),
        ending_(ending) {
    for (const int port : province.ports) {
      hubs_.push_back(
          http::CurlTransport::make({fmt::format("https://127.0.0.1:{}", port), folder_ / "tls.crt",
                                     folder_ / "tls.key", folder_ / "ca.crt"})
              .value());
    }
  }

  void run() {
    while (!ending_) {
      if (waiting() < waiting_max) hand_in();
      if (!send_one()) sleep_ms(10);
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
    while (waiting() > 0 && std::chrono::steady_clock::now() < until) {
      if (!send_one()) sleep_ms(20);
    }
  }
  std::int64_t waiting() { return journal_->backlog().value().waiting; }
  bool clean() {
    return store::verify_journal(folder_ / "journal.db", enrolment_.device_key.public_key(),
                                 enrolment_.hub_receipt_key)
        .value()
        .clean();
  }

  std::int64_t told_count = 0;          // cases whose resident was told "saved"
  std::int64_t told_pension_count = 0;  // of them, those for the department
  std::int64_t receipt_count = 0;
  std::int64_t repeat_count = 0;  // answers "try again later", or none

 private:
  void hand_in() {
    auto record = test::sample_case();
    const bool pension = told_count % 2 == 0;
    if (!pension) record.service_id = "household-move";
    if (!store::RecordWriter(*journal_, enrolment_).save(record)) return;
    ++told_count;
    if (pension) ++told_pension_count;
  }
  bool send_one() {
    const auto pending = outbox_.pending(1).value();
    if (pending.empty()) return false;
    const auto reply = hubs_[turn_++ % hub_count]->post("/v1/records", record::encode(pending[0].upload),
                                                        request_timeout_ms);
    if (reply && reply->status == 200 && outbox_.settle(reply->body)) {
      ++receipt_count;
      return true;
    }
    ++repeat_count;
    return false;
  }

  std::filesystem::path folder_;
  store::Enrolment enrolment_;
  std::unique_ptr<store::Journal> journal_;
  store::Outbox outbox_;
  std::vector<std::unique_ptr<http::CurlTransport>> hubs_;
  std::size_t turn_;
  std::atomic<bool>& ending_;
};

// The load of all terminals; from the end of it on, the books are compared.
struct Load {
  explicit Load(const Province& at) : province(at) {
    for (int index = 0; index < terminal_count; ++index) {
      terminals.push_back(std::make_unique<LoadedTerminal>(province, index, ending));
    }
    for (auto& terminal : terminals) threads.emplace_back([&terminal] { terminal->run(); });
  }
  ~Load() { end(); }
  void end() {
    ending = true;
    for (auto& thread : threads) thread.join();
    threads.clear();
  }
  void check_books(std::string_view story) {
    end();
    std::int64_t told = 0;
    std::int64_t told_pensions = 0;
    std::int64_t repeats = 0;
    for (auto& terminal : terminals) {
      CHECK(terminal->waiting() == 0);
      CHECK(terminal->clean());
      told += terminal->told_count;
      told_pensions += terminal->told_pension_count;
      repeats += terminal->repeat_count;
    }
    const auto database = must(hub::open_hub_database(province.hub(), database::Access::read_only));
    const auto number = [&](std::string_view sql) { return must(database->prepare(sql).number()); };
    const auto all_filed = [&] { return number("SELECT count(*) FROM record WHERE filed <> 1") == 0; };
    for (int waited_ms = 0; !all_filed() && waited_ms < filing_patience_ms; waited_ms += 100) sleep_ms(100);
    const auto report = must(hub::make_report(*database));
    const auto registered = number("SELECT count(DISTINCT record_id) FROM department_entry");
    const auto entries = province.department.entries();
    std::int64_t asked = 0;
    std::set<std::string> cases;
    for (const auto& [key, entry] : entries) {
      asked += entry.asked_count;
      cases.insert(entry.body["case_no"].get<std::string>());
    }
    fmt::print(
        "{}: {} cases told, {} at the hubs, {} in the register, {} at the department (told {}, brought {} "
        "times), {} asked again\n",
        story, told, report.records, registered, entries.size(), told_pensions, asked, repeats);
    CHECK(told_pensions > 0);
    CHECK(told > told_pensions);
    CHECK(report.records == told);
    CHECK(report.accepted == told);
    CHECK(report.duplicates == 0);
    CHECK(report.gaps == 0);
    CHECK(report.refused == 0);
    CHECK(report.quarantined == 0);
    CHECK(registered == told - told_pensions);
    CHECK(number("SELECT count(*) FROM department_entry") == told - told_pensions);
    // The department's own count: none lost, none doubled, though it was brought some more than once.
    CHECK(static_cast<std::int64_t>(entries.size()) == told_pensions);
    CHECK(static_cast<std::int64_t>(cases.size()) == told_pensions);
    CHECK(number("SELECT count(*) FROM filing WHERE state = 'filed'") == told_pensions);
    CHECK(number("SELECT count(*) FROM filing") == told_pensions);
    CHECK(asked > told_pensions);
    CHECK(province.department.refused().empty());
  }

  const Province& province;
  std::atomic<bool> ending = false;
  std::vector<std::unique_ptr<LoadedTerminal>> terminals;
  std::vector<std::thread> threads;
};

// A small disk of its own for the server's tables. Nothing when this machine does not let us.
struct SmallDisk {
  test::TempFolder folder;
  bool mounted = false;
  SmallDisk() {
    mounted =
        ::geteuid() == 0 &&
        test::run_command("mount -t tmpfs -o size=80m,mode=0711 tmpfs " + folder.path().string()).exit_code ==
            0;
  }
  ~SmallDisk() {
    if (mounted) (void)test::run_command("umount -l " + folder.path().string());
  }
  void fill() const {
    std::ofstream filler(folder / "filler", std::ios::binary);
    const std::string block(64 * 1024, 'x');
    while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  void empty() const { std::filesystem::remove(folder / "filler"); }
};

}  // namespace

TEST_CASE("one of two hubs is killed in mid load, again and again") {
  Province province;
  Load load(province);
  for (int kill = 0; kill < fault_count(); ++kill) {
    sleep_ms(300 + 37 * (kill % 10));
    const auto victim = static_cast<std::size_t>(kill % hub_count);
    province.hubs[victim].stop(SIGKILL);
    sleep_ms(200);
    province.start_hub(victim);
  }
  load.check_books("a hub is killed");
}

TEST_CASE("the database server restarts in mid load, orderly and not") {
  Province province;
  Load load(province);
  for (int round = 0; round < fault_count(); ++round) {
    sleep_ms(400);
    province.server.stop(round % 2 == 0 ? SIGQUIT : SIGINT);
    sleep_ms(300);
    province.server.start();
  }
  sleep_ms(500);
  load.check_books("the server restarts");
}

TEST_CASE("the database server's disk fills in mid load, and is emptied") {
  SmallDisk disk;
  if (!disk.mounted) {
    WARN("no disk of its own without root: not tried");
    return;
  }
  {
    Province province(disk.folder / "data");
    Load load(province);
    sleep_ms(400);
    disk.fill();
    const int before = province.refusals();
    for (int waited_ms = 0; province.refusals() < before + 10 && waited_ms < patience_ms; waited_ms += 100) {
      sleep_ms(100);
    }
    CHECK(province.refusals() >= before + 10);
    CHECK(province.server.log().find("No space left on device") != std::string::npos);
    disk.empty();
    sleep_ms(500);
    if (!province.server.running()) province.server.start();
    load.check_books("the disk fills");
  }
}

}  // namespace bianmin
