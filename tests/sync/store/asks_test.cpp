#include "sync/store/asks.hpp"

#include "sync/seal/digest.hpp"
#include "sync/seal/hpke.hpp"
#include "sync/store/outbox.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::store {

using test::must;

namespace {

constexpr std::int64_t deadline_ms = 1000;

struct Asking : test::Terminal {
  std::unique_ptr<Journal> journal = open();
  FakeClock clock;
  Asks asks{*journal, enrolment, clock};
  Outbox outbox{*journal, enrolment.hub_receipt_key};

  Bytes answer_to(const OpenAsk& ask, const record::CaseState& state) const {
    const auto plain = must(seal::open_with(hub.seal_key, record::seal_info_ask, {}, ask.request));
    const auto request = must(record::decode_ask_request(plain));
    const auto key = must(seal::PublicKey::from_point(request.reply_key));
    return must(
        seal::seal_to(key, record::seal_info_answer, seal::sha256(ask.request), record::encode_third(state)));
  }
  Bytes answer_to(const OpenAsk& ask, const record::CertificatePiece& piece) const {
    const auto plain = must(seal::open_with(hub.seal_key, record::seal_info_ask, {}, ask.request));
    const auto request = must(record::decode_ask_request(plain));
    CHECK(request.form == record::AskForm::piece);
    CHECK(request.offset == piece.offset);
    const auto key = must(seal::PublicKey::from_point(request.reply_key));
    return must(
        seal::seal_to(key, record::seal_info_answer, seal::sha256(ask.request), record::encode(piece)));
  }
};

const record::CaseState accepted{"00000420000178", record::CaseStage::accepted, 5, 6, "A-1"};

}  // namespace

TEST_CASE("an ask is answered through the file") {
  Asking terminal;
  const AskId id = must(terminal.asks.ask("00000420000178", "0123456789ABCDEF", deadline_ms));
  CHECK_FALSE(must(terminal.asks.answer(id)));
  const auto open = must(terminal.outbox.open_asks(10, terminal.clock.steady_ms()));
  REQUIRE(open.size() == 1);
  must(terminal.outbox.put_answer(open[0].id, terminal.answer_to(open[0], accepted)));
  CHECK(must(terminal.outbox.open_asks(10, terminal.clock.steady_ms())).empty());
  const auto answer = must(terminal.asks.answer(id));
  REQUIRE(answer);
  CHECK(answer->kind == AnswerKind::answered);
  CHECK(answer->state == accepted);
  CHECK(must(terminal.asks.answer(id))->kind == AnswerKind::expired);  // given once
  CHECK(must(terminal.journal->database().prepare("SELECT count(*) FROM ask").number()) == 0);
}

TEST_CASE("a piece of a certificate comes the same way, and nothing of it stays in the files") {
  Asking terminal;
  const std::string plain = "%PDF-1.7 issued to somebody";
  const std::uint64_t offset = record::certificate_piece_size;
  const record::CertificatePiece piece{offset + plain.size(), seal::sha256(view_of("whole")), offset,
                                       bytes_of(plain)};
  const AskId id = must(terminal.asks.ask_piece("00000420000178", "0123456789ABCDEF", offset, deadline_ms));
  CHECK_FALSE(must(terminal.asks.piece(id)));
  const auto open = must(terminal.outbox.open_asks(10, terminal.clock.steady_ms()));
  REQUIRE(open.size() == 1);
  CHECK(open[0].deadline_steady_ms == terminal.clock.steady_ms() + deadline_ms);
  must(terminal.outbox.put_answer(open[0].id, terminal.answer_to(open[0], piece)));
  CHECK(test::all_bytes_below(terminal.folder.path()).find(plain) == std::string::npos);
  const auto answer = must(terminal.asks.piece(id));
  REQUIRE(answer);
  CHECK(answer->kind == AnswerKind::answered);
  CHECK(answer->piece == piece);
  CHECK(must(terminal.asks.piece(id))->kind == AnswerKind::expired);
  CHECK(must(terminal.journal->database().prepare("SELECT count(*) FROM ask").number()) == 0);

  const AskId other = must(terminal.asks.ask("00000420000178", "0123456789ABCDEF", deadline_ms));
  const auto asked = must(terminal.outbox.open_asks(10, terminal.clock.steady_ms()));
  must(terminal.outbox.put_answer(asked[0].id, terminal.answer_to(asked[0], accepted)));
  CHECK(test::code_of(terminal.asks.piece(other)) == "message.invalid");  // no piece
}

TEST_CASE("an ask that nobody answers expires, and the agent does not send it any more") {
  Asking terminal;
  const AskId id = must(terminal.asks.ask("00000420000178", "0123456789ABCDEF", deadline_ms));
  terminal.clock.advance(deadline_ms - 1);
  CHECK_FALSE(must(terminal.asks.answer(id)));
  terminal.clock.advance(1);
  CHECK(must(terminal.outbox.open_asks(10, terminal.clock.steady_ms())).empty());
  const auto answer = must(terminal.asks.answer(id));
  REQUIRE(answer);
  CHECK(answer->kind == AnswerKind::expired);
}

TEST_CASE("a refusal carries the hub's code") {
  Asking terminal;
  const AskId id = must(terminal.asks.ask("00000420000178", "0123456789ABCDEF", deadline_ms));
  must(terminal.outbox.refuse_ask(id, "hub.bad_ask"));
  const auto answer = must(terminal.asks.answer(id));
  REQUIRE(answer);
  CHECK(answer->kind == AnswerKind::refused);
  CHECK(answer->code == "hub.bad_ask");
}

TEST_CASE("an answer to another ask does not open") {
  Asking terminal;
  const AskId first = must(terminal.asks.ask("00000420000178", "0123456789ABCDEF", deadline_ms));
  const AskId second = must(terminal.asks.ask("00000420000178", "0123456789ABCDEF", deadline_ms));
  const auto open = must(terminal.outbox.open_asks(10, terminal.clock.steady_ms()));
  must(terminal.outbox.put_answer(first, terminal.answer_to(open[1], accepted)));
  must(terminal.outbox.put_answer(second, Bytes(200, 7)));
  CHECK(test::code_of(terminal.asks.answer(first)) == "seal.cannot_open");
  CHECK(test::code_of(terminal.asks.answer(second)) == "seal.cannot_open");
}

TEST_CASE("a new process drops what the last one asked") {
  Asking terminal;
  (void)must(terminal.asks.ask("00000420000178", "0123456789ABCDEF", deadline_ms));
  const Asks next(*terminal.journal, terminal.enrolment, terminal.clock);
  CHECK(must(terminal.outbox.open_asks(10, terminal.clock.steady_ms())).empty());
}

TEST_CASE("the slip's token is nowhere in the files") {
  Asking terminal;
  (void)must(terminal.asks.ask("00000420000178", "0123456789ABCDEF", deadline_ms));
  CHECK(test::all_bytes_below(terminal.folder.path()).find("0123456789ABCDEF") == std::string::npos);
}

}  // namespace bianmin::store
