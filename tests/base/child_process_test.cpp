#include "terminal/base/child_process.hpp"

#include <signal.h>

#include "tests/catch.hpp"

using namespace bianmin;

TEST_CASE("a child's end is told as it was") {
  CHECK(ChildProcess::start({{"true"}, {}, {}, false}).value().wait(10'000)->clean());
  const auto failed = ChildProcess::start({{"sh", "-c", "exit $CODE"}, {{"CODE", "7"}}, {}, false}).value().wait(10'000);
  CHECK(failed->value == 7);
  CHECK_FALSE(failed->by_signal);
}

TEST_CASE("a program that is not there is an error, not a child") {
  CHECK(ChildProcess::start({{"/nonexistent/program"}, {}, {}, false}).error().code == "process.not_started");
  CHECK(ChildProcess::start({}).error().code == "process.not_started");
}

TEST_CASE("waiting has a limit and stopping has none") {
  auto child = ChildProcess::start({{"sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"}, {}, "/dev/null", true}).value();
  CHECK_FALSE(child.wait(20).has_value());
  CHECK(child.running());
  const ExitStatus end = child.stop(50);
  CHECK(end.by_signal);
  CHECK(end.value == SIGKILL);
  CHECK_FALSE(child.running());
}

TEST_CASE("a child does not inherit blocked signals") {
  sigset_t term, before;
  ::sigemptyset(&term);
  ::sigaddset(&term, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &term, &before);
  auto child = ChildProcess::start({{"sleep", "60"}, {}, {}, false}).value();
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  CHECK(child.stop(10'000).value == SIGTERM);
}
