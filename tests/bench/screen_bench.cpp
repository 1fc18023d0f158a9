// Drawing a button and whole pages, against copying the surface. Real pages; drawn only, and drawn and put on
// an X11 display without a screen.
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>

#include "terminal/base/clock.hpp"
#include "tests/bench/frame_buffer.hpp"
#include "tests/bench/report.hpp"
#include "tests/ui/samples.hpp"
#include "ui/kit/offscreen_presenter.hpp"
#include "ui/kit/screen.hpp"
#include "ui/kit/sdl_presenter.hpp"

namespace bianmin::bench {

namespace {

double surface_copy_us(const ui::Canvas& canvas, int rounds) {
  const auto count =
      static_cast<std::size_t>(canvas.stride_bytes()) * static_cast<std::size_t>(canvas.size().height);
  std::vector<std::uint8_t> copy(count);
  std::vector<double> out;
  volatile std::uint8_t seen = 0;
  for (int i = 0; i < rounds; ++i) {
    out.push_back(time_us([&] { std::memcpy(copy.data(), canvas.bytes(), count); }));
    seen = copy[count / 2];
  }
  (void)seen;
  return median(out);
}

// Down and off again on the first thing of the page that can be pressed.
std::vector<double> button_us(ui::Screen& screen, int rounds) {
  const ui::Node* found = nullptr;
  ui::walk(*screen.page(), [&](const ui::Node& node) {
    if (found == nullptr && node.actionable()) found = &node;
  });
  std::vector<double> out;
  if (found == nullptr) return out;
  const ui::Point middle{found->bounds.x + found->bounds.width / 2,
                         found->bounds.y + found->bounds.height / 2};
  for (int i = 0; i < rounds; ++i) {
    out.push_back(time_us([&] { screen.pointer_down(middle); }));
    out.push_back(time_us([&] { screen.pointer_cancel(); }));
  }
  return out;
}

struct Worst {
  double us = 0;
  std::string page;
  void see(double value, const std::string& name) {
    if (value > us) *this = {value, name};
  }
};

void run(ui::Presenter& presenter, const char* where, ui::Size size, int rounds) {
  const ui::Strings strings = ui::sample_strings(ui::SampleLanguage::chinese);
  const ui::PageContext context =
      ui::sample_context(strings, ui::ThemeName::light, ui::Metrics{.canvas = size});
  const SystemClock clock;
  ui::Screen screen(presenter, clock, "ui/kit/icons", size);
  const auto samples = ui::page_samples(ui::SampleLanguage::chinese);
  screen.show(samples.front().make(context));
  const double copy = surface_copy_us(screen.canvas(), rounds);
  Worst button;
  Worst page;
  Worst change;
  std::vector<double> buttons;
  std::vector<double> pages;
  std::vector<double> changes;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const ui::Sample& sample = samples[i];
    std::vector<double> shown;
    for (int round = 0; round < rounds / 4; ++round) {
      screen.show(samples[(i + 1) % samples.size()].make(context));
      shown.push_back(time_us([&] { screen.show(sample.make(context)); }));
    }
    changes.push_back(median(shown));
    change.see(changes.back(), sample.name);
    std::vector<double> full;
    for (int round = 0; round < rounds; ++round) full.push_back(time_us([&] { screen.redraw(); }));
    pages.push_back(median(full));
    page.see(pages.back(), sample.name);
    if (const auto pressed = button_us(screen, rounds); !pressed.empty()) {
      buttons.push_back(median(pressed));
      button.see(buttons.back(), sample.name);
    }
  }
  const auto row = [&](const char* what, const std::vector<double>& all, const Worst& worst, double max_us) {
    Row out{fmt::format("{}, {}x{} {}, worst of {} pages ({})", what, size.width, size.height, where,
                        all.size(), worst.page),
            fmt::format("{} (middle {})", microseconds(worst.us), microseconds(median(all))),
            fmt::format("{} memcpy", microseconds(copy)), times(worst.us / copy)};
    if (max_us > 0) {
      out.target = "<= " + microseconds(max_us);
      out.met = worst.us <= max_us;
    }
    print(out);
  };
  constexpr double button_max_us = 2'000;
  constexpr double page_max_us = 8'000;
  row("one button's redraw", buttons, button, button_max_us);
  row("full page's redraw", pages, page, page_max_us);
  row("to another page: build, lay out, draw", changes, change, 0);
}

void run_on_x11(ui::Size size, int rounds) {
  const WorkFolder folder;
  const auto display = FrameBuffer::start(folder / "display", size.width, size.height);
  if (!display) {
    fmt::print(stderr, "screen_bench: {}\n", display.error().text());
    std::exit(1);
  }
  ::setenv("DISPLAY", display->display().c_str(), 1);
  ::setenv("SDL_VIDEODRIVER", "x11", 1);
  const auto presenter = ui::SdlPresenter::open({"bench", size, true});
  if (!presenter) {
    fmt::print(stderr, "screen_bench: {}\n", presenter.error().text());
    std::exit(1);
  }
  run(**presenter, "on X11", size, rounds);
}

}  // namespace

}  // namespace bianmin::bench

int main(int argc, char** argv) {
  const int rounds = bianmin::bench::has_flag(argc, argv, "--quick") ? 12 : 60;
  bianmin::ui::OffscreenPresenter nowhere;
  for (const bianmin::ui::Size size : {bianmin::ui::Size{1920, 1080}, bianmin::ui::Size{1080, 1920}}) {
    bianmin::bench::run(nowhere, "drawn", size, rounds);
    bianmin::bench::run_on_x11(size, rounds);
  }
}
