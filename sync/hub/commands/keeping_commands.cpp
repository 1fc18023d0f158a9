#include "sync/hub/commands/keeping_commands.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>

#include <cstdio>

#include "sync/custody/key_folder.hpp"
#include "sync/custody/server.hpp"
#include "sync/departments/department_book.hpp"
#include "sync/hub/confinement.hpp"
#include "sync/hub/filing/filing_workers.hpp"
#include "sync/hub/filing/plain_rows.hpp"
#include "sync/hub/household.hpp"
#include "sync/hub/store/hub_keys.hpp"
#include "sync/hub/store/hub_store.hpp"
#include "terminal/base/json.hpp"

namespace bianmin::hub {

namespace fs = std::filesystem;
using custody::Role;

namespace {

constexpr int look_ms = 1'000;  // for files that were replaced

int failed_keeping(const Error& error) {
  fmt::print(stderr, "kiosk-hub: {}\n", error.text());
  return 1;
}

Result<std::vector<custody::Entrance>> entrances_of(const fs::path& folder, const Arguments& arguments) {
  std::vector<custody::Entrance> entrances;
  if (arguments.has("judge-door")) {
    entrances.push_back({descriptor_of(arguments, "judge-door"), Role::judge, true});
    entrances.push_back({descriptor_of(arguments, "open-door"), Role::open, true});
    return entrances;
  }
  const fs::path run = arguments.value("run", (folder / "run").string());
  auto judging = custody::listen_at(judge_socket(run));
  if (!judging) return judging.error();
  auto opening = custody::listen_at(open_socket(run));
  if (!opening) return opening.error();
  entrances.push_back({std::move(judging).value(), Role::judge, false});
  entrances.push_back({std::move(opening).value(), Role::open, false});
  return entrances;
}

void print_opening(std::string_view line, bool as_json) {
  auto opening = parse_json(line);
  if (as_json || !opening || !opening->is_object()) return fmt::print("{}\n", line);
  const auto text = [&](const char* key) {
    const auto found = opening->find(key);
    return found != opening->end() && found->is_string() ? found->get<std::string>() : std::string("?");
  };
  const Json records = opening->value("records", Json::array());
  const Json refused = opening->value("refused", Json::object());
  for (const Json& record : records) {
    const std::string id = record.is_string() ? record.get<std::string>() : std::string("?");
    const Json code = refused.value(id, Json("opened"));
    fmt::print("{}\t{}\t{}\t{}\t{}\tuid {}\tpid {}\n", text("utc"), text("purpose"), text("whom"), id,
               code.is_string() ? code.get<std::string>() : "?", json_text(opening->value("uid", Json())),
               json_text(opening->value("pid", Json())));
  }
}

// Whether files are the very same ones as when this was made; one that was missing may come.
class SameFiles {
 public:
  explicit SameFiles(std::vector<fs::path> files) : files_(std::move(files)), before_(look()) {}
  bool changed() const { return look() != before_; }

 private:
  std::vector<std::pair<dev_t, ino_t>> look() const {
    std::vector<std::pair<dev_t, ino_t>> seen;
    for (const fs::path& file : files_) {
      struct stat status {};
      if (::stat(file.c_str(), &status) != 0) status = {};
      seen.emplace_back(status.st_dev, status.st_ino);
    }
    return seen;
  }
  std::vector<fs::path> files_;
  std::vector<std::pair<dev_t, ino_t>> before_;
};

Result<void> seal_what_is_plain(const std::string& folder, custody::RecordOpener& opener, const Clock& clock,
                                Log& log) {
  auto database = open_hub_database(folder);
  if (!database) return database.error();
  const auto count = seal_plain_rows(**database, custody::Sealer(opener, clock), opener);
  if (!count) return count.error();
  if (*count > 0) log.write(LogLevel::info, "hub", "sealed-plain", {{"count", std::to_string(*count)}});
  return {};
}

}  // namespace

fs::path judge_socket(const fs::path& run_folder) { return run_folder / "judge" / "judge.sock"; }
fs::path open_socket(const fs::path& run_folder) { return run_folder / "open" / "open.sock"; }

int run_custody(const std::string& folder, const Arguments& arguments) {
  const FileDescriptor signals = ending_signals();
  guard_memory();
  const SystemClock clock;
  Log log(clock, stderr);
  if (auto done = HubKeys::complete(folder); !done) return failed_keeping(done.error());
  auto openings = custody::OpeningsLog::open(custody::custody_folder(folder), clock);
  if (!openings) return failed_keeping(openings.error());
  auto entrances = entrances_of(folder, arguments);
  if (!entrances) return failed_keeping(entrances.error());
  // It was confined for a token that is another one by now: whoever started it starts it again.
  const SameFiles token({custody::custody_folder(folder) / custody::token_settings_name});
  auto server = custody::Server::make(
      {folder, std::move(entrances).value(), **openings, log, [&token] { return token.changed(); }});
  if (!server) return failed_keeping(server.error());
  if (auto confined = confine_custody(folder, log); !confined) return failed_keeping(confined.error());
  tell_ready(arguments);
  if (!arguments.has("ready")) {
    fmt::print("custody is ready\n");
    std::fflush(stdout);
  }
  (*server)->run(signals.get());
  return 0;
}

int run_file(const std::string& folder, const Arguments& arguments) {
  const FileDescriptor signals = ending_signals();
  guard_memory();
  prepare_confinement(folder);
  const SystemClock clock;
  Log log(clock, stderr);
  auto book = departments::DepartmentBook::load(folder);
  if (!book) return failed_keeping(book.error());
  auto database_url = hub_database_url(folder);
  if (!database_url) return failed_keeping(database_url.error());
  const FilingNeeds needs = needs_of_filing(*book, *database_url);
  const SameFiles certificates(needs.files);
  const FileDescriptor door = descriptor_of(arguments, "open-door");
  const fs::path socket = arguments.value("custody", open_socket(fs::path(folder) / "run").string());
  const auto make_client = [&] {
    return std::make_unique<custody::CustodyClient>(
        door.valid() ? custody::connect_through(door.get()) : custody::connect_to(socket), clock);
  };
  auto workers = FilingWorkers::start(
      folder, *book,
      [&]() -> Result<std::unique_ptr<custody::RecordOpener>> {
        return std::unique_ptr<custody::RecordOpener>(make_client());
      },
      clock, log,
      [&]() -> Result<void> {
        auto confined = confine_filing(folder, needs, log);
        if (!confined) return confined.error();
        return {};
      });
  if (!workers) return failed_keeping(workers.error());
  tell_ready(arguments);
  if (!arguments.has("ready")) {
    fmt::print("filing\n");
    std::fflush(stdout);
  }
  // Once, after an update; it may take long, and nobody has to wait for it.
  const auto keeper = make_client();
  if (auto sealed = seal_what_is_plain(folder, *keeper, clock, log); !sealed) {
    return failed_keeping(sealed.error());
  }
  pollfd one{signals.get(), POLLIN, 0};
  while (::poll(&one, 1, look_ms) <= 0) {
    // A new file in the hub's own folder is out of reach: whoever started this starts it again.
    if (!certificates.changed()) continue;
    log.write(LogLevel::info, "hub", "outdated",
              {{"why", "a certificate or key for a department was replaced"}});
    break;
  }
  return 0;
}

int run_custody_key(const std::string& folder, const Arguments& arguments) {
  custody::TokenSettings settings{arguments.value("pkcs11"), arguments.value("token"),
                                  arguments.value("pin-file")};
  const fs::path keys = custody::custody_folder(folder);
  auto before = custody::load_token_settings(keys);
  if (before && (before->module != settings.module || before->label != settings.label)) {
    return failed_keeping({Remedy::refuse, "custody.other_token", "earlier keys are in " + before->label});
  }
  if (before) settings.places = std::move(before->places);
  settings.network = before && before->network;
  if (auto saved = custody::save_token_settings(keys, settings); !saved) return failed_keeping(saved.error());
  auto made = HubKeys::rotate(folder, record::profile_international);
  if (!made) return failed_keeping(made.error());
  for (const auto& key : *made) fmt::print("{} seals to key {}\n", record::profile_international, key.number);
  return 0;
}

int run_openings(const std::string& folder, const Arguments& arguments) {
  auto done = custody::read_openings(custody::custody_folder(folder), [&](std::string_view line) {
    print_opening(line, arguments.has("json"));
  });
  return done ? 0 : failed_keeping(done.error());
}

Result<std::unique_ptr<OperatorsCustody>> OperatorsCustody::open(const fs::path& hub_folder,
                                                                 const Arguments& arguments, Role role) {
  auto keeper = std::make_unique<OperatorsCustody>();
  const fs::path run = hub_folder / "run";
  const fs::path usual = role == Role::judge ? judge_socket(run) : open_socket(run);
  const fs::path socket = arguments.value("custody", usual.string());
  std::error_code failed;
  if (arguments.has("custody") || fs::exists(socket, failed)) {
    keeper->client_ = std::make_unique<custody::CustodyClient>(custody::connect_to(socket), keeper->clock_);
    keeper->judge_ = keeper->client_.get();
    keeper->opener_ = keeper->client_.get();
    return keeper;
  }
  auto own = custody::OwnCustody::load(hub_folder, keeper->clock_);
  if (!own) return own.error();
  keeper->own_ = std::move(own).value();
  keeper->judge_ = &keeper->own_->get();
  keeper->opener_ = &keeper->own_->get();
  return keeper;
}

}  // namespace bianmin::hub
