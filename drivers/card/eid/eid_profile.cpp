#include "drivers/card/eid/eid_profile.hpp"

#include <algorithm>

namespace bianmin::card {

namespace {

using iso7816::SelectBy;

constexpr PinRules pin1_rules = {4, 12};
constexpr PinRules pin2_rules = {5, 12};
constexpr PinRules puk_rules = {8, 12};

constexpr std::uint8_t idemia_main[] = {0xA0, 0x00, 0x00, 0x00, 0x77, 0x01, 0x08, 0x00,
                                        0x07, 0x00, 0x00, 0xFE, 0x00, 0x00, 0x01, 0x00};
constexpr std::uint8_t idemia_authentication[] = {0xE8, 0x28, 0xBD, 0x08, 0x0F, 0xF2, 0x50,
                                                  0x4F, 0x54, 0x20, 0x41, 0x57, 0x50};
constexpr std::uint8_t idemia_signing[] = {'Q', 'S', 'C', 'D', ' ', 'A', 'p', 'p',
                                           'l', 'i', 'c', 'a', 't', 'i', 'o', 'n'};
constexpr std::uint8_t idemia_personal[] = {0x50, 0x00};
constexpr std::uint8_t idemia_authentication_certificate[] = {0xAD, 0xF1, 0x34, 0x01};
constexpr std::uint8_t idemia_signing_certificate[] = {0xAD, 0xF2, 0x34, 0x1F};

constexpr EidProfile idemia = {
    "EstEID 2018 (IDEMIA)",
    idemia_main,
    true,
    SelectBy::path_from_here,
    idemia_personal,
    SelectBy::path_from_here,
    0x80,
    0xFF,
    false,
    CounterForm::file_template,
    UnblockForm::puk_before,
    {0x02, 0x02, {}, puk_rules},
    {idemia_authentication_certificate,
     idemia_authentication,
     0xA4,
     0x04,
     0x81,
     SignSteps::internal_authenticate,
     {0x01, 0x01, {}, pin1_rules}},
    {idemia_signing_certificate,
     idemia_signing,
     0xB6,
     0x54,
     0x9F,
     SignSteps::compute_signature,
     {0x85, 0x05, idemia_signing, pin2_rules}},
};

constexpr std::uint8_t thales_main[] = {0xA0, 0x00, 0x00, 0x00, 0x63, 0x50,
                                        0x4B, 0x43, 0x53, 0x2D, 0x31, 0x35};
constexpr std::uint8_t thales_personal[] = {0xDF, 0xDD};
constexpr std::uint8_t thales_authentication_certificate[] = {0xAD, 0xF1, 0x34, 0x11};
constexpr std::uint8_t thales_signing_certificate[] = {0xAD, 0xF2, 0x34, 0x21};

constexpr EidProfile thales = {
    "EstEID 2025 (Thales)",
    thales_main,
    false,
    SelectBy::path_from_root,
    thales_personal,
    SelectBy::path_from_root,
    0x81,
    0x00,
    true,
    CounterForm::pin_template,
    UnblockForm::puk_and_new_pin,
    {0x83, 0x83, {}, puk_rules},
    {thales_authentication_certificate,
     {},
     0xB6,
     0x54,
     0x01,
     SignSteps::hash_then_compute,
     {0x81, 0x81, {}, pin1_rules}},
    {thales_signing_certificate,
     {},
     0xB6,
     0x54,
     0x05,
     SignSteps::hash_then_compute,
     {0x82, 0x82, {}, pin2_rules}},
};

constexpr std::uint8_t idemia_atr[] = {0x3B, 0xDB, 0x96, 0x00, 0x80, 0xB1, 0xFE, 0x45, 0x1F, 0x83, 0x00,
                                       0x12, 0x23, 0x3F, 0x53, 0x65, 0x49, 0x44, 0x0F, 0x90, 0x00, 0xF1};
constexpr std::uint8_t idemia_v2_atr[] = {0x3B, 0xDC, 0x96, 0x00, 0x80, 0xB1, 0xFE, 0x45,
                                          0x1F, 0x83, 0x00, 0x12, 0x23, 0x3F, 0x54, 0x65,
                                          0x49, 0x44, 0x32, 0x0F, 0x90, 0x00, 0xC3};
constexpr std::uint8_t thales_atr[] = {0x3B, 0xFF, 0x96, 0x00, 0x00, 0x80, 0x31, 0xFE, 0x43,
                                       0x80, 0x31, 0xB8, 0x53, 0x65, 0x49, 0x44, 0x64, 0xB0,
                                       0x85, 0x05, 0x10, 0x12, 0x23, 0x3F, 0x1D};

// The second chip of IDEMIA gives wrong bytes to some readers in longer blocks.
const EidCardRow rows[] = {
    {idemia_atr, apdu_short_answer_byte_max, idemia},
    {idemia_v2_atr, 0xC0, idemia},
    {thales_atr, apdu_short_answer_byte_max, thales},
};

}  // namespace

const EidCardRow* find_eid_card(ByteView atr) {
  const auto* found = std::find_if(std::begin(rows), std::end(rows), [&](const EidCardRow& row) {
    return std::equal(row.atr.begin(), row.atr.end(), atr.begin(), atr.end());
  });
  return found == std::end(rows) ? nullptr : found;
}

}  // namespace bianmin::card
