#include "drivers/card/ccid/ccid_quirks.hpp"

#include <algorithm>
#include <array>

namespace bianmin::card {

namespace {

struct Row {
  std::uint16_t vendor;
  std::uint16_t product;
  CcidQuirks quirks;
};

// Facts from public descriptor dumps and public reports of readers' misbehaviour.
const std::array<Row, 10> rows = {{
    // ACR122U and its first number: a PN532 behind CCID, which tells of cards by polling only and loses what
    // a short read leaves.
    {0x072F, 0x2200, {.interrupt_useless = true, .reads_whole_messages = true}},
    {0x072F, 0x90CC, {.interrupt_useless = true, .reads_whole_messages = true}},
    // SDI011: the contactless half has the vendor's class.
    {0x04E6, 0x512C, {.vendor_class = true}},
    // CardMan 3121's sister says APDU and is TPDU.
    {0x076B, 0x3022, {.level = ExchangeLevel::tpdu}},
    // mySmartPad names an IFSD that it cannot do.
    {0x09BE, 0x0002, {.ifsd_max = 254}},
    // CL1356D's firmware starts slowly.
    {0x0B81, 0x0200, {.settle_ms = 1'000}},
    // GemCore SIM Pro: for SIM-sized cards without a contact that would tell of them.
    {0x08E6, 0x3480, {.always_present = true}},
    // KAAN TriB@nk says extended and answers with zeros to long commands.
    {0x0D46, 0x3010, {.level = ExchangeLevel::short_apdu}},
    // GemPC433's number on the reader of QEMU 7.2, which says that its parameters have no bytes and sends
    // seven. (Later ones say how many they send.) A reader whose answers have their own length loses nothing.
    {0x08E6, 0x4433, {.surplus_parameters = true}},
    // SEG says its first notice late and nothing after it.
    {0x08E6, 0x8000, {.interrupt_useless = true}},
}};

}  // namespace

CcidQuirks ccid_quirks(std::uint16_t vendor, std::uint16_t product) {
  const auto* row = std::find_if(rows.begin(), rows.end(), [&](const Row& known) {
    return known.vendor == vendor && known.product == product;
  });
  return row == rows.end() ? CcidQuirks{} : row->quirks;
}

}  // namespace bianmin::card
