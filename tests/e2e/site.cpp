#include "tests/e2e/site.hpp"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "drivers/emulator/control_client.hpp"
#include "terminal/base/clock.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"
#include "tests/e2e/line_server.hpp"

namespace bianmin::e2e {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t log_byte_max = 16 * 1024 * 1024;
constexpr std::int64_t start_limit_ms = 60'000;
constexpr std::int64_t setup_limit_ms = 60'000;
constexpr std::int64_t stop_limit_ms = 20'000;
constexpr int between_taps_ms = 750;  // half a second from when the screen acted, which may be late
constexpr auto look_again = std::chrono::milliseconds(15);
constexpr std::string_view terminal_id = "T0000001";

std::string read_text(const fs::path& file) {
  const auto bytes = read_file(file, log_byte_max);
  return bytes ? text_of(*bytes) : std::string();
}

// The first line of `text` that holds `mark`, from behind the mark on.
std::string after_mark(const std::string& text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) return {};
  const std::size_t start = at + mark.size();
  const std::size_t end = text.find('\n', start);
  return end == std::string::npos ? std::string() : text.substr(start, end - start);
}

template <typename Done>
bool wait_until(std::int64_t limit_ms, Done done) {
  const SystemClock clock;
  const std::int64_t until_ms = clock.steady_ms() + limit_ms;
  while (!done()) {
    if (clock.steady_ms() > until_ms) return false;
    std::this_thread::sleep_for(look_again);
  }
  return true;
}

Error too_slow(std::string what) { return {Remedy::retry_later, "e2e.too_slow", std::move(what)}; }

}  // namespace

Result<std::unique_ptr<Site>> Site::make(SiteOptions options) {
  std::unique_ptr<Site> site(new Site(std::move(options)));
  std::error_code ignored;
  fs::create_directories(site->options_.folder, ignored);
  const auto made = site->run_tool({site->binary("kiosk-hub"), "init", site->path("hub")});
  if (!made) return made.error();
  const auto enrolled = site->run_tool({site->binary("kiosk-hub"), "enrol", site->path("hub"), "--terminal",
                                        std::string(terminal_id), "--out", site->path("terminal")});
  if (!enrolled) return enrolled.error();
  const auto written = site->write_terminal_config();
  if (!written) return written.error();
  return site;
}

Site::~Site() {
  stop_terminal().ok();
  stop_agent();
  stop_hub();
}

Result<std::string> Site::run_tool(std::vector<std::string> words, int exit_code_max) {
  const fs::path output = path("tool.log");
  std::error_code ignored;
  fs::remove(output, ignored);
  auto tool = ChildProcess::start({std::move(words), {}, output, false});
  if (!tool) return tool.error();
  const auto end = tool->wait(setup_limit_ms);
  if (!end) return too_slow("a tool");
  if (end->by_signal || end->value > exit_code_max)
    return Error{Remedy::refuse, "e2e.tool_failed", read_text(output)};
  return read_text(output);
}

Result<void> Site::write_terminal_config() {
  std::map<std::string, std::string> settings{
      {"terminal_id", std::string(terminal_id)},
      {"site_name", "柳溪镇便民服务中心"},
      {"help_phone", "12345"},
      {"state_dir", path("terminal").string()},
      {"catalogue_dir", (options_.source / "terminal/catalogue").string()},
      {"resource_dir", (options_.source / "ui").string()},
      {"screen_size", options_.size},
      {"full_screen", "no"},
  };
  for (const auto& [key, value] : options_.settings) settings[key] = value;
  std::string text = "# written by the end-to-end rig\n";
  for (const auto& [key, value] : settings) text += key + " = " + value + "\n";
  return write_file_durably(path("kiosk.conf"), view_of(text), 0600);
}

Result<void> Site::start_hub() {
  const fs::path output = path("hub.log");
  const std::size_t before = read_text(output).size();
  const std::string listen = hub_address_.empty() ? "127.0.0.1:0" : hub_address_;
  auto hub = ChildProcess::start(
      {{binary("kiosk-hub"), "serve", path("hub"), "--listen", listen}, {}, output, false});
  if (!hub) return hub.error();
  hub_ = std::move(*hub);
  std::string address;
  const bool up = wait_until(start_limit_ms, [&] {
    address = after_mark(read_text(output).substr(before), "listening on ");
    return !address.empty() || !hub_->running();
  });
  if (!up || address.empty())
    return Error{Remedy::refuse, "e2e.hub_not_up", read_text(output).substr(before)};
  hub_address_ = std::string(trim(address));
  return {};
}

void Site::stop_hub(bool kill) {
  if (hub_) hub_->stop(kill ? 0 : stop_limit_ms);
  hub_.reset();
}

Result<void> Site::start_agent() {
  const std::string config = read_text(path("terminal/agent.conf"));
  std::string changed;
  for (const std::string_view line : split(config, '\n')) {
    if (!line.starts_with("hub_url")) changed += std::string(line) + "\n";
  }
  changed += "hub_url = https://" + hub_address_ + "\n";
  const auto written = write_file_durably(path("terminal/agent.conf"), view_of(changed), 0600);
  if (!written) return written;
  auto agent = ChildProcess::start(
      {{binary("kiosk-agent"), "--config", path("terminal/agent.conf")}, {}, path("agent.log"), false});
  if (!agent) return agent.error();
  agent_ = std::move(*agent);
  return {};
}

void Site::stop_agent(bool kill) {
  if (agent_) agent_->stop(kill ? 0 : stop_limit_ms);
  agent_.reset();
}

Result<void> Site::start_terminal(const std::string& first_page) {
  std::vector<std::string> words;
  if (options_.without_network) words = {"unshare", "--net", "--"};
  for (const std::string& word :
       {binary(options_.emulator), std::string("--family"), options_.family, std::string("--control"),
        path("devices.sock").string(), std::string("--"), binary("kiosk-terminal-driven"),
        std::string("--config"), path("kiosk.conf").string()}) {
    words.push_back(word);
  }
  std::map<std::string, std::string> env{{"SDL_VIDEODRIVER", "dummy"},
                                         {"SDL_AUDIODRIVER", "dummy"},
                                         {"TMPDIR", path("tmp").string()},  // where the canary looks too
                                         {"BIANMIN_AUTOMATION", path("screen.sock").string()}};
  env.insert(options_.environment.begin(), options_.environment.end());
  std::error_code ignored;
  fs::create_directories(path("tmp"), ignored);
  auto terminal = ChildProcess::start({words, env, path("terminal.log"), true});
  if (!terminal) return terminal.error();
  terminal_ = std::move(*terminal);
  return wait_for("page-id " + first_page + "\n", start_limit_ms);
}

Result<ExitStatus> Site::stop_terminal() {
  if (!terminal_) return ExitStatus{};
  const ExitStatus end = terminal_->stop(stop_limit_ms);
  terminal_.reset();
  return end;
}

bool Site::kill_terminal() {
  const auto pid = ask_line(path("screen.sock"), "pid");
  const auto number = pid ? parse_number(*pid, 2, 1 << 30) : Result<std::int64_t>(pid.error());
  if (!number || ::kill(static_cast<pid_t>(*number), SIGKILL) != 0) return false;
  device("killed").ok();  // before the supervisor's pause is over
  return true;
}

bool Site::kill_agent() { return agent_ && ::kill(agent_->pid(), SIGKILL) == 0; }

bool Site::kill_hub() { return hub_ && ::kill(hub_->pid(), SIGKILL) == 0; }

bool Site::hub_has_case(const std::string& case_no) {
  return run_tool({binary("kiosk-hub"), "case", path("hub"), case_no}).ok();
}

Result<std::string> Site::dump() { return ask_line(path("screen.sock"), "dump"); }

Result<void> Site::wait_for(const std::string& text, std::int64_t limit_ms) {
  std::string last;
  const bool seen = wait_until(limit_ms, [&] {
    const auto tree = dump();
    if (tree) last = *tree;
    return (tree && tree->find(text) != std::string::npos) || (terminal_ && !terminal_->running());
  });
  if (seen && last.find(text) != std::string::npos) return {};
  if (terminal_ && !terminal_->running())
    return Error{Remedy::refuse, "e2e.terminal_ended", "waiting for " + text};
  return too_slow("waiting for '" + text + "'; on screen:\n" + last);
}

Result<void> Site::wait_until_gone(const std::string& text, std::int64_t limit_ms) {
  const bool gone = wait_until(limit_ms, [&] {
    const auto tree = dump();
    return tree && tree->find(text) == std::string::npos;
  });
  if (!gone) return too_slow("waiting for '" + text + "' to go");
  return {};
}

Result<void> Site::tap(const std::string& name) {
  // The screen takes a second press within half a second for a trembling hand: be as slow as a person.
  const auto next = last_tap_ + std::chrono::milliseconds(between_taps_ms);
  std::this_thread::sleep_until(next);
  last_tap_ = std::chrono::steady_clock::now();
  const auto done = ask_line(path("screen.sock"), "tap " + name);
  if (!done) return done.error();
  return {};
}

Result<void> Site::act(const std::string& name) {
  const auto done = ask_line(path("screen.sock"), "act " + name);
  if (!done) return done.error();
  return {};
}

Result<void> Site::screenshot(const fs::path& file) {
  const auto done = ask_line(path("screen.sock"), "shot " + file.string());
  if (!done) return done.error();
  return {};
}

Result<std::string> Site::device(const std::string& command) {
  // The reader has to have been seen empty, or the card counts as forgotten by the person before. A person
  // takes longer.
  constexpr auto fetching_a_card = std::chrono::milliseconds(1'500);
  if (command.starts_with("card on")) std::this_thread::sleep_for(fetching_a_card);
  return emulator::emulator_command(path("devices.sock").string(), command);
}

Result<Json> Site::hub_report() {
  const auto text = run_tool({binary("kiosk-hub"), "report", path("hub"), "--json"});
  if (!text) return text.error();
  return parse_json(*text);
}

Result<Json> Site::print_ledger() {
  constexpr int some_in_doubt = 1;
  const auto text = run_tool(
      {binary("kioskctl"), "print-ledger", path("terminal/journal.db").string(), "--json"}, some_in_doubt);
  if (!text) return text.error();
  return parse_json(*text);
}

}  // namespace bianmin::e2e
