// What stays the same while pages change: language, text size, contrast, the clock, the network mark, help.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "terminal/base/event_loop.hpp"
#include "terminal/session/language.hpp"
#include "terminal/session/settings.hpp"
#include "ui/kit/screen.hpp"
#include "ui/pages/page_context.hpp"

namespace bianmin::session {

// Thread-bound to the loop. Keeps how to build the current page, so that a helper can build it again in
// another language or size at any moment.
class Frame {
 public:
  using Page = std::function<ui::NodePtr(const ui::PageContext&)>;

  Frame(EventLoop& loop, ui::Screen& screen, const Languages& languages, const Settings& settings);
  ~Frame();
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  // Shows a page; `back` is what the back helper does, nothing greys it.
  void show(Page page, std::function<void()> back = nullptr);
  void refresh();  // builds the page in front again
  // Whoever builds the page goes: it stays in view and is not built again before the next show().
  void forget();

  // A page in front of the current one (help, idle warning) until uncover().
  void cover(Page page);
  void uncover();
  bool covered() const { return front_ != nullptr; }
  bool help_open() const { return help_open_; }

  void set_online(bool online);
  bool online() const { return online_; }
  void set_headset(bool in);
  // Language, size and contrast as they were at the start: nothing is carried over to the next person.
  void reset();
  bool changed_by_resident() const;

  const std::string& language() const { return language_; }
  const ui::Strings& strings() const { return languages_.at(language_).strings; }
  const ui::DeviceWords& device_words() const { return languages_.at(language_).devices; }
  // Runs when help is opened (true) and closed (false): calling staff stops the idle clock.
  void on_help(std::function<void(bool open)> changed) { help_changed_ = std::move(changed); }

  // Runs after each page that was built.
  void on_shown(std::function<void()> shown) { shown_ = std::move(shown); }

  // More lines for the help page, asked for each time it is built: what the staff who come should look at.
  void on_help_rows(std::function<std::vector<ui::Row>()> rows) { help_rows_ = std::move(rows); }

 private:
  void handle(ui::HelperIntent intent);
  void open_help();
  void next_language();
  void arm_clock();
  ui::PageContext context();

  EventLoop& loop_;
  ui::Screen& screen_;
  const Languages& languages_;
  const Settings& settings_;
  Page page_;
  Page front_;
  std::function<void()> back_;
  std::function<void(bool)> help_changed_;
  std::function<std::vector<ui::Row>()> help_rows_;
  std::function<void()> shown_;
  bool help_open_ = false;
  std::string language_;
  ui::TextSize text_size_ = ui::TextSize::large;
  ui::ThemeName theme_ = ui::ThemeName::light;
  bool online_ = false;
  bool headset_in_ = false;
  EventLoop::TimerId clock_timer_ = 0;
};

}  // namespace bianmin::session
