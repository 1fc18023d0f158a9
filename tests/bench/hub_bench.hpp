// What the parts of the hub's bench share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sync/custody/local_custody.hpp"
#include "sync/database/database.hpp"
#include "sync/hub/store/hub_keys.hpp"
#include "tests/bench/bench_terminal.hpp"

namespace bianmin::bench {

// A hub's folder with keys and database, and terminals enrolled in it that all have one device key.
class BenchHub {
 public:
  // `database_url`: empty for hub.db in the folder.
  BenchHub(const std::filesystem::path& folder, const std::string& database_url);
  void enrol(int terminal_count);
  const std::filesystem::path& folder() const { return folder_; }
  database::Database& database() { return *database_; }
  hub::HubKeys& keys() { return keys_; }
  custody::LocalCustody& custody() { return *custody_; }
  // As store::Enrolment of the terminal with this number, from 1.
  store::Enrolment enrolment_of(int number) const;
  static std::string terminal_id(int number);

 private:
  std::filesystem::path folder_;
  std::unique_ptr<database::Database> database_;
  hub::HubKeys keys_;
  std::unique_ptr<custody::LocalCustody> custody_;
  seal::PrivateKey device_key_ = seal::PrivateKey::generate();
};

struct BenchUpload {
  std::string terminal_id;
  Bytes bytes;
};
// `each` records of each terminal from `first` on, all first ones before all second ones.
std::vector<BenchUpload> make_uploads(const BenchHub& hub, int first, int terminal_count, int each,
                                      std::size_t padding = long_case_padding);

// Runs `work` for SQLite and for a PostgreSQL server with all its syncs. `fresh` gives the URL of an empty
// database each time, or "" for a file.
using FreshDatabase = std::function<std::string()>;
void on_each_database(const std::function<void(const std::string& name, const FreshDatabase& fresh)>& work);

void measure_ingest(bool quick);  // durable records a second, and what the CPU does for them

void measure_uploads(bool quick);  // the same over TLS, with custody beside it

void measure_wire(bool quick);  // TLS requests a second

void measure_growth(bool quick);  // what stays of a record, and of how many it stays quick

void measure_swarm(bool quick);  // 100,000 terminals

}  // namespace bianmin::bench
