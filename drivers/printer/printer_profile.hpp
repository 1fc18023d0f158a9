// What a model of receipt printer can do. Pure.
//
// Rows of a constexpr table, not a file: the compiler checks them, none can be missing or broken on a
// terminal, and a new model is one line beside its likes. Widths, columns, codes and cutters of the models
// are facts of the ESC/POS printer database (github.com/receipt-print-hq/escpos-printer-db, CC BY 4.0). It
// does not say whether a printer has a Chinese font or answers GS ( H; those are the vendors' words, or the
// cautious answer.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace bianmin::printer {

enum class PaperWidth { mm58, mm80 };

struct PrintArea {
  int dots = 0;     // across the paper; 0: such paper does not fit
  int columns = 0;  // of half-width characters of font A

  constexpr bool operator==(const PrintArea&) const = default;
};

enum class PrinterText {
  none,     // every line is sent as a picture
  ascii,    // code pages alone: only ASCII is sent as text
  gb18030,  // after FS &, GBK's two-byte characters too
};
enum class RasterCommand {
  rows,     // GS v 0
  columns,  // ESC *, 24 dots high: a few do only this well
};
enum class Cutter { none, partial, full };

// What holds a slip at the mouth until somebody takes it, with a sensor that sees it there (DLE EOT 20).
// Sources: Pyramid's ESC/POS command set for the Reliance (GS e, full status); Custom's manual of the KPM210
// and KPM216, and what public drivers send a VKP80II, agree with it.
struct Presenter {
  int steps = 0;          // GS e 3: how far out, in steps of the model; 0: it has none
  bool retracts = false;  // GS e 2 takes in what was not taken

  constexpr bool exists() const { return steps > 0; }
};

struct PrinterProfile {
  std::string_view name;  // as people call it; "generic" for those that are not listed
  PrintArea mm58 = {384, 32};
  PrintArea mm80 = {576, 48};
  PrinterText text = PrinterText::gb18030;
  bool qr_code = true;  // GS ( k, functions 165 to 181
  bool code128 = true;  // GS k 73
  RasterCommand raster = RasterCommand::rows;
  int raster_byte_max = 3'072;  // of one GS v 0: small printers keep a band in memory before they print it
  Cutter cutter = Cutter::partial;
  int feed_before_cut = 3;        // lines from the print head to the knife, or to the edge where one tears
  bool process_id = true;         // worth asking GS ( H: one that does not know it may print its parameters
  bool automatic_status = false;  // GS a
  Presenter presenter = {};

  // On paper of `width`; of the only paper that fits when that is another.
  constexpr PrintArea area(PaperWidth width) const {
    if (mm58.dots == 0) return mm80;
    if (mm80.dots == 0) return mm58;
    return width == PaperWidth::mm58 ? mm58 : mm80;
  }
};

// The printer that is not listed: it is sent what nearly all printers sold in China take.
const PrinterProfile& generic_profile();

// The best row for a printer: the model name (MDL of its IEEE 1284 id, or GS I 67; may be empty) tells more
// than the numbers, for cheap printers share them. Never fails: generic_profile() when nothing fits.
const PrinterProfile& find_profile(std::uint16_t vendor, std::uint16_t product, std::string_view model = {});

// The value of MDL or MODEL in an IEEE 1284 device id ("MFG:EPSON;MDL:TM-T20II;..."), without the two bytes
// of length; empty: there is none. Borrows from `device_id`.
std::string_view model_of_device_id(std::string_view device_id);

// All rows, for listings and tests.
std::span<const PrinterProfile> printer_profiles();

}  // namespace bianmin::printer
