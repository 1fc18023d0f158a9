// kiosk-hub: makes a hub, enrols terminals, serves, reports.
#include <fmt/format.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>

#include "sync/custody/client.hpp"
#include "sync/hub/commands/backup_commands.hpp"
#include "sync/hub/commands/department_commands.hpp"
#include "sync/hub/commands/keeping_commands.hpp"
#include "sync/hub/commands/operator_commands.hpp"
#include "sync/hub/commands/proof_commands.hpp"
#include "sync/hub/confinement.hpp"
#include "sync/hub/household.hpp"
#include "sync/hub/report.hpp"
#include "sync/hub/setup.hpp"
#include "sync/hub/web/server.hpp"
#include "sync/record/case_no.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"

namespace {

using namespace bianmin;

constexpr std::string_view usage =
    "usage: kiosk-hub init DIR [--host NAME,NAME…] [--database postgresql://NAME@HOST/DATABASE]\n"
    "                 (without --database: one file, DIR/hub.db. A password belongs into ~/.pgpass)\n"
    "       kiosk-hub enrol DIR --terminal ID --out TERMINALDIR [--hub-url URL] [--profile intl-1|gm-1]\n"
    "                 [--device-key device.pub]   (made by kioskctl device-key on the terminal)\n"
    "       kiosk-hub rotate-key DIR             (records are sealed to new keys; what is on its way still "
    "opens)\n"
    "       kiosk-hub deny DIR --terminal ID\n"
    "       kiosk-hub serve DIR [--listen ADDRESS:PORT] [--operators ADDRESS:PORT]  (GET /metrics, /healthz, "
    "/readyz there, plain HTTP:\n"
    "                 127.0.0.1:9443, or a network of the operators')\n"
    "                 [--connections N] [--per-address N] [--per-terminal N]  (how many connections at "
    "most)\n"
    "                 [--custody SOCKET]   (custody that runs already; without it serve starts custody and "
    "filing itself,\n"
    "                 as processes of their own)\n"
    "       kiosk-hub backup DIR OUT             (a copy of the whole hub, which may be serving. OUT holds "
    "all "
    "its "
    "keys: guard it as DIR)\n"
    "       kiosk-hub restore OUT DIR [--database URL] [--nothing-lost]  (URL: of an empty database;\n"
    "                 --nothing-lost: the hub was stopped before the backup and has not run since)\n"
    "       kiosk-hub adopt DIR TERMINALDIR      (after a restore: a terminal that was enrolled in the lost "
    "time, "
    "as it is)\n"
    "       kiosk-hub custody DIR [--run FOLDER] (has the opening keys; listens at FOLDER/judge/judge.sock "
    "and "
    "FOLDER/open/open.sock)\n"
    "       kiosk-hub custody-key DIR --pkcs11 MODULE --token LABEL --pin-file FILE  (the next key of intl-1 "
    "is "
    "made in a token)\n"
    "       kiosk-hub file DIR [--custody SOCKET](brings records to departments; SOCKET: open.sock)\n"
    "       kiosk-hub openings DIR [--json]      (what was opened, for what and for whom)\n"
    "       kiosk-hub report DIR [--json]\n"
    "       kiosk-hub events DIR [--json]        (what operators have to look at)\n"
    "       kiosk-hub quarantine list DIR [--json]\n"
    "       kiosk-hub quarantine show DIR DIGEST\n"
    "       kiosk-hub quarantine release DIR DIGEST --by NAME --reason TEXT\n"
    "       kiosk-hub import DIR FILE [--out RECEIPTS]  (records from a USB stick; the receipts go beside "
    "FILE)\n"
    "       kiosk-hub drop-payloads DIR --older-than DAYS  (the sealed contents of what departments have; "
    "their "
    "envelopes and receipts stay)\n"
    "       kiosk-hub proof DIR SLIP FILE        (SLIP: the text of the slip's code; for kioskctl proof)\n"
    "       kiosk-hub consistency DIR SIZE LATER_SIZE FILE [--profile NAME]  (between two heads; LATER_SIZE "
    "0: "
    "the newest)\n"
    "       kiosk-hub stamp DIR --authority PEM --program FILE [--policy OID]  (has the newest head "
    "time-stamped, when\n"
    "                 it is due: FILE REQUEST RESPONSE asks the authority; PEM: whom to believe)\n"
    "       kiosk-hub departments list DIR [--json]  (departments.json: what each one has, and what waits)\n"
    "       kiosk-hub departments dead DIR [--json]  (what a department refuses, and what it tells of a case "
    "and says nothing)\n"
    "       kiosk-hub departments replay DIR RECORD|all  (has it tried again, by departments.json as it is "
    "now)\n"
    "       kiosk-hub departments close DIR RECORD|STATE --by NAME --reason TEXT  (it will not be tried "
    "again)\n"
    "       kiosk-hub certificate DIR CASE_NO FILE --by NAME  (what a department has issued: personal data)\n"
    "       kiosk-hub case DIR CASE_NO\n"
    "       kiosk-hub document DIR CASE_NO FILE --by NAME  (what was handed out on paper, as it was: "
    "personal data; who read it "
    "is put down)\n";

constexpr std::string_view default_listen = "127.0.0.1:8443";

int fail(const Error& error) {
  fmt::print(stderr, "kiosk-hub: {}\n", error.text());
  return 1;
}

int init(const std::string& folder, const Arguments& arguments) {
  std::vector<std::string> hosts;
  const std::string listed = arguments.value("host", "127.0.0.1,localhost");
  for (const auto host : split(listed, ',')) hosts.emplace_back(host);
  if (auto done = hub::init_hub(folder, hosts, arguments.value("database")); !done) return fail(done.error());
  return 0;
}

int enrol(const std::string& folder, const Arguments& arguments) {
  const SystemClock clock;
  const std::string hub_url = arguments.value("hub-url", "https://" + std::string(default_listen));
  const hub::EnrolRequest request{arguments.value("terminal"), arguments.value("out"), hub_url,
                                  arguments.value("profile", record::profile_international),
                                  arguments.value("device-key")};
  auto enrolled = hub::enrol_terminal(folder, request, clock);
  if (!enrolled) return fail(enrolled.error());
  fmt::print("enrolled {} epoch {} number {}\n", arguments.value("terminal"), enrolled->epoch,
             enrolled->enrolment_no);
  return 0;
}

int deny(const std::string& folder, const Arguments& arguments) {
  if (auto done = hub::deny_terminal(folder, arguments.value("terminal")); !done) return fail(done.error());
  return 0;
}

int rotate_key(const std::string& folder) {
  auto keys = hub::HubKeys::rotate(folder);
  if (!keys) return fail(keys.error());
  for (const auto& key : *keys) {
    fmt::print("{} seals to key {}\n", seal::profile_name(key.key.curve()), key.number);
  }
  return 0;
}

// Custody that serve has started, or that runs already.
Result<custody::Connect> way_to_custody(const std::string& folder, const Arguments& arguments,
                                        std::unique_ptr<hub::Household>& household) {
  if (arguments.has("custody")) return custody::connect_to(arguments.value("custody"));
  auto started = hub::Household::start(folder);
  if (!started) return started.error();
  household = std::move(started).value();
  return custody::connect_through(household->judge_door());
}

Result<hub::ServerLimits> server_limits(const Arguments& arguments) {
  hub::ServerLimits limits;
  auto& counts = limits.connections;
  for (const auto& [name, limit] : {std::pair("connections", &counts.all),
                                    {"per-address", &counts.per_address},
                                    {"per-terminal", &counts.per_terminal}}) {
    if (!arguments.has(name)) continue;
    const auto number = parse_number(arguments.value(name), 1, 1'000'000);
    if (!number) return Error{Remedy::refuse, "hub.bad_limit", name};
    *limit = static_cast<std::size_t>(*number);
  }
  return limits;
}

// A connection needs a descriptor, and shells give 1,024.
void allow_many_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

int serve(const std::string& folder, const Arguments& arguments) {
  allow_many_descriptors();
  const SystemClock clock;
  Log log(clock, stderr);
  hub::prepare_confinement(folder);
  std::unique_ptr<hub::Household> household;
  auto way = way_to_custody(folder, arguments, household);
  if (!way) return fail(way.error());
  custody::CustodyClient keeper(*way, clock);
  auto keys = hub::HubKeys::load(folder);
  if (!keys) return fail(keys.error());
  auto database = hub::open_hub_database(folder);
  if (!database) return fail(database.error());
  keys->ask_for_newer([&](const seal::Profile& profile) { return keeper.newest_key(profile); });
  auto authority = hub::load_authority(folder);
  if (!authority) return fail(authority.error());
  const std::filesystem::path base(folder);
  auto tls = seal::TlsContext::make(
      seal::TlsRole::server, {base / "server.crt", base / "server.key", base / "ca.crt"}, "h2,http/1.1");
  if (!tls) return fail(tls.error());
  auto book = departments::DepartmentBook::load(folder);
  if (!book) return fail(book.error());
  hub::HubService service(**database, *keys, keeper, clock, log, &*authority, &*book);
  hub::Metrics metrics;
  service.count_into(metrics);
  service.resume();
  hub::Denials denials(**database);
  hub::Readiness readiness(**database, folder, clock);
  hub::OperatorsDesk desk(**database, metrics, readiness, clock);
  const auto limits = server_limits(arguments);
  if (!limits) return fail(limits.error());
  hub::Server server(
      hub::ServerParts{std::move(tls).value(), service, denials, readiness, desk, metrics, clock, log},
      *limits);
  const std::string address = arguments.value("listen", default_listen);
  auto port = server.listen(address);
  if (!port) return fail(port.error());
  if (arguments.has("operators")) {
    const std::string operators = arguments.value("operators");
    auto operators_port = server.listen_operators(operators);
    if (!operators_port) return fail(operators_port.error());
    fmt::print("operators on {}:{}\n", operators.substr(0, operators.rfind(':')), *operators_port);
  }
  if (auto confined = hub::confine_ingest(folder, log); !confined) return fail(confined.error());
  if (household) household->watch();
  fmt::print("listening on {}:{}\n", address.substr(0, address.rfind(':')), *port);
  std::fflush(stdout);
  server.run();
  return household && household->lost() ? 1 : 0;
}

int report(const std::string& folder, const Arguments& arguments) {
  auto database = hub::open_hub_database(folder, database::Access::read_only);
  if (!database) return fail(database.error());
  auto counted = hub::make_report(**database);
  if (!counted) return fail(counted.error());
  const Json json = hub::to_json(*counted);
  if (arguments.has("json")) {
    fmt::print("{}\n", json_text(json));
  } else {
    for (const auto& [key, value] : json.items()) fmt::print("{}\t{}\n", key, value.get<std::int64_t>());
  }
  return 0;
}

// As typed by a person; "/2" and so on behind it names a case that was released from quarantine.
Result<std::string> case_no_of(const std::string& text) {
  const std::size_t slash = text.find('/');
  auto case_no = record::parse_case_no(text.substr(0, slash));
  if (!case_no || slash == std::string::npos) return case_no;
  auto number = parse_number(text.substr(slash + 1), 2, INT32_MAX);
  if (!number) return number.error();
  return fmt::format("{}/{}", *case_no, *number);
}

int show_case(const std::string& folder, const std::string& text) {
  auto case_no = case_no_of(text);
  if (!case_no) return fail(case_no.error());
  auto database = hub::open_hub_database(folder, database::Access::read_only);
  if (!database) return fail(database.error());
  auto described = hub::describe_case(**database, *case_no);
  if (!described) return fail(described.error());
  fmt::print("{}\n", json_text(*described, true));
  return 0;
}

int save_document(const std::string& folder, const std::string& text, const std::string& file,
                  const Arguments& arguments) {
  auto case_no = case_no_of(text);
  if (!case_no) return fail(case_no.error());
  auto database = hub::open_hub_database(folder, database::Access::read_only);
  if (!database) return fail(database.error());
  auto opener = hub::OperatorsCustody::open(folder, arguments, custody::Role::open);
  if (!opener) return fail(opener.error());
  auto document =
      hub::find_document(**database, (*opener)->opener(), {"document", arguments.value("by")}, *case_no);
  if (!document) return fail(document.error());
  if (auto done = write_file_durably(file, document->bytes, 0600); !done) return fail(done.error());
  return 0;
}

int save_certificate(const std::string& folder, const std::string& text, const std::string& file,
                     const Arguments& arguments) {
  auto case_no = case_no_of(text);
  if (!case_no) return fail(case_no.error());
  return hub::run_certificate(folder, *case_no, file, arguments);
}

int misuse(const std::string& why) {
  fmt::print(stderr, "kiosk-hub: {}\n{}", why, usage);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  auto arguments = Arguments::parse(argc, argv,
                                    {{"help"},
                                     {"json"},
                                     {"host", true},
                                     {"database", true},
                                     {"terminal", true},
                                     {"out", true},
                                     {"hub-url", true},
                                     {"by", true},
                                     {"reason", true},
                                     {"profile", true},
                                     {"device-key", true},
                                     {"older-than", true},
                                     {"nothing-lost"},
                                     {"authority", true},
                                     {"program", true},
                                     {"policy", true},
                                     {"operators", true},
                                     {"connections", true},
                                     {"per-address", true},
                                     {"per-terminal", true},
                                     {"run", true},
                                     {"pkcs11", true},
                                     {"token", true},
                                     {"pin-file", true},
                                     {"custody", true},
                                     {"judge-door", true},
                                     {"open-door", true},
                                     {"life", true},
                                     {"alive", true},
                                     {"ready", true},
                                     {"listen", true}});
  if (!arguments) return misuse(arguments.error().text());
  if (arguments->has("help")) {
    fmt::print("{}", usage);
    return 0;
  }
  const auto& words = arguments->words();
  if (words.size() < 2) return misuse("a command and a folder are needed");
  std::signal(SIGPIPE, SIG_IGN);
  const std::string& command = words[0];
  if (command == "quarantine") {
    const int code = hub::run_quarantine(words, *arguments);
    return code == hub::exit_misuse ? misuse("quarantine needs list, show or release") : code;
  }
  if (command == "departments") {
    const int code = hub::run_departments(words, *arguments);
    return code == hub::exit_misuse ? misuse("departments needs list, dead, replay or close") : code;
  }
  if (command == "certificate" && words.size() == 4)
    return save_certificate(words[1], words[2], words[3], *arguments);
  if (command == "proof" && words.size() == 4) return hub::run_proof(words);
  if (command == "consistency" && words.size() == 5) {
    const int code = hub::run_consistency(words, *arguments);
    return code == hub::exit_misuse ? misuse("consistency needs two sizes") : code;
  }
  if (command == "import" && words.size() == 3) return hub::run_import(words, *arguments);
  if (command == "backup" && words.size() == 3) return hub::run_backup(words);
  if (command == "adopt" && words.size() == 3) return hub::run_adopt(words);
  if (command == "restore" && words.size() == 3) return hub::run_restore(words, *arguments);
  if (command == "case" && words.size() == 3) return show_case(words[1], words[2]);
  if (command == "document" && words.size() == 4)
    return save_document(words[1], words[2], words[3], *arguments);
  if (words.size() != 2) return misuse("too many words");
  if (command == "stamp") {
    const int code = hub::run_stamp(words, *arguments);
    return code == hub::exit_misuse ? misuse("stamp needs --authority and --program") : code;
  }
  if (command == "events") return hub::run_events(words, *arguments);
  if (command == "drop-payloads") {
    const int code = hub::run_drop_payloads(words, *arguments);
    return code == hub::exit_misuse ? misuse("drop-payloads needs --older-than DAYS") : code;
  }
  if (command == "init") return init(words[1], *arguments);
  if (command == "enrol" && (!arguments->has("terminal") || !arguments->has("out"))) {
    return misuse("enrol needs --terminal and --out");
  }
  if (command == "enrol") return enrol(words[1], *arguments);
  if (command == "deny" && !arguments->has("terminal")) return misuse("deny needs --terminal");
  if (command == "deny") return deny(words[1], *arguments);
  if (command == "rotate-key") return rotate_key(words[1]);
  if (command == "supervise") return hub::run_supervise(words[1], *arguments);
  if (command == "custody") return hub::run_custody(words[1], *arguments);
  if (command == "file") return hub::run_file(words[1], *arguments);
  if (command == "custody-key" &&
      (!arguments->has("pkcs11") || !arguments->has("token") || !arguments->has("pin-file"))) {
    return misuse("custody-key needs --pkcs11, --token and --pin-file");
  }
  if (command == "custody-key") return hub::run_custody_key(words[1], *arguments);
  if (command == "openings") return hub::run_openings(words[1], *arguments);
  if (command == "serve") return serve(words[1], *arguments);
  if (command == "report") return report(words[1], *arguments);
  return misuse("no such command: " + command);
}
