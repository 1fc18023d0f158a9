// A terminal for benches, and a case to save in it.
#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "sync/store/record_writer.hpp"
#include "tests/bench/report.hpp"

namespace bianmin::bench {

template <typename T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "bench: {}\n", result.error().text());
    std::exit(1);
  }
  return std::move(result).value();
}
inline void must(const Result<void>& result) {
  if (result) return;
  fmt::print(stderr, "bench: {}\n", result.error().text());
  std::exit(1);
}

constexpr std::size_t long_case_padding = 1'000;

record::CaseRecord sample_case(std::size_t padding);

// A terminal with its journal, without any hub.
struct BenchTerminal {
  explicit BenchTerminal(const std::filesystem::path& journal_path, seal::Curve curve = seal::Curve::p256);
  store::Enrolment enrolment;
  std::unique_ptr<store::Journal> journal;
  std::optional<store::RecordWriter> writer;
  std::size_t last_record_bytes();  // in the columns of the newest record
  std::int64_t record_count();
  // Copies of the newest record, as ratings: quick, and nobody measures it. The chain does not hold then.
  void fill(std::int64_t record_count);
};

}  // namespace bianmin::bench
