#include "terminal/session/session.hpp"

#include "terminal/session/case_flow.hpp"
#include "terminal/session/progress_flow.hpp"
#include "terminal/session/slip_recovery.hpp"
#include "ui/pages/another_card_page.hpp"
#include "ui/pages/blank_page.hpp"
#include "ui/pages/idle_page.hpp"
#include "ui/pages/notice_page.hpp"
#include "ui/pages/take_card_page.hpp"
#include "ui/pages/take_slip_page.hpp"

namespace bianmin::session {

constexpr std::int64_t link_look_ms = 2'000;  // how often the network mark is looked up
constexpr int switch_off_delay_s = 120;       // a system shuts down in less
constexpr std::int64_t end_limit_ms =
    5'000;  // a device that does not answer must not keep a person's data alive

Session::Session(const Parts& parts, ui::Screen& screen, const Languages& languages,
                 std::function<void(SessionEnd)> over)
    : parts_(parts),
      screen_(screen),
      frame_(parts.loop, screen, languages, parts.settings),
      devices_(parts),
      cards_(parts.reader, parts.log, parts.reader_was_empty),
      slips_(parts.printer, parts.ledger, parts.loop, parts.log, parts.settings.slip_wait_ms),
      welcome_(parts_, frame_, devices_, cards_, slips_, [this](std::size_t index) { choose(index); }),
      idle_(parts.loop, {[this](int left) { idle_warning(left); }, [this] { idle_over(); }}),
      cabinet_(parts.cabinet, screen),
      contacts_(parts.loop, parts.log, parts.cabinet.contacts, parts.settings.tamper_hold_ms),
      power_(parts.ups, parts.loop, parts.log, parts.settings.power_wait_ms),
      over_(std::move(over)) {}

Session::~Session() {
  parts_.loop.cancel(link_timer_);
  parts_.loop.cancel(end_timer_);
  if (awaited_ == Awaited::card) watch_slot(nullptr);
  screen_.on_input_activity(nullptr);
}

void Session::start() {
  const std::int64_t speak_ms = recover_slips(parts_.ledger, parts_.printer, parts_.log,
                                              parts_.loop.clock().utc_ms(), parts_.settings.interrupted_ms);
  if (speak_ms > 0) welcome_.speak_of_slip(speak_ms);
  screen_.on_input_activity([this] { touched(); });
  frame_.on_help([this](bool) { idle_.start(idle_times()); });
  cards_.start({[this] { card_changed(); }, [this](bool there) { another_card(there); }});
  slips_.start([this] { slip_changed(); });
  frame_.on_help_rows([this] { return devices_.staff_rows(frame_.device_words()); });
  frame_.on_shown([this] { cabinet_.guide(guide()); });
  cabinet_.watch_headset([this](bool in) { headset_changed(in); });
  watch_link();
  contacts_.start(parts_.was_tampered, {[this] { tampered(); }, [this] { welcome_.close_tampered(false); }});
  welcome_.close_tampered(contacts_.closed());
  power_.start([this] { power_changed(); });
  if (power_.on_battery()) power_changed();
}

void Session::choose(std::size_t index) {
  const services::Package& package = parts_.catalogue.packages.at(index);
  parts_.log.write(LogLevel::info, "session", "begun", {{"service", package.id}});
  if (package.flow == services::Flow::record) {
    flow_ = std::make_unique<CaseFlow>(parts_, frame_, cards_, package, [this] { end(); });
  } else {
    flow_ = std::make_unique<ProgressFlow>(parts_, frame_, package, [this] { end(); });
  }
  flow_->on_result([this] { touched(); });
  power_.serve();
  slips_.person_begins();
  idle_.start(parts_.settings.idle);
  flow_->start();
}

void Session::touched() {
  if (!idle_.warning()) idle_.start(idle_times());
  welcome_.touched();
}

// Who called for staff gets much more time, but not for ever: the next person must not find this one's page.
IdleTimes Session::idle_times() const {
  IdleTimes times = parts_.settings.idle;
  if (frame_.help_open()) {
    times.silence_ms = parts_.settings.help_ms;
  } else if (flow_ && flow_->showing_result()) {
    times.silence_ms = parts_.settings.result_ms;
  }
  return times;
}

void Session::idle_warning(int seconds_left) {
  if (!flow_) return;  // nothing of a person is on the welcome page; idle_over() resets it
  frame_.cover([this, seconds_left](const ui::PageContext& context) {
    return ui::idle_page({seconds_left}, context, [this](ui::IdleIntent intent) {
      if (intent == ui::IdleIntent::end) return end();
      idle_.stay();
      frame_.uncover();
      if (another_card_) show_another_card();
    });
  });
}

void Session::idle_over() {
  if (flow_) return end();
  frame_.reset();
}

void Session::card_changed() {
  if (awaited_ == Awaited::card) {
    if (!card_left()) return await_slip();
    frame_.refresh();  // one of two was taken
  } else if (!ending_ && flow_) {
    flow_->card_changed();
  } else if (!ending_) {
    frame_.refresh();
  }
}

// The light goes out with the slip that was taken; the welcome page tells of a forgotten one.
void Session::slip_changed() {
  if (awaited_ == Awaited::slip) {
    if (!slips_.slip_there()) leave();
  } else if (!ending_ && (!flow_ || flow_->showing_result())) {
    frame_.refresh();
  }
}

void Session::another_card(bool there) {
  if (ending_) return;
  another_card_ = there;
  if (there) return show_another_card();
  frame_.uncover();
}

void Session::show_another_card() {
  frame_.cover([this](const ui::PageContext& context) {
    return ui::another_card_page("card.another_person", context, [this](ui::AnotherCardIntent intent) {
      if (intent == ui::AnotherCardIntent::start_anew) return end();
      another_card_ = false;
      frame_.uncover();
    });
  });
}

// Who is served may finish, while the battery lasts; nobody new begins.
void Session::power_changed() {
  if (ending_) return;
  if (power_.must_end() && (flow_ || parts_.settings.can_power_off)) return end_now();
  if (!flow_) return welcome_.close(power_.on_battery());
  power_.on_battery() ? show_power_cut() : frame_.uncover();
}

void Session::show_power_cut() {
  frame_.cover([this](const ui::PageContext& context) {
    const ui::NoticeView view{ui::Level::note,
                              context.strings.text("session.power_cut.title"),
                              context.strings.text("session.power_cut.finish"),
                              {},
                              context.strings.text("session.power_cut.go_on")};
    return ui::notice_page(view, context, [this](ui::NoticeIntent) {
      frame_.uncover();
      if (another_card_) show_another_card();
    });
  });
}

void Session::end() { begin_end(true); }
void Session::end_now() { begin_end(false); }

void Session::begin_end(bool wait_for_person) {
  waits_for_person_ = wait_for_person;
  if (awaited_ != Awaited::nothing && !wait_for_person) return leave();
  if (ending_) return;
  ending_ = true;
  idle_.stop();
  cards_.guard(false);
  frame_.reset();
  frame_.show([](const ui::PageContext& context) { return ui::blank_page(context); });
  end_timer_ = parts_.loop.after(end_limit_ms, [this] { devices_settled(); });
  const auto then = [this] {
    parts_.loop.post([this] {
      if (awaited_ != Awaited::nothing) return;
      flow_.reset();  // nothing of the person is needed any more
      devices_settled();
    });
  };
  if (flow_) {
    flow_->finish(then);
  } else {
    then();
  }
}

void Session::devices_settled() {
  parts_.loop.cancel(end_timer_);
  if (!waits_for_person_) return leave();
  if (!card_left()) return await_slip();
  await_card();
}

void Session::await_card() {
  awaited_ = Awaited::card;
  watch_slot([this](card::CardPresence) { card_changed(); });
  frame_.show([this](const ui::PageContext& context) {
    return ui::take_card_page(cards_.card_there() ? ui::CardPlace::reader : ui::CardPlace::slot, context);
  });
  end_timer_ = parts_.loop.after(parts_.settings.card_wait_ms, [this] {
    parts_.log.write(LogLevel::info, "session", "card-left-behind", {});
    await_slip();
  });
}

void Session::await_slip() {
  parts_.loop.cancel(end_timer_);
  watch_slot(nullptr);
  if (!slips_.slip_there()) return leave();
  awaited_ = Awaited::slip;
  frame_.show([](const ui::PageContext& context) { return ui::take_slip_page(context); });
  end_timer_ = parts_.loop.after(parts_.settings.slip_wait_ms, [this] { take_in_slip(); });
}

void Session::take_in_slip() {
  awaited_ = Awaited::slip_taken_in;
  slips_.take_in([this] {
    if (awaited_ == Awaited::slip_taken_in) leave();
  });
}

void Session::watch_slot(std::function<void(card::CardPresence)> changed) {
  if (parts_.eid != nullptr) parts_.eid->reader.watch_presence(std::move(changed));
}

bool Session::card_left() const {
  const bool chip = parts_.eid != nullptr && parts_.eid->reader.presence() == card::CardPresence::present;
  return chip || cards_.card_there();
}

void Session::leave() {
  parts_.loop.cancel(end_timer_);
  awaited_ = Awaited::nothing;
  watch_slot(nullptr);
  if (power_.must_end() && parts_.settings.can_power_off) return leave_for_power();
  over_({parts_.reader.presence() == card::CardPresence::none, false, contacts_.closed()});
}

// The supply gives the system time to shut down, and gives the power back with mains.
void Session::leave_for_power() {
  frame_.show([](const ui::PageContext& context) {
    return ui::notice_page({ui::Level::note, context.strings.text("session.power_cut.title"),
                            context.strings.text("session.power_cut.off"), "ups.battery_low"},
                           context, nullptr);
  });
  parts_.ups->switch_off(switch_off_delay_s, [this](Result<void> told) {
    if (!told) parts_.log.error("power", "not-switched-off", told.error());
    over_({parts_.reader.presence() == card::CardPresence::none, true, false});
  });
}

// Who is served is let go in order: what was saved is saved, what is being printed is settled in the ledger.
void Session::tampered() {
  if (flow_ || ending_) return end_now();
  welcome_.close_tampered(true);
}

void Session::headset_changed(bool in) {
  parts_.log.write(LogLevel::info, "session", in ? "headset-in" : "headset-out", {});
  touched();
  frame_.set_headset(in);
}

Guide Session::guide() const {
  using cabinet::LightPlace;
  if (awaited_ == Awaited::card && cards_.card_there())
    return {{LightPlace::card_reader, cabinet::Light::blink}};
  if (awaited_ == Awaited::slip) return {{LightPlace::slip_printer, cabinet::Light::blink}};
  return flow_ && !ending_ ? flow_->guide() : Guide{};
}

void Session::watch_link() {
  const auto link = parts_.journal.link();
  if (link) {
    frame_.set_online(link->online);
  } else {
    parts_.log.error("session", "journal-not-read", link.error());
  }
  if (parts_.journal.has_to_close() && !flow_) end();
  watch_quota();
  link_timer_ = parts_.loop.after(link_look_ms, [this] { watch_link(); });
}

// Only between two persons: who is being served has room reserved.
void Session::watch_quota() {
  if (flow_ || ending_) return;
  const auto quota =
      store::measure_quota(parts_.journal, parts_.settings.journal, parts_.loop.clock().utc_ms());
  if (!quota) {
    if (quota_code_ != quota.error().code) parts_.log.error("session", "quota-not-measured", quota.error());
    quota_code_ = quota.error().code;
    return;
  }
  if (quota->code != quota_code_ || quota->room != room_) {
    parts_.log.write(
        quota->room == store::Room::enough ? LogLevel::info : LogLevel::error, "session", "journal-room",
        {{"room", std::string(store::room_name(quota->room))}, {"code", std::string(quota->code)}});
  }
  room_ = quota->room;
  quota_code_ = quota->code;
  welcome_.set_quota(*quota);
}

}  // namespace bianmin::session
