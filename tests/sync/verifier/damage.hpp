// Journals that were changed behind their terminal's back, and what the product says about each: for a
// verifier that is not the product's to say the same.
#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "terminal/base/files.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::test {

constexpr int damaged_record_count = 12;

// A folder of journals with keys and expected.txt, as compare.py reads it.
class DamagedJournals {
 public:
  explicit DamagedJournals(const std::filesystem::path& folder);

  // A copy of the good journal, changed by `change`. Returns what the product found.
  std::string add(const std::string& name, const std::function<void(database::Database&)>& change);
  // The same, by one byte of the file itself.
  std::string add_raw(const std::string& name, std::size_t at, std::uint8_t flip);

  const Terminal& terminal() const { return terminal_; }
  std::size_t file_size() const;

 private:
  std::string judge(const std::string& name);
  Terminal terminal_;
  std::filesystem::path folder_;
  std::filesystem::path good_;
  std::ofstream expected_;
};

// Reads and writes one cell of the table `record`, whatever its type.
Bytes cell(database::Database& database, const std::string& column, int seq);
void put_cell(database::Database& database, const std::string& column, int seq, const Bytes& bytes);

}  // namespace bianmin::test
