// The whole shipped terminal on an X11 display with emulated devices, hub and agent beside it: how long from
// exec to pixels on the display, what it costs while nobody is there, and how much memory it holds.
//
// The pixels are looked at from outside, in the display's own memory. The programs' files are in the page
// cache after the first start; that first one is told apart.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "terminal/base/files.hpp"
#include "tests/bench/frame_buffer.hpp"
#include "tests/bench/report.hpp"
#include "tests/e2e/site.hpp"

namespace bianmin::bench {

namespace {

namespace fs = std::filesystem;

constexpr int width = 1'080;
constexpr int height = 1'920;
constexpr auto look_again = std::chrono::microseconds(300);
constexpr std::int64_t start_limit_ms = 20'000;
constexpr std::int64_t stop_limit_ms = 10'000;

// Thrown, so that the programs that were started end with their owners.
[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

std::int64_t utc_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

// The process with this program and all of these words in its command line.
std::optional<pid_t> find_process(const std::string& program, const std::vector<std::string>& words) {
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::error_code not_ours;
    if (fs::read_symlink(entry.path() / "exe", not_ours).filename() != program) continue;
    const std::string line = read_text(entry.path() / "cmdline");
    const bool all = std::all_of(words.begin(), words.end(), [&](const std::string& word) {
      return line.find(word) != std::string::npos;
    });
    if (all) return static_cast<pid_t>(std::stol(name));
  }
  return std::nullopt;
}

// Of all threads of the process since its start, by the scheduler's clock.
double cpu_us(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) fail("a process ended");
  return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
}

// The thread of this name, in nanoseconds by the kernel's statistics.
double thread_us(pid_t pid, const std::string& name) {
  double sum_ns = 0;
  for (const auto& task : fs::directory_iterator(fmt::format("/proc/{}/task", pid))) {
    if (read_text(task.path() / "comm") != name + "\n") continue;
    sum_ns += std::stod(read_text(task.path() / "schedstat"));
  }
  return sum_ns / 1'000;
}

double status_mb(pid_t pid, const std::string& key) {
  const std::string text = read_text(fmt::format("/proc/{}/status", pid));
  const std::size_t at = text.find(key + ":");
  return at == std::string::npos ? 0 : std::stod(text.substr(at + key.size() + 1)) / 1'024;
}

struct Terminal {
  ChildProcess emulator;
  double first_frame_ms = 0;
};

// The bar at the top, the middle and the bar at the bottom are all drawn; before, the display is black.
bool page_in_view(const FrameBuffer& display) {
  return display.pixel(8, 8) != 0 && display.pixel(width / 2, height / 2) != 0 &&
         display.pixel(8, height - 8) != 0;
}

Terminal start(const FrameBuffer& display, const e2e::Site& site) {
  const fs::path mark = site.path("exec-at");
  std::error_code ignored;
  fs::remove(mark, ignored);
  for (int i = 0; page_in_view(display); ++i) {
    if (i > 10'000) fail("the display does not go black");
    std::this_thread::sleep_for(look_again);
  }
  const fs::path binaries = site.options().binaries;
  auto emulator = ChildProcess::start({{binaries / "kiosk-emulator", "--control", site.path("devices.sock"),
                                        "--", "/bin/sh", "-c", "date +%s%N >\"$0\"; exec \"$@\"", mark,
                                        binaries / "kiosk-terminal", "--config", site.path("kiosk.conf")},
                                       {{"DISPLAY", display.display()}, {"SDL_VIDEODRIVER", "x11"}},
                                       site.path("terminal.log"),
                                       false});
  if (!emulator) fail(emulator.error().text());
  const std::int64_t until_ns = utc_ns() + start_limit_ms * 1'000'000;
  while (!page_in_view(display)) {
    if (utc_ns() > until_ns) fail("no page came: " + read_text(site.path("terminal.log")));
    std::this_thread::sleep_for(look_again);
  }
  const std::int64_t seen_ns = utc_ns();
  const std::int64_t exec_ns = std::stoll(read_text(mark));
  return {std::move(*emulator), static_cast<double>(seen_ns - exec_ns) / 1e6};
}

void stop(Terminal& terminal) { (void)terminal.emulator.stop(stop_limit_ms); }

void cold_starts(const FrameBuffer& display, const e2e::Site& site, int count) {
  std::vector<double> all;
  for (int i = 0; i < count; ++i) {
    Terminal terminal = start(display, site);
    all.push_back(terminal.first_frame_ms);
    stop(terminal);
  }
  const double first = all.front();
  all.erase(all.begin());
  constexpr double first_frame_max_ms = 300;
  print({fmt::format("cold start: exec to the page on the display, middle of {}", all.size()),
         fmt::format("{:.0f} ms (the very first {:.0f}, worst after {:.0f})", median(all), first,
                     *std::max_element(all.begin(), all.end())),
         "300 ms", times(median(all) / first_frame_max_ms), "<= 300 ms", median(all) <= first_frame_max_ms});
}

void idle(const FrameBuffer& display, e2e::Site& site, int seconds) {
  Terminal terminal = start(display, site);
  constexpr auto settle = std::chrono::seconds(5);
  std::this_thread::sleep_for(settle);
  const std::string config = site.path("kiosk.conf").string();
  const auto session = find_process("kiosk-terminal", {"--session", config});
  const auto agent = find_process("kiosk-agent", {site.path("terminal").string()});
  if (!session || !agent) fail("the terminal or the agent is not there");
  const double session_before = cpu_us(*session);
  const double agent_before = cpu_us(*agent);
  const double printer_before = thread_us(*session, "printer");
  const auto begun = Steady::now();
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  const double wall_us = since_us(begun);
  const double session_us = cpu_us(*session) - session_before;
  const double printer_us = thread_us(*session, "printer") - printer_before;
  const double agent_us = cpu_us(*agent) - agent_before;
  constexpr double share_max = 0.001;
  const auto share = [&](double used) {
    return fmt::format("{:.3f} % ({:.1f} ms a minute)", used / wall_us * 100, used / wall_us * 60'000);
  };
  print({fmt::format("idle terminal, share of a core over {} s", seconds), share(session_us), "0.1 %",
         times(session_us / wall_us / share_max), "<= 0.1 %", session_us / wall_us <= share_max});
  print({"of which asking the emulated printer how it is", share(printer_us), ""});
  print({fmt::format("idle agent with a hub, share of a core over {} s", seconds), share(agent_us), ""});
  constexpr double rss_max_mb = 60;
  const double rss = status_mb(*session, "VmRSS");
  print(
      {"memory of the session process (RSS)",
       fmt::format("{:.1f} MB ({:.1f} own, {:.1f} files, {:.1f} shared)", rss, status_mb(*session, "RssAnon"),
                   status_mb(*session, "RssFile"), status_mb(*session, "RssShmem")),
       "60 MB", times(rss / rss_max_mb), "<= 60 MB", rss <= rss_max_mb});
  print({"memory of the agent (RSS)", fmt::format("{:.1f} MB", status_mb(*agent, "VmRSS")), ""});
  stop(terminal);
}

int run(const fs::path& binaries, bool quick) {
  const WorkFolder folder;
  auto site = e2e::Site::make({.binaries = binaries,
                               .source = fs::current_path(),
                               .folder = folder / "site",
                               .settings = {{"full_screen", "yes"}}});
  if (!site) fail(site.error().text());
  if (auto hub = (*site)->start_hub(); !hub) fail(hub.error().text());
  if (auto agent = (*site)->start_agent(); !agent) fail(agent.error().text());
  auto display = FrameBuffer::start(folder / "display", width, height);
  if (!display) fail(display.error().text());
  cold_starts(*display, **site, quick ? 4 : 11);
  idle(*display, **site, quick ? 10 : 60);
  return 0;
}

}  // namespace

}  // namespace bianmin::bench

int main(int argc, char** argv) {
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  try {
    return bianmin::bench::run(self.parent_path(), bianmin::bench::has_flag(argc, argv, "--quick"));
  } catch (const std::exception& failure) {
    fmt::print(stderr, "terminal_bench: {}\n", failure.what());
    return 1;
  }
}
