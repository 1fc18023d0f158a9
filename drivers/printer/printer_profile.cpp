#include "drivers/printer/printer_profile.hpp"

#include <algorithm>
#include <array>

namespace bianmin::printer {

namespace {

constexpr PrintArea no_paper = {0, 0};
constexpr PrintArea dots384 = {384, 32};
constexpr PrintArea dots576 = {576, 48};

// Epson's thermal printers of the last twenty years. Chinese fonts are in the models for China alone, under
// the same name, so Chinese goes out as a picture: slower, and right on all of them. With a guide they take
// paper of 58 mm too; how wide they print on it differs, and this fits all.
constexpr PrinterProfile epson(std::string_view name, PrintArea mm80) {
  return {.name = name,
          .mm58 = {360, 30},
          .mm80 = mm80,
          .text = PrinterText::ascii,
          .raster_byte_max = 16'384,
          .automatic_status = true};
}

constexpr PrinterProfile epson_for_china(std::string_view name, PrintArea mm80) {
  PrinterProfile profile = epson(name, mm80);
  profile.text = PrinterText::gb18030;
  return profile;
}

// Cheap 58 mm printers: a Chinese font, pictures by GS v 0, no knife, and little else.
constexpr PrinterProfile simple58(std::string_view name) {
  return {.name = name,
          .mm58 = dots384,
          .mm80 = no_paper,
          .qr_code = false,
          .code128 = false,
          .raster_byte_max = 1'152,
          .cutter = Cutter::none,
          .process_id = false};
}

constexpr PrinterProfile with_codes(PrinterProfile profile) {
  profile.qr_code = true;
  profile.code128 = true;
  return profile;
}

// 80 mm printers with all the common commands, of makers outside China.
constexpr PrinterProfile western(std::string_view name, PrintArea mm80) {
  return {.name = name, .mm58 = no_paper, .mm80 = mm80, .text = PrinterText::ascii, .process_id = false};
}

constexpr PrinterProfile by_columns(PrinterProfile profile, bool qr_code) {
  profile.raster = RasterCommand::columns;
  profile.qr_code = qr_code;
  return profile;
}

// For kiosks: the slip is held at the mouth. Their codes have commands of their own, and are drawn.
constexpr PrinterProfile kiosk_printer(std::string_view name, Presenter presenter) {
  PrinterProfile profile = western(name, dots576);
  profile.qr_code = false;
  profile.code128 = false;
  profile.cutter = Cutter::full;
  profile.presenter = presenter;
  return profile;
}

constexpr std::array profiles = {
    PrinterProfile{.name = "generic"},
    epson("Epson TM-T20", dots576),
    epson("Epson TM-T20II", dots576),
    epson("Epson TM-T20III", dots576),
    epson("Epson TM-m30", dots576),
    epson("Epson TM-L90", dots576),
    epson("Epson TM-P80", dots576),
    epson("Epson TM-T70", {512, 42}),
    epson("Epson TM-T70II", {512, 42}),
    epson_for_china("Epson TM-T70II-CH", {512, 42}),
    epson("Epson TM-T88II", {512, 42}),
    epson("Epson TM-T88III", {512, 42}),
    epson("Epson TM-T88IV", {512, 42}),
    epson("Epson TM-T88V", {512, 42}),
    western("Metapace T-1", {504, 42}),
    western("Citizen CT-S651", {640, 48}),
    western("Bixolon SRP-S300", {640, 48}),
    western("Seiko RP-F10", dots576),
    western("Star TSP600", dots576),
    western("Star TSP800", {832, 69}),
    western("Star TUP500", dots576),
    western("Epos TEP-200M", {512, 42}),
    by_columns(western("Wincor Nixdorf TH230", {576, 44}), false),
    by_columns(western("Wincor Nixdorf TH230+", {576, 44}), true),
    kiosk_printer("Pyramid Reliance", {.steps = 12, .retracts = true}),
    kiosk_printer("Custom VKP80II", {.steps = 12, .retracts = true}),
    PrinterProfile{.name = "Kefar KR-306", .mm58 = no_paper},
    PrinterProfile{.name = "Netum NT-80-V-UL", .mm58 = no_paper},
    PrinterProfile{.name = "PBM P822D", .mm58 = no_paper, .mm80 = {576, 42}},
    PrinterProfile{.name = "Rongta RP326", .mm58 = no_paper, .mm80 = {576, 42}},
    PrinterProfile{.name = "Rongta RP332", .mm58 = no_paper},
    PrinterProfile{.name = "Munbyn ITPP047", .mm58 = no_paper, .mm80 = {512, 42}},
    simple58("Zjiang POS-5890"),
    simple58("Zjiang ZJ-5870"),
    simple58("Netum NT-5890K"),
    with_codes(simple58("Sunmi V2")),
};

// How a printer calls itself, or its numbers, and the row's name. Numbers alone count only where a number is
// not shared: 0416:5011, 0483:5743 and 04b8:0202 are on printers of many kinds.
struct Sign {
  std::string_view model;  // the reported model begins so; empty: the numbers decide
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  std::string_view profile;
};

constexpr Sign signs[] = {
    {"TM-T20", 0, 0, "Epson TM-T20"},
    {"TM-T20II", 0, 0, "Epson TM-T20II"},
    {"TM-T20III", 0, 0, "Epson TM-T20III"},
    {"TM-m30", 0, 0, "Epson TM-m30"},
    {"TM-L90", 0, 0, "Epson TM-L90"},
    {"TM-P80", 0, 0, "Epson TM-P80"},
    {"TM-T70", 0, 0, "Epson TM-T70"},
    {"TM-T70II", 0, 0, "Epson TM-T70II"},
    {"TM-T70II-CH", 0, 0, "Epson TM-T70II-CH"},
    {"TM-T88II", 0, 0, "Epson TM-T88II"},
    {"TM-T88III", 0, 0, "Epson TM-T88III"},
    {"TM-T88IV", 0, 0, "Epson TM-T88IV"},
    {"TM-T88V", 0, 0, "Epson TM-T88V"},
    {"T-1", 0, 0, "Metapace T-1"},
    {"CT-S651", 0, 0, "Citizen CT-S651"},
    {"SRP-S300", 0, 0, "Bixolon SRP-S300"},
    {"RP-F10", 0, 0, "Seiko RP-F10"},
    {"TSP6", 0, 0, "Star TSP600"},
    {"TSP8", 0, 0, "Star TSP800"},
    {"TUP5", 0, 0, "Star TUP500"},
    {"TEP-200M", 0, 0, "Epos TEP-200M"},
    {"TH230", 0, 0, "Wincor Nixdorf TH230"},
    {"TH230+", 0, 0, "Wincor Nixdorf TH230+"},
    {"Reliance", 0, 0, "Pyramid Reliance"},
    {"VKP80", 0, 0, "Custom VKP80II"},
    {"KR-306", 0, 0, "Kefar KR-306"},
    {"80-V-UL", 0, 0, "Netum NT-80-V-UL"},
    {"NT-80", 0, 0, "Netum NT-80-V-UL"},
    {"P822D", 0, 0, "PBM P822D"},
    {"RP326", 0, 0, "Rongta RP326"},
    {"RP332", 0, 0, "Rongta RP332"},
    {"ITPP047", 0, 0, "Munbyn ITPP047"},
    {"POS-58", 0, 0, "Zjiang POS-5890"},
    {"POS58", 0, 0, "Zjiang POS-5890"},
    {"ZJ-58", 0, 0, "Zjiang ZJ-5870"},
    {"NT-58", 0, 0, "Netum NT-5890K"},
    {"", 0x04B8, 0x0E03, "Epson TM-T20"},
    {"", 0x04B8, 0x0E15, "Epson TM-T20II"},
    {"", 0x0425, 0x8147, "Pyramid Reliance"},
};

constexpr const PrinterProfile* named(std::string_view name) {
  for (const PrinterProfile& profile : profiles) {
    if (profile.name == name) return &profile;
  }
  return nullptr;
}

constexpr bool every_sign_has_its_row() {
  for (const Sign& sign : signs) {
    if (named(sign.profile) == nullptr) return false;
  }
  return true;
}
static_assert(every_sign_has_its_row());

}  // namespace

const PrinterProfile& generic_profile() { return profiles[0]; }

const PrinterProfile& find_profile(std::uint16_t vendor, std::uint16_t product, std::string_view model) {
  const Sign* best = nullptr;
  for (const Sign& sign : signs) {
    const bool fits =
        sign.model.empty() ? sign.vendor == vendor && sign.product == product : model.starts_with(sign.model);
    if (fits && (best == nullptr || sign.model.size() > best->model.size())) best = &sign;
  }
  return best == nullptr ? generic_profile() : *named(best->profile);
}

std::string_view model_of_device_id(std::string_view device_id) {
  while (!device_id.empty()) {
    const std::size_t end = std::min(device_id.find(';'), device_id.size());
    std::string_view field = device_id.substr(0, end);
    while (field.starts_with(' ')) field.remove_prefix(1);
    for (const std::string_view key : {"MDL:", "MODEL:"}) {
      if (field.starts_with(key)) return field.substr(key.size());
    }
    device_id.remove_prefix(std::min(end + 1, device_id.size()));
  }
  return {};
}

std::span<const PrinterProfile> printer_profiles() { return profiles; }

}  // namespace bianmin::printer
