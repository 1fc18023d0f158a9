// The text of the code on a slip: BM1:<case number>:<lookup token>.
//
// The token is the secret of the paper: who holds it may ask for the state of this case, and only that. 80
// bits, in Crockford's base 32 (no I, L, O, U), so the whole text fits the alphanumeric mode of a QR code.
#pragma once

#include <string>
#include <string_view>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::record {

constexpr std::size_t token_entropy_bytes = 10;
constexpr std::size_t token_characters = 16;

struct Slip {
  std::string case_no;  // canonical
  std::string token;
  bool operator==(const Slip&) const = default;
};

// `entropy` must be token_entropy_bytes of random.
std::string make_token(ByteView entropy);
bool valid_token(std::string_view token);

std::string slip_text(const Slip& slip);
// Errors: "slip.not_ours" (some other code), "slip.newer" (a later format of ours), "slip.bad_case_no",
// "slip.bad_token". The remedy is always to ask the resident: wrong paper, or hold it again.
Result<Slip> parse_slip(std::string_view text);

}  // namespace bianmin::record
