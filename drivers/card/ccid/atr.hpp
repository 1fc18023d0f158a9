// The answer to reset of a smart card, ISO/IEC 7816-3 clause 8, and the choice of protocol and speed that
// follows from it (PPS, clause 9). Pure; cards are hostile.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::card {

constexpr std::size_t atr_byte_max = 33;
constexpr std::uint8_t default_speed = 0x11;  // Fi 372, Di 1

// What real cards do and an ATR should not.
enum class AtrQuirk : std::uint8_t {
  wrong_tck = 1,    // the check byte is there and wrong
  missing_tck = 2,  // T=1 is offered, so there should be one
  extra_bytes = 4,  // after the end: dropped
};

struct Atr {
  Bytes bytes;  // as it came
  bool inverse = false;
  std::vector<int> protocols;        // as offered, the first one first; never empty: T=0 when nothing is said
  bool fixed_protocol = false;       // specific mode (TA2): only protocols[0] as it stands
  bool fixed_can_change = true;      // in specific mode: a reset may lead to negotiable mode
  bool implicit_parameters = false;  // TA2 b5: not those of TA1
  std::uint8_t speed = default_speed;  // TA1: Fi index << 4 | Di index
  std::uint8_t extra_guard = 0;        // N, TC1
  std::uint8_t waiting_t0 = 10;        // WI, TC2
  std::uint8_t ifsc = 32;              // of the card over T=1
  std::uint8_t bwi = 4;
  std::uint8_t cwi = 13;
  bool crc = false;                             // T=1 blocks end in a CRC of two bytes instead of an LRC
  std::optional<std::uint8_t> voltage_classes;  // T=15: bits A, B, C as 1, 2, 4
  Bytes historical;
  std::uint8_t quirks = 0;  // AtrQuirk

  bool offers(int protocol) const;
  bool has(AtrQuirk quirk) const { return (quirks & static_cast<std::uint8_t>(quirk)) != 0; }
  // Longest silence that the card may keep, in ms at this clock: block waiting time for T=1, work waiting
  // time for T=0.
  std::uint32_t waiting_ms(int protocol, std::uint32_t clock_khz) const;
};

// Errors of Remedy::ask_resident: "card.mute": none that is one (empty, no TS, bytes that end too early, a
// length that nothing can have). Wrong check bytes are told, not refused.
Result<Atr> parse_atr(ByteView bytes);

// clock rate conversion and baud rate adjustment of an index; 0: reserved.
int fi_of(std::uint8_t speed);
int di_of(std::uint8_t speed);
// Bits per second over the card's line; 0: a reserved value.
std::uint32_t rate_of(std::uint8_t speed, std::uint32_t clock_khz);

// PPSS, PPS0, PPS1, PCK. Without a speed: PPS1 is left out, and the default speed holds.
Bytes encode_pps(int protocol, std::optional<std::uint8_t> speed);
// True: the card agreed to exactly this, or left PPS1 out. Then `*kept_default` says that the default speed
// holds.
bool pps_agreed(ByteView request, ByteView answer, bool* kept_default);

// The parameters of PC_to_RDR_SetParameters (CCID 6.1.7): five bytes for T=0, seven for T=1.
Bytes ccid_parameters(const Atr& atr, int protocol, std::uint8_t speed);

}  // namespace bianmin::card
