// The days' parts of the payloads, and what is dropped with them.
#include "sync/hub/store/payload_parts.hpp"

#include <fmt/format.h>

#include <thread>

#include "tests/sync/hub/scene.hpp"

namespace bianmin::hub {

using test::must;
using test::Scene;

namespace {

constexpr std::int64_t one_day_ms = 86'400'000;

std::int64_t payloads(test::HubInProcess& hub) {
  return must(hub.database().prepare("SELECT count(*) FROM payload").number());
}

}  // namespace

TEST_CASE("a payload lies in the part of its day; a day without one takes nothing in until it is made") {
  if (!test::on_postgresql()) return;
  Scene scene;
  scene.terminal.save();
  scene.terminal.save();
  must(scene.take(scene.upload_of(1)));
  const auto part = fmt::format("SELECT count(*) FROM payload_{}", scene.hub.clock.utc_ms() / one_day_ms);
  CHECK(must(scene.hub.database().prepare(part).number()) == 1);
  scene.hub.clock.advance(400 * one_day_ms);
  CHECK(test::code_of(scene.take(scene.upload_of(2))) == "store.io");
  scene.hub.resume();
  must(scene.take(scene.upload_of(2)));
  CHECK(scene.hub.report().records == 2);
  CHECK(scene.hub.report().gaps == 0);
}

TEST_CASE("several hubs make the parts at the same moment") {
  test::HubInProcess hub;
  const auto later = hub.clock.utc_ms() + 800 * one_day_ms;
  const auto other = must(open_hub_database(hub.folder()));
  bool good = false;
  std::thread thread([&] { good = prepare_payload_parts(*other, later).ok(); });
  must(prepare_payload_parts(hub.database(), later));
  thread.join();
  CHECK(good);
  must(prepare_payload_parts(hub.database(), later));
}

TEST_CASE("old payloads are dropped by whole days, what is known of their records stays") {
  Scene scene;
  const auto first = scene.terminal.save();
  scene.terminal.save();
  must(scene.take(scene.upload_of(1)));
  scene.hub.clock.advance(2 * one_day_ms);
  must(scene.take(scene.upload_of(2)));
  const auto now = scene.hub.clock.utc_ms();
  CHECK(test::code_of(drop_payloads(scene.hub.database(), now)) == "hub.unfiled");
  CHECK(payloads(scene.hub) == 2);
  scene.hub.resume();  // files them
  must(drop_payloads(scene.hub.database(), now - 5 * one_day_ms));
  CHECK(payloads(scene.hub) == 2);
  must(drop_payloads(scene.hub.database(), now));
  CHECK(payloads(scene.hub) == 1);  // today's
  must(drop_payloads(scene.hub.database(), now));
  CHECK(scene.hub.report().records == 2);
  CHECK(scene.hub.report().accepted == 2);
  CHECK(must(describe_case(scene.hub.database(), first.case_no))["state"] == "accepted");
  must(scene.take(scene.upload_of(1)));  // sent again, it gets its receipt again
  CHECK(payloads(scene.hub) == 1);
}

}  // namespace bianmin::hub
