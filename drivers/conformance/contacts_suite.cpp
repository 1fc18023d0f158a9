#include "drivers/cabinet/cabinet_contacts.hpp"
#include "drivers/conformance/public_codes.hpp"
#include "drivers/conformance/suites.hpp"

namespace bianmin::conformance {

namespace {

using cabinet::ContactState;

constexpr std::int64_t contact_limit_ms = 10'000;
constexpr int times = 5;

class ContactsChecks {
 public:
  explicit ContactsChecks(cabinet::CabinetContacts& contacts) : contacts_(contacts) {
    contacts_.watch([codes = codes_](DeviceState state) { codes->see(state); });
    contacts_.watch_contacts([told = told_](ContactState now) { told->push_back(now); });
  }
  ~ContactsChecks() {
    contacts_.watch(nullptr);
    contacts_.watch_contacts(nullptr);
  }
  ContactsChecks(const ContactsChecks&) = delete;
  ContactsChecks& operator=(const ContactsChecks&) = delete;

  std::optional<std::string> stray_code() { return codes_->take(); }

  void tidy(Stage& stage) {
    (void)make_well(stage);
    stage.linger(0);
  }

  Result<void> ready(Stage& stage) {
    if (auto well = make_well(stage); !well) return well;
    if (auto asked = stage.ask(Act::plug); !asked) return asked;
    return comes_to(stage, "ready", {});
  }
  Result<void> door(Stage& stage) {
    for (int i = 0; i < times; ++i) {
      if (auto done = step(stage, Act::open_door, "contacts.door_open", {true, false}); !done) return done;
      if (auto done = step(stage, Act::close_door, "ready", {}); !done) return done;
    }
    return {};
  }
  Result<void> tamper(Stage& stage) {
    if (auto done = step(stage, Act::begin_tamper, "contacts.tampered", {false, true}); !done) return done;
    return step(stage, Act::end_tamper, "ready", {});
  }
  Result<void> both(Stage& stage) {
    if (auto done = step(stage, Act::open_door, "contacts.door_open", {true, false}); !done) return done;
    if (auto done = step(stage, Act::begin_tamper, "contacts.tampered", {true, true}); !done) return done;
    if (auto done = step(stage, Act::end_tamper, "contacts.door_open", {true, false}); !done) return done;
    return step(stage, Act::close_door, "ready", {});
  }
  Result<void> replug(Stage& stage) {
    if (auto asked = stage.ask(Act::unplug); !asked) return asked;
    if (!stage.until([&] { return contacts_.state().condition == DeviceCondition::absent; }))
      return too_late("unplugged, not told", contacts_.state());
    if (auto asked = stage.ask(Act::open_door); !asked) return asked;
    if (auto asked = stage.ask(Act::plug); !asked) return asked;
    if (auto open = comes_to(stage, "contacts.door_open", {true, false}); !open) return open;
    return step(stage, Act::close_door, "ready", {});
  }

 private:
  static Result<void> make_well(Stage& stage) {
    if (auto asked = stage.ask(Act::close_door); !asked) return asked;
    return stage.ask(Act::end_tamper);
  }
  // One act is told once.
  Result<void> step(Stage& stage, Act act, std::string_view code, ContactState wanted) {
    told_->clear();
    if (auto asked = stage.ask(act); !asked) return asked;
    if (auto there = comes_to(stage, code, wanted); !there) return there;
    return told_->size() == 1 ? Result<void>() : wrong("a change was not told once");
  }
  Result<void> comes_to(Stage& stage, std::string_view code, ContactState wanted) {
    const auto there = [&] { return contacts_.state().code == code && contacts_.contacts() == wanted; };
    return stage.until(there) ? Result<void>()
                              : too_late(std::string("not ") + std::string(code), contacts_.state());
  }

  cabinet::CabinetContacts& contacts_;
  std::shared_ptr<std::vector<ContactState>> told_ = std::make_shared<std::vector<ContactState>>();
  std::shared_ptr<CodeWatch> codes_ = std::make_shared<CodeWatch>();
};

}  // namespace

Suite contacts_suite(cabinet::CabinetContacts& contacts, bool with_door, bool with_tamper) {
  const auto checks = std::make_shared<ContactsChecks>(contacts);
  const auto step = [&](std::string_view name, std::string_view what, std::int64_t limit_ms, bool possible,
                        Result<void> (ContactsChecks::*check)(Stage&)) {
    return Step{name, what, limit_ms, [=](Stage& stage) -> Result<void> {
                  if (!possible) return Error{Remedy::refuse, "conformance.skipped", "it is not wired"};
                  return (*checks.*check)(stage);
                }};
  };
  Suite suite;
  suite.device = "cabinet-contacts";
  suite.steps = {
      step("ready", "It becomes ready while all is well.", start_limit_ms, true, &ContactsChecks::ready),
      step("door", "The door is told, each time, once.", contact_limit_ms, with_door, &ContactsChecks::door),
      step("tamper", "The tamper contact is told.", contact_limit_ms, with_tamper, &ContactsChecks::tamper),
      step("both", "Both at once: tampering comes first, and the door stays.", contact_limit_ms,
           with_door && with_tamper, &ContactsChecks::both),
      step("replug", "Unplugged: absent; plugged in: as the contacts are by then.", replug_limit_ms,
           with_door, &ContactsChecks::replug),
  };
  suite.tidy = [checks](Stage& stage) { checks->tidy(stage); };
  suite.stray_code = [checks] { return checks->stray_code(); };
  return suite;
}

}  // namespace bianmin::conformance
