// What the parts of the journal's bench share.
#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <string>

#include "sync/store/record_writer.hpp"
#include "tests/bench/report.hpp"

namespace bianmin::bench {

template <typename T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "journal_bench: {}\n", result.error().text());
    std::exit(1);
  }
  return std::move(result).value();
}
inline void must(const Result<void>& result) {
  if (result) return;
  fmt::print(stderr, "journal_bench: {}\n", result.error().text());
  std::exit(1);
}

constexpr std::size_t long_case_padding = 1'000;

record::CaseRecord sample_case(std::size_t padding);

// A terminal with its journal, without any hub.
struct BenchTerminal {
  explicit BenchTerminal(const std::filesystem::path& journal_path);
  store::Enrolment enrolment;
  std::unique_ptr<store::Journal> journal;
  store::RecordWriter writer;
  std::size_t last_record_bytes();  // in the columns of the newest record
  std::int64_t record_count();
  // Copies of the newest record, as ratings: quick, and nobody measures it. The chain does not hold then.
  void fill(std::int64_t record_count);
};

void print_rate(const std::string& what, double ours_per_s, double theirs_per_s, double ratio_least = 0);

void measure_queues(bool quick);    // enqueueing with an empty, a long and a very long queue
void measure_delivery(bool quick);  // from the terminal to the hub, and back
void measure_kills(bool quick);     // what was acknowledged and is lost after SIGKILL

}  // namespace bianmin::bench
