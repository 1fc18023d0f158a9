// The frames of a security module for identity cards (SDT, SAM_V). Pure.
// AA AA AA 96 69 | length, 2 bytes big-endian | command or status, data | XOR of everything from the length
// on.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::card {

constexpr std::size_t sdt_header_byte_count = 7;   // preamble and length
constexpr std::size_t sdt_frame_byte_max = 2'321;  // text, photo and two fingerprints
constexpr std::size_t sdt_body_byte_min = 4;       // three status bytes and the checksum
constexpr std::size_t sdt_body_byte_max = sdt_frame_byte_max - sdt_header_byte_count;

struct SdtCommand {
  std::uint8_t command = 0;
  std::uint8_t parameter = 0;
};
constexpr SdtCommand sdt_reset_sam = {0x10, 0xFF};
constexpr SdtCommand sdt_sam_status = {0x11, 0xFF};
constexpr SdtCommand sdt_read_sam_id = {0x12, 0xFF};
constexpr SdtCommand sdt_find_card = {0x20, 0x01};
constexpr SdtCommand sdt_select_card = {0x20, 0x02};
constexpr SdtCommand sdt_read_text_photo = {0x30, 0x01};
constexpr SdtCommand sdt_read_text_photo_fingerprints = {0x30, 0x10};
constexpr SdtCommand sdt_read_further_address = {0x30, 0x03};
constexpr SdtCommand sdt_read_management_id = {0x30, 0x05};  // one public source only

Bytes encode_sdt(SdtCommand command, ByteView data = {});

struct SdtReply {
  std::array<std::uint8_t, 3> status{};
  Bytes data;
};

// Collects a reply from pieces of any size. Noise before the preamble is skipped.
class SdtDecoder {
 public:
  enum class State { preamble, length, body, complete, bad_length, bad_checksum };

  // Takes what belongs to the frame and returns how much that was; bytes after a complete frame are left.
  std::size_t push(ByteView bytes);
  State state() const { return state_; }
  bool ended() const { return state_ >= State::complete; }
  // How many bytes are missing for sure: never reads over a frame's end when it is used as a read size.
  std::size_t missing() const;
  SdtReply take();  // when complete: the reply; this decoder is new again afterwards

 private:
  void push_byte(std::uint8_t byte);
  State state_ = State::preamble;
  std::size_t matched_ = 0;  // of the preamble
  std::size_t length_ = 0;
  std::size_t length_bytes_ = 0;
  Bytes body_;
};

// The answer to 30 01 or 30 10: what the card holds.
struct CardContents {
  ByteView text;  // all three borrow from the reply
  ByteView photo;
  ByteView fingerprints;  // 0, 512 or 1,024 bytes
};
// `with_fingerprints`: of 30 10, which has a third length. Error "reader.bad_frame" when the lengths are not
// those of a card: a frame with a right checksum and wrong lengths is a stale answer to another command.
Result<CardContents> split_contents(ByteView data, bool with_fingerprints);

// The answer to 12 FF as it is printed on modules, "AA.BB-YYYYMMDD-NNNNNNNNNN-NNNNNNNNNN"; one of two sources
// prints the last number with nine digits. Error "reader.not_an_id_reader".
Result<std::string> sam_id_text(ByteView data);

}  // namespace bianmin::card
