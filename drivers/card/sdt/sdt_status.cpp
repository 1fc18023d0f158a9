#include "drivers/card/sdt/sdt_status.hpp"

#include <algorithm>
#include <array>

namespace bianmin::card {

namespace {

struct Row {
  std::uint8_t byte;
  SdtStatus status;
};

constexpr std::array<Row, 19> rows = {{
    {0x90, {SdtMeaning::good, "card.ok"}},
    {0x9F, {SdtMeaning::good, "card.found"}},
    {0x80, {SdtMeaning::no_card, "card.removed"}},
    {0x31, {SdtMeaning::card_failed, "card.module_not_trusted"}},  // the card did not trust the module
    {0x32, {SdtMeaning::card_failed, "card.not_authenticated"}},   // the module did not trust the card
    {0x33, {SdtMeaning::card_failed, "card.not_verified"}},        // what was read did not verify
    {0x41, {SdtMeaning::card_failed, "card.unreadable"}},
    {0x47, {SdtMeaning::card_failed, "card.no_random"}},  // it gave no random number
    {0x81, {SdtMeaning::card_failed, "card.not_selected"}},
    {0x40, {SdtMeaning::card_refused, "card.not_accepted"}},  // a type that the module does not know
    {0x91, {SdtMeaning::nothing_there, "card.no_content"}},
    {0x10, {SdtMeaning::link_failed, "reader.bad_checksum"}},
    {0x11, {SdtMeaning::link_failed, "reader.bad_length"}},
    {0x21, {SdtMeaning::link_failed, "reader.bad_command"}},
    {0x24, {SdtMeaning::link_failed, "reader.unknown_error"}},
    {0xFF, {SdtMeaning::link_failed, "reader.link"}},
    {0x23, {SdtMeaning::reader_failed, "reader.no_authority"}},
    {0x60, {SdtMeaning::reader_failed, "reader.self_test_failed"}},
    {0x66, {SdtMeaning::reader_failed, "reader.not_authorised"}},
}};

constexpr SdtStatus unknown = {SdtMeaning::card_failed, "card.unknown_status"};

Remedy remedy_of(SdtMeaning meaning) {
  switch (meaning) {
    case SdtMeaning::reader_failed:
      return Remedy::call_staff;
    case SdtMeaning::link_failed:
      return Remedy::retry_later;
    default:
      return Remedy::ask_resident;
  }
}

}  // namespace

SdtStatus sdt_status(std::uint8_t third_status_byte) {
  const auto* found = std::find_if(rows.begin(), rows.end(), [third_status_byte](const Row& row) {
    return row.byte == third_status_byte;
  });
  return found == rows.end() ? unknown : found->status;
}

Error sdt_error(SdtCommand command, const SdtReply& reply) {
  const SdtStatus status = sdt_status(reply.status[2]);
  const std::array<std::uint8_t, 2> asked = {command.command, command.parameter};
  std::string detail = "command " + to_hex(asked) + " status " + to_hex(ByteView(reply.status).subspan(2));
  if (reply.status[0] != 0 || reply.status[1] != 0)
    detail += " card " + to_hex(ByteView(reply.status).first(2));
  return {remedy_of(status.meaning), status.code, std::move(detail)};
}

bool worth_another_try(std::string_view code) {
  if (code == unknown.code) return true;
  return std::any_of(rows.begin(), rows.end(), [code](const Row& row) {
    const bool failed =
        row.status.meaning == SdtMeaning::card_failed || row.status.meaning == SdtMeaning::nothing_there;
    return failed && row.status.code == code;
  });
}

}  // namespace bianmin::card
