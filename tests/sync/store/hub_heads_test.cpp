// What the journal makes of the hub's word on how far it has a life.
#include "sync/store/hub_heads.hpp"

#include "sync/store/kept_payloads.hpp"
#include "sync/store/outbox.hpp"
#include "sync/store/verify_journal.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::store {

using test::code_of;
using test::must;

namespace {

// A terminal whose records a hub has signed for.
struct Settled {
  test::Terminal terminal;
  std::unique_ptr<Journal> journal = terminal.open();
  RecordWriter writer{*journal, terminal.enrolment};
  Outbox outbox{*journal, terminal.enrolment.hub_receipt_key};
  HubHeads heads{*journal, terminal.enrolment.hub_receipt_key};
  std::vector<PendingRecord> sent;

  explicit Settled(int count) {
    for (int saved = 0; saved < count; ++saved) must(writer.save(test::sample_case()));
    sent = must(outbox.pending(1'000));
    for (const PendingRecord& one : sent) must(outbox.settle(terminal.hub.receipt_for(one.upload)));
  }
  record::Digest digest(std::uint64_t seq) const {
    return terminal.enrolment.profile->digest(sent.at(seq - 1).upload.envelope);
  }
  record::HeadAsk question() {
    record::HeadAsk ask = must(heads.questions()).at(0);
    ask.nonce = Bytes(record::head_nonce_size, 9);
    return ask;
  }
  record::Head head(std::uint64_t seq, std::vector<record::SeqRange> missing = {}) const {
    return {
        "T-0001", 1, seq, seq == 0 ? record::Digest{} : digest(seq), 7'000, Bytes(record::head_nonce_size, 9),
        missing};
  }
  Result<HubPast> hear(const record::Head& said) {
    return heads.take(question(), terminal.hub.sign(record::encode(said)));
  }
  std::vector<std::uint64_t> waiting() {
    std::vector<std::uint64_t> seqs;
    for (const auto& one : must(outbox.pending(1'000))) seqs.push_back(one.seq);
    return seqs;
  }
  std::int64_t number(std::string_view sql) { return must(journal->database().prepare(sql).number()); }
  bool clean() const {
    return must(verify_journal(terminal.journal_path, terminal.enrolment.device_key.public_key(),
                               terminal.enrolment.hub_receipt_key))
        .clean();
  }
};

using Seqs = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a hub that has everything changes nothing") {
  Settled at(3);
  const HubPast past = must(at.hear(at.head(3)));
  CHECK(past.code.empty());
  CHECK(at.waiting().empty());
  CHECK(must(HubHeads::noted(*at.journal, 10)).empty());
  CHECK(code_of(at.hear(at.head(3))) == "ok");
}

TEST_CASE("a hub that went back gets the same bytes again, in order, and its old receipts stay") {
  Settled at(5);
  const HubPast past = must(at.hear(at.head(2)));
  CHECK(past.code == "hub.went_back");
  CHECK(past.queued == 3);
  CHECK(past.lost == 0);
  CHECK(at.waiting() == Seqs{3, 4, 5});
  const auto again = must(at.outbox.pending(10));
  for (std::size_t place = 0; place < again.size(); ++place) {
    CHECK(again[place].upload == at.sent[place + 2].upload);
  }
  CHECK(at.number("SELECT count(*) FROM earlier_receipt") == 3);
  CHECK(at.clean());
  const auto noted = must(HubHeads::noted(*at.journal, 10));
  REQUIRE(noted.size() == 1);
  CHECK(noted[0].code == "hub.went_back");
  CHECK(noted[0].head_seq == 2);
  CHECK(noted[0].utc_ms == 7'000);
  // The same again finds nothing more.
  CHECK(must(at.hear(at.head(2))).code.empty());
  for (const auto& one : again) must(at.outbox.settle(at.terminal.hub.receipt_for(one.upload)));
  CHECK(at.waiting().empty());
  CHECK(at.clean());
  CHECK(at.number("SELECT count(*) FROM kept") == 5);
  CHECK(at.number("SELECT bytes = (SELECT sum(size) FROM kept) FROM kept_total") == 1);
}

TEST_CASE("a hub that lost everything gets everything") {
  Settled at(3);
  CHECK(must(at.hear(at.head(0))).queued == 3);
  CHECK(at.waiting() == Seqs{1, 2, 3});
}

TEST_CASE("what the hub misses before its head is sent again too") {
  Settled at(6);
  CHECK(must(at.hear(at.head(5, {{1, 1}, {3, 4}}))).queued == 4);
  CHECK(at.waiting() == Seqs{1, 3, 4, 6});
}

TEST_CASE("an accepted case waits again, without the number that it had; that stays beside") {
  Settled at(1);
  const std::string case_no = must(record::decode_envelope(at.sent[0].upload.envelope)).case_no;
  record::CaseState state{case_no, record::CaseStage::accepted, 1, 2, "A0000000001"};
  REQUIRE(must(at.outbox.apply_states(at.terminal.hub.sign(record::encode_states({state})))) == 1);
  CHECK(must(at.hear(at.head(0))).queued == 1);
  const auto progress = must(at.journal->find_case(case_no));
  CHECK(progress->state == RecordState::saved);
  CHECK(progress->acceptance_no.empty());
  CHECK(at.number("SELECT count(*) FROM earlier_receipt WHERE acceptance_no = 'A0000000001'") == 1);
}

TEST_CASE("what the hub had refused comes again, what it never took does not; but what lay too far ahead") {
  Settled at(1);
  for (int saved = 0; saved < 3; ++saved) must(at.writer.save(test::sample_case()));
  const auto more = must(at.outbox.pending(10));
  must(at.outbox.settle(
      at.terminal.hub.receipt_for(more[0].upload, record::ReceiptStatus::refused, "hub.bad_record")));
  must(at.outbox.set_aside(1, 3, "hub.bad_payload"));
  must(at.outbox.set_aside(1, 4, "hub.seq_jump"));
  CHECK(must(at.hear(at.head(1))).queued == 2);
  CHECK(at.waiting() == Seqs{2, 4});
}

TEST_CASE("what is gone here too is said once, and the rest is sent") {
  Settled at(5);
  REQUIRE(must(let_go_of_kept(*at.journal, {.bytes_max = 0}, 0)) == 5);
  must(at.writer.save(test::sample_case()));
  const auto last = must(at.outbox.pending(1)).at(0);
  must(at.outbox.settle(at.terminal.hub.receipt_for(last.upload)));
  const HubPast past = must(at.hear(at.head(2)));
  CHECK(past.code == "hub.went_back");
  CHECK(past.queued == 1);
  CHECK(past.lost == 3);
  CHECK(at.waiting() == Seqs{6});
  const record::HeadAsk told = at.question();
  CHECK(told.lost == std::vector<record::SeqRange>{{3, 5}});
  CHECK(must(at.hear(at.head(2))).code.empty());
  CHECK(at.question().lost.empty());
  CHECK(at.clean());
}

TEST_CASE("a head that contradicts is noted once, and nothing is sent again") {
  Settled at(4);
  record::Head other = at.head(2);
  other.digest[0] ^= 1U;
  CHECK(must(at.hear(other)).code == "hub.contradicts");
  CHECK(must(at.hear(other)).code.empty());
  CHECK(at.waiting().empty());
  CHECK(must(HubHeads::noted(*at.journal, 10)).size() == 1);
}

TEST_CASE("a head beyond the journal's end is for the hub to look into") {
  Settled at(2);
  record::Head ahead = at.head(2);
  ahead.seq = 9;
  CHECK(must(at.hear(ahead)).code.empty());
  CHECK(at.waiting().empty());
}

TEST_CASE("only the hub's signed answer to this very question counts") {
  Settled at(3);
  const record::HeadAsk asked = at.question();
  const auto heard = [&](const std::function<void(record::Head&)>& change) {
    record::Head head = at.head(1);
    change(head);
    return code_of(at.heads.take(asked, at.terminal.hub.sign(record::encode(head))));
  };
  CHECK(heard([](record::Head& head) { head.terminal_id = "T-0002"; }) == "head.not_ours");
  CHECK(heard([](record::Head& head) { head.epoch = 2; }) == "head.not_ours");
  CHECK(heard([](record::Head& head) { head.nonce[3] ^= 1U; }) == "head.not_ours");
  const test::FakeHub stranger;
  CHECK(code_of(at.heads.take(asked, stranger.sign(record::encode(at.head(1))))) == "receipt.bad_signature");
  CHECK(code_of(at.heads.take(asked, at.terminal.hub.sign(record::encode_time(1)))) == "message.invalid");
  const Bytes good = at.terminal.hub.sign(record::encode(at.head(1)));
  for (std::size_t bit = 0; bit < good.size() * 8; bit += 7) {
    Bytes changed = good;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    REQUIRE_FALSE(at.heads.take(asked, changed).ok());
  }
  CHECK(at.waiting().empty());
}

TEST_CASE("when the disk is full over it nothing has changed, and the same answer does it later") {
  Settled at(40);
  const auto pages = at.number("PRAGMA page_count");
  for (const int left : {0, 1, 2, 3}) {
    must(at.journal->database().limit_pages(pages + left));
    const auto heard = at.hear(at.head(0));
    if (heard) break;
    CHECK(heard.error().code == "store.disk_full");
    CHECK(at.waiting().empty());
    CHECK(at.number("SELECT count(*) FROM kept") == 40);
  }
  must(at.journal->database().limit_pages(1'000'000));
  if (at.waiting().empty()) CHECK(must(at.hear(at.head(0))).queued == 40);
  CHECK(at.waiting().size() == 40);
  CHECK(at.clean());
}

TEST_CASE("a question brings the newest receipt; without any there is no question") {
  Settled none(0);
  CHECK(must(none.heads.questions()).empty());
  must(none.writer.save(test::sample_case()));
  CHECK(must(none.heads.questions()).empty());
  Settled at(3);
  const auto newest = [&] {
    const auto outer = must(record::decode_signed(at.question().receipt));
    return must(record::decode_receipt(outer.body)).seq;
  };
  CHECK(newest() == 3);
  must(at.writer.save(test::sample_case()));
  REQUIRE(must(let_go_of_kept(*at.journal, {.bytes_max = 0}, 0)) == 3);
  CHECK(newest() == 3);
}

}  // namespace bianmin::store
