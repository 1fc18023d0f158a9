// A token's answers as bytes: what they mean, and what none of them may be.
#include "drivers/card/ccid/iccd_message.hpp"

#include "tests/catch.hpp"

namespace bianmin::card {

namespace {

bool refuses_block(const Bytes& bytes) {
  const auto block = decode_iccd_block(bytes, 8);
  return !block && block.error().code == "reader.bad_frame";
}

}  // namespace

TEST_CASE("version A tells its state in one byte") {
  for (const std::uint8_t ready : Bytes{0x00, 0x10, 0x20})
    CHECK(*decode_iccd_state(Bytes{ready}) == IccdState::ready);
  CHECK(*decode_iccd_state(Bytes{0x40}) == IccdState::busy);
  CHECK(*decode_iccd_state(Bytes{0x80}) == IccdState::mute);
  for (const Bytes& wrong : {Bytes{}, Bytes{0x00, 0x00}, Bytes{0x01}, Bytes{0x30}, Bytes{0xC0}, Bytes{0xFF}})
    CHECK(decode_iccd_state(wrong).error().code == "reader.bad_frame");
}

TEST_CASE("version A's data is no longer than its blocks are") {
  CHECK(decode_iccd_data(Bytes(8, 1), 8)->data.size() == 8);
  CHECK(decode_iccd_data(Bytes{}, 8)->data.empty());
  CHECK(decode_iccd_data(Bytes(9, 1), 8).error().code == "reader.bad_frame");
}

TEST_CASE("version B says with each block what it is") {
  const auto whole = decode_iccd_block(Bytes{0x00, 0x90, 0x00}, 8);
  REQUIRE(whole.ok());
  CHECK(whole->answer.status == CommandStatus::done);
  CHECK(whole->answer.type == CcidAnswerType::data_block);
  CHECK(whole->answer.icc == IccStatus::active);
  CHECK(whole->answer.chain() == CcidChain::whole);
  CHECK(Bytes(whole->answer.data.begin(), whole->answer.data.end()) == Bytes{0x90, 0x00});
  CHECK(decode_iccd_block(Bytes{0x01, 7}, 8)->answer.chain() == CcidChain::begins);
  CHECK(decode_iccd_block(Bytes{0x02, 7}, 8)->answer.chain() == CcidChain::ends);
  CHECK(decode_iccd_block(Bytes{0x03, 7}, 8)->answer.chain() == CcidChain::goes_on);
  CHECK(decode_iccd_block(Bytes{0x10}, 8)->answer.chain() == CcidChain::more_please);
  CHECK(decode_iccd_block(Bytes(9, 0), 8)->answer.data.size() == 8);
}

TEST_CASE("version B fails with a status and an error, and asks for time in tens of milliseconds") {
  const auto failed = decode_iccd_block(Bytes{0x40, 0x41, 0xFE}, 8);
  REQUIRE(failed.ok());
  CHECK(failed->answer.status == CommandStatus::failed);
  CHECK(failed->answer.icc == IccStatus::inactive);
  CHECK(ccid_error(failed->answer).code == "card.mute");
  CHECK(ccid_error(decode_iccd_block(Bytes{0x40, 0x42, 0xFE}, 8)->answer).code == "card.removed");
  const auto waits = decode_iccd_block(Bytes{0x80, 0x02, 0x01}, 8);
  REQUIRE(waits.ok());
  CHECK(waits->answer.status == CommandStatus::wants_time);
  CHECK(waits->wait_ms == 2'580);
  CHECK(decode_iccd_block(Bytes{0x80, 0xFF, 0xFF}, 8)->wait_ms == 655'350);
}

TEST_CASE("what no block of version B can be is refused") {
  CHECK(refuses_block({}));
  CHECK(refuses_block({0x40}));
  CHECK(refuses_block({0x40, 0x41}));
  CHECK(refuses_block({0x40, 0x41, 0xFE, 0x00}));
  CHECK(refuses_block({0x80, 0x01}));
  CHECK(refuses_block({0x80, 0x01, 0x00, 0x00}));
  CHECK(refuses_block(Bytes(10, 0)));
  for (const std::uint8_t unknown : Bytes{0x04, 0x11, 0x20, 0x41, 0x81, 0xFF})
    CHECK(refuses_block({unknown, 0, 0}));
}

TEST_CASE("version B's slot status tells whether the token is there") {
  CHECK(decode_iccd_slot_status(Bytes{0x00, 0x00, 0x00})->answer.icc == IccStatus::active);
  CHECK(decode_iccd_slot_status(Bytes{0x40, 0x01, 0x00})->answer.icc == IccStatus::inactive);
  CHECK(decode_iccd_slot_status(Bytes{0x40, 0x02, 0x00})->answer.icc == IccStatus::absent);
  CHECK(decode_iccd_slot_status(Bytes{0x40, 0x03, 0x00})->answer.icc == IccStatus::absent);
  CHECK(decode_iccd_slot_status(Bytes{0x80, 0x05, 0x00})->wait_ms == 50);
  for (const std::size_t count : {0U, 1U, 2U, 4U, 64U})
    CHECK(decode_iccd_slot_status(Bytes(count)).error().code == "reader.bad_frame");
}

}  // namespace bianmin::card
