#include "sync/hub/operator_commands.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "sync/hub/ingest.hpp"
#include "sync/hub/operator_events.hpp"
#include "sync/hub/quarantine.hpp"

namespace bianmin::hub {

namespace {

int failed(const Error& error) {
  fmt::print(stderr, "kiosk-hub: {}\n", error.text());
  return 1;
}

void print_event(const OperatorEvent& event, bool json) {
  if (json) return fmt::print("{}\n", json_text(to_json(event)));
  fmt::print("{}\t{}\t{}\t{}\t{}\t{}x\t{}\n", event.id, utc_stamp(event.last_utc_ms), event.terminal_id,
             event.epoch, event.kind, event.count, event.detail);
}

void print_line(const Quarantined& one, bool json) {
  if (json) return fmt::print("{}\n", json_text(to_json(one)));
  fmt::print("{}\t{}\t{}\t{}\t{}\t{}\n", to_hex(one.digest), one.terminal_id, one.epoch, one.seq, one.code,
             one.released_utc_ms == 0 ? "inside" : "released");
}

int list(const std::string& folder, bool json) {
  auto database = open_hub_database(folder, database::Access::read_only);
  if (!database) return failed(database.error());
  auto all = list_quarantine(**database);
  if (!all) return failed(all.error());
  for (const Quarantined& one : *all) print_line(one, json);
  return 0;
}

int show(const std::string& folder, const std::string& digest) {
  auto database = open_hub_database(folder, database::Access::read_only);
  if (!database) return failed(database.error());
  auto one = find_quarantined(**database, digest);
  if (!one) return failed(one.error());
  fmt::print("{}\n", json_text(to_json(*one), true));
  return 0;
}

int let_out(const std::string& folder, const std::string& digest, const Release& release) {
  const SystemClock clock;
  auto keys = HubKeys::load(folder);
  if (!keys) return failed(keys.error());
  auto trust = load_hub_trust(folder);
  if (!trust) return failed(trust.error());
  auto database = open_hub_database(folder);
  if (!database) return failed(database.error());
  auto one = find_quarantined(**database, digest);
  if (!one) return failed(one.error());
  Ingest ingest(**database, *keys, clock, *trust ? &**trust : nullptr);
  auto receipt = ingest.release(one->digest, release);
  if (!receipt) return failed(receipt.error());
  fmt::print("released {}: it is filed when the hub next looks, within a minute\n", to_hex(one->digest));
  return 0;
}

}  // namespace

int run_events(const std::vector<std::string>& words, const Arguments& arguments) {
  if (words.size() != 2) return exit_misuse;
  auto database = open_hub_database(words[1], database::Access::read_only);
  if (!database) return failed(database.error());
  std::int64_t after_id = 0;
  for (;;) {
    auto events = list_events(**database, after_id);
    if (!events) return failed(events.error());
    if (events->empty()) return 0;
    for (const OperatorEvent& event : *events) print_event(event, arguments.has("json"));
    after_id = events->back().id;
  }
}

int run_quarantine(const std::vector<std::string>& words, const Arguments& arguments) {
  if (words.size() == 3 && words[1] == "list") return list(words[2], arguments.has("json"));
  if (words.size() == 4 && words[1] == "show") return show(words[2], words[3]);
  if (words.size() != 4 || words[1] != "release") return exit_misuse;
  return let_out(words[2], words[3], {arguments.value("by"), arguments.value("reason")});
}

}  // namespace bianmin::hub
