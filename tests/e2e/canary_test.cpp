// Nothing of a person is left anywhere but sealed in the journal and at the hub.
#include "tests/e2e/canary.hpp"

#include "tests/e2e/e2e_support.hpp"

using namespace bianmin;
using namespace bianmin::e2e;

namespace {

// What the emulated card "grandma" says.
std::vector<Bytes> person() {
  std::vector<Bytes> out;
  for (const std::string text : {"赵秀兰", "11010519491231002X", "柳河村三组"}) {
    for (Bytes& encoded : encodings_of(text)) out.push_back(std::move(encoded));
  }
  return out;
}

bool any_terminal_has(const Site& site, const std::vector<Bytes>& needles) {
  bool found = false;
  for (const pid_t pid : processes("kiosk-terminal", site.path("kiosk.conf").string())) {
    found = memory_has(pid, needles) || found;
  }
  return found;
}

}  // namespace

TEST_CASE("after a journey nothing of the person is in files, logs or the memory of any terminal process") {
  const TemporaryFolder folder;
  auto site = Site::make(options_in(folder)).value();
  const std::vector<Bytes> needles = person();
  Stage stage(*site, {});
  stage.online(true);
  REQUIRE(processes("kiosk-terminal", site->path("kiosk.conf").string()).size() ==
          2);  // supervisor and session

  REQUIRE(site->act("choice.0").ok());
  REQUIRE(site->device("card on grandma").ok());
  REQUIRE(site->wait_for("page-id question.2\n").ok());
  CHECK(any_terminal_has(*site, needles));  // the search can find what is there
  REQUIRE(site->device("card off").ok());
  REQUIRE(site->act("helper.back").ok());
  REQUIRE(site->wait_for("page-id card\n").ok());
  REQUIRE(site->act("helper.back").ok());
  REQUIRE(site->wait_for("page-id welcome\n").ok());
  CHECK_FALSE(any_terminal_has(*site, needles));

  REQUIRE(site->device("plug pageprinter").ok());
  stage.confirm_pension({.card = "grandma", .rating = 1, .sheet = true, .quick = true});
  CHECK(site->device("page receipts").value() == "whole 1 partial 0");
  for (const Journey& journey : stage.journeys()) {
    INFO(journey.problem);
    CHECK(journey.ok);
  }
  CHECK_FALSE(any_terminal_has(*site, needles));
  for (const pid_t agent : processes("kiosk-agent", site->path("terminal").string())) {
    CHECK_FALSE(memory_has(agent, needles));
  }
  // The hub is where the record belongs; its log and everything of the terminal must not have it.
  const auto files = files_with(site->options().folder, needles, {"hub"});
  INFO((files.empty() ? std::string() : files.front()));
  CHECK(files.empty());
  const auto hub_files = files_with(site->path("hub"), needles, {});
  WARN(hub_files.size() << " files of the hub hold the person in the clear");
}
