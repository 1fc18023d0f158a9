// Takes many records in with one commit.
//
// What comes almost always – the next record of a life that is open and was never in quarantine, good, and
// never seen before – is judged first, on several cores, and then written with few statements. Everything
// else, and all of a batch in which something turns out to have been there before, goes to Ingest, one by
// one: that is where the rules are. The results are the same.
//
// On a server that is three journeys there and back, whatever the size of the batch: the begin; the locks
// with what must be known under them; the rows with the commit.
//
// Locks: the lives of a batch, in the order of (terminal, epoch); see ingest.hpp for what they protect.
#pragma once

#include <chrono>
#include <map>
#include <span>
#include <unordered_map>

#include "sync/hub/ingest/ingest.hpp"

namespace bianmin::hub {

constexpr std::size_t ingest_batch_max = 64;     // records in one commit
constexpr std::size_t known_lives_max = 50'000;  // whose keys are kept in memory

struct Arriving {
  std::string_view terminal_id;  // who the certificate says is talking
  ByteView upload;
};

// Thread-bound. Borrows everything; `keys`, `clock` and `book` are read from several threads during take().
class IngestBatch {
 public:
  IngestBatch(database::Database& database, const HubKeys& keys, custody::Custody& custody,
              const Clock& clock, const departments::DepartmentBook* book = nullptr)
      : database_(database),
        keys_(keys),
        custody_(custody),
        clock_(clock),
        book_(book),
        one_by_one_(database, keys, custody, clock, book) {}

  // One result for each, in their order: as of Ingest::take. Any number; ingest_batch_max share a commit.
  std::vector<Result<Bytes>> take(std::span<const Arriving> arriving);

  // Of all batches so far: from the last signature to the end of the commit.
  std::chrono::nanoseconds storing_time() const { return storing_time_; }

 private:
  using LifeKey = std::pair<std::string, std::uint64_t>;
  struct LifeHash {
    std::size_t operator()(const LifeKey& key) const {
      return std::hash<std::string>()(key.first) ^ key.second * 0x9E3779B97F4A7C15U;
    }
  };
  struct Life {  // what never changes of it
    seal::PublicKey device_key;
    std::uint32_t enrolment_no = 0;
  };
  struct Candidate {
    std::size_t index = 0;  // in the batch
    Arrival arrival;
    std::uint32_t enrolment_no = 0;
    custody::Verdict verdict;
    const departments::DepartmentSettings* department = nullptr;
    std::int64_t received_utc_ms = 0;
    Bytes receipt;
  };
  struct Head {
    std::uint64_t seq = 0;
    Bytes digest;
    bool usable = false;  // what continues it needs no closer look
    bool moved = false;
  };
  using Heads = std::map<LifeKey, Head>;

  std::vector<Result<Bytes>> take_batch(std::span<const Arriving> arriving);
  std::vector<Candidate> genuine(std::span<const Arriving> arriving);
  Result<void> learn_lives(std::span<const Arrival> arrivals);
  Result<void> judge(std::vector<Candidate>& candidates);
  bool plain(const Candidate& candidate) const;
  void sign(Candidate& candidate) const;
  using Statements = std::vector<database::Statement>;
  // What begins the transaction: it locks the lives, and answers read_heads and leave_out_quarantined.
  Statements questions_of(const Heads& heads);
  static Result<void> read_heads(database::Statement& lives, Heads& heads);
  static Result<void> leave_out_quarantined(database::Statement& quarantined, Heads& heads);
  static void keep_in_place(std::vector<Candidate>& candidates, Heads& heads);
  Result<void> store(std::vector<Candidate>& candidates);
  // What ends it: it writes them.
  void add_records(std::span<const Candidate> candidates, Statements& statements);
  void add_cases(std::span<const Candidate> candidates, Statements& statements);
  void add_heads(const Heads& heads, Statements& statements);
  Result<void> enqueue(std::span<const Candidate> candidates);

  database::Database& database_;
  const HubKeys& keys_;
  custody::Custody& custody_;
  const Clock& clock_;
  const departments::DepartmentBook* book_;
  Ingest one_by_one_;
  std::unordered_map<LifeKey, Life, LifeHash> lives_;
  std::chrono::nanoseconds storing_time_{};
};

}  // namespace bianmin::hub
