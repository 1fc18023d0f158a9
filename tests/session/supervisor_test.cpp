#include "terminal/supervisor.hpp"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "terminal/base/files.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/fake_clock.hpp"

using namespace bianmin;

// A "session" that writes down its arguments and ends as it is told to, run after run.
TEST_CASE("one bit goes from a session to the next: that the reader was empty") {
  char name[] = "/tmp/bianmin-supervisor-XXXXXX";
  const std::filesystem::path folder = ::mkdtemp(name);
  const std::string log_path = (folder / "log").string();
  const std::string script = (folder / "session").string();
  std::ofstream(script)
      << "echo \"run $*\" >> " << log_path << "\n"
      << "n=$(wc -l < " << log_path << ")\n"
      << "case $n in 1) exit 65;; 2) exit 0;; 3) exit 65;; 4) exit 65;; 5) kill -9 $$;; esac\n"
      << "exit 78\n";
  FakeClock clock;
  std::FILE* sink = std::fopen((folder / "supervisor.log").c_str(), "w");
  Log log(clock, sink);
  CHECK(supervise({"/bin/sh", script}, {}, log) == session_refused);
  std::fclose(sink);
  // Run 1 knows nothing; after 65 the next is told; after 0 and after a crash it is not.
  CHECK(text_of(read_file(log_path, 4'096).value()) ==
        "run \nrun --reader-empty\nrun \nrun --reader-empty\nrun --reader-empty\nrun \n");
  std::filesystem::remove_all(folder);
}

TEST_CASE("when the power is out the machine is told to go down, and when it does not, it serves on") {
  char name[] = "/tmp/bianmin-supervisor-XXXXXX";
  const std::filesystem::path folder = ::mkdtemp(name);
  const std::string log_path = (folder / "log").string();
  const auto script = [&](const std::string& file, const std::string& text) {
    std::ofstream(folder / file) << text;
    return std::vector<std::string>{"/bin/sh", (folder / file).string()};
  };
  const auto session = script("session", "echo session >> " + log_path + "\n[ $(grep -c session " + log_path +
                                             ") = 1 ] && exit 66\nexit 78\n");
  FakeClock clock;
  std::FILE* sink = std::fopen((folder / "supervisor.log").c_str(), "w");
  Log log(clock, sink);
  const auto off = script("off", "echo off >> " + log_path + "\nexit 1\n");
  CHECK(supervise(session, off, log) == session_refused);
  CHECK(text_of(read_file(log_path, 4'096).value()) == "session\noff\nsession\n");
  // Told to end, as systemd does when the machine goes down.
  std::filesystem::remove(log_path);
  const auto down = script("down", "echo down >> " + log_path + "\nkill -TERM $PPID\n");
  CHECK(supervise(session, down, log) == 0);
  CHECK(text_of(read_file(log_path, 4'096).value()) == "session\ndown\n");
  std::filesystem::remove(log_path);
  CHECK(supervise(session, {(folder / "missing").string()}, log) == session_refused);
  CHECK(text_of(read_file(log_path, 4'096).value()) == "session\nsession\n");
  std::fclose(sink);
  std::filesystem::remove_all(folder);
}

TEST_CASE("a terminal that was closed stays closed over crashes, until a session says otherwise") {
  char name[] = "/tmp/bianmin-supervisor-XXXXXX";
  const std::filesystem::path folder = ::mkdtemp(name);
  const std::string log_path = (folder / "log").string();
  const std::string script = (folder / "session").string();
  std::ofstream(script) << "echo \"run $*\" >> " << log_path << "\n"
                        << "n=$(wc -l < " << log_path << ")\n"
                        << "case $n in 1) exit 67;; 2) kill -9 $$;; 3) exit 1;; 4) exit 0;; esac\n"
                        << "exit 78\n";
  FakeClock clock;
  std::FILE* sink = std::fopen((folder / "supervisor.log").c_str(), "w");
  Log log(clock, sink);
  CHECK(supervise({"/bin/sh", script}, {}, log) == session_refused);
  std::fclose(sink);
  CHECK(text_of(read_file(log_path, 4'096).value()) ==
        "run \nrun --tampered\nrun --tampered\nrun --tampered\nrun \n");
  std::filesystem::remove_all(folder);
}
