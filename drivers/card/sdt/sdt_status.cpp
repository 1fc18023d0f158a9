#include "drivers/card/sdt/sdt_status.hpp"

namespace bianmin::card {

SdtStatus sdt_status(std::uint8_t third_status_byte) {
  switch (third_status_byte) {
    case 0x90:
      return {SdtMeaning::good, "card.ok"};
    case 0x9F:
      return {SdtMeaning::good, "card.found"};
    case 0x80:
      return {SdtMeaning::no_card, "card.removed"};
    case 0x81:
      return {SdtMeaning::card_failed, "card.unreadable"};  // not selected
    case 0x41:
      return {SdtMeaning::card_failed, "card.unreadable"};  // not read
    case 0x31:
      return {SdtMeaning::card_failed, "card.unreadable"};  // the card did not trust the module
    case 0x32:
      return {SdtMeaning::card_failed, "card.unreadable"};  // the module did not trust the card
    case 0x33:
      return {SdtMeaning::card_failed, "card.unreadable"};  // what was read did not verify
    case 0x47:
      return {SdtMeaning::card_failed, "card.unreadable"};  // no random number
    case 0x40:
      return {SdtMeaning::card_refused, "card.not_accepted"};
    case 0x91:
      return {SdtMeaning::nothing_there, "card.no_content"};
    case 0x10:
      return {SdtMeaning::link_failed, "reader.bad_checksum"};
    case 0x11:
      return {SdtMeaning::link_failed, "reader.bad_length"};
    case 0x21:
      return {SdtMeaning::link_failed, "reader.bad_command"};
    case 0x24:
      return {SdtMeaning::link_failed, "reader.unknown_error"};
    case 0xFF:
      return {SdtMeaning::link_failed, "reader.link"};
    case 0x23:
      return {SdtMeaning::reader_failed, "reader.no_authority"};
    case 0x60:
      return {SdtMeaning::reader_failed, "reader.self_test_failed"};
    case 0x66:
      return {SdtMeaning::reader_failed, "reader.not_authorised"};
    default:
      return {SdtMeaning::card_failed, "card.unreadable"};
  }
}

}  // namespace bianmin::card
