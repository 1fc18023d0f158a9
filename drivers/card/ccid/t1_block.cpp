#include "drivers/card/ccid/t1_block.hpp"

namespace bianmin::card {

namespace {

constexpr std::size_t prologue_byte_count = 3;

Error bad_block(std::string_view why) { return {Remedy::retry_later, "t1.bad_block", std::string(why)}; }

std::uint8_t control_byte(const T1Block& block) {
  switch (block.kind) {
    case T1Kind::information:
      return static_cast<std::uint8_t>((block.sequence ? 0x40U : 0U) | (block.more ? 0x20U : 0U));
    case T1Kind::receive_ready:
      return static_cast<std::uint8_t>(0x80U | (block.sequence ? 0x10U : 0U) |
                                       static_cast<unsigned>(block.error));
    case T1Kind::supervision:
      return static_cast<std::uint8_t>(0xC0U | (block.response ? 0x20U : 0U) |
                                       static_cast<unsigned>(block.supervision));
  }
  return 0;
}

Result<T1Block> block_of(std::uint8_t control) {
  T1Block block;
  if ((control & 0x80U) == 0) {
    if ((control & 0x1FU) != 0) return bad_block("reserved bits of an I-block");
    block.sequence = (control & 0x40U) != 0;
    block.more = (control & 0x20U) != 0;
    return block;
  }
  if ((control & 0x40U) == 0) {
    if ((control & 0x2CU) != 0 || (control & 0x03U) == 3) return bad_block("reserved bits of an R-block");
    block.kind = T1Kind::receive_ready;
    block.sequence = (control & 0x10U) != 0;
    block.error = static_cast<T1Error>(control & 0x03U);
    return block;
  }
  if ((control & 0x1CU) != 0) return bad_block("an unknown S-block");
  block.kind = T1Kind::supervision;
  block.response = (control & 0x20U) != 0;
  block.supervision = static_cast<T1Supervision>(control & 0x03U);
  return block;
}

bool right_length(const T1Block& block) {
  const std::size_t length = block.information.size();
  if (block.kind == T1Kind::receive_ready) return length == 0;
  if (block.kind == T1Kind::information) return length <= t1_information_byte_max;
  const bool with_value = block.supervision == T1Supervision::ifs || block.supervision == T1Supervision::wtx;
  return length == (with_value ? 1U : 0U);
}

}  // namespace

std::uint16_t t1_crc(ByteView bytes) {
  constexpr unsigned reversed_polynomial = 0x8408;
  unsigned crc = 0xFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1U ^ reversed_polynomial : crc >> 1U;
  }
  return static_cast<std::uint16_t>(crc ^ 0xFFFFU);
}

SecretBytes encode_t1(const T1Block& block, bool crc) {
  SecretBytes out;
  out.reserve(prologue_byte_count + block.information.size() + 2);
  out.push_back(block.nad);
  out.push_back(control_byte(block));
  out.push_back(static_cast<std::uint8_t>(block.information.size()));
  out.insert(out.end(), block.information.begin(), block.information.end());
  if (crc) {
    const std::uint16_t check = t1_crc(out);
    out.push_back(static_cast<std::uint8_t>(check));
    out.push_back(static_cast<std::uint8_t>(check >> 8U));
    return out;
  }
  std::uint8_t sum = 0;
  for (const std::uint8_t byte : out) sum ^= byte;
  out.push_back(sum);
  return out;
}

Result<T1Block> decode_t1(ByteView bytes, bool crc) {
  const std::size_t check_byte_count = crc ? 2 : 1;
  if (bytes.size() < prologue_byte_count + check_byte_count) return bad_block("shorter than a block");
  const ByteView checked = bytes.first(bytes.size() - check_byte_count);
  const ByteView check = bytes.subspan(checked.size());
  if (checked.size() != prologue_byte_count + std::size_t{checked[2]}) return bad_block("a wrong length");
  if (crc) {
    const std::uint16_t expected = t1_crc(checked);
    if (check[0] != (expected & 0xFFU) || check[1] != expected >> 8U) {
      return Error{Remedy::retry_later, "t1.bad_check", "CRC"};
    }
  } else {
    std::uint8_t sum = 0;
    for (const std::uint8_t byte : bytes) sum ^= byte;
    if (sum != 0) return Error{Remedy::retry_later, "t1.bad_check", "LRC"};
  }
  auto block = block_of(checked[1]);
  if (!block) return block;
  block->nad = checked[0];
  const ByteView information = checked.subspan(prologue_byte_count);
  block->information.assign(information.begin(), information.end());
  if (!right_length(*block)) return bad_block("a length that this kind of block cannot have");
  return block;
}

}  // namespace bianmin::card
