// The cabinet of a whole terminal: real screen and drivers, an emulated pad, lights and contacts.
#include "tests/e2e/e2e_support.hpp"

using namespace bianmin;
using namespace bianmin::e2e;

namespace {

struct CabinetSite {
  TemporaryFolder folder;
  std::unique_ptr<Site> site;

  CabinetSite() {
    SiteOptions options = options_in(folder);
    options.settings = {{"key_pad", "1209:0005"},
                        {"key_pad_keys", "next=51 confirm=28 back=29 help=3a headset_in=68 headset_out=69"},
                        {"key_pad_double_strike_ms", "0"},
                        {"guide_lights_device", "1209:0006"},
                        {"guide_lights", "card=0 slip=1 scan=3"},
                        {"contacts", "door=0:nc tamper=1:no"},
                        {"tamper_hold_ms", "3000"}};
    site = Site::make(options).value();
    must(site->start_terminal());
    for (const char* device : {"pad", "lights", "contacts"}) tell(std::string("plug ") + device);
    // What the help page says of them goes when all are ready.
    must(site->act("helper.help"));
    for (const char* word : {"按键盘", "指示灯", "门磁"}) must(site->wait_until_gone(word, 20'000));
  }

  template <typename T>
  void must(const Result<T>& result) {
    if (!result) FAIL(result.error().text());
  }
  void tell(const std::string& command) { must(site->device(command)); }
  void see(const std::string& text) { must(site->wait_for(text, 20'000)); }
  bool until_light(const std::string& place, const std::string& wanted) {
    for (int i = 0; i < 200; ++i) {
      const auto light = site->device("light " + place);
      if (light && *light == wanted) return true;
      (void)site->wait_for("nothing of this kind", 50);
    }
    return false;
  }
};

}  // namespace

TEST_CASE("keys, lights, headset and contacts of a cabinet work together in the real terminal") {
  CabinetSite kiosk;
  kiosk.tell("key back");
  kiosk.see("page-id welcome");
  kiosk.tell("headset in");
  kiosk.see("耳机");
  kiosk.tell("key next");
  kiosk.tell("key confirm");
  kiosk.see("page-id card");
  CHECK(kiosk.until_light("card", "on"));
  kiosk.tell("card on grandma");
  kiosk.see("page-id question.2");
  CHECK(kiosk.until_light("card", "off"));
  kiosk.tell("tamper begin");
  kiosk.see("contacts.tampered");
  kiosk.tell("card off");
  kiosk.must(kiosk.site->wait_until_gone("耳机"));  // another process: nobody has said so to it
  kiosk.tell("tamper end");
  kiosk.see("page-id welcome");
  kiosk.tell("door open");
  kiosk.see("工作人员正开着机器的门");
  kiosk.tell("door close");
  kiosk.must(kiosk.site->wait_until_gone("工作人员正开着机器的门"));
  kiosk.tell("key help");
  kiosk.see("page-id help");
  CHECK(kiosk.site->stop_terminal().value().clean());
}
