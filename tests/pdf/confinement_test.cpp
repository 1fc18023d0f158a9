// What a file that has taken kiosk-pdf over gets at: nothing.
#include "terminal/base/child_process.hpp"
#include "terminal/base/landlock.hpp"
#include "tests/catch.hpp"

namespace bianmin::pdf {

namespace {

int tries_that_succeed(const std::string& how) {
  Command command;
  command.words = {std::string(BIANMIN_BIN) + "/pdf_intruder", how};
  auto child = ChildProcess::start(command);
  REQUIRE(child);
  const auto status = child->wait(30'000);
  REQUIRE(status);
  CHECK_FALSE(status->by_signal);
  return status->value;
}

}  // namespace

TEST_CASE("who has taken the renderer over opens no file, makes no socket, starts and signals nothing") {
  if (landlock_abi() == 0) WARN("this kernel has no Landlock");
  CHECK(tries_that_succeed("confined") == 0);
  CHECK(tries_that_succeed("free") == 0x7F);
}

}  // namespace bianmin::pdf
