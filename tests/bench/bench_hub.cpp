#include <fmt/format.h>

#include "sync/database/postgres.hpp"
#include "sync/hub/setup.hpp"
#include "sync/hub/store/hub_store.hpp"
#include "sync/hub/store/payload_parts.hpp"
#include "sync/store/outbox.hpp"
#include "tests/bench/hub_bench.hpp"
#include "tests/fakes/postgres_server.hpp"

namespace bianmin::bench {

namespace {

std::filesystem::path made_hub(const std::filesystem::path& folder, const std::string& url) {
  must(hub::init_hub(folder, {"127.0.0.1"}, url));
  return folder;
}

}  // namespace

BenchHub::BenchHub(const std::filesystem::path& folder, const std::string& database_url)
    : folder_(made_hub(folder, database_url)),
      database_(must(hub::open_hub_database(folder_))),
      keys_(must(hub::HubKeys::load(folder_))),
      custody_(must(custody::LocalCustody::load(folder_))) {
  must(hub::prepare_payload_parts(*database_, SystemClock().utc_ms()));
}

std::string BenchHub::terminal_id(int number) { return fmt::format("T{:07}", number); }

void BenchHub::enrol(int terminal_count) {
  const std::string pem = device_key_.public_key().pem();
  auto transaction = must(database::Transaction::begin(*database_));
  for (int number = 1; number <= terminal_count; ++number) {
    auto insert = database_->prepare(
        "INSERT INTO enrolment (terminal_id, epoch, device_key, enrolled_utc_ms) VALUES (?, 1, ?, 1)");
    must(insert.bind(std::string_view(terminal_id(number))).bind(std::string_view(pem)).run());
  }
  must(transaction.commit());
}

store::Enrolment BenchHub::enrolment_of(int number) const {
  const auto profile = must(seal::Profile::named(record::profile_international));
  return {{terminal_id(number), 1, static_cast<std::uint32_t>(number)},
          device_key_,
          keys_.seal_key(*profile).key,
          keys_.receipt_key(*profile),
          profile};
}

// Through a journal in memory: nobody measures it.
std::vector<BenchUpload> make_uploads(const BenchHub& hub, int first, int terminal_count, int each,
                                      std::size_t padding) {
  std::vector<std::vector<Bytes>> of_terminals;
  for (int number = first; number < first + terminal_count; ++number) {
    const std::filesystem::path folder = fmt::format("/dev/shm/bianmin-bench-{}", ::getpid());
    std::filesystem::create_directories(folder);
    const auto enrolment = hub.enrolment_of(number);
    {
      const auto journal = must(store::Journal::open(folder / "journal.db", enrolment.identity));
      store::RecordWriter writer(*journal, enrolment);
      for (int count = 0; count < each; ++count) must(writer.save(sample_case(padding)));
      store::Outbox outbox(*journal, enrolment.hub_receipt_key);
      std::vector<Bytes> uploads;
      for (const auto& one : must(outbox.pending(each))) uploads.push_back(record::encode(one.upload));
      of_terminals.push_back(std::move(uploads));
    }
    std::filesystem::remove_all(folder);
  }
  std::vector<BenchUpload> all;
  for (int turn = 0; turn < each; ++turn) {
    for (int at = 0; at < terminal_count; ++at) {
      all.push_back({BenchHub::terminal_id(first + at),
                     of_terminals[static_cast<std::size_t>(at)][static_cast<std::size_t>(turn)]});
    }
  }
  return all;
}

void on_each_database(const std::function<void(const std::string&, const FreshDatabase&)>& work) {
  work("SQLite", [] { return std::string(); });
  const WorkFolder folder;
  test::PostgresServer server(folder / "data", {});
  int count = 0;
  work("PostgreSQL", [&] {
    const std::string name = fmt::format("bench_{}", ++count);
    server.make_database(name);
    return server.url(name);
  });
}

}  // namespace bianmin::bench
