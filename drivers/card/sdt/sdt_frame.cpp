#include "drivers/card/sdt/sdt_frame.hpp"

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

Result<CardContents> split_contents(ByteView data) {
  ByteReader reader(data);
  const std::size_t text_byte_count = reader.u16_be();
  const std::size_t photo_byte_count = reader.u16_be();
  CardContents contents;
  contents.text = reader.take(text_byte_count);
  contents.photo = reader.take(photo_byte_count);
  if (!reader.at_end() || text_byte_count != text_block_byte_count) {
    return Error{Remedy::ask_resident, "card.unreadable", "the reader's answer has other lengths"};
  }
  return contents;
}

}  // namespace bianmin::card
