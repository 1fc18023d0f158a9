// A resident signs in and signs with an electronic ID: real screen, driver, journal, agent and hub, an
// emulated card in an emulated reader. And no PIN is left anywhere.
#include "tests/e2e/canary.hpp"
#include "tests/e2e/e2e_support.hpp"
#include "tests/e2e/eid_canary.hpp"

using namespace bianmin;
using namespace bianmin::e2e;

namespace {

std::vector<Bytes> pins() {
  std::vector<Bytes> out;
  for (const char* pin : {canary_pin1, canary_pin2}) {
    for (Bytes& encoded : encodings_of(pin)) out.push_back(std::move(encoded));
  }
  return out;
}

struct EidSite {
  TemporaryFolder folder;
  std::unique_ptr<Site> site;

  EidSite() {
    const std::filesystem::path trust = folder.path() / "eid-trust";
    std::filesystem::create_directories(trust);
    SiteOptions options = options_in(folder);
    options.emulator = "kiosk-emulator-eid";
    options.environment = {{"BIANMIN_EID_TRUST", (trust / "test.pem").string()}};
    options.settings = {{"catalogue_dir", (options.source / "tests/catalogue").string()},
                        {"eid_trust_dir", trust.string()}};
    site = Site::make(options).value();
    must(site->start_terminal());  // the emulator makes the authorities that the hub shall believe, too
    std::filesystem::copy(trust, site->path("hub/eid-trust"));
    must(site->start_hub());
    must(site->start_agent());
    must(site->device("plug smartcard"));
    see("已联网");
    must(site->wait_until_gone("插卡口"));
  }

  template <typename T>
  void must(const Result<T>& result) {
    if (!result) FAIL(result.error().text());
  }
  void act(const std::string& id) { must(site->act(id)); }
  void see(const std::string& text) { must(site->wait_for(text, 15'000)); }
  void type(const std::string& pin) {
    for (const char digit : pin) act(std::string("key.") + digit);
    see("已输入 " + std::to_string(pin.size()) + " 位");
  }
  bool terminal_has(const std::vector<Bytes>& needles) {
    bool found = false;
    for (const pid_t pid : processes("kiosk-terminal", site->path("kiosk.conf").string()))
      found = memory_has(pid, needles) || found;
    return found;
  }
};

}  // namespace

TEST_CASE("signed in, a wrong PIN once, signed, saved, and verified by the hub; no PIN is kept") {
  const std::string card = GENERATE("eid-2018", "eid-2025");
  INFO(card);
  EidSite eid;
  const std::vector<Bytes> needles = pins();
  eid.act("choice.0");
  eid.see("page-id card\n");
  eid.must(eid.site->device("chip on " + card));
  eid.see("page-id pin-sign-in\n");
  eid.type("11111111");
  eid.act("done");
  eid.see("还能试 2 次");
  eid.type(canary_pin1);
  CHECK(eid.terminal_has(needles));  // the search finds what is there
  eid.act("done");
  eid.see("page-id question.2\n");
  CHECK_FALSE(eid.terminal_has(needles));  // gone at once, not only with the process
  eid.act("choice.0");
  eid.see("page-id review\n");
  eid.act("submit");
  eid.see("page-id pin-sign\n");
  eid.type(canary_pin2);
  eid.act("done");
  eid.see("page-id saved\n");
  CHECK_FALSE(eid.terminal_has(needles));
  eid.see("民政所已受理，已完成");
  eid.act("finish");
  eid.see("page-id take_card\n");
  eid.must(eid.site->device("chip off"));
  eid.see("page-id welcome\n");
  CHECK_FALSE(eid.terminal_has(needles));
  const Json report = eid.site->hub_report().value();
  CHECK(report["signed_cases"] == 1);
  CHECK(report["cases"] == 1);
  CHECK(report["refused"] == 0);
  CHECK(journal_clean(*eid.site));
  const auto files = files_with(eid.site->options().folder, needles, {});
  INFO((files.empty() ? std::string() : files.front()));
  CHECK(files.empty());
}

TEST_CASE("the card is pulled and the reader unplugged in between, and nothing is lost") {
  EidSite eid;
  eid.act("choice.0");
  eid.see("page-id card\n");
  eid.must(eid.site->device("chip on eid-2018"));
  eid.see("page-id pin-sign-in\n");
  eid.type("703");
  eid.must(eid.site->device("chip off"));
  eid.see("卡拿开得太早了");
  eid.must(eid.site->device("chip on eid-2018"));
  eid.see("page-id pin-sign-in\n");
  eid.see("还没有输入");
  eid.type(canary_pin1);
  eid.act("done");
  eid.see("page-id question.2\n");
  eid.act("choice.1");
  eid.see("page-id review\n");
  eid.act("submit");
  eid.see("page-id pin-sign\n");
  eid.must(eid.site->device("unplug smartcard"));
  eid.see("读卡器连不上");
  eid.must(eid.site->device("plug smartcard"));
  eid.see("page-id pin-sign\n");
  eid.type(canary_pin2);
  eid.act("done");
  eid.see("page-id saved\n");
  eid.see("民政所已受理，已完成");
  CHECK(eid.site->hub_report().value()["signed_cases"] == 1);
}
