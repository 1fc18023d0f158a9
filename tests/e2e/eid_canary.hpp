// The PINs of the emulated electronic IDs: digits that nothing else is made of.
#pragma once

namespace bianmin::e2e {

inline constexpr const char* canary_pin1 = "70382946";
inline constexpr const char* canary_pin2 = "91604527";

}  // namespace bianmin::e2e
