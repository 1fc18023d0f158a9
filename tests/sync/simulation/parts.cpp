#include "tests/sync/simulation/parts.hpp"

#include <fmt/format.h>

#include "sync/hub/store/hub_store.hpp"

namespace bianmin::test {

namespace {

// Small logs: more checkpoints for the power to go in, and less to copy.
Result<void> checkpoint_often(database::Database& database) {
  return database.execute("PRAGMA wal_autocheckpoint = 24");
}

// A power cut with nothing un-synced is how to copy a disk, and not only its names.
template <typename Open>
CrashDisk made_by(Open open) {
  CrashVfs vfs;
  open(vfs.name());
  return vfs.disk().after_power_cut(0);
}

}  // namespace

World::World() : hub(fresh_hub_keys()) {
  for (int index = 0; index < simulated_terminals_max; ++index) {
    const auto number = static_cast<std::uint32_t>(index + 1);
    enrolments.push_back(enrolled_with(*hub.keys, {fmt::format("T-{}", number), 1, number}));
    terminal_disks.push_back(made_by([&](const char* vfs) {
      (void)must(store::Journal::open(simulated_journal, enrolments.back().identity, {.vfs = vfs}));
    }));
  }
  hub_disk = made_by([&](const char* vfs) {
    const auto database = must(hub::open_hub_database("hub", database::Access::read_write, vfs));
    for (const auto& enrolment : enrolments) {
      auto insert = database->prepare(
          "INSERT INTO enrolment (terminal_id, epoch, device_key, enrolled_utc_ms) VALUES (?, 1, ?, 1)");
      insert.bind(std::string_view(enrolment.identity.terminal_id));
      must(insert.bind(std::string_view(enrolment.device_key.public_key().pem())).run());
    }
  });
}

SimulatedHub::SimulatedHub(const World& world, const Clock& clock, Planted planted)
    : world_(world),
      clock_(clock),
      planted_(planted),
      log_(clock),
      vfs_(std::make_unique<CrashVfs>(world.hub_disk.after_power_cut(0))) {
  (void)boot();
}

std::string SimulatedHub::boot() {
  auto database = hub::open_hub_database("hub", database::Access::read_write, vfs_->name());
  if (!database) return std::string(database.error().code);
  database_ = std::move(database).value();
  (void)checkpoint_often(*database_);
  if (planted_ == Planted::receipts_early) must(database_->execute("PRAGMA synchronous = OFF"));
  const FreshKeys& hub = world_.hub;
  department_ = std::make_unique<hub::EmbeddedRegister>(*database_, hub.sealer, clock_);
  filing_ = std::make_unique<hub::Filing>(*database_, *hub.custody, *department_);
  service_ = std::make_unique<hub::HubService>(*database_, *hub.keys, *hub.custody, clock_, log_.get());
  service_->resume();
  (void)filing_->file_all();
  return {};
}

void SimulatedHub::stop() {
  service_.reset();
  filing_.reset();
  department_.reset();
  database_.reset();
}

void SimulatedHub::power_cut(std::uint64_t seed) {
  if (!disk().off()) disk().cut_at(disk().changes() + 1);  // closing writes nothing any more
  stop();
  disk().power_cut(seed);
}

void SimulatedHub::replace_disk(CrashDisk disk) { vfs_ = std::make_unique<CrashVfs>(std::move(disk)); }

std::optional<hub::HttpResponse> SimulatedHub::handle(const hub::HttpRequest& request) {
  if (!on() || disk().off()) return std::nullopt;
  if (planted_ == Planted::forgets_duplicates && request.path == "/v1/records") {
    forget_that_it_was_here(request.body);
  }
  auto response = service_->handle(request);
  if (response.status == 200 && request.path == "/v1/records") (void)filing_->file_new();
  if (disk().off() && response.status != 200) return std::nullopt;  // it died over it
  return response;
}

void SimulatedHub::forget_that_it_was_here(ByteView upload) {
  const auto parts = must(record::decode_upload(upload));
  for (const char* sql :
       {"UPDATE payload SET seq = seq + 1000000 WHERE (received_utc_ms, terminal_id, epoch, seq) = "
        "(SELECT received_utc_ms, terminal_id, epoch, seq FROM record WHERE envelope = ?)",
        "DELETE FROM known_record WHERE record_id = (SELECT record_id FROM record WHERE envelope = ?)",
        "DELETE FROM rated_case WHERE case_no = (SELECT case_no FROM record WHERE envelope = ? AND kind = 2)",
        "UPDATE case_file SET case_no = case_no || '-' WHERE case_no = "
        "(SELECT case_no FROM record WHERE envelope = ?)",
        "UPDATE record SET seq = seq + 1000000, record_id = zeroblob(16), case_no = case_no || '-' "
        "WHERE envelope = ?"}) {
    (void)database_->prepare(sql).bind(ByteView(parts.envelope)).run();
  }
}

std::optional<http::HttpReply> SimulatedNetwork::deliver(const std::string& path, const Bytes& body) {
  hub::HttpRequest request;
  request.method = "POST";
  request.path = path;
  request.terminal_id = terminal_id_;
  request.body = body;
  auto response = hub_.handle(request);
  if (!response) return std::nullopt;
  return http::HttpReply{response->status, std::move(response->body)};
}

Result<http::HttpReply> SimulatedNetwork::post(const std::string& path, ByteView body, long timeout_ms) {
  const Error broken{Remedy::retry_later, "agent.hub_unreachable", "the network is down"};
  const Bytes bytes(body.begin(), body.end());
  if (before_send) before_send(path);
  if (!sender_alive() || mood.partitioned || dice_.chance(mood.loss_percent)) return broken;
  if (mood.delay_most_ms > 0) {
    clock_.advance(static_cast<std::int64_t>(dice_.below(static_cast<std::uint64_t>(mood.delay_most_ms))));
  }
  if (dice_.chance(mood.late_percent)) late_.push_back({path, bytes});
  if (dice_.chance(mood.twice_percent)) (void)deliver(path, bytes);
  auto reply = deliver(path, bytes);
  if (while_waiting) while_waiting();
  if (!sender_alive() || !reply || dice_.chance(mood.loss_percent)) return broken;
  if (dice_.chance(mood.cut_percent)) {
    if (dice_.chance(50)) return broken;
    reply->body.resize(dice_.below(reply->body.size() + 1));
  }
  if (mood.delay_most_ms > timeout_ms && dice_.chance(30)) {
    return Error{Remedy::retry_later, "agent.timeout", "the reply comes too late"};
  }
  return *reply;
}

void SimulatedNetwork::deliver_late_ones() {
  while (!late_.empty()) {
    const std::size_t at = dice_.below(late_.size());
    const Late one = late_[at];
    late_.erase(late_.begin() + static_cast<std::ptrdiff_t>(at));
    (void)deliver(one.path, one.body);
  }
}

SimulatedTerminal::SimulatedTerminal(const World& world, int index, SimulatedHub& hub, FakeClock& clock,
                                     Dice& dice, Planted planted)
    : network(hub, world.enrolments[static_cast<std::size_t>(index)].identity.terminal_id, clock, dice),
      enrolment_(world.enrolments[static_cast<std::size_t>(index)]),
      clock_(clock),
      dice_(dice),
      planted_(planted),
      log_(clock),
      vfs_(std::make_unique<CrashVfs>(
          world.terminal_disks[static_cast<std::size_t>(index)].after_power_cut(0))) {
  network.sender_alive = [this] { return !disk().off(); };
  if (planted == Planted::drops_when_sent) {
    network.before_send = [this](const std::string& path) {
      if (path != "/v1/records") return;
      (void)agent_journal_->database().execute(
          "UPDATE record SET state = 'sent', payload = NULL WHERE seq = "
          "(SELECT min(seq) FROM record WHERE state = 'saved')");
    };
  }
}

std::string SimulatedTerminal::boot() {
  const database::Options options{.check_integrity = true, .vfs = vfs_->name()};
  auto journal = store::Journal::open(simulated_journal, enrolment_.identity, options);
  if (!journal) return std::string(journal.error().code);
  writer_journal_ = std::move(journal).value();
  if (planted_ == Planted::acknowledges_early) {
    must(writer_journal_->database().execute("PRAGMA synchronous = OFF"));
  }
  auto second = store::Journal::open(simulated_journal, enrolment_.identity, {.vfs = vfs_->name()});
  if (!second) {
    writer_journal_.reset();
    return std::string(second.error().code);
  }
  agent_journal_ = std::move(second).value();
  for (const auto* each : {&writer_journal_, &agent_journal_}) (void)checkpoint_often((*each)->database());
  restart_terminal();
  restart_agent();
  return {};
}

void SimulatedTerminal::restart_terminal() {
  asks_.reset();
  writer_ = std::make_unique<store::RecordWriter>(*writer_journal_, enrolment_);
  asks_ = std::make_unique<store::Asks>(*writer_journal_, enrolment_, clock_);
}

void SimulatedTerminal::restart_agent() {
  outbox_ = std::make_unique<store::Outbox>(*agent_journal_, enrolment_.hub_receipt_key);
  agent_ = std::make_unique<agent::Agent>(
      agent::AgentParts{*agent_journal_, *outbox_, network, clock_, log_.get(),
                        [this] { return static_cast<std::uint32_t>(dice_.number()); }, [] {}});
}

void SimulatedTerminal::stop() {
  agent_.reset();
  outbox_.reset();
  agent_journal_.reset();
  asks_.reset();
  writer_.reset();
  writer_journal_.reset();
}

void SimulatedTerminal::power_cut(std::uint64_t seed) {
  if (!disk().off()) disk().cut_at(disk().changes() + 1);
  stop();
  disk().power_cut(seed);
}

Result<store::Saved> SimulatedTerminal::save(const record::CaseRecord& record) {
  return writer_->save(record);
}

void SimulatedTerminal::replace_disk(CrashDisk disk) { vfs_ = std::make_unique<CrashVfs>(std::move(disk)); }

}  // namespace bianmin::test
