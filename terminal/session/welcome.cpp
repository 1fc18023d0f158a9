#include "terminal/session/welcome.hpp"

#include "ui/pages/notice_page.hpp"

namespace bianmin::session {

constexpr std::size_t open_names_max = 4;             // more are counted, not named
constexpr std::string_view journal_name = "journal";  // stands where a device does

Welcome::Welcome(const Parts& parts, Frame& frame, Devices& devices, const CardWatch& cards,
                 const SlipWatch& slips, std::function<void(std::size_t)> chosen)
    : parts_(parts),
      frame_(frame),
      devices_(devices),
      cards_(cards),
      slips_(slips),
      chosen_(std::move(chosen)) {}

Welcome::~Welcome() {
  leave();
  parts_.loop.cancel(slip_timer_);
  devices_.watch(nullptr);
}

// The devices are still followed: the pages of a service show them, too.
void Welcome::leave() {
  parts_.loop.cancel(return_timer_);
  explained_.reset();
}

void Welcome::close(bool power_cut) {
  power_cut_ = power_cut;
  show();
}

void Welcome::close_tampered(bool tampered) {
  tampered_ = tampered;
  show();
}

void Welcome::set_quota(const store::Quota& quota) {
  const bool changes = (quota.room == store::Room::full) != (quota_.room == store::Room::full);
  quota_ = quota;
  if (changes) devices_changed();
}

void Welcome::show() {
  leave();
  devices_.watch([this] { devices_changed(); });
  if (tampered_) return show_tampered();
  if (power_cut_) return show_power_cut();
  frame_.show([this](const ui::PageContext& context) {
    return ui::welcome_page(view(context.strings), context, [this](ui::WelcomeIntent intent) {
      choose(static_cast<std::size_t>(intent.index));
    });
  });
}

void Welcome::show_power_cut() {
  frame_.show([this](const ui::PageContext& context) {
    return ui::notice_page(
        {ui::Level::note, context.strings.text("session.power_cut.title"),
         context.strings.text("session.power_cut.closed", {{"phone", parts_.settings.help_phone}}),
         "ups.on_battery"},
        context, nullptr);
  });
}

void Welcome::show_tampered() {
  frame_.show([this](const ui::PageContext& context) {
    return ui::notice_page(
        {ui::Level::stop, context.strings.text("session.tampered.title"),
         context.strings.text("session.tampered.body", {{"phone", parts_.settings.help_phone}}),
         "contacts.tampered"},
        context, nullptr);
  });
}

void Welcome::devices_changed() {
  if (explained_ && !closed_by(parts_.catalogue.packages[*explained_])) return show();
  frame_.refresh();
}

void Welcome::choose(std::size_t index) {
  if (closed_by(parts_.catalogue.packages.at(index))) return show_closed(index);
  leave();
  chosen_(index);
}

void Welcome::show_closed(std::size_t index) {
  explained_ = index;
  arm_return();
  const services::Package& package = parts_.catalogue.packages[index];
  frame_.show(
      [this, &package](const ui::PageContext& context) {
        // Open again: devices_changed() is about to show the welcome page.
        const MissingDevice missing = closed_by(package).value_or(MissingDevice{});
        return ui::closed_page(closed_view(package, missing), context, [this](ui::ClosedIntent) { show(); });
      },
      [this] { show(); });
}

void Welcome::touched() {
  if (explained_) arm_return();
}

void Welcome::arm_return() {
  parts_.loop.cancel(return_timer_);
  return_timer_ = parts_.loop.after(parts_.settings.result_ms, [this] { show(); });
}

std::optional<MissingDevice> Welcome::closed_by(const services::Package& package) const {
  if (package.flow == services::Flow::record && quota_.room == store::Room::full) {
    return MissingDevice{std::string(journal_name), {DeviceCondition::needs_attention, quota_.code}};
  }
  return devices_.missing(package.needs);
}

std::string Welcome::resident_sentence(const MissingDevice& missing) const {
  if (missing.name == journal_name) {
    return frame_.strings().text("session.journal_full", {{"phone", parts_.settings.help_phone}});
  }
  return frame_.device_words().sentence(missing.name, missing.state.code, ui::Listener::resident);
}

ui::WelcomeView Welcome::view(const ui::Strings& strings) const {
  ui::WelcomeView view;
  for (const services::Package& package : parts_.catalogue.packages) {
    ui::ServiceTile tile{package.icon, package.text(frame_.language(), package.title),
                         package.text(frame_.language(), package.summary), std::nullopt};
    if (const auto missing = closed_by(package)) tile.closed_notice = resident_sentence(*missing);
    view.tiles.push_back(std::move(tile));
  }
  view.notice = notice(strings);
  return view;
}

std::optional<std::string> Welcome::notice(const ui::Strings& strings) const {
  if (parts_.catalogue.packages.empty())
    return strings.text("session.no_services", {{"code", "catalogue.empty"}});
  const cabinet::CabinetContacts* const contacts = parts_.cabinet.contacts;
  if (contacts != nullptr && contacts->contacts().door_open) return strings.text("session.staff_at_work");
  if (cards_.forgotten()) return strings.text("session.card_forgotten");
  if (slips_.forgotten() && !interrupted_slip_) return strings.text("session.slip_forgotten");
  if (interrupted_slip_) return strings.text("session.slip.interrupted");
  for (const services::Package& package : parts_.catalogue.packages) {
    const auto missing = devices_.missing(package.wants);
    if (!missing || closed_by(package)) continue;
    const std::string does_without = "session.without." + missing->name;
    return strings.text("session.without",
                        {{"what", resident_sentence(*missing)},
                         {"how", strings.has(does_without) ? strings.text(does_without) : std::string()}});
  }
  return std::nullopt;
}

ui::ClosedView Welcome::closed_view(const services::Package& package, const MissingDevice& missing) const {
  ui::ClosedView view{package.text(frame_.language(), package.title),
                      resident_sentence(missing),
                      {},
                      0,
                      parts_.settings.help_phone,
                      std::string(missing.state.code)};
  for (const services::Package& other : parts_.catalogue.packages) {
    if (closed_by(other)) continue;
    if (view.open_services.size() < open_names_max) {
      view.open_services.push_back(other.text(frame_.language(), other.title));
    } else {
      ++view.more_open;
    }
  }
  return view;
}

void Welcome::speak_of_slip(std::int64_t for_ms) {
  interrupted_slip_ = true;
  parts_.loop.cancel(slip_timer_);
  slip_timer_ = parts_.loop.after(for_ms, [this] {
    interrupted_slip_ = false;
    frame_.refresh();
  });
}

}  // namespace bianmin::session
