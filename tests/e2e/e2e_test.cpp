// Whole sites of real processes, without pictures: what must hold whatever happens.
#include "tests/e2e/e2e_support.hpp"
#include "tests/e2e/kill_loop.hpp"

using namespace bianmin;
using namespace bianmin::e2e;

TEST_CASE("a journey on each reader family: saved, sent, accepted, one slip, journal clean") {
  for (const std::string family : {"a", "b"}) {
    const TemporaryFolder folder;
    SiteOptions options = options_in(folder);
    options.family = family;
    auto site = Site::make(options).value();
    Stage stage(*site, {});
    stage.online(true);
    stage.confirm_pension({.card = "grandma", .rating = 5, .quick = true});
    stage.look_up({.expect = {"saved", "sent", "accepted"}});
    check_journeys(stage);
    CHECK(site->device("receipts").value() == "whole 1 partial 0");
    CHECK(site->stop_terminal().value().clean());
    CHECK(journal_clean(*site));
    const Json report = site->hub_report().value();
    CHECK(report["records"] == 2);
    CHECK(report["duplicates"] == 0);
    CHECK(report["gaps"] == 0);
  }
}

TEST_CASE("the whole journey needs no network: it runs in an empty network namespace") {
  const TemporaryFolder folder;
  SiteOptions options = options_in(folder);
  options.without_network = true;
  auto site = Site::make(options).value();
  Stage stage(*site, {});
  stage.online(true);
  stage.confirm_pension({.card = "farmer", .quick = true});
  check_journeys(stage);
}

TEST_CASE("the hub is away: saved here; it comes back: the record arrives once") {
  const TemporaryFolder folder;
  auto site = Site::make(options_in(folder)).value();
  Stage stage(*site, {});
  stage.online(true);
  stage.hub_goes_away({.card = "farmer", .quick = true});
  check_journeys(stage);
  const Json report = site->hub_report().value();
  CHECK(report["records"] == 1);
  CHECK(report["duplicates"] == 0);
}

TEST_CASE("terminal, agent and hub are killed at random points: nothing lost, nothing doubled") {
  const char* wanted = std::getenv("BIANMIN_KILLS");
  const int kills = wanted != nullptr ? std::atoi(wanted) : 20;
  const char* seed = std::getenv("BIANMIN_SEED");
  const TemporaryFolder folder;
  auto site = Site::make(options_in(folder)).value();
  KillLoop loop(*site, seed != nullptr ? static_cast<unsigned>(std::atoi(seed)) : 20261122U);
  const KillCount count = loop.run(kills);
  INFO(count.problem);
  CHECK(count.problem.empty());
  WARN(count.kills << " kills, " << count.told_saved << " cases told saved, " << count.whole_slips
                   << " whole slips");
  CHECK(count.kills == kills);
  CHECK(site->stop_terminal().value().clean());
  CHECK(journal_clean(*site));
  const Json report = site->hub_report().value();
  CHECK(report["duplicates"] == 0);
  CHECK(report["gaps"] == 0);
  CHECK(report["cases"].get<int>() >= count.told_saved);
  CHECK(count.lost.empty());
  CHECK(count.whole_slips > 0);
  CHECK(count.whole_slips <= report["cases"].get<int>());  // no case got two slips
  // What is told as printed is on paper, and only what the ledger doubts may be there besides.
  const auto told = site->print_ledger();
  INFO((told ? "" : told.error().text()));
  REQUIRE(told.ok());
  const Json& ledger = *told;
  const int printed = ledger["counts"]["printed"];
  const int doubtful = ledger["counts"]["doubtful"];
  WARN(printed << " slips printed, " << doubtful << " doubtful");
  CHECK(count.whole_slips >= printed);
  CHECK(count.whole_slips <= printed + doubtful);
}
