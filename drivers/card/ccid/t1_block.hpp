// Blocks of the T=1 protocol, ISO/IEC 7816-3 clause 11. Pure; cards are hostile.
#pragma once

#include <cstdint>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::card {

constexpr std::size_t t1_information_byte_max = 254;

enum class T1Kind { information, receive_ready, supervision };
enum class T1Error : std::uint8_t { none = 0, check = 1, other = 2 };
enum class T1Supervision : std::uint8_t { resynch = 0, ifs = 1, abort = 2, wtx = 3 };

struct T1Block {
  T1Kind kind = T1Kind::information;
  std::uint8_t nad = 0;
  bool sequence = false;                               // N(S) of an I-block, N(R) of an R-block
  bool more = false;                                   // I: another one follows
  T1Error error = T1Error::none;                       // R
  T1Supervision supervision = T1Supervision::resynch;  // S
  bool response = false;                               // S
  SecretBytes information = {};
};

SecretBytes encode_t1(const T1Block& block, bool crc);

// Exactly one block. Errors of Remedy::retry_later: "t1.bad_check" (the answer is R with error 1),
// "t1.bad_block" (R with error 2).
Result<T1Block> decode_t1(ByteView bytes, bool crc);

std::uint16_t t1_crc(ByteView bytes);  // ISO/IEC 13239, as it is sent: low byte first

}  // namespace bianmin::card
