// A whole site in one folder: hub, agent, emulated devices and a driven terminal, each a real process.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "terminal/base/child_process.hpp"
#include "terminal/base/json.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::e2e {

struct SiteOptions {
  std::filesystem::path binaries =
      {};  // where kiosk-hub, kiosk-agent, kiosk-emulator, kiosk-terminal-driven are
  std::filesystem::path source = {};  // the project: catalogue, pictures, strings
  std::filesystem::path folder = {};  // everything of the site; made when missing
  std::string family = "a";           // the card reader's USB family
  std::string size = "1080x1920";
  bool without_network = false;                      // terminal and emulator run under `unshare --net`
  std::map<std::string, std::string> settings = {};  // more lines for kiosk.conf
  std::string emulator = "kiosk-emulator";
  std::map<std::string, std::string> environment = {};  // of emulator and terminal
};

// Every call blocks until it is done or its limit is over. Everything still running ends with the object.
class Site {
 public:
  // Makes keys, database and configuration. Error: whatever a program said.
  static Result<std::unique_ptr<Site>> make(SiteOptions options);
  ~Site();

  Result<void> start_hub();
  void stop_hub(bool kill = false);
  Result<void> start_agent();
  void stop_agent(bool kill = false);
  // With its devices; returns when the page is up.
  Result<void> start_terminal(const std::string& first_page = "welcome");
  Result<ExitStatus> stop_terminal();  // asks it to end, as systemd would

  // SIGKILL, at once. False when it was not running. A killed session process is started again by its
  // supervisor. Thread-safe against everything but starting and stopping the same program.
  bool kill_terminal();
  bool kill_agent();
  bool kill_hub();
  bool agent_running() { return agent_ && agent_->running(); }
  bool hub_running() { return hub_ && hub_->running(); }

  Result<std::string> dump();                                                      // the semantic tree
  Result<void> wait_for(const std::string& text, std::int64_t limit_ms = 10'000);  // until the dump holds it
  Result<void> wait_until_gone(const std::string& text, std::int64_t limit_ms = 10'000);
  Result<void> tap(const std::string& name);  // a real mouse click on the node of that id or name
  Result<void> act(const std::string& name);  // the same without a hand: at once, without the press filter
  Result<void> screenshot(const std::filesystem::path& file);
  // The devices: a command of the emulator.
  Result<std::string> device(const std::string& command);
  // The hub's own report, from its database.
  Result<Json> hub_report();
  // What the terminal's ledger says of its slips (kioskctl print-ledger).
  Result<Json> print_ledger();
  bool hub_has_case(const std::string& case_no);

  std::filesystem::path path(std::string_view name) const { return options_.folder / name; }
  const SiteOptions& options() const { return options_; }
  ChildProcess* terminal() { return terminal_ ? &*terminal_ : nullptr; }

 private:
  explicit Site(SiteOptions options) : options_(std::move(options)) {}
  // Its output; a greater exit code is an error.
  Result<std::string> run_tool(std::vector<std::string> words, int exit_code_max = 0);
  Result<void> write_terminal_config();
  std::string binary(std::string_view name) const { return (options_.binaries / name).string(); }

  SiteOptions options_;
  std::string hub_address_;
  std::chrono::steady_clock::time_point last_tap_{};
  std::optional<ChildProcess> hub_;
  std::optional<ChildProcess> agent_;
  std::optional<ChildProcess> terminal_;
};

}  // namespace bianmin::e2e
