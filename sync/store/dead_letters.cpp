#include "sync/store/dead_letters.hpp"

namespace bianmin::store {

Result<std::vector<DeadLetter>> dead_letters(Journal& journal, int count_max) {
  auto query = journal.database().prepare(
      "SELECT epoch, seq, envelope, code FROM salvaged WHERE state = 'refused' UNION ALL SELECT ?, seq, "
      "envelope, code FROM record WHERE state = 'refused' ORDER BY 1, 2 LIMIT ?");
  query.bind(journal.identity().epoch).bind(count_max);
  std::vector<DeadLetter> letters;
  for (;;) {
    auto row = query.step();
    if (!row) return row.error();
    if (!*row) return letters;
    DeadLetter letter;
    letter.epoch = query.unsigned_integer(0);
    letter.seq = query.unsigned_integer(1);
    letter.code = query.text(3);
    if (auto envelope = record::decode_envelope(query.bytes(2))) {
      letter.kind = envelope->kind;
      letter.case_no = envelope->case_no;
      letter.created_utc_ms = envelope->created_utc_ms;
    }
    letters.push_back(std::move(letter));
  }
}

Result<void> retry_dead_letter(Journal& journal, std::uint64_t epoch, std::uint64_t seq) {
  const bool own = epoch == journal.identity().epoch;
  auto update = journal.database().prepare(
      "UPDATE " + std::string(own ? "record" : "salvaged") +
      " SET receipt = CASE state WHEN 'refused' THEN NULL ELSE receipt END, state = 'saved', code = '' "
      "WHERE seq = ?1 AND (state = 'refused' OR state IN ('sent', 'accepted') AND payload IS NOT NULL AND "
      "EXISTS (SELECT 1 FROM hub_past p WHERE p.epoch = ?2 AND p.code = 'hub.contradicts' AND p.head_seq <= "
      "?1))" +
      std::string(own ? "" : " AND epoch = ?2"));
  update.bind(seq).bind(epoch);
  if (auto done = update.run(); !done) return done;
  if (journal.database().changes() == 1) return {};
  return Error{Remedy::refuse, "journal.no_dead_letter", std::to_string(epoch) + ":" + std::to_string(seq)};
}

}  // namespace bianmin::store
