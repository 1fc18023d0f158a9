#include "drivers/card/iso7816/exchange.hpp"
#include "drivers/card/iso7816/files.hpp"
#include "drivers/card/iso7816/status.hpp"
#include "drivers/card/iso7816/tlv.hpp"
#include "drivers/emulator/scripted_card_model.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/direct_card.hpp"

namespace bianmin::card::iso7816 {

namespace {

Bytes hex(std::string_view text) {
  auto bytes = from_hex(text);
  REQUIRE(bytes.ok());
  return *bytes;
}

template <typename T>
std::string code_of(const Result<T>& result) {
  return result ? "ok" : std::string(result.error().code);
}

// Answers READ BINARY from a file as long as it likes, at most `block` bytes at a time, and says at the end
// what `end_status` says.
class FileCard : public emulator::CardModel {
 public:
  explicit FileCard(std::size_t size, std::uint16_t end_status, std::size_t block = 256)
      : end_status_(end_status), block_(block) {
    for (std::size_t i = 0; i < size; ++i) content_.push_back(static_cast<std::uint8_t>(i * 31 + i / 256));
  }
  Bytes atr() const override { return {0x3B, 0x00}; }
  void power_on() override {}
  Bytes answer(ByteView bytes) override {
    const auto command = decode_apdu(bytes);
    const std::size_t offset = command->p1 * 256U + command->p2;
    Bytes out;
    std::uint16_t status = status_good;
    if (offset > content_.size() || (offset == content_.size() && end_status_ == status_outside_file)) {
      status = status_outside_file;
    } else {
      const std::size_t wanted = std::min(*command->expected, block_);
      const std::size_t count = std::min(wanted, content_.size() - offset);
      append(out, ByteView(content_).subspan(offset, count));
      if (count < wanted && end_status_ == status_end_of_file) status = status_end_of_file;
    }
    out.push_back(static_cast<std::uint8_t>(status >> 8U));
    out.push_back(static_cast<std::uint8_t>(status));
    return out;
  }
  const Bytes& content() const { return content_; }

 private:
  Bytes content_;
  std::uint16_t end_status_;
  std::size_t block_;
};

// Gives back what it was sent, a chain put together.
class EchoCard : public emulator::CardModel {
 public:
  Bytes atr() const override { return {0x3B, 0x00}; }
  void power_on() override {}
  Bytes answer(ByteView bytes) override {
    const auto command = decode_apdu(bytes);
    echo_.insert(echo_.end(), command->data.begin(), command->data.end());
    if ((command->cla & 0x10U) != 0) return {0x90, 0x00};
    Bytes out = std::exchange(echo_, {});
    append(out, Bytes{0x90, 0x00});
    return out;
  }

 private:
  Bytes echo_;
};

// Says one thing whatever it is asked.
class StubbornCard : public emulator::CardModel {
 public:
  explicit StubbornCard(Bytes answer) : answer_(std::move(answer)) {}
  Bytes atr() const override { return {0x3B, 0x00}; }
  void power_on() override {}
  Bytes answer(ByteView) override { return answer_; }

 private:
  Bytes answer_;
};

SecretBytes counting(std::size_t count) {
  SecretBytes out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  return out;
}

}  // namespace

TEST_CASE("an answer in pieces is put together") {
  EchoCard model;
  for (const std::size_t size : {1U, 16U, 255U}) {
    for (const std::size_t piece : {1U, 10U, 255U, 256U}) {
      DirectCard card(model);
      card.speak_t0(piece);
      const auto answer = exchange(card, {0x00, 0x2A, 0x9E, 0x9A, counting(size), 256});
      REQUIRE(answer.ok());
      CHECK(answer->good());
      CHECK(answer->data == counting(size));
    }
  }
}

TEST_CASE("a length that the card names is used, once") {
  FileCard model(10, status_good);
  DirectCard card(model);
  card.speak_t0();
  const auto answer = exchange(card, {0x00, 0xB0, 0x00, 0x00, {}, 256});
  REQUIRE(answer.ok());
  CHECK(answer->data.size() == 10);
  CHECK(card.exchange_count() == 2);
  StubbornCard stubborn(hex("6c10"));
  DirectCard other(stubborn);
  CHECK(exchange(other, {0x00, 0xB0, 0x00, 0x00, {}, 256})->status == 0x6C10);
  CHECK(other.exchange_count() == 2);
}

TEST_CASE("an answer without an end is given up") {
  StubbornCard model(hex("aabb6102"));
  DirectCard card(model);
  CHECK(code_of(exchange(card, {0x00, 0xCA, 0x00, 0x00, {}, 256})) == "card.unreadable");
  CHECK(card.exchange_count() == 1 + answer_piece_count_max);
  StubbornCard empty(hex("6100"));
  DirectCard other(empty);
  CHECK(code_of(exchange(other, {0x00, 0xCA, 0x00, 0x00, {}, 256})) == "card.unreadable");
}

TEST_CASE("GET RESPONSE goes to the channel of its command") {
  const auto script = emulator::parse_card_script(R"(
    > 02CA0101
    < 6103
    > 02C0000003
    < 0102039000
    > 80CA0101
    < 6101
    > 00C0000001
    < 099000
  )");
  REQUIRE(script.ok());
  emulator::ScriptedCardModel model({0x3B}, *script);
  DirectCard card(model);
  CHECK(to_hex(*exchange_good(card, {0x02, 0xCA, 0x01, 0x01})) == "010203");
  CHECK(to_hex(*exchange_good(card, {0x80, 0xCA, 0x01, 0x01})) == "09");
  CHECK(model.finished());
}

TEST_CASE("a command too long for the reader goes in a chain") {
  EchoCard model;
  for (const std::size_t size : {256U, 510U, 511U, 2'000U}) {
    DirectCard card(model);
    card.refuse_extended();
    const auto answer = exchange(card, {0x00, 0x2A, 0x00, 0x00, counting(size), {}});
    REQUIRE(answer.ok());
    CHECK(answer->data == counting(size));
    const std::size_t pieces = (size + 254) / 255;
    CHECK(card.commands().size() == pieces);
    CHECK(card.commands().front()[0] == 0x10);
    CHECK(card.commands().back()[0] == 0x00);
  }
}

TEST_CASE("a chain ends where the card refuses a piece") {
  StubbornCard model(hex("6884"));
  DirectCard card(model);
  card.refuse_extended();
  CHECK(exchange(card, {0x00, 0x2A, 0x00, 0x00, counting(600), {}})->status == 0x6884);
  CHECK(card.commands().size() == 1);
}

TEST_CASE("a card that is taken away ends an exchange") {
  EchoCard model;
  for (int at = 0; at < 4; ++at) {
    DirectCard card(model);
    card.speak_t0(10);
    card.remove_at(at);
    const auto answer = exchange(card, {0x00, 0x2A, 0x00, 0x00, counting(40), {}});
    CHECK(code_of(answer) == "card.removed");
  }
}

TEST_CASE("statuses have meanings") {
  CHECK(tries_left(0x63C2) == 2);
  CHECK(tries_left(0x63C0) == 0);
  CHECK_FALSE(tries_left(0x6300).has_value());
  CHECK(status_error(0x63C2).code == "pin.wrong");
  CHECK(status_error(0x63C2).detail == "2 tries left");
  CHECK(status_error(0x63C1).detail == "1 try left");
  CHECK(status_error(0x63C0).code == "pin.blocked");
  CHECK(status_error(0x6983).code == "pin.blocked");
  CHECK(status_error(0x6984).code == "pin.blocked");
  CHECK(status_error(0x6982).code == "card.needs_pin");
  CHECK(status_error(0x6988).code == "card.needs_psam");
  CHECK(status_error(0x6A82).code == "card.no_content");
  CHECK(status_error(0x6A83).code == "card.no_content");
  CHECK(status_error(0x6A88).code == "card.no_content");
  for (const int refused : {0x6700, 0x6884, 0x6985, 0x6A80, 0x6A86, 0x6B00, 0x6C05, 0x6D00, 0x6E00}) {
    CHECK(status_error(static_cast<std::uint16_t>(refused)).code == "card.refused");
  }
  CHECK(status_error(0x6A82).detail == "6A82 no such file or record");
  CHECK(status_error(0x1234).code == "card.unreadable");
  for (int status = 0; status < 0x10000; ++status) {
    REQUIRE_FALSE(status_error(static_cast<std::uint16_t>(status)).code.empty());
  }
}

TEST_CASE("a transparent file is read by its size, in blocks") {
  for (const std::size_t size : {0U, 1U, 255U, 256U, 257U, 1'031U}) {
    FileCard model(size + 20, status_good);
    for (const std::size_t block : {0xB5U, 0xC0U, 256U}) {
      DirectCard card(model);
      const auto read = read_binary(card, size, block);
      REQUIRE(read.ok());
      CHECK(Bytes(read->begin(), read->end()) ==
            Bytes(model.content().begin(), model.content().begin() + static_cast<std::ptrdiff_t>(size)));
    }
  }
}

TEST_CASE("a file that ends before its size is not read") {
  for (const std::uint16_t end : {status_good, status_end_of_file, status_outside_file}) {
    FileCard model(300, end);
    DirectCard card(model);
    CHECK(code_of(read_binary(card, 301)) == "card.unreadable");
    CHECK(code_of(read_binary(card, 300)) == "ok");
  }
  FileCard model(10, status_good);
  DirectCard card(model);
  CHECK(code_of(read_binary(card, transparent_byte_max + 1)) == "card.unreadable");
  CHECK(card.exchange_count() == 0);
}

TEST_CASE("a file of unknown size is read to its end, however the card says it") {
  for (const std::uint16_t end : {status_good, status_end_of_file, status_outside_file}) {
    for (const std::size_t size : {0U, 1U, 255U, 256U, 257U, 512U, 700U}) {
      if (size == 0 && end == status_outside_file) continue;  // an offset behind the end of nothing
      FileCard model(size, end);
      DirectCard card(model);
      const auto read = read_to_end(card, 1'024);
      CAPTURE(size, end);
      REQUIRE(read.ok());
      CHECK(Bytes(read->begin(), read->end()) == model.content());
    }
  }
  FileCard endless(5'000, status_good);
  DirectCard card(endless);
  CHECK(code_of(read_to_end(card, 1'024)) == "card.unreadable");
  CHECK(card.exchange_count() == 4);
}

TEST_CASE("selecting and reading records are the published commands") {
  const auto script = emulator::parse_card_script(R"(
    # by name, by path, a file
    > 00A4040C 03 A00001
    < 9000
    > 00A40904 04 ADF13401 00
    < 62048002040390 00
    > 00A40000 02 3F00 00
    < 6A82
    > 00B2 07 04 0B
    < 0709414243444546474849 9000
    > 00B2 07 28 0B
    < 6982
  )");
  REQUIRE(script.ok());
  emulator::ScriptedCardModel model({0x3B}, *script);
  DirectCard card(model);
  CHECK(select(card, SelectBy::name, hex("a00001"), SelectAnswer::nothing).ok());
  CHECK(to_hex(*select(card, SelectBy::path_from_here, hex("adf13401"), SelectAnswer::file)) ==
        "620480020403");
  CHECK(code_of(select(card, SelectBy::file_id, hex("3f00"), SelectAnswer::whole)) == "card.no_content");
  CHECK(exchange_good(card, read_record_command(7, RecordBy::number, 11))->size() == 11);
  CHECK(code_of(exchange_good(card, read_record_command(7, RecordBy::id, 11, 5))) == "card.needs_pin");
  CHECK(model.finished());
}

TEST_CASE("a script is read, and what is not in it is a surprise") {
  CHECK(code_of(emulator::parse_card_script("> 00")) == "script.bad_line");
  CHECK(code_of(emulator::parse_card_script("< 9000")) == "script.bad_line");
  CHECK(code_of(emulator::parse_card_script("> 00a4\n> 00a4\n")) == "script.bad_line");
  CHECK(code_of(emulator::parse_card_script("> 0g\n< 9000")) == "script.bad_line");
  const auto script = emulator::parse_card_script("> 00CA0101\n< 9000");
  REQUIRE(script.ok());
  emulator::ScriptedCardModel model({0x3B}, *script);
  CHECK(to_hex(model.answer(hex("00ca0102"))) == "6f00");
  CHECK(model.surprise() == "00ca0102");
  CHECK(to_hex(model.answer(hex("00ca0101"))) == "6f00");
  CHECK_FALSE(model.finished());
}

TEST_CASE("TLV objects are found by their path") {
  const Bytes counter = hex("701ebf81011aa0189a01039b0102a1108c06f300007343009c06f30000734300");
  const std::uint32_t path[] = {0x70, 0xBF8101, 0xA0, 0x9B};
  REQUIRE(find_tlv(counter, path).has_value());
  CHECK(to_hex(*find_tlv(counter, path)) == "02");
  CHECK(to_hex(*find_tlv_anywhere(counter, 0x9A)) == "03");
  const std::uint32_t wrong[] = {0x70, 0xBF8102};
  CHECK_FALSE(find_tlv(counter, wrong).has_value());
  CHECK_FALSE(find_tlv_anywhere(counter, 0x99).has_value());
  const Bytes changed = hex("a008df210103df2f0100");
  CHECK(to_hex(*find_tlv_anywhere(changed, 0xDF2F)) == "00");
  const Bytes cut = hex("a00adf210103df2f0100");
  CHECK_FALSE(find_tlv_anywhere(cut, 0xDF2F).has_value());
}

TEST_CASE("TLV lengths and padding") {
  const Bytes zeros = hex("0000");
  TlvReader reader(zeros);
  CHECK_FALSE(reader.next().has_value());
  CHECK_FALSE(reader.failed());
  const Bytes bytes = hex("00ff800101ff0081820002aabb00");
  TlvReader padded(bytes);
  CHECK(padded.next()->tag == 0x80);
  const auto second = padded.next();
  CHECK(second->tag == 0x81);
  CHECK(to_hex(second->value) == "aabb");
  CHECK_FALSE(padded.next().has_value());
  CHECK_FALSE(padded.failed());
  CHECK(tlv_byte_count(hex("30820403")) == 4 + 0x403U);
  CHECK(tlv_byte_count(hex("3005")) == 7U);
  CHECK_FALSE(tlv_byte_count(hex("3082")).has_value());
}

TEST_CASE("bytes that are no TLV are refused") {
  for (const std::string_view text :
       {"80", "8002aa", "8080aa0000", "8184000000", "818400000001aa", "5f", "5f81818181", "bf8181818101"}) {
    const Bytes bytes = hex(text);
    TlvReader reader(bytes);
    CAPTURE(text);
    CHECK_FALSE(reader.next().has_value());
    CHECK(reader.failed());
    CHECK_FALSE(reader.next().has_value());
  }
}

TEST_CASE("TLV nested too deep is not followed") {
  Bytes nested = hex("9b0101");
  for (int i = 1; i < tlv_depth_max; ++i) {
    nested.insert(nested.begin(), {0xA0, static_cast<std::uint8_t>(nested.size())});
  }
  CHECK(find_tlv_anywhere(nested, 0x9B).has_value());
  nested.insert(nested.begin(), {0xA0, static_cast<std::uint8_t>(nested.size())});
  CHECK_FALSE(find_tlv_anywhere(nested, 0x9B).has_value());
}

}  // namespace bianmin::card::iso7816
