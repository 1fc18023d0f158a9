#include "tests/bench/bench_terminal.hpp"

#include <algorithm>

namespace bianmin::bench {

record::CaseRecord sample_case(std::size_t padding) {
  const store::FreshIds ids = store::fresh_ids();
  record::CaseRecord record;
  record.id = ids.id;
  record.token = ids.token;
  record.service_id = "pension-confirmation";
  record.service_version = "1.0.0";
  record.item_code = "12441500196720244T3442199806003";
  record.created_utc_ms = 1'795'000'000'123;
  record.person = {{"name", "赵秀兰"},
                   {"sex", "2"},
                   {"ethnicity", "01"},
                   {"birth", "19491231"},
                   {"number", "11010519491231002X"},
                   {"address", "某省某市某县青石镇柳河村三组17号"},
                   {"issuer", "某县公安局"},
                   {"valid_to", "长期"}};
  record.answers = {{"who", "本人"}, {"lives", "家里"}, {"phone", "13800000000"}};
  if (padding > 0) record.answers.push_back({"note", std::string(padding, 'x')});
  return record;
}

BenchTerminal::BenchTerminal(const std::filesystem::path& journal_path, seal::Curve curve)
    : enrolment{{"T-0001", 1, 42},
                seal::PrivateKey::generate(curve),
                seal::PrivateKey::generate(curve).public_key(),
                seal::PrivateKey::generate(curve).public_key()},
      journal(must(store::Journal::open(journal_path, enrolment.identity))) {
  writer.emplace(*journal, enrolment);
}

std::size_t BenchTerminal::last_record_bytes() {
  auto query = journal->database().prepare(
      "SELECT length(record_id) + length(case_no) + length(digest) + length(envelope) + length(signature) + "
      "length(payload) FROM record ORDER BY seq DESC LIMIT 1");
  return static_cast<std::size_t>(must(query.number()));
}

std::int64_t BenchTerminal::record_count() {
  return must(journal->database().prepare("SELECT count(*) FROM record").number());
}

void BenchTerminal::fill(std::int64_t record_count) {
  constexpr std::int64_t batch = 20'000;
  for (std::int64_t left = record_count; left > 0; left -= batch) {
    must(journal->database().execute(fmt::format(
        "INSERT INTO record (seq, record_id, kind, case_count, case_no, digest, envelope, signature, "
        "payload) "
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
        "SELECT seq + i, randomblob(16), 2, case_count, printf('%014d', seq + i), randomblob(32), envelope, "
        "signature, payload FROM n, (SELECT * FROM record ORDER BY seq DESC LIMIT 1)",
        std::min(left, batch))));
  }
  writer.emplace(*journal, enrolment);  // a new one looks at the head anew
}

}  // namespace bianmin::bench
