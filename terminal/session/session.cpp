#include "terminal/session/session.hpp"

#include "terminal/session/case_flow.hpp"
#include "terminal/session/progress_flow.hpp"
#include "ui/pages/blank_page.hpp"
#include "ui/pages/idle_page.hpp"

namespace bianmin::session {

constexpr std::int64_t link_look_ms = 2'000;  // how often the network mark is looked up
constexpr std::int64_t end_limit_ms =
    5'000;  // a device that does not answer must not keep a person's data alive

Session::Session(const Parts& parts, ui::Screen& screen, const Languages& languages,
                 std::function<void()> over)
    : parts_(parts),
      screen_(screen),
      frame_(parts.loop, screen, languages, parts.settings),
      idle_(parts.loop, {[this](int left) { idle_warning(left); }, [this] { idle_over(); }}),
      over_(std::move(over)) {}

Session::~Session() {
  parts_.loop.cancel(link_timer_);
  parts_.loop.cancel(end_timer_);
  parts_.loop.cancel(slip_timer_);
  parts_.reader.watch(nullptr);
  parts_.printer.watch(nullptr);
  parts_.scanner.watch(nullptr);
  screen_.on_input_activity(nullptr);
}

void Session::start() {
  recover_slips();
  screen_.on_input_activity([this] { touched(); });
  frame_.on_help([this](bool) { idle_.start(idle_times()); });
  watch_link();
  show_welcome();
}

void Session::recover_slips() {
  const auto jobs = parts_.ledger.recover();
  if (!jobs) return parts_.log.error("session", "ledger-not-read", jobs.error());
  const std::int64_t now_ms = parts_.loop.clock().utc_ms();
  for (const store::PrintJob& job : *jobs) {
    const std::int64_t left_ms = parts_.settings.interrupted_ms - (now_ms - job.changed_utc_ms);
    if (job.state == store::PrintState::doubtful && left_ms > 0) speak_of_slip(left_ms);
    if (job.state != store::PrintState::intended) continue;
    const auto closed =
        parts_.ledger.advance(job.id, store::PrintState::cancelled);  // not a byte of it went out
    if (!closed) parts_.log.error("session", "ledger-not-written", closed.error());
  }
}

void Session::speak_of_slip(std::int64_t for_ms) {
  interrupted_slip_ = true;
  parts_.loop.cancel(slip_timer_);
  slip_timer_ = parts_.loop.after(for_ms, [this] {
    interrupted_slip_ = false;
    frame_.refresh();
  });
}

void Session::show_welcome() {
  const auto refresh = [this](DeviceState) { frame_.refresh(); };
  parts_.reader.watch(refresh);
  parts_.printer.watch(refresh);
  parts_.scanner.watch(refresh);
  frame_.show([this](const ui::PageContext& context) {
    return ui::welcome_page(welcome_view(context.strings), context, [this](ui::WelcomeIntent intent) {
      choose(static_cast<std::size_t>(intent.index));
    });
  });
}

DeviceState Session::state_of(std::string_view device) const {
  if (device == "id-card-reader") return parts_.reader.state();
  if (device == "receipt-printer") return parts_.printer.state();
  return parts_.scanner.state();
}

std::string Session::closed_notice(const services::Package& package, const ui::Strings& strings) const {
  for (const std::string& device : package.needs) {
    const DeviceState state = state_of(device);
    if (!state.usable() && state.condition != DeviceCondition::starting)
      return strings.text("session.closed." + device);
  }
  return {};
}

ui::WelcomeView Session::welcome_view(const ui::Strings& strings) const {
  ui::WelcomeView view;
  for (const services::Package& package : parts_.catalogue.packages) {
    ui::ServiceTile tile{package.icon, package.text(frame_.language(), package.title),
                         package.text(frame_.language(), package.summary), std::nullopt};
    const std::string closed = closed_notice(package, strings);
    if (!closed.empty()) tile.closed_notice = closed;
    view.tiles.push_back(std::move(tile));
  }
  if (view.tiles.empty()) {
    view.notice = strings.text("session.no_services", {{"code", "catalogue.empty"}});
  } else if (interrupted_slip_) {
    view.notice = strings.text("session.slip.interrupted");
  } else if (!parts_.printer.state().usable() &&
             parts_.printer.state().condition != DeviceCondition::starting) {
    view.notice = strings.text("session.printer_note");
  }
  return view;
}

void Session::choose(std::size_t index) {
  const services::Package& package = parts_.catalogue.packages.at(index);
  parts_.log.write(LogLevel::info, "session", "begun", {{"service", package.id}});
  if (package.flow == services::Flow::record) {
    flow_ = std::make_unique<CaseFlow>(parts_, frame_, package, [this] { end(); });
  } else {
    flow_ = std::make_unique<ProgressFlow>(parts_, frame_, package, [this] { end(); });
  }
  flow_->on_result([this] { touched(); });
  idle_.start(parts_.settings.idle);
  flow_->start();
}

void Session::touched() {
  if (!idle_.warning()) idle_.start(idle_times());
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
    });
  });
}

void Session::idle_over() {
  if (flow_) return end();
  frame_.reset();
}

void Session::end() {
  if (ending_) return;
  ending_ = true;
  idle_.stop();
  frame_.reset();
  frame_.show([](const ui::PageContext& context) { return ui::blank_page(context); });
  end_timer_ = parts_.loop.after(end_limit_ms, over_);
  const auto then = [this] {
    parts_.loop.post([this] {
      parts_.loop.cancel(end_timer_);
      over_();
    });
  };
  if (flow_) {
    flow_->finish(then);
  } else {
    then();
  }
}

void Session::watch_link() {
  const auto link = parts_.journal.link();
  if (link) {
    frame_.set_online(link->online);
  } else {
    parts_.log.error("session", "journal-not-read", link.error());
  }
  link_timer_ = parts_.loop.after(link_look_ms, [this] { watch_link(); });
}

}  // namespace bianmin::session
