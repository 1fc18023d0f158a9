#include "sync/hub/backup/adopt.hpp"

#include <vector>

#include "sync/hub/store/hub_store.hpp"
#include "sync/hub/store/operator_events.hpp"
#include "sync/record/case_no.hpp"
#include "sync/record/terminal_id.hpp"
#include "sync/seal/certificates.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::hub {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t certificate_size_max = 16 * 1024;

struct OldLife {
  std::int64_t epoch;
  std::int64_t enrolment_no;
};

struct OldTerminal {
  std::string id;
  std::vector<OldLife> lives;
};

Result<OldTerminal> read_terminal(const fs::path& folder) {
  auto config =
      Config::load(folder / "terminal.conf", {"terminal_id", "epoch", "enrolment_no", "profile", "spares"});
  if (!config) return config.error();
  const Error unclear{Remedy::call_staff, "hub.bad_terminal", (folder / "terminal.conf").string()};
  OldTerminal terminal{config->text("terminal_id"), {}};
  if (!record::valid_terminal_id(terminal.id)) return unclear;
  const std::string all =
      config->text("epoch") + ":" + config->text("enrolment_no") + " " + config->text("spares");
  for (const std::string_view life : split(all, ' ')) {
    if (life.empty()) continue;
    const std::size_t colon = life.find(':');
    if (colon == std::string_view::npos) return unclear;
    auto epoch = parse_number(life.substr(0, colon), 1, INT64_MAX);
    auto number = parse_number(life.substr(colon + 1), 1, record::enrolment_no_max);
    if (!epoch || !number) return unclear;
    terminal.lives.push_back({*epoch, *number});
  }
  return terminal;
}

Result<void> check_certificate(const fs::path& hub_folder, const fs::path& folder, const std::string& id) {
  auto authority = read_file(hub_folder / "ca.crt", certificate_size_max);
  if (!authority) return authority.error();
  auto pem = read_file(folder / "tls.crt", certificate_size_max);
  if (!pem) return pem.error();
  auto facts = seal::read_certificate(text_of(*pem), text_of(*authority));
  if (facts && facts->name == id) return {};
  return Error{Remedy::refuse, "hub.not_ours", "tls.crt is not this hub's for that terminal"};
}

}  // namespace

Result<std::string> adopt_terminal(const fs::path& hub_folder, const fs::path& terminal_folder,
                                   const Clock& clock) {
  auto terminal = read_terminal(terminal_folder);
  if (!terminal) return terminal.error();
  if (auto ours = check_certificate(hub_folder, terminal_folder, terminal->id); !ours) return ours.error();
  auto key = seal::PublicKey::load(terminal_folder / "device.pub");
  if (!key) return key.error();
  auto database = open_hub_database(hub_folder);
  if (!database) return database.error();
  auto transaction = database::Transaction::begin(**database);
  if (!transaction) return transaction.error();
  for (const OldLife& life : terminal->lives) {
    auto insert = (*database)->prepare(
        "INSERT INTO enrolment (enrolment_no, terminal_id, epoch, device_key, enrolled_utc_ms, life) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
    insert.bind(life.enrolment_no).bind(std::string_view(terminal->id)).bind(life.epoch);
    insert.bind(std::string_view(key->pem())).bind(clock.utc_ms());
    insert.bind(life.epoch == terminal->lives.front().epoch ? "open" : "spare");
    if (auto done = insert.run(); !done) return done.error();
    if ((*database)->changes() == 0) {
      return Error{Remedy::refuse, "hub.life_exists",
                   "life " + std::to_string(life.epoch) + " of " + terminal->id};
    }
  }
  auto noted =
      note_event(**database, clock.utc_ms(), {terminal->id}, "adopted", "its old lives were entered again");
  if (!noted) return noted.error();
  if (auto done = transaction->commit(); !done) return done.error();
  return terminal->id;
}

}  // namespace bianmin::hub
