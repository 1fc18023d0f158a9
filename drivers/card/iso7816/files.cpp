#include "drivers/card/iso7816/files.hpp"

#include <algorithm>

#include "drivers/card/iso7816/exchange.hpp"
#include "drivers/card/iso7816/status.hpp"

namespace bianmin::card::iso7816 {

namespace {

constexpr std::uint8_t ins_select = 0xA4;
constexpr std::uint8_t ins_read_binary = 0xB0;
constexpr std::uint8_t ins_read_record = 0xB2;

Error unreadable(std::string detail) { return {Remedy::ask_resident, "card.unreadable", std::move(detail)}; }

Result<ResponseApdu> read_block(SmartCard& card, std::size_t offset, std::size_t count) {
  return exchange(card, {0x00,
                         ins_read_binary,
                         static_cast<std::uint8_t>(offset >> 8U),
                         static_cast<std::uint8_t>(offset),
                         {},
                         count});
}

}  // namespace

CommandApdu select_command(SelectBy by, ByteView what, SelectAnswer answer) {
  CommandApdu command{0x00,
                      ins_select,
                      static_cast<std::uint8_t>(by),
                      static_cast<std::uint8_t>(answer),
                      {what.begin(), what.end()}};
  if (answer != SelectAnswer::nothing) command.expected = apdu_short_answer_byte_max;
  return command;
}

Result<SecretBytes> select(SmartCard& card, SelectBy by, ByteView what, SelectAnswer answer) {
  return exchange_good(card, select_command(by, what, answer));
}

Result<SecretBytes> read_binary(SmartCard& card, std::size_t byte_count, std::size_t block_byte_max) {
  if (byte_count > transparent_byte_max) return unreadable("a file beyond reach");
  SecretBytes out;
  out.reserve(byte_count);
  while (out.size() < byte_count) {
    auto block = read_block(card, out.size(), std::min(block_byte_max, byte_count - out.size()));
    if (!block) return block.error();
    const bool ended = block->status == status_outside_file || block->status == status_end_of_file;
    if (!block->good() && !ended) return status_error(block->status);
    const bool too_short = block->data.empty() || (ended && out.size() + block->data.size() < byte_count);
    if (too_short) return unreadable("a file ends early");
    const std::size_t taken = std::min(block->data.size(), byte_count - out.size());
    out.insert(out.end(), block->data.begin(), block->data.begin() + static_cast<std::ptrdiff_t>(taken));
  }
  return out;
}

Result<SecretBytes> read_to_end(SmartCard& card, std::size_t byte_max, std::size_t block_byte_max) {
  SecretBytes out;
  while (out.size() < std::min(byte_max, transparent_byte_max)) {
    auto block = read_block(card, out.size(), block_byte_max);
    if (!block) return block.error();
    const bool behind_end = !out.empty() && block->status == status_outside_file;
    if (behind_end) return out;
    if (!block->good() && block->status != status_end_of_file) return status_error(block->status);
    out.insert(out.end(), block->data.begin(), block->data.end());
    if (block->data.size() < block_byte_max) return out;
  }
  return unreadable("a file without an end");
}

CommandApdu read_record_command(std::uint8_t record, RecordBy by, std::size_t expected,
                                std::uint8_t short_file_id) {
  const auto p2 =
      static_cast<std::uint8_t>(static_cast<unsigned>(short_file_id) << 3U | static_cast<unsigned>(by));
  return {0x00, ins_read_record, record, p2, {}, expected};
}

}  // namespace bianmin::card::iso7816
