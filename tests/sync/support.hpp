// What the tests of sync share: a folder that goes away, a terminal with a hub's keys, records with a known
// person in them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "sync/record/messages.hpp"
#include "sync/store/record_writer.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/fake_clock.hpp"

namespace bianmin::test {

class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::filesystem::path path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline constexpr std::string_view canary_name = "欧阳测试甲";
inline constexpr std::string_view canary_number = "11010519491231002X";

record::CaseRecord sample_case(const std::string& answer = "本人");
record::CaseRecord sample_rating(const std::string& case_no);
record::CaseRecord sample_document(const std::string& case_no, Bytes bytes);

// A terminal and the hub's private halves, without any hub.
struct FakeHub {
  seal::PrivateKey seal_key = seal::PrivateKey::generate();
  seal::PrivateKey receipt_key = seal::PrivateKey::generate();
  Bytes sign(Bytes body) const;
  Bytes receipt_for(const record::Upload& upload,
                    record::ReceiptStatus status = record::ReceiptStatus::stored,
                    const std::string& code = {}) const;
};

struct Terminal {
  FakeHub hub;
  store::Enrolment enrolment{{"T-0001", 1, 42},
                             seal::PrivateKey::generate(),
                             hub.seal_key.public_key(),
                             hub.receipt_key.public_key()};
  TempFolder folder;
  std::filesystem::path journal_path = folder / "journal.db";
  std::unique_ptr<store::Journal> open() const;
};

// Runs a command line; returns its exit status and what it wrote to stdout and stderr.
struct CommandResult {
  int exit_code;
  std::string output;
};
CommandResult run_command(const std::string& command);

// Every file below `folder`, concatenated.
std::string all_bytes_below(const std::filesystem::path& folder);

template <typename T>
T must(Result<T> result) {
  if (!result) FAIL(result.error().text());
  return std::move(result).value();
}
inline void must(const Result<void>& result) {
  if (!result) FAIL(result.error().text());
}
template <typename T>
std::string code_of(const Result<T>& result) {
  return result.ok() ? "ok" : std::string(result.error().code);
}

}  // namespace bianmin::test
