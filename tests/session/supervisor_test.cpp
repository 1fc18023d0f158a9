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
  CHECK(supervise({"/bin/sh", script}, log) == session_refused);
  std::fclose(sink);
  // Run 1 knows nothing; after 65 the next is told; after 0 and after a crash it is not.
  CHECK(text_of(read_file(log_path, 4'096).value()) ==
        "run \nrun --reader-empty\nrun \nrun --reader-empty\nrun --reader-empty\nrun \n");
  std::filesystem::remove_all(folder);
}
