#include "terminal/session/frame.hpp"

#include "ui/pages/help_page.hpp"

namespace bianmin::session {

constexpr std::int64_t minute_ms = 60'000;

Frame::Frame(EventLoop& loop, ui::Screen& screen, const Languages& languages, const Settings& settings)
    : loop_(loop), screen_(screen), languages_(languages), settings_(settings), language_(settings.language) {
  arm_clock();
}

Frame::~Frame() { loop_.cancel(clock_timer_); }

void Frame::show(Page page, std::function<void()> back) {
  page_ = std::move(page);
  back_ = std::move(back);
  if (!covered()) refresh();
}

void Frame::refresh() {
  const Page& page = front_ ? front_ : page_;
  if (!page) return;
  screen_.show(page(context()));
  if (shown_) shown_();
}

void Frame::forget() {
  page_ = nullptr;
  back_ = nullptr;
}

void Frame::cover(Page page) {
  front_ = std::move(page);
  refresh();
}

void Frame::uncover() {
  if (!covered()) return;
  front_ = nullptr;
  if (help_open_) {
    help_open_ = false;
    if (help_changed_) help_changed_(false);
  }
  refresh();
}

void Frame::set_online(bool online) {
  if (online == online_) return;
  online_ = online;
  refresh();
}

void Frame::set_headset(bool in) {
  if (in == headset_in_) return;
  headset_in_ = in;
  refresh();
}

bool Frame::changed_by_resident() const {
  return language_ != settings_.language || text_size_ != ui::TextSize::large ||
         theme_ != ui::ThemeName::light;
}

void Frame::reset() {
  language_ = settings_.language;
  text_size_ = ui::TextSize::large;
  theme_ = ui::ThemeName::light;
  front_ = nullptr;
  help_open_ = false;
  refresh();
}

ui::PageContext Frame::context() {
  return {.strings = strings(),
          .theme = ui::theme(theme_),
          .metrics = {settings_.canvas, text_size_, settings_.ppi},
          .site_name = settings_.site_name,
          .clock_text = local_time_hhmm(loop_.clock().utc_ms()),
          .online = online_,
          .headset_in = headset_in_,
          .can_go_back = covered() || back_ != nullptr,
          .helper = [this](ui::HelperIntent intent) { handle(intent); }};
}

void Frame::handle(ui::HelperIntent intent) {
  switch (intent) {
    case ui::HelperIntent::back:
      if (covered()) return uncover();
      if (back_) {
        const auto back = back_;  // it may show another page
        back();
      }
      return;
    case ui::HelperIntent::text_size:
      text_size_ = text_size_ == ui::TextSize::medium  ? ui::TextSize::large
                   : text_size_ == ui::TextSize::large ? ui::TextSize::extra_large
                                                       : ui::TextSize::medium;
      return refresh();
    case ui::HelperIntent::contrast:
      theme_ = theme_ == ui::ThemeName::light ? ui::ThemeName::black : ui::ThemeName::light;
      return refresh();
    case ui::HelperIntent::language:
      return next_language();
    case ui::HelperIntent::help:
      return open_help();
  }
}

void Frame::next_language() {
  auto next = languages_.upper_bound(language_);
  if (next == languages_.end()) next = languages_.begin();
  language_ = next->first;
  refresh();
}

void Frame::open_help() {
  if (help_open_) return;
  help_open_ = true;
  if (help_changed_) help_changed_(true);
  cover([this](const ui::PageContext& context) {
    ui::HelpView view{settings_.help_phone,
                      {{context.strings.text("session.help.terminal"), settings_.terminal_id, false}}};
    if (help_rows_) {
      for (ui::Row& row : help_rows_()) view.rows.push_back(std::move(row));
    }
    return ui::help_page(view, context, [this](ui::HelpIntent) { uncover(); });
  });
}

void Frame::arm_clock() {
  const std::int64_t into_minute_ms = loop_.clock().utc_ms() % minute_ms;
  clock_timer_ = loop_.after(minute_ms - into_minute_ms, [this] {
    refresh();
    arm_clock();
  });
}

}  // namespace bianmin::session
