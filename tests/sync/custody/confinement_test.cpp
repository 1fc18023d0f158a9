// Who takes records in has no way to the keys that open them: it is tried. And what it has in its memory
// while it works is searched.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "sync/custody/key_folder.hpp"
#include "sync/store/enrolment.hpp"
#include "sync/store/journal.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/hub/process.hpp"
#include "tests/sync/security/needles.hpp"
#include "tests/sync/support.hpp"

namespace bianmin {

using test::must;

namespace {

constexpr std::size_t block_size = 1U << 20U;
constexpr std::size_t page_size = 4096;
constexpr std::size_t overlap = page_size;              // longer than what is looked for
constexpr std::uint64_t region_size_max = 1ULL << 30U;  // a sanitizer's shadow is larger, and holds no data

constexpr std::size_t command_line_max = 1U << 21U;

pid_t pid_of(const std::string& command, const std::string& folder) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto read = read_file(entry.path() / "cmdline", command_line_max);
    if (!read) continue;  // it has ended meanwhile
    const std::string words = text_of(*read);
    if (words.find('\0' + command + '\0' + folder + '\0') != std::string::npos) return std::stoi(name);
  }
  return -1;
}

using Wanted = std::vector<std::string>;

struct Searched {
  std::string found;
  std::size_t byte_count = 0;
};

// Most of a process's memory is zeros.
bool is_empty(std::string_view page) { return page.find_first_not_of('\0') == std::string_view::npos; }

void search_block(const std::string& block, const Wanted& wanted, Searched& searched) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= block.size(); at += page_size) {
    const bool full = at < block.size() && !is_empty(std::string_view(block).substr(at, page_size));
    if (full && at + page_size < block.size()) continue;
    const std::string_view run = std::string_view(block).substr(begin, full ? std::string::npos : at - begin);
    begin = at + page_size;
    if (run.empty()) continue;
    searched.byte_count += run.size();
    for (const std::string& one : wanted) {
      if (::memmem(run.data(), run.size(), one.data(), one.size()) != nullptr) searched.found = one;
    }
  }
}

Searched search_memory(pid_t pid, const Wanted& wanted) {
  std::ifstream maps(fmt::format("/proc/{}/maps", pid));
  const FileDescriptor memory(::open(fmt::format("/proc/{}/mem", pid).c_str(), O_RDONLY | O_CLOEXEC));
  Searched searched;
  if (!memory.valid()) return searched;
  for (std::string line; std::getline(maps, line);) {
    unsigned long long begin = 0;
    unsigned long long end = 0;
    char access[5] = "";
    if (std::sscanf(line.c_str(), "%llx-%llx %4s", &begin, &end, access) != 3 || access[0] != 'r') continue;
    if (access[1] != 'w' || end - begin > region_size_max) continue;  // what only can be read is the program
    for (unsigned long long at = begin; at < end; at += block_size) {
      std::string block(block_size + overlap, '\0');
      const ssize_t got = ::pread(memory.get(), block.data(), std::min<std::size_t>(block.size(), end - at),
                                  static_cast<off_t>(at));
      if (got <= 0) break;
      block.resize(static_cast<std::size_t>(got));
      search_block(block, wanted, searched);
    }
  }
  return searched;
}

// The private number of a key file, as it lies in memory and in files.
void add_scalar(Wanted& wanted, const std::filesystem::path& key) {
  const std::string pem = text_of(must(read_file(key, 1U << 16U)));
  std::string body;
  for (const char c : pem.substr(pem.find("-----\n") + 6)) {
    if (c == '-') break;
    if (c != '\n') body += c;
  }
  const std::string der = text_of(must(from_base64(body)));
  const std::size_t at = der.find("\x04\x20");
  REQUIRE(at != std::string::npos);
  const std::string scalar = der.substr(at + 2, 32);
  wanted.push_back(scalar);
  wanted.emplace_back(scalar.rbegin(), scalar.rend());  // OpenSSL's numbers begin with their last byte
  wanted.push_back(to_hex(view_of(scalar)));
  wanted.push_back(body.substr(60, 40));
}

Wanted scalars_of(const std::filesystem::path& hub) {
  Wanted wanted;
  const auto keys = custody::custody_folder(hub);
  add_scalar(wanted, keys / "seal.key");
  add_scalar(wanted, keys / "gm-1" / "seal.key");
  return wanted;
}

Wanted canaries() {
  Wanted wanted = test::forms_of(std::string(test::canary_name));
  for (auto& form : test::forms_of(std::string(test::canary_number))) wanted.push_back(std::move(form));
  return wanted;
}

void save_cases(test::Site& site, int count) {
  auto enrolment = must(store::load_enrolment(site.terminal()));
  auto journal = must(store::Journal::open(site.journal(), enrolment.identity));
  for (int number = 0; number < count; ++number) {
    (void)must(store::RecordWriter(*journal, enrolment).save(test::sample_case()));
  }
}

bool wait_for_accepted(const test::Site& site, int count) {
  for (int waited = 0; waited < 300; ++waited) {
    if (site.report()["accepted"] == count) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return false;
}

using Tries = std::map<std::string, std::string>;

Tries tries_of(const test::Site& site, const std::string& how) {
  const auto result = test::run_command(test::program("intruder") + " " + site.hub().string() + " " +
                                        test::program("kiosk-hub") + " " + how + " 2>/dev/null");
  INFO(result.output);
  REQUIRE(result.exit_code == 0);
  Tries tries;
  std::istringstream lines(result.output);
  for (std::string line; std::getline(lines, line);) {  // the log's lines are among them
    std::istringstream words(line);
    std::string kind;
    std::string what;
    std::string code;
    std::string more;
    if (words >> kind >> what >> code && !(words >> more)) tries[kind + " " + what] = code;
  }
  return tries;
}

}  // namespace

TEST_CASE("who takes records in has no way to the keys and to what they open") {
  test::Site site;
  save_cases(site, 3);
  {
    auto hub = site.start_hub();
    auto agent = site.start_agent();
    REQUIRE(wait_for_accepted(site, 3));
    agent.stop(SIGTERM);
    CHECK(hub.stop(SIGTERM) == 0);
  }
  const Tries tries = tries_of(site, "confined");
  REQUIRE(tries.contains("open seal.key"));
  REQUIRE(tries.contains("open openings.log"));
  REQUIRE(tries.contains("mem custody"));
  REQUIRE(tries.contains("ptrace file"));
  REQUIRE(tries.contains("steal supervise"));
  REQUIRE(tries.contains("content judge-door"));
  const bool shaded = tries.contains("confined shaded");
  const int abi = std::stoi(tries.at(shaded ? "confined shaded" : "confined seen"));
  if (abi == 0) {
    WARN("this kernel has no Landlock");
    return;
  }
  for (const auto& [what, code] : tries) {
    INFO(what << ": " << code);
    const std::string kind = what.substr(0, what.find(' '));
    if (kind == "confined") continue;
    if (kind == "verdicts") CHECK(code == "ok");  // it can still do its work
    if (kind == "stat" && !shaded) continue;      // sizes and times alone
    if (kind == "signal" && abi < 6) continue;
    if (kind == "bind" && abi < 4) continue;
    if (kind != "verdicts") CHECK(code != "ok");
    if (kind == "open" || kind == "write" || kind == "list") CHECK((code == "EACCES" || code == "ENOENT"));
    if (kind == "ptrace" || kind == "vm" || kind == "steal") CHECK(code == "EPERM");
    if (kind == "mem" || kind == "environ" || kind == "fds") CHECK(code == "EACCES");
  }
  CHECK(tries.at("content judge-door") == "custody.not_for_you");
  CHECK(tries.at("content open.sock") == "custody.away");

  // The very same tries without the confinement: they would be no proof if they failed, too.
  const Tries free = tries_of(site, "free");
  CHECK(free.at("open seal.key") == "ok");
  CHECK(free.at("list custody") == "ok");
  CHECK(free.at("content own-keys") == "ok");
  CHECK(free.at("bind tcp") == "ok");
  CHECK(free.at("content judge-door") == "custody.not_for_you");
  if (::geteuid() == 0) CHECK(free.at("mem custody") == "ok");
}

TEST_CASE("the process that takes records in has neither a key nor a person in its memory") {
  if (::geteuid() != 0) {
    WARN("only root reads another process's memory");
    return;
  }
  test::Site site;
  auto hub = site.start_hub();
  auto agent = site.start_agent();
  save_cases(site, 20);
  REQUIRE(wait_for_accepted(site, 20));
  const std::string folder = site.hub().string();
  const pid_t ingest = pid_of("serve", folder);
  const pid_t custody = pid_of("custody", folder);
  REQUIRE(ingest > 0);
  REQUIRE(custody > 0);
  const auto scalars = scalars_of(site.hub());
  const auto persons = canaries();
  const auto keys_there = search_memory(ingest, scalars);
  CHECK(keys_there.byte_count > block_size);
  CHECK(keys_there.found.empty());
  CHECK(search_memory(ingest, persons).found.empty());
  // That such a search finds what is there.
  CHECK_FALSE(search_memory(custody, scalars).found.empty());
  const Wanted known = {folder};
  CHECK_FALSE(search_memory(ingest, known).found.empty());
}

TEST_CASE("a hub whose children are killed goes on and loses nothing") {
  test::Site site;
  auto hub = site.start_hub();
  auto agent = site.start_agent();
  const std::string folder = site.hub().string();
  for (int round = 1; round <= 3; ++round) {
    const pid_t custody = pid_of("custody", folder);
    const pid_t filing = pid_of("file", folder);
    save_cases(site, 5);
    if (custody > 0) ::kill(custody, SIGKILL);
    if (filing > 0) ::kill(filing, SIGKILL);
    REQUIRE(wait_for_accepted(site, 5 * round));
  }
  CHECK(site.report()["cases"] == 15);
  CHECK(site.report()["refused"] == 0);
  CHECK(site.report()["duplicates"] == 0);
  CHECK(hub.stop(SIGTERM) == 0);
  CHECK(pid_of("custody", folder) == -1);
  CHECK(pid_of("file", folder) == -1);
  CHECK(pid_of("supervise", folder) == -1);
}

TEST_CASE("nobody is left when serve is killed, and serve ends when its supervisor does") {
  test::Site site;
  const std::string folder = site.hub().string();
  const auto gone = [&] {
    for (int waited = 0; waited < 200; ++waited) {
      if (pid_of("custody", folder) < 0 && pid_of("file", folder) < 0 && pid_of("supervise", folder) < 0) {
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  };
  {
    auto hub = site.start_hub();
    REQUIRE(pid_of("custody", folder) > 0);
    hub.stop(SIGKILL);
    CHECK(gone());
  }
  auto hub = site.start_hub();
  const pid_t supervisor = pid_of("supervise", folder);
  REQUIRE(supervisor > 0);
  ::kill(supervisor, SIGKILL);
  const int status = hub.stop(0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 1);
  CHECK(gone());
}

TEST_CASE("custody, filing and taking in are three services of their own where that is wanted") {
  test::Site site;
  const std::string kiosk_hub = test::program("kiosk-hub");
  const auto run = site.hub() / "run";
  test::Process custody({kiosk_hub, "custody", site.hub().string()}, site.hub() / "custody.err");
  REQUIRE_FALSE(custody.wait_for_line("custody is ready").empty());
  test::Process filing({kiosk_hub, "file", site.hub().string()}, site.hub() / "file.err");
  REQUIRE_FALSE(filing.wait_for_line("filing").empty());
  test::Process hub({kiosk_hub, "serve", site.hub().string(), "--listen", "127.0.0.1:0", "--custody",
                     (run / "judge" / "judge.sock").string()},
                    site.hub() / "serve.err");
  const std::string line = hub.wait_for_line("listening on 127.0.0.1:");
  REQUIRE_FALSE(line.empty());
  auto agent = site.start_agent("https://127.0.0.1:" + line.substr(line.rfind(':') + 1));
  save_cases(site, 3);
  CHECK(wait_for_accepted(site, 3));
  const auto listed = test::run_command(kiosk_hub + " openings " + site.hub().string());
  CHECK(listed.exit_code == 0);
  CHECK(listed.output.find("\tjudge\tingest\t") != std::string::npos);
  CHECK(listed.output.find("\tfiling\tregister\t") != std::string::npos);
  CHECK(hub.stop(SIGTERM) == 0);
  CHECK(filing.stop(SIGTERM) == 0);
  CHECK(custody.stop(SIGTERM) == 0);
}

}  // namespace bianmin
