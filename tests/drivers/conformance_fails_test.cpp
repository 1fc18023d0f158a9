// The conformance suites find what is wrong: devices that are played wrongly fail the step that is about it.
#include "drivers/conformance/public_codes.hpp"
#include "drivers/conformance/report.hpp"
#include "drivers/conformance/suites.hpp"
#include "tests/drivers/played_site.hpp"
#include "tests/fakes/fake_devices.hpp"

namespace bianmin {

using card::IdCard;
using conformance::Act;
using conformance::Report;
using conformance::Step;
using conformance::StepResult;
using conformance::Verdict;

namespace {

IdCard sample_card() {
  IdCard card;
  card.name = "赵秀兰";
  card.number = "11010519491231002X";
  card.birth = {1949, 12, 31};
  card.valid_from = {2018, 3, 1};
  card.photo.resize(1'024);
  return card;
}

// Does what a reader has to, but for what the test says.
class PlayedReader : public card::IdCardReader {
 public:
  PlayedReader(PlayedSite& site) : site_(site) {
    auto& acts = site.hands.acts;
    acts[Act::plug] = [this] { become({DeviceCondition::ready, "ready"}); };
    acts[Act::unplug] = [this] { become({DeviceCondition::absent, "absent"}); };
    acts[Act::unplug_during] = [this] { pull_at_read_ = true; };
    acts[Act::put_card] = [this] {
      card_there_ = true;
      go_on();
    };
    acts[Act::take_card] = [this] { card_there_ = false; };
    acts[Act::take_card_during] = [this] { remove_at_read_ = true; };
  }
  DeviceState state() const override { return state_; }
  void watch(std::function<void(DeviceState)> changed) override { changed_ = std::move(changed); }
  void read(card::IdCardRequest, std::function<void(Result<IdCard>)> done) override {
    ++reads;
    if (done_ && !takes_second) {
      post(std::move(done), error("card.busy"));
      return;
    }
    done_ = std::move(done);
    if (std::exchange(remove_at_read_, false)) {
      card_there_ = false;
      end(error("card.removed"));
    } else if (std::exchange(pull_at_read_, false)) {
      become({DeviceCondition::absent, "absent"});
    } else {
      go_on();
    }
  }
  void cancel() override {
    if (done_ && !never_cancels) end(error("card.cancelled"));
  }
  void watch_card_seen(std::function<void()>) override {}
  void watch_presence(std::function<void(card::CardPresence)>) override {}
  card::CardPresence presence() const override {
    if (blind) return card::CardPresence::unknown;
    return card_there_ ? card::CardPresence::present : card::CardPresence::none;
  }

  bool never_ends = false;
  bool never_cancels = false;
  bool takes_second = false;
  bool ends_twice = false;
  bool reads_without_card = false;
  bool blind = false;
  std::string_view failure;    // of each read
  std::string_view odd_state;  // told between two others
  IdCard card = sample_card();
  int reads = 0;

 private:
  static Result<IdCard> error(std::string_view code) { return Error{Remedy::ask_resident, code, {}}; }
  void post(std::function<void(Result<IdCard>)> done, Result<IdCard> result) {
    site_.loop.post([done = std::move(done), result = std::move(result)] { done(result); });
  }
  void end(Result<IdCard> result) {
    const auto done = std::exchange(done_, nullptr);
    post(done, result);
    if (ends_twice) post(done, std::move(result));
  }
  void go_on() {
    if (!done_ || never_ends || !state_.usable() || !(card_there_ || reads_without_card)) return;
    end(failure.empty() ? Result<IdCard>(card) : error(failure));
  }
  void become(DeviceState state) {
    state_ = state;
    if (changed_ && !odd_state.empty()) changed_({DeviceCondition::starting, odd_state});
    if (changed_) changed_(state);
    go_on();
  }

  PlayedSite& site_;
  DeviceState state_;
  std::function<void(DeviceState)> changed_;
  std::function<void(Result<IdCard>)> done_;
  bool card_there_ = false;
  bool remove_at_read_ = false;
  bool pull_at_read_ = false;
};

}  // namespace

TEST_CASE("a reader that does all it has to passes every step") {
  PlayedSite site;
  PlayedReader reader(site);
  const Report report = site.run(conformance::id_card_suite(reader));
  INFO(report_table(report));
  CHECK(report.count(Verdict::passed) == 12);
  CHECK(step_of(report, "module").verdict == Verdict::skipped);  // nobody to ask
  CHECK(step_of(report, "fifty").note == "50 reads, median 0 ms, longest 0 ms");
  CHECK(reader.reads > 50);
}

TEST_CASE("what is wrong with a reader fails the step that is about it") {
  PlayedSite site;
  PlayedReader reader(site);
  struct Wrong {
    std::string_view step;
    std::string_view code;
  };
  Wrong expected;
  SECTION("a read never ends") {
    reader.never_ends = true;
    expected = {"read", "conformance.too_late"};
  }
  SECTION("a read ends twice") {
    reader.ends_twice = true;
    expected = {"read", "conformance.ended_twice"};
  }
  SECTION("a read fails") {
    reader.failure = "card.unreadable";
    expected = {"read", "card.unreadable"};
  }
  SECTION("a read fails with a code of its own") {
    reader.failure = "vendor.oops";
    expected = {"read", "conformance.unknown_code"};
  }
  SECTION("a card without its photo") {
    reader.card.photo.clear();
    expected = {"read", "conformance.wrong"};
  }
  SECTION("a card without a number") {
    reader.card.number.clear();
    expected = {"read", "conformance.wrong"};
  }
  SECTION("a card is never seen") {
    reader.blind = true;
    expected = {"presence", "conformance.too_late"};
  }
  SECTION("a card out of the air") {
    reader.reads_without_card = true;
    expected = {"waits", "conformance.wrong"};
  }
  SECTION("a read cannot be called off") {
    reader.never_cancels = true;
    expected = {"waits", "conformance.too_late"};
  }
  SECTION("a second read is taken") {
    reader.takes_second = true;
    expected = {"second-refused", "conformance.too_late"};
  }
  SECTION("a state with a code of its own") {
    reader.odd_state = "vendor.warming_up";
    expected = {"ready", "conformance.unknown_code"};
  }
  const Report report = site.run(conformance::id_card_suite(reader));
  INFO(report_table(report));
  const StepResult& step = step_of(report, expected.step);
  CHECK(step.verdict == Verdict::failed);
  CHECK(step.code == expected.code);
}

TEST_CASE("a device that never becomes ready is not tried any further") {
  PlayedSite site;
  PlayedReader reader(site);
  site.hands.acts[Act::plug] = [] {};
  const Report report = site.run(conformance::id_card_suite(reader));
  CHECK(report.count(Verdict::failed) == 1);
  CHECK(report.steps[0].code == "conformance.too_late");
  CHECK(report.count(Verdict::skipped) == 12);
  CHECK(report.steps[1].detail == "the first step failed");
}

TEST_CASE("what a reader tells about itself is looked at") {
  PlayedSite site;
  PlayedReader reader(site);
  Result<card::IdCardModule> told = card::IdCardModule{"played", "05.03.1234", "ready"};
  std::string_view code;
  SECTION("as it should be") {}
  SECTION("no number") {
    told->id.clear();
    code = "conformance.wrong";
  }
  SECTION("not well") {
    told->status = "reader.not_authorised";
    code = "conformance.wrong";
  }
  SECTION("an error") {
    told = Error{Remedy::retry_later, "reader.busy", {}};
    code = "reader.busy";
  }
  const Report report = site.run(conformance::id_card_suite(
      reader, [&](const auto& done) { site.loop.post([&, done] { done(told); }); }));
  CHECK(step_of(report, "module").code == code);
  if (code.empty()) CHECK(step_of(report, "module").note == "played, module 05.03.1234, ready");
}

TEST_CASE("steps are skipped by request and where the operator cannot help, and are not failures") {
  PlayedSite site;
  PlayedReader reader(site);
  site.hands.acts.erase(Act::take_card_during);
  site.options.skip = {"fifty"};
  std::vector<std::string> told;
  site.options.begins = [&](const Step& step) { told.emplace_back(step.name); };
  site.options.ended = [&](const StepResult& result) { told.emplace_back(verdict_name(result.verdict)); };
  const Report report = site.run(conformance::id_card_suite(reader));
  CHECK(report.count(Verdict::failed) == 0);
  CHECK(step_of(report, "fifty").detail == "by request");
  CHECK(step_of(report, "taken-during").verdict == Verdict::skipped);
  CHECK(step_of(report, "taken-during").detail == "not played");
  REQUIRE(told.size() == 25);  // a step left out does not begin
  CHECK(told[0] == "ready");
  CHECK(told[1] == "passed");
  CHECK(told.back() == "skipped");
}

TEST_CASE("an act that is done is not asked for again, and the operator's time does not count") {
  PlayedSite site;
  const auto nothing = [] {};
  site.hands.acts = {{Act::put_card, [&] { site.clock.advance(60'000); }},
                     {Act::take_card, nothing},
                     {Act::take_card_during, nothing}};
  site.stage.begin(1'000);
  for (const Act act : {Act::put_card, Act::put_card, Act::take_card_during, Act::take_card_during,
                        Act::put_card, Act::take_card, Act::take_card}) {
    CHECK(site.stage.ask(act).ok());
  }
  CHECK(site.hands.asked == std::vector<Act>{Act::put_card, Act::take_card_during, Act::take_card_during,
                                             Act::put_card, Act::take_card});
  CHECK(site.stage.took_ms() == 0);
  CHECK_FALSE(site.stage.until([] { return false; }));
  CHECK(site.stage.took_ms() == 1'000);
}

TEST_CASE("the report is a table for a person and JSON for a program") {
  Report report;
  report.device = "code-scanner";
  report.identity = "1eab:0010 at 1-3";
  report.steps = {{"ready", Verdict::passed, "", "", 12, ""},
                  {"code", Verdict::failed, "conformance.wrong", "another text was told", 345, ""},
                  {"long", Verdict::skipped, "", "by request", 0, ""},
                  {"twenty", Verdict::passed, "", "", 40, "20 codes, 2 ms each"}};
  CHECK(report_table(report) ==
        "code-scanner 1eab:0010 at 1-3\n"
        "ready                  passed        12 ms  \n"
        "code                   failed       345 ms  conformance.wrong: another text was told\n"
        "long                   skipped        0 ms  by request\n"
        "twenty                 passed        40 ms  20 codes, 2 ms each\n"
        "2 passed, 1 failed, 1 skipped\n");
  const Json json = report_json(report);
  CHECK(json["failed"] == 1);
  CHECK(json["identity"] == "1eab:0010 at 1-3");
  CHECK(json["steps"][1]["code"] == "conformance.wrong");
  CHECK(json["steps"][3]["note"] == "20 codes, 2 ms each");
}

TEST_CASE("a scanner that hears when it should not, or hears otherwise, fails") {
  PlayedSite site;
  FakeScanner scanner;
  site.hands.acts = {{Act::plug, [] {}}};
  std::string_view failing = "code";
  SECTION("another text") {
    site.hands.show = [&](const std::string& text) { scanner.scan(text + "?"); };
  }
  SECTION("an error") {
    site.hands.show = [&](const std::string&) {
      scanner.scan(Error{Remedy::ask_resident, "scanner.bad_code", {}});
    };
  }
  SECTION("twice") {
    site.hands.show = [&](const std::string& text) {
      scanner.scan(text);
      scanner.scan(text);
    };
  }
  SECTION("nothing") {
    site.hands.show = [](const std::string&) {};
  }
  SECTION("what was scanned before") {
    std::vector<std::string> unheard;
    site.hands.show = [&scanner, unheard](const std::string& text) mutable {
      if (!scanner.listening()) unheard.push_back(text);
      for (const std::string& late : unheard) scanner.scan(late);
      scanner.scan(text);
    };
    failing = "stopped";
  }
  const Report report = site.run(conformance::scanner_suite(scanner));
  INFO(report_table(report));
  CHECK(step_of(report, failing).verdict == Verdict::failed);
}

TEST_CASE("codes that are public are known, and no others") {
  for (const std::string_view code :
       {"card.removed", "card.unknown_status", "scanner.bad_code", "usb.gone"}) {
    CHECK(conformance::public_result_code(code));
  }
  CHECK_FALSE(conformance::public_result_code("card.eaten"));
  CHECK_FALSE(conformance::public_result_code(""));
  conformance::CodeWatch watch;
  watch.see({DeviceCondition::ready, "ready"});
  watch.see({DeviceCondition::faulted, "usb.timeout"});
  CHECK_FALSE(watch.take().has_value());
  watch.see({DeviceCondition::ready, "usb.timeout"});  // listed, but not for a device that works
  watch.see({DeviceCondition::faulted, "vendor.oops"});
  CHECK(watch.take() == "usb.timeout");
  watch.see({DeviceCondition::faulted, unlisted_device_code});
  CHECK(watch.take() == unlisted_device_code);
}

}  // namespace bianmin
