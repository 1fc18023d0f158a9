#include "tests/sync/hub/process.hpp"

#include <cstdlib>

#include "terminal/base/files.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::test {

std::string program(const std::string& name) { return std::string(BIANMIN_BIN) + "/" + name; }

Site::Site() {
  std::string name = (std::filesystem::temp_directory_path() / "bianmin-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  folder_ = name;
  const auto run = [](const std::string& command) {
    const auto result = run_command(command);
    if (result.exit_code != 0) FAIL(command << ": " << result.output);
  };
  const std::string& url = database_.url();
  run(program("kiosk-hub") + " init " + hub().string() + (url.empty() ? "" : " --database '" + url + "'"));
  run(program("kiosk-hub") + " enrol " + hub().string() + " --terminal T-0001 --out " + terminal().string());
}

Site::~Site() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Process Site::start_hub(const std::vector<std::string>& options) {
  std::vector<std::string> command = {program("kiosk-hub"), "serve", hub().string(), "--listen",
                                      "127.0.0.1:" + std::to_string(port_)};
  command.insert(command.end(), options.begin(), options.end());
  Process process(command, folder_ / "hub.err");
  const std::string line = process.wait_for_line("listening on 127.0.0.1:");
  if (line.empty()) FAIL("the hub does not start: " << stderr_of("hub"));
  port_ = std::stoi(line.substr(line.rfind(':') + 1));
  return process;
}

Process Site::start_agent(const std::string& url) {
  Process process({program("kiosk-agent"), "--config", (terminal() / "agent.conf").string(), "--hub-url",
                   url.empty() ? hub_url() : url},
                  folder_ / "agent.err");
  if (process.wait_for_line("ready").empty()) FAIL("the agent does not start: " << stderr_of("agent"));
  return process;
}

Json Site::report() const {
  const auto result = run_command(program("kiosk-hub") + " report " + hub().string() + " --json");
  if (result.exit_code != 0) FAIL(result.output);
  return must(parse_json(result.output));
}

std::string Site::stderr_of(const std::string& name) const {
  auto bytes = read_file(folder_ / (name + ".err"), 1U << 24U);
  return bytes ? text_of(*bytes) : std::string();
}

}  // namespace bianmin::test
