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

// Each from a public source that can be looked up: descriptor dumps, open drivers, reports to their authors.
const std::array<Row, 9> rows = {{
    // ACR122U. From firmware 2.06 on it looks for cards only after its slot was switched off once, which its
    // vendor's open driver does when it opens it. Public logs show its notice of a card while the slot's
    // status still says none. The open drivers that it works with take a whole message in one read.
    {0x072F, 0x2200, {.off_at_start = true, .interrupt_useless = true, .reads_whole_messages = true}},
    // Its first number, which the ACR38U-CCID has as well: that one is none the worse for being polled.
    {0x072F, 0x90CC, {.interrupt_useless = true, .reads_whole_messages = true}},
    // SDI011: its dump has CCID's descriptor at an interface of the vendor's class.
    {0x04E6, 0x512C, {.vendor_class = true}},
    // The next number after CardMan 3121: announces APDU and is TPDU, as two open drivers treat it.
    {0x076B, 0x3022, {.level = ExchangeLevel::tpdu}},
    // mySmartPad: an open driver takes 254 for its IFSD, whatever it says.
    {0x09BE, 0x0002, {.ifsd_max = 254}},
    // CL1356D: its firmware needs time to begin with; an open driver gives it one second.
    {0x0B81, 0x0200, {.settle_ms = 1'000}},
    // GemCore SIM Pro: reports a card when there is none, as the comments of an open driver have it.
    {0x08E6, 0x3480, {.always_present = true}},
    // KAAN TriB@nk: says extended, and a log of its answer to a long command is zeros.
    {0x0D46, 0x3010, {.level = ExchangeLevel::short_apdu}},
    // GemPC433's number on the reader of QEMU 7.2, which says that its parameters have no bytes and sends
    // seven. (Later ones say how many they send.) A reader whose answers have their own length loses nothing.
    {0x08E6, 0x4433, {.surplus_parameters = true}},
}};

}  // namespace

CcidQuirks ccid_quirks(std::uint16_t vendor, std::uint16_t product) {
  const auto* row = std::find_if(rows.begin(), rows.end(), [&](const Row& known) {
    return known.vendor == vendor && known.product == product;
  });
  return row == rows.end() ? CcidQuirks{} : row->quirks;
}

}  // namespace bianmin::card
