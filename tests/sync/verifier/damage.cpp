#include "tests/sync/verifier/damage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sync/store/outbox.hpp"
#include "sync/store/verify_journal.hpp"

namespace bianmin::test {

namespace {

// Records of every kind and in every state: two settled ones of which the department has accepted the first,
// one refused with a receipt, one set aside, the rest waiting.
void write_good_journal(const Terminal& terminal) {
  const auto journal = terminal.open();
  store::RecordWriter writer(*journal, terminal.enrolment);
  const auto first = must(writer.save(sample_case()));
  (void)must(writer.save(sample_rating(first.case_no)));
  (void)must(writer.save(sample_document(first.case_no, Bytes(300, 0x25))));
  while (must(journal->backlog()).waiting < damaged_record_count) (void)must(writer.save(sample_case()));
  store::Outbox outbox(*journal, terminal.enrolment.hub_receipt_key);
  const auto pending = must(outbox.pending(damaged_record_count));
  (void)must(outbox.settle(terminal.hub.receipt_for(pending[0].upload)));
  (void)must(outbox.settle(terminal.hub.receipt_for(pending[3].upload)));
  (void)must(outbox.settle(
      terminal.hub.receipt_for(pending[4].upload, record::ReceiptStatus::refused, "hub.bad_record")));
  must(outbox.set_aside(pending[5].seq, "hub.fork"));
  (void)must(outbox.apply_states(terminal.hub.sign(
      record::encode_states({{first.case_no, record::CaseStage::accepted, 1, 2, "A0000000001"}}))));
}

}  // namespace

DamagedJournals::DamagedJournals(const std::filesystem::path& folder)
    : folder_(folder), good_(folder / "good.db") {
  write_good_journal(terminal_);
  std::filesystem::copy_file(terminal_.journal_path, good_);
  must(write_file_durably(folder / "device.pub", view_of(terminal_.enrolment.device_key.public_key().pem())));
  must(write_file_durably(folder / "receipt.pub", view_of(terminal_.enrolment.hub_receipt_key.pem())));
  expected_.open(folder / "expected.txt");
}

std::string DamagedJournals::judge(const std::string& name) {
  const auto report = store::verify_journal(folder_ / name, terminal_.enrolment.device_key.public_key(),
                                            terminal_.enrolment.hub_receipt_key);
  std::string said;
  if (!report) {
    said = " unreadable";
  } else {
    for (const auto& problem : report->problems) said += fmt::format(" {}:{}", problem.seq, problem.code);
  }
  expected_ << name << said << std::endl;
  return said;
}

std::string DamagedJournals::add(const std::string& name,
                                 const std::function<void(database::Database&)>& change) {
  const auto path = folder_ / name;
  std::filesystem::copy_file(good_, path);
  {
    const auto journal = must(store::Journal::open(path, terminal_.enrolment.identity));
    must(journal->database().execute("PRAGMA ignore_check_constraints = ON"));
    change(journal->database());
  }
  return judge(name);
}

std::string DamagedJournals::add_raw(const std::string& name, std::size_t at, std::uint8_t flip) {
  auto bytes = must(read_file(good_, 1U << 24U));
  bytes.at(at) ^= flip;
  std::ofstream(folder_ / name, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return judge(name);
}

std::size_t DamagedJournals::file_size() const { return std::filesystem::file_size(good_); }

Bytes cell(database::Database& database, const std::string& column, int seq) {
  auto read = database.prepare("SELECT CAST(" + column + " AS BLOB) FROM record WHERE seq = ?");
  REQUIRE(must(read.bind(seq).step()));
  return read.bytes(0);
}

void put_cell(database::Database& database, const std::string& column, int seq, const Bytes& bytes) {
  const bool number = column == "seq" || column == "kind";
  const bool text = column == "case_no" || column == "state";
  auto write = database.prepare("UPDATE OR IGNORE record SET " + column + " = " +
                                (number ? "CAST(CAST(?1 AS TEXT) AS INTEGER)"
                                 : text ? "CAST(?1 AS TEXT)"
                                        : "?1") +
                                " WHERE seq = ?2");
  must(write.bind(ByteView(bytes)).bind(seq).run());
}

}  // namespace bianmin::test
