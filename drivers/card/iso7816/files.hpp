// Selecting and reading what is on a card: applications, transparent files, records. ISO/IEC 7816-4.
//
// Blocking, as SmartCard; errors those of exchange() and status_error().
#pragma once

#include "drivers/card/smart_card.hpp"

namespace bianmin::card::iso7816 {

enum class SelectBy : std::uint8_t {  // P1 of SELECT
  file_id = 0x00,                     // MF, DF or EF
  child_application = 0x01,
  child_file = 0x02,
  name = 0x04,
  path_from_root = 0x08,
  path_from_here = 0x09,
};

enum class SelectAnswer : std::uint8_t {  // P2 of SELECT
  whole = 0x00,                           // control information, with a length asked for
  file = 0x04,                            // control information of the file
  nothing = 0x0C,
};

CommandApdu select_command(SelectBy by, ByteView what, SelectAnswer answer);
// What the card says of the file; empty where nothing was asked for.
Result<SecretBytes> select(SmartCard& card, SelectBy by, ByteView what, SelectAnswer answer);

constexpr std::size_t transparent_byte_max = 0x8000;  // what an offset in READ BINARY can reach

// The first `byte_count` bytes of the selected transparent file, in blocks of at most `block_byte_max`.
// Error besides: "card.unreadable" when the file is shorter or `byte_count` beyond reach.
Result<SecretBytes> read_binary(SmartCard& card, std::size_t byte_count,
                                std::size_t block_byte_max = apdu_short_answer_byte_max);

// All of a file whose size is not known: until the card says that it ends, or `byte_max` ("card.unreadable").
Result<SecretBytes> read_to_end(SmartCard& card, std::size_t byte_max,
                                std::size_t block_byte_max = apdu_short_answer_byte_max);

// P2 of READ RECORD for a record of the selected file (`short_file_id` 0) or of the one so named.
enum class RecordBy : std::uint8_t { id = 0x00, number = 0x04 };
CommandApdu read_record_command(std::uint8_t record, RecordBy by, std::size_t expected,
                                std::uint8_t short_file_id = 0);

}  // namespace bianmin::card::iso7816
