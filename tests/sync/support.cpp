#include "tests/sync/support.hpp"

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>

#include "sync/seal/digest.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::test {

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "bianmin-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

record::CaseRecord sample_case(const std::string& answer) {
  const store::FreshIds ids = store::fresh_ids();
  record::CaseRecord record;
  record.id = ids.id;
  record.token = ids.token;
  record.service_id = "pension-confirmation";
  record.service_version = "1.0.0";
  record.item_code = "12441500196720244T3442199806003";
  record.created_utc_ms = 1'795'000'000'123;
  record.person = {{"name", std::string(canary_name)}, {"number", std::string(canary_number)}};
  record.answers = {{"who", answer}, {"note", ""}};
  return record;
}

record::CaseRecord sample_rating(const std::string& case_no) {
  record::CaseRecord record = sample_case();
  record.kind = record::RecordKind::rating;
  record.case_no = case_no;
  record.token.clear();
  record.person.clear();
  record.answers = {{"level", "1"}};
  return record;
}

record::CaseRecord sample_document(const std::string& case_no, Bytes bytes) {
  record::CaseRecord record = sample_rating(case_no);
  record.kind = record::RecordKind::document;
  record.answers.clear();
  record.document = record::Document{"application/pdf", std::move(bytes)};
  return record;
}

Bytes FakeHub::sign(Bytes body) const {
  Bytes signature = receipt_key.sign(body);
  return record::encode(record::Signed{std::move(body), std::move(signature)});
}

Bytes FakeHub::receipt_for(const record::Upload& upload, record::ReceiptStatus status,
                           const std::string& code) const {
  const auto envelope = must(record::decode_envelope(upload.envelope));
  return sign(record::encode(record::HubReceipt{
      envelope.terminal_id, envelope.epoch, envelope.seq,
      seal::Profile::of(receipt_key.curve())->digest(upload.envelope), 1'795'000'001'000, status, code}));
}

std::unique_ptr<store::Journal> Terminal::open() const {
  return must(store::Journal::open(journal_path, enrolment.identity));
}

CommandResult run_command(const std::string& command) {
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) std::abort();
  std::string output;
  char block[4096];
  while (const std::size_t got = std::fread(block, 1, sizeof block, pipe)) output.append(block, got);
  const int status = ::pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

std::string all_bytes_below(const std::filesystem::path& folder) {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    all += text_of(must(read_file(entry.path(), 1U << 30U)));
    all += '\n';
  }
  return all;
}

}  // namespace bianmin::test
