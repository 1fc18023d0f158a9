// Whatever is changed in a journal behind its back is found.
#include "sync/store/verify_journal.hpp"

#include <set>

#include "sync/store/outbox.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::store {

using test::must;

namespace {

struct Damaged : test::Terminal {
  Damaged() {
    const auto journal = open();
    RecordWriter writer(*journal, enrolment);
    for (int count = 0; count < 4; ++count) (void)must(writer.save(test::sample_case()));
    Outbox outbox(*journal, enrolment.hub_receipt_key);
    must(outbox.settle(hub.receipt_for(must(outbox.pending(1))[0].upload)));
  }
  void change(const std::string& sql) const { must(open()->database().execute(sql)); }
  std::set<std::string> problems() const {
    const auto report =
        must(verify_journal(journal_path, enrolment.device_key.public_key(), hub.receipt_key.public_key()));
    std::set<std::string> codes;
    for (const auto& problem : report.problems) codes.insert(std::string(problem.code));
    return codes;
  }
};

using Codes = std::set<std::string>;

}  // namespace

TEST_CASE("an untouched journal is clean") {
  const Damaged journal;
  CHECK(journal.problems().empty());
  const auto report = must(verify_journal(journal.journal_path, journal.enrolment.device_key.public_key(),
                                          journal.hub.receipt_key.public_key()));
  CHECK(report.records == 4);
  CHECK(report.waiting == 3);
}

TEST_CASE("a missing record is a gap") {
  const Damaged journal;
  journal.change("DELETE FROM record WHERE seq = 2");
  CHECK(journal.problems() == Codes{"journal.gap"});
}

TEST_CASE("a missing first record is a gap") {
  const Damaged journal;
  journal.change("DELETE FROM record WHERE seq = 1");
  CHECK(journal.problems() == Codes{"journal.gap"});
}

TEST_CASE("records in another order are found") {
  const Damaged journal;
  journal.change(
      "UPDATE record SET seq = 100 WHERE seq = 2; UPDATE record SET seq = 2 WHERE seq = 3;"
      "UPDATE record SET seq = 3 WHERE seq = 100");
  CHECK(journal.problems() == Codes{"journal.bad_envelope", "journal.broken_chain"});
}

TEST_CASE("a record signed by another device is found") {
  const Damaged journal;
  auto key = seal::PrivateKey::generate();
  const auto opened = journal.open();
  auto read = opened->database().prepare("SELECT envelope FROM record WHERE seq = 3");
  REQUIRE(must(read.step()));
  auto write = opened->database().prepare("UPDATE record SET signature = ? WHERE seq = 3");
  must(write.bind(ByteView(key.sign(read.bytes(0)))).run());
  CHECK(journal.problems() == Codes{"journal.bad_signature"});
}

TEST_CASE("changed columns are found even though the envelope is whole") {
  const Damaged journal;
  journal.change("UPDATE record SET case_no = '00000000000000' WHERE seq = 3");
  CHECK(journal.problems() == Codes{"journal.bad_envelope"});
}

TEST_CASE("one number for two cases is found") {
  const Damaged journal;
  journal.change("UPDATE record SET case_no = (SELECT case_no FROM record WHERE seq = 3) WHERE seq = 4");
  CHECK(journal.problems() == Codes{"journal.bad_envelope", "journal.repeated_case"});
}

TEST_CASE("a payload without a receipt, or a receipt for another record, is found") {
  const Damaged journal;
  journal.change("UPDATE record SET payload = NULL WHERE seq = 3");
  CHECK(journal.problems() == Codes{"journal.missing_payload"});
  journal.change("UPDATE record SET receipt = (SELECT receipt FROM record WHERE seq = 1) WHERE seq = 3");
  CHECK(journal.problems() == Codes{"journal.bad_receipt"});
}

TEST_CASE("a state without its receipt is found") {
  const Damaged journal;
  journal.change("UPDATE record SET state = 'accepted' WHERE seq = 3");
  CHECK(journal.problems() == Codes{"journal.missing_payload"});
}

TEST_CASE("every changed byte of envelope, signature, payload and receipt is found") {
  const Damaged journal;
  const auto opened = journal.open();
  for (const auto& place : {std::pair{"envelope", 2}, {"signature", 2}, {"payload", 2}, {"receipt", 1}}) {
    const std::string column = place.first;
    const std::string where = " WHERE seq = " + std::to_string(place.second);
    auto read = opened->database().prepare("SELECT " + column + " FROM record" + where);
    REQUIRE(must(read.step()));
    const Bytes original = read.bytes(0);
    const auto put = [&](const Bytes& bytes) {
      auto write = opened->database().prepare("UPDATE record SET " + column + " = ?" + where);
      must(write.bind(ByteView(bytes)).run());
    };
    for (std::size_t at = 0; at < original.size(); at += 13) {
      Bytes changed = original;
      changed[at] ^= 0x10;
      put(changed);
      INFO(column << " byte " << at);
      REQUIRE_FALSE(journal.problems().empty());
    }
    put(original);
    REQUIRE(journal.problems().empty());
  }
}

}  // namespace bianmin::store
