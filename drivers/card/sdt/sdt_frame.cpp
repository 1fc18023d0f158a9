#include "drivers/card/sdt/sdt_frame.hpp"

#include <fmt/format.h>

#include "drivers/card/sdt/text_block.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::card {

namespace {

constexpr std::array<std::uint8_t, 5> preamble = {0xAA, 0xAA, 0xAA, 0x96, 0x69};

std::uint8_t checksum(std::size_t length, ByteView covered) {
  auto sum = static_cast<std::uint8_t>((length >> 8U) ^ length);
  for (const std::uint8_t byte : covered) sum ^= byte;
  return sum;
}

}  // namespace

Bytes encode_sdt(SdtCommand command, ByteView data) {
  const std::size_t length = 2 + data.size() + 1;
  ByteWriter body;
  body.u8(command.command).u8(command.parameter).bytes(data);
  ByteWriter frame;
  frame.bytes(preamble).u16_be(static_cast<std::uint16_t>(length)).bytes(body.view());
  frame.u8(checksum(length, body.view()));
  return frame.take();
}

std::size_t SdtDecoder::push(ByteView bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !ended()) push_byte(bytes[taken++]);
  return taken;
}

void SdtDecoder::push_byte(std::uint8_t byte) {
  switch (state_) {
    case State::preamble:
      if (byte == preamble[matched_]) {
        ++matched_;
      } else if (byte == preamble[0]) {
        matched_ = matched_ == 3 ? 3 : 1;  // a fourth AA may belong to the preamble, the first to noise
      } else {
        matched_ = 0;
      }
      if (matched_ == preamble.size()) state_ = State::length;
      break;
    case State::length:
      length_ = length_ << 8U | byte;
      if (++length_bytes_ < 2) break;
      state_ = length_ < sdt_body_byte_min || length_ > sdt_body_byte_max ? State::bad_length : State::body;
      body_.reserve(length_);
      break;
    case State::body: {
      body_.push_back(byte);
      if (body_.size() < length_) break;
      const ByteView covered = ByteView(body_).first(length_ - 1);
      state_ = checksum(length_, covered) == body_.back() ? State::complete : State::bad_checksum;
      break;
    }
    default:
      break;
  }
}

std::size_t SdtDecoder::missing() const {
  switch (state_) {
    case State::preamble:
      return preamble.size() - matched_ + 2 + sdt_body_byte_min;
    case State::length:
      return 2 - length_bytes_ + sdt_body_byte_min;
    case State::body:
      return length_ - body_.size();
    default:
      return 0;
  }
}

SdtReply SdtDecoder::take() {
  SdtReply reply;
  if (state_ == State::complete) {
    reply.status = {body_[0], body_[1], body_[2]};
    reply.data.assign(body_.begin() + 3, body_.end() - 1);
  }
  wipe(body_.data(), body_.size());
  *this = SdtDecoder();
  return reply;
}

Result<CardContents> split_contents(ByteView data, bool with_fingerprints) {
  ByteReader reader(data);
  const std::size_t text_byte_count = reader.u16_be();
  const std::size_t photo_byte_count = reader.u16_be();
  const std::size_t fingerprints_byte_count = with_fingerprints ? reader.u16_be() : 0;
  CardContents contents;
  contents.text = reader.take(text_byte_count);
  contents.photo = reader.take(photo_byte_count);
  contents.fingerprints = reader.take(fingerprints_byte_count);
  const bool whole_fingerprints = fingerprints_byte_count % fingerprint_byte_count == 0 &&
                                  fingerprints_byte_count <= fingerprints_byte_max;
  if (!reader.at_end() || text_byte_count != text_block_byte_count ||
      photo_byte_count != card_photo_byte_count || !whole_fingerprints) {
    return Error{Remedy::retry_later, "reader.bad_frame", "the lengths are not those of a card"};
  }
  return contents;
}

Result<std::string> sam_id_text(ByteView data) {
  ByteReader reader(data);
  const unsigned standard = reader.u16_le();
  const unsigned type = reader.u16_le();
  const std::uint32_t date = reader.u32_le();
  const std::uint32_t first = reader.u32_le();
  const std::uint32_t second = reader.u32_le();
  if (!reader.at_end()) return Error{Remedy::retry_later, "reader.not_an_id_reader", "the module has no id"};
  return fmt::format("{:02}.{:02}-{:08}-{:010}-{:010}", standard, type, date, first, second);
}

}  // namespace bianmin::card
