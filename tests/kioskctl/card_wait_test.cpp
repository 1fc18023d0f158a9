#include "terminal/kioskctl/card_wait.hpp"

#include "drivers/emulator/social_card_model.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/direct_card.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/fake_devices.hpp"

namespace bianmin::kioskctl {

namespace {

// Does the job when the test puts a card in.
class HandReader : public card::SmartCardReader {
 public:
  DeviceState state() const override { return fake_ready; }
  void watch(std::function<void(DeviceState)>) override {}
  card::CardPresence presence() const override { return card::CardPresence::none; }
  void watch_presence(std::function<void(card::CardPresence)> changed) override {
    changed_ = std::move(changed);
  }
  void use(Job job, std::function<void(Result<void>)> done) override {
    job_ = std::move(job);
    done_ = std::move(done);
  }
  void cancel() override {
    if (const auto done = std::exchange(done_, nullptr)) done(Error{Remedy::refuse, "card.cancelled", {}});
  }
  void put(card::SmartCard& card) {
    if (changed_) changed_(card::CardPresence::present);
    if (const auto done = std::exchange(done_, nullptr)) done(job_(card, std::stop_token()));
  }
  bool waiting() const { return done_ != nullptr; }

 private:
  Job job_;
  std::function<void(Result<void>)> done_;
  std::function<void(card::CardPresence)> changed_;
};

// Sleeps by setting the clock forward.
class ClockWaiter : public Waiter {
 public:
  explicit ClockWaiter(FakeClock& clock) : clock_(clock) {}
  void wait(int timeout_ms, std::span<pollfd>) override { clock_.advance(std::max(timeout_ms, 0)); }
  void wake() override {}
  bool supports_fds() const override { return false; }

 private:
  FakeClock& clock_;
};

struct Bench {
  FakeClock clock;
  EventLoop loop{clock, std::make_unique<ClockWaiter>(clock)};
  FakeReader id_cards;
  HandReader smart_cards;
  std::vector<std::string> lines;

  Result<CardReport> wait(CardReaders readers) {
    CardWait wait;
    wait.timeout_ms = 5'000;
    wait.progress = [this](const std::string& line) { lines.push_back(line); };
    return wait_for_card(loop, readers, wait);
  }
  Result<CardReport> wait() { return wait({&id_cards, &smart_cards}); }
  bool said(std::string_view text) const {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.find(text) != std::string::npos; });
  }
};

}  // namespace

TEST_CASE("the first card of either reader is read, and the other reader let go") {
  Bench bench;
  emulator::SocialCardModel model;
  DirectCard card(model);
  bench.loop.after(1'000, [&] { bench.smart_cards.put(card); });
  const auto report = bench.wait();
  REQUIRE(report.ok());
  CHECK(report->kind == "social-security");
  CHECK_FALSE(bench.id_cards.reading());
  CHECK(bench.said("waiting for a card, 5 s"));
  CHECK(bench.said("smart-card-reader: ready (ready)"));
  CHECK(bench.said("leave it in"));
  CHECK(bench.clock.steady_ms() < 5'000);

  Bench other;
  card::IdCard resident;
  resident.name = "赵秀兰";
  other.loop.after(1'000, [&] {
    other.id_cards.see_card();
    other.id_cards.answer(resident);
  });
  const auto second = other.wait();
  REQUIRE(second.ok());
  CHECK(second->kind == "resident");
  CHECK_FALSE(other.smart_cards.waiting());
  CHECK(other.said("hold it still"));
  for (const std::string& line : other.lines) CHECK(line.find("赵") == std::string::npos);
}

TEST_CASE("nobody comes") {
  Bench bench;
  const auto report = bench.wait();
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().code == "card.timeout");
  CHECK_FALSE(bench.id_cards.reading());
  CHECK_FALSE(bench.smart_cards.waiting());
  CHECK(bench.wait({}).error().code == "card.timeout");
  CHECK(bench.wait({&bench.id_cards, nullptr}).error().code == "card.timeout");
}

TEST_CASE("a card that cannot be read ends the waiting with its error") {
  Bench bench;
  bench.loop.after(10, [&] { bench.id_cards.answer(Error{Remedy::ask_resident, "card.unreadable", {}}); });
  CHECK(bench.wait().error().code == "card.unreadable");
  emulator::SocialCardModel model;
  DirectCard card(model);
  card.remove_at(5);
  bench.loop.after(10, [&] { bench.smart_cards.put(card); });
  CHECK(bench.wait().error().code == "card.removed");
}

TEST_CASE("a reader's state is told as it changes") {
  Bench bench;
  bench.loop.after(10, [&] { bench.id_cards.become({DeviceCondition::faulted, "usb.timeout"}); });
  (void)bench.wait();
  CHECK(bench.said("id-card-reader: faulted (usb.timeout)"));
}

}  // namespace bianmin::kioskctl
