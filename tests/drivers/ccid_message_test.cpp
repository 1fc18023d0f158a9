#include "drivers/card/ccid/ccid_message.hpp"

#include <set>

#include "drivers/card/ccid/pin_entry.hpp"
#include "drivers/card/ccid/t0_tpdu.hpp"
#include "tests/catch.hpp"

namespace bianmin::card {

namespace {

Bytes bytes_of_hex(std::string_view hex) { return *from_hex(hex); }

Bytes encoded(CcidMessage message) {
  message.slot = 2;
  message.sequence = 0x41;
  const SecretBytes bytes = encode_ccid(message);
  return {bytes.begin(), bytes.end()};
}

Result<CcidAnswer> decoded(std::string_view hex) { return decode_ccid(bytes_of_hex(hex)); }

}  // namespace

TEST_CASE("commands are laid out as the specification has them") {
  CHECK(encoded(ccid_power_on(3)) == bytes_of_hex("62000000000241030000"));
  CHECK(encoded(ccid_plain(CcidCommand::power_off)) == bytes_of_hex("63000000000241000000"));
  CHECK(encoded(ccid_plain(CcidCommand::slot_status)) == bytes_of_hex("65000000000241000000"));
  CHECK(encoded(ccid_plain(CcidCommand::get_parameters)) == bytes_of_hex("6c000000000241000000"));
  CHECK(encoded(ccid_plain(CcidCommand::abort)) == bytes_of_hex("72000000000241000000"));
  CHECK(encoded(ccid_transfer(bytes_of_hex("00a40400"), 5, CcidChain::whole)) ==
        bytes_of_hex("6f04000000024105000000a40400"));
  CHECK(encoded(ccid_transfer({}, 0, CcidChain::more_please)) == bytes_of_hex("6f000000000241001000"));
  CHECK(encoded(ccid_set_parameters(1, bytes_of_hex("11100045002000"))) ==
        bytes_of_hex("6107000000024101000011100045002000"));
  CHECK(encoded(ccid_clock(true)) == bytes_of_hex("6e000000000241010000"));
  CHECK(encoded(ccid_set_rate_and_clock(4'000, 9'600)) ==
        bytes_of_hex("73080000000241000000a00f000080250000"));
  CHECK(encoded(ccid_secure(bytes_of_hex("00"))) == bytes_of_hex("6901000000024100000000"));
}

TEST_CASE("answers are read, and every other byte string is refused") {
  const auto data = decoded(
      "80020000000007000000"
      "9000");
  REQUIRE(data.ok());
  CHECK(data->type == CcidAnswerType::data_block);
  CHECK(data->sequence == 7);
  CHECK(data->icc == IccStatus::active);
  CHECK(data->status == CommandStatus::done);
  CHECK(data->data == SecretBytes{0x90, 0x00});
  const auto absent = decoded("8100000000010842fe01");
  REQUIRE(absent.ok());
  CHECK(absent->slot == 1);
  CHECK(absent->icc == IccStatus::absent);
  CHECK(absent->status == CommandStatus::failed);
  CHECK(ccid_error(*absent).code == "card.removed");
  const auto time = decoded("80000000000009800500");
  REQUIRE(time.ok());
  CHECK(time->status == CommandStatus::wants_time);
  CHECK(time->error == 5);
  CHECK(decoded("80010000000007000001"
                "aa")
            ->chain() == CcidChain::begins);
  for (const std::string_view bad :
       {"", "80", "800200000000070000009000ff", "8002000000000700000090", "850000000000070000 00",
        "80000000000007030000", "8000000000000 7c00000", "8101000000000700000000", "84010000000007000000ff",
        "6f000000000007000000"}) {
    std::string hex;
    for (const char c : bad) {
      if (c != ' ') hex += c;
    }
    INFO(hex);
    CHECK(decoded(hex).error().code == "reader.bad_frame");
  }
}

TEST_CASE("an answer's length is known from its header, and never believed beyond sense") {
  CHECK_FALSE(ccid_answer_byte_count({}, 271)->has_value());
  CHECK_FALSE(ccid_answer_byte_count(bytes_of_hex("8005"), 271)->has_value());
  CHECK(**ccid_answer_byte_count(bytes_of_hex("80050100000000000000"), 271) == 271);
  CHECK_FALSE(ccid_answer_byte_count(bytes_of_hex("80060100000000000000"), 271).ok());
  CHECK_FALSE(ccid_answer_byte_count(bytes_of_hex("80ffffffff0000000000"), 271).ok());
  CHECK_FALSE(ccid_answer_byte_count(bytes_of_hex("00"), 271).ok());
}

TEST_CASE("every error byte has a meaning of its own") {
  const std::vector<std::pair<std::uint8_t, CcidFault>> named = {{0xFF, CcidFault::aborted},
                                                                 {0xFE, CcidFault::mute},
                                                                 {0xFD, CcidFault::parity},
                                                                 {0xFC, CcidFault::overrun},
                                                                 {0xFB, CcidFault::hardware},
                                                                 {0xF8, CcidFault::bad_atr_ts},
                                                                 {0xF7, CcidFault::bad_atr_tck},
                                                                 {0xF6, CcidFault::protocol_not_supported},
                                                                 {0xF5, CcidFault::class_not_supported},
                                                                 {0xF4, CcidFault::procedure_byte_conflict},
                                                                 {0xF3, CcidFault::deactivated_protocol},
                                                                 {0xF2, CcidFault::busy_with_auto_sequence},
                                                                 {0xF0, CcidFault::pin_timeout},
                                                                 {0xEF, CcidFault::pin_cancelled},
                                                                 {0xE0, CcidFault::slot_busy},
                                                                 {0x00, CcidFault::not_supported},
                                                                 {0x05, CcidFault::bad_slot},
                                                                 {0x07, CcidFault::bad_parameter},
                                                                 {0x81, CcidFault::vendor},
                                                                 {0xC0, CcidFault::vendor},
                                                                 {0x80, CcidFault::reserved},
                                                                 {0xF1, CcidFault::reserved}};
  std::set<std::string_view> texts;
  for (const auto& [error, fault] : named) {
    INFO(int{error});
    CHECK(ccid_fault(error) == fault);
    texts.insert(fault_text(fault));
  }
  CHECK(texts.size() == 20);
  for (int error = 0; error < 256; ++error) {
    CcidAnswer answer;
    answer.icc = IccStatus::active;
    answer.status = CommandStatus::failed;
    answer.error = static_cast<std::uint8_t>(error);
    const std::string_view code = ccid_error(answer).code;
    const bool known = code == "card.mute" || code == "card.cancelled" || code == "pin.timeout" ||
                       code == "pin.cancelled" || code == "reader.busy" || code == "reader.bad_command";
    CHECK(known);
  }
}

TEST_CASE("each command has its kind of answer") {
  CHECK(answer_to(CcidCommand::power_on) == CcidAnswerType::data_block);
  CHECK(answer_to(CcidCommand::secure) == CcidAnswerType::data_block);
  CHECK(answer_to(CcidCommand::power_off) == CcidAnswerType::slot_status);
  CHECK(answer_to(CcidCommand::abort) == CcidAnswerType::slot_status);
  CHECK(answer_to(CcidCommand::set_parameters) == CcidAnswerType::parameters);
  CHECK(answer_to(CcidCommand::escape) == CcidAnswerType::escape);
  CHECK(answer_to(CcidCommand::set_rate_and_clock) == CcidAnswerType::rate_and_clock);
}

TEST_CASE("notices tell of slots and of hardware") {
  const auto change = decode_ccid_notice(bytes_of_hex("500702"));
  REQUIRE(change.ok());
  REQUIRE(change->slots.size() == 8);
  CHECK(change->slots[0].present);
  CHECK(change->slots[0].changed);
  CHECK(change->slots[1].present);
  CHECK_FALSE(change->slots[1].changed);
  CHECK_FALSE(change->slots[4].present);
  CHECK(change->slots[4].changed);
  const auto hardware = decode_ccid_notice(bytes_of_hex("51020901"));
  REQUIRE(hardware.ok());
  REQUIRE(hardware->hardware.has_value());
  CHECK(hardware->hardware->slot == 2);
  CHECK(hardware->hardware->sequence == 9);
  CHECK(hardware->hardware->code == 1);
  for (const std::string_view bad : {"", "50", "51020900ff", "5102", "5200"}) {
    CHECK(decode_ccid_notice(bytes_of_hex(bad)).error().code == "reader.bad_frame");
  }
  CHECK_FALSE(decode_ccid_notice(Bytes(66, 0x50)).ok());
}

TEST_CASE("over T=0 a command is five bytes and data") {
  const auto tpdu_of = [](const CommandApdu& command) {
    const auto bytes = encode_t0_tpdu(command);
    return bytes ? to_hex(*bytes) : std::string(bytes.error().code);
  };
  CHECK(tpdu_of({0, 0xA4, 4, 0}) == "00a4040000");
  CHECK(tpdu_of({0, 0xB0, 0, 0, {}, 16}) == "00b0000010");
  CHECK(tpdu_of({0, 0xB0, 0, 0, {}, 256}) == "00b0000000");
  CHECK(tpdu_of({0, 0xB0, 0, 0, {}, 1'000}) == "00b0000000");
  CHECK(tpdu_of({0, 0xA4, 4, 0, {0x3F, 0x00}, 256}) == "00a40400023f00");
  CHECK(tpdu_of({0, 0xD6, 0, 0, SecretBytes(255, 1)}).substr(0, 10) == "00d60000ff");
  CHECK(tpdu_of({0, 0xD6, 0, 0, SecretBytes(256)}) == "card.too_long");
}

TEST_CASE("a PIN entry says all the reader has to know, and no digit") {
  const PinLayout layout{4, 12, 12, 0xFF};
  const Bytes none(3, 0);
  const auto data = encode_pin_verification({0, 0x20, 0, 1}, layout, 29'001, none);
  REQUIRE(data.ok());
  CHECK(to_hex(*data) ==
        "001e820c000c04020109040000000000200001"
        "0c"
        "ffffffffffffffffffffffff");
  CHECK((*encode_pin_verification({0, 0x20, 0, 1}, layout, 1'000'000, none))[1] == 255);
  CHECK((*encode_pin_verification({0, 0x20, 0, 1}, layout, 0, none))[1] == 1);
  for (const PinLayout& bad :
       {PinLayout{5, 4, 12, 0}, PinLayout{4, 13, 12, 0}, PinLayout{4, 8, 16, 0}, PinLayout{0, 4, 8, 0}}) {
    CHECK(encode_pin_verification({}, bad, 1'000, none).error().code == "pin.bad_length");
  }
  CHECK(pin_entry_error(0x6400)->code == "pin.timeout");
  CHECK(pin_entry_error(0x6401)->code == "pin.cancelled");
  CHECK(pin_entry_error(0x6403)->code == "pin.bad_length");
  CHECK_FALSE(pin_entry_error(0x63C2).has_value());
}

}  // namespace bianmin::card
