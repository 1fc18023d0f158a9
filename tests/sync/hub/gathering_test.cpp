// What comes in the same turns of a loop is one commit; the loop is a queue here.
#include "sync/hub/service/gathering.hpp"

#include <fmt/format.h>

#include <deque>

#include "tests/sync/hub/scene.hpp"

namespace bianmin::hub {

using test::must;

namespace {

struct GatheringScene {
  test::HubInProcess hub;
  std::vector<std::unique_ptr<test::EnrolledTerminalInProcess>> terminals;
  Metrics metrics;
  std::deque<std::function<void()>> loop;
  Gathering gathering{hub.service(), metrics,
                      [this](std::function<void()> work) { loop.push_back(std::move(work)); }};
  std::vector<std::string> answers;  // "T-0001 1 200", in the order they were given

  explicit GatheringScene(int terminal_count) {
    for (int number = 1; number <= terminal_count; ++number) {
      terminals.push_back(
          std::make_unique<test::EnrolledTerminalInProcess>(hub, fmt::format("T-{:04}", number)));
    }
  }
  // The next record of that terminal, from 0.
  HttpRequest upload(std::size_t terminal, std::uint64_t seq) {
    terminals[terminal]->save();
    const auto upload = must(terminals[terminal]->outbox->pending(1, seq - 1)).at(0).upload;
    return {"POST", "/v1/records", fmt::format("T-{:04}", terminal + 1), record::encode(upload)};
  }
  void bring(const HttpRequest& request, const std::string& name, std::function<void()> then = {}) {
    gathering.handle(request, [this, name, then](const HttpResponse& response) {
      answers.push_back(fmt::format("{} {}", name, response.status));
      if (then) then();
    });
  }
  void turn() {
    const auto work = std::move(loop.front());
    loop.pop_front();
    work();
  }
  void turn_until_quiet() {
    while (!loop.empty()) turn();
  }
  double commits() const {
    const std::string text = metrics.text();
    const std::string line = "bianmin_hub_commit_records_count ";
    const auto at = text.find(line);
    return at == std::string::npos ? 0 : std::stod(text.substr(at + line.size()));
  }
};

}  // namespace

TEST_CASE("an upload that is alone is taken when the loop has nothing else, and then nothing is left to do") {
  GatheringScene scene(1);
  scene.bring(scene.upload(0, 1), "first");
  CHECK(scene.answers.empty());
  CHECK_FALSE(scene.gathering.empty());
  REQUIRE(scene.loop.size() == 1);
  scene.turn();  // there was something new
  REQUIRE(scene.loop.size() == 1);
  scene.turn();
  CHECK(scene.answers == std::vector<std::string>{"first 200"});
  CHECK(scene.loop.empty());
  CHECK(scene.gathering.empty());
  CHECK(scene.commits() == 1);
}

TEST_CASE("uploads of the same turns share a commit, and each terminal's keep their order") {
  GatheringScene scene(3);
  for (std::uint64_t seq = 1; seq <= 2; ++seq) {
    for (std::size_t at = 0; at < 3; ++at)
      scene.bring(scene.upload(at, seq), fmt::format("{}.{}", at + 1, seq));
    scene.turn();
  }
  CHECK(scene.answers.empty());
  scene.turn_until_quiet();
  CHECK(scene.answers ==
        std::vector<std::string>{"1.1 200", "2.1 200", "3.1 200", "1.2 200", "2.2 200", "3.2 200"});
  CHECK(scene.commits() == 1);
  CHECK(scene.hub.report().records == 6);
}

TEST_CASE("a commit has so many records and no more, and nobody has to wait for another turn") {
  GatheringScene scene(2);
  const std::uint64_t each = ingest_batch_max / 2 + 3;
  for (std::uint64_t seq = 1; seq <= each; ++seq) {
    for (std::size_t at = 0; at < 2; ++at) scene.bring(scene.upload(at, seq), "one");
  }
  REQUIRE(scene.loop.size() == 1);
  scene.turn();  // full: it does not wait for more
  CHECK(scene.loop.empty());
  CHECK(scene.answers == std::vector<std::string>(2 * each, "one 200"));
  CHECK(scene.commits() == 2);
  CHECK(scene.hub.report().records == static_cast<std::int64_t>(2 * each));
}

TEST_CASE("what is no upload, and what may not be one, does not wait for those that do") {
  GatheringScene scene(1);
  scene.bring(scene.upload(0, 1), "upload");
  scene.bring({"POST", "/v1/time", "T-0001", {}}, "time");
  scene.bring({"POST", "/v1/records", "T-0009", {}}, "stranger");
  scene.bring({"GET", "/v1/records", "T-0001", {}}, "method");
  scene.bring({"POST", "/v1/records", "T-0001", Bytes(request_body_size_max + 1)}, "size");
  CHECK(scene.answers == std::vector<std::string>{"time 200", "stranger 403", "method 405", "size 413"});
  scene.turn_until_quiet();
  CHECK(scene.answers.back() == "upload 200");
}

TEST_CASE("what is refused among them harms nobody, and who was there before gets the same receipt") {
  GatheringScene scene(2);
  const HttpRequest good = scene.upload(0, 1);
  HttpRequest bad = scene.upload(1, 1);
  bad.body.back() ^= 1U;
  scene.bring(bad, "bad");
  scene.bring(good, "good");
  scene.bring(good, "again");
  scene.turn_until_quiet();
  CHECK(scene.answers == std::vector<std::string>{"bad 422", "good 200", "again 200"});
  CHECK(scene.commits() == 1);
  CHECK(scene.hub.report().records == 1);
}

TEST_CASE("who brings the next upload with the answer to the last has it in the next commit") {
  GatheringScene scene(1);
  const HttpRequest first = scene.upload(0, 1);
  const HttpRequest second = scene.upload(0, 2);
  scene.bring(first, "first", [&] { scene.bring(second, "second"); });
  scene.turn();
  scene.turn();
  CHECK(scene.answers == std::vector<std::string>{"first 200"});
  scene.turn_until_quiet();
  CHECK(scene.answers == std::vector<std::string>{"first 200", "second 200"});
  CHECK(scene.commits() == 2);
}

}  // namespace bianmin::hub
