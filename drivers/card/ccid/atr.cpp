#include "drivers/card/ccid/atr.hpp"

#include <algorithm>

namespace bianmin::card {

namespace {

constexpr std::array<int, 16> fi_table = {372, 372, 558, 744,   1'116, 1'488, 1'860, 0,
                                          0,   512, 768, 1'024, 1'536, 2'048, 0,     0};
constexpr std::array<int, 16> di_table = {0, 1, 2, 4, 8, 16, 32, 64, 12, 20, 0, 0, 0, 0, 0, 0};
constexpr int global_protocol = 15;
constexpr std::uint8_t direct = 0x3B;
constexpr std::uint8_t inverse = 0x3F;

Error mute(std::string_view why) { return {Remedy::ask_resident, "card.mute", std::string(why)}; }

// The interface bytes: groups of TA, TB, TC and TD, each TD saying what the next group has and for which
// protocol.
class InterfaceBytes {
 public:
  InterfaceBytes(ByteReader& reader, Atr& to) : reader_(reader), to_(to) {}

  void read(std::uint8_t present) {
    while (present != 0 && !reader_.failed()) {
      ++group_;
      if ((present & 0x1U) != 0) ta(reader_.u8());
      if ((present & 0x2U) != 0) tb(reader_.u8());
      if ((present & 0x4U) != 0) tc(reader_.u8());
      if ((present & 0x8U) == 0) break;
      const std::uint8_t td = reader_.u8();
      present = static_cast<std::uint8_t>(td >> 4U);
      begin(td & 0x0F);
    }
    if (to_.protocols.empty()) to_.protocols.push_back(0);
    if (fixed_ != not_fixed && !reader_.failed()) {
      to_.protocols = {fixed_};
      to_.fixed_protocol = true;
    }
  }
  bool needs_check() const { return needs_check_; }

 private:
  void begin(int protocol) {
    protocol_ = protocol;
    needs_check_ = needs_check_ || protocol != 0;
    if (protocol == 1 && group_ >= 2) ++t1_groups_;  // its own bytes begin with the third group
    const bool known = to_.offers(protocol);
    if (!known && protocol != global_protocol) to_.protocols.push_back(protocol);
  }
  bool first_t1() const { return group_ > 2 && protocol_ == 1 && t1_groups_ == 1; }
  void ta(std::uint8_t value) {
    if (group_ == 1) {
      to_.speed = value;
    } else if (group_ == 2) {
      fixed_ = value & 0x0F;
      to_.fixed_can_change = (value & 0x80U) == 0;
      to_.implicit_parameters = (value & 0x10U) != 0;
    } else if (first_t1()) {
      if (value != 0 && value != 0xFF) to_.ifsc = value;
    } else if (protocol_ == global_protocol) {
      to_.voltage_classes = static_cast<std::uint8_t>(value & 0x07U);
    }
  }
  void tb(std::uint8_t value) {  // TB1 and TB2: programming voltage, deprecated
    if (!first_t1()) return;
    to_.bwi = static_cast<std::uint8_t>(value >> 4U);
    to_.cwi = static_cast<std::uint8_t>(value & 0x0FU);
  }
  void tc(std::uint8_t value) {
    if (group_ == 1) to_.extra_guard = value;
    if (group_ == 2 && value != 0) to_.waiting_t0 = value;
    if (first_t1()) to_.crc = (value & 0x01U) != 0;
  }

  ByteReader& reader_;
  Atr& to_;
  int group_ = 0;
  int protocol_ = 0;
  int t1_groups_ = 0;
  bool needs_check_ = false;
  static constexpr int not_fixed = -1;
  int fixed_ = not_fixed;  // the protocol of a card that offers one alone
};

}  // namespace

bool Atr::offers(int protocol) const {
  return std::find(protocols.begin(), protocols.end(), protocol) != protocols.end();
}

Result<Atr> parse_atr(ByteView bytes) {
  if (bytes.size() < 2) return mute("an ATR of fewer than two bytes");
  if (bytes.size() > atr_byte_max) return mute("an ATR of more than 33 bytes");
  if (bytes[0] != direct && bytes[0] != inverse) return mute("an ATR that does not begin with TS");
  Atr atr;
  atr.bytes.assign(bytes.begin(), bytes.end());
  atr.inverse = bytes[0] == inverse;
  ByteReader reader(bytes.subspan(1));
  const std::uint8_t t0 = reader.u8();
  InterfaceBytes interface(reader, atr);
  interface.read(static_cast<std::uint8_t>(t0 >> 4U));
  const ByteView historical = reader.take(t0 & 0x0FU);
  if (reader.failed()) return mute("an ATR that ends too early");
  atr.historical.assign(historical.begin(), historical.end());
  const auto note = [&atr](AtrQuirk quirk) { atr.quirks |= static_cast<std::uint8_t>(quirk); };
  if (interface.needs_check()) {
    if (reader.left() == 0) {
      note(AtrQuirk::missing_tck);
      return atr;
    }
    const std::size_t checked = 1 + reader.position();
    std::uint8_t sum = reader.u8();
    for (std::size_t i = 1; i < checked; ++i) sum ^= bytes[i];
    if (sum != 0) note(AtrQuirk::wrong_tck);
  }
  if (reader.left() > 0) note(AtrQuirk::extra_bytes);
  return atr;
}

int fi_of(std::uint8_t speed) { return fi_table[speed >> 4U]; }
int di_of(std::uint8_t speed) { return di_table[speed & 0x0FU]; }

std::uint32_t rate_of(std::uint8_t speed, std::uint32_t clock_khz) {
  const int fi = fi_of(speed);
  const int di = di_of(speed);
  if (fi == 0 || di == 0) return 0;
  return static_cast<std::uint32_t>(std::uint64_t{clock_khz} * 1'000 * static_cast<unsigned>(di) /
                                    static_cast<unsigned>(fi));
}

std::uint32_t Atr::waiting_ms(int protocol, std::uint32_t clock_khz) const {
  constexpr std::uint32_t slowest_khz = 1'000;
  constexpr std::uint64_t bwi_max = 9;  // more is reserved
  const std::uint64_t khz = std::max(clock_khz, slowest_khz);
  if (protocol != 1) {
    const auto fi = static_cast<std::uint64_t>(std::max(fi_of(speed), 372));
    return static_cast<std::uint32_t>(960 * std::uint64_t{waiting_t0} * fi / khz);
  }
  return static_cast<std::uint32_t>((std::uint64_t{960} << std::min<std::uint64_t>(bwi, bwi_max)) * 372 /
                                    khz);
}

Bytes encode_pps(int protocol, std::optional<std::uint8_t> speed) {
  Bytes request = {
      0xFF, static_cast<std::uint8_t>((speed ? 0x10U : 0U) | (static_cast<unsigned>(protocol) & 0x0FU))};
  if (speed) request.push_back(*speed);
  std::uint8_t sum = 0;
  for (const std::uint8_t byte : request) sum ^= byte;
  request.push_back(sum);
  return request;
}

bool pps_agreed(ByteView request, ByteView answer, bool* kept_default) {
  *kept_default = false;
  if (answer.size() < 3 || answer[0] != 0xFF || (answer[1] & 0x0FU) != (request[1] & 0x0FU)) return false;
  std::uint8_t sum = 0;
  for (const std::uint8_t byte : answer) sum ^= byte;
  if (sum != 0) return false;
  if (std::equal(request.begin(), request.end(), answer.begin(), answer.end())) {
    *kept_default = (answer[1] & 0x10U) == 0;
    return true;
  }
  *kept_default = answer.size() == 3 && (answer[1] & 0x70U) == 0;
  return *kept_default;
}

Bytes ccid_parameters(const Atr& atr, int protocol, std::uint8_t speed) {
  const std::uint8_t convention = atr.inverse ? 0x02 : 0x00;
  if (protocol != 1) return {speed, convention, atr.extra_guard, atr.waiting_t0, 0};
  const auto check = static_cast<std::uint8_t>(0x10U | convention | (atr.crc ? 1U : 0U));
  const auto waiting = static_cast<std::uint8_t>(static_cast<unsigned>(atr.bwi) << 4U | atr.cwi);
  return {speed, check, atr.extra_guard, waiting, 0, atr.ifsc, 0};
}

}  // namespace bianmin::card
