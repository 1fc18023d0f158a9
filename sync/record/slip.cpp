#include "sync/record/slip.hpp"

#include <algorithm>

#include "sync/record/case_no.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::record {

namespace {
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
}  // namespace

std::string make_token(ByteView entropy) {
  std::string token;
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : entropy) {
    pending = (pending << 8U) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) token += alphabet[(pending >> (bits - 5)) & 31U];
    pending &= (1U << bits) - 1U;
  }
  return token;
}

bool valid_token(std::string_view token) {
  return token.size() == token_characters &&
         std::ranges::all_of(token, [](char c) { return alphabet.find(c) != std::string_view::npos; });
}

std::string slip_text(const Slip& slip) { return "BM1:" + slip.case_no + ":" + slip.token; }

Result<Slip> parse_slip(std::string_view text) {
  const auto parts = split(trim(text), ':');
  const std::string_view mark = parts.empty() ? std::string_view() : parts[0];
  if (mark.size() != 3 || !mark.starts_with("BM") || mark[2] < '1' || mark[2] > '9') {
    return Error{Remedy::ask_resident, "slip.not_ours", "the code is not from a slip of this system"};
  }
  if (mark != "BM1") return Error{Remedy::ask_resident, "slip.newer", "the slip has a newer format"};
  if (parts.size() != 3)
    return Error{Remedy::ask_resident, "slip.not_ours", "the code has a wrong number of parts"};
  auto case_no = parse_case_no(parts[1]);
  if (!case_no) return Error{Remedy::ask_resident, "slip.bad_case_no", std::string(case_no.error().code)};
  if (!valid_token(parts[2])) return Error{Remedy::ask_resident, "slip.bad_token", "the token is damaged"};
  return Slip{std::move(case_no).value(), std::string(parts[2])};
}

}  // namespace bianmin::record
