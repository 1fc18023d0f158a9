// What came out of the printer, as a person would see it: for drawing it, counting it and testing it. Pure.
// Lengths are dots of the print head, 8 a millimetre.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "drivers/printer/document.hpp"
#include "drivers/printer/escpos_operation.hpp"
#include "terminal/base/bytes.hpp"

namespace bianmin::printer {

constexpr int line_spacing_dots = 30;  // of the usual line

// Where on the paper: within `area_dots` from `left_dots` on.
struct Placed {
  Align align = Align::left;
  int left_dots = 0;
  int area_dots = 0;
};

struct PrintedRun {     // characters of one look and one width, or a picture in the line
  std::string text;     // UTF-8
  int x_dots = 0;       // from the line's own beginning
  int cell_width = 12;  // of one character, before it is scaled
  int cell_height = 24;
  int gap_dots = 0;     // after each character
  int width_scale = 1;  // 1 to 8
  int height_scale = 1;
  int underline_dots = 0;
  bool bold = false;
  bool reverse = false;
  bool turned = false;
  Bitmap picture;  // not empty: instead of text, scaled like it
};
struct PrintedText : Placed {  // one line of the paper; no runs: an empty line
  std::vector<PrintedRun> runs;
  int width_dots = 0;
  int height_dots = line_spacing_dots;  // to the next line
  bool upside_down = false;
};
struct PrintedQr : Placed {
  std::string text;
  int module_dots = 3;
  escpos::QrLevel level = escpos::QrLevel::l;
};
struct PrintedPdf417 : Placed {
  std::string text;
  int module_dots = 3;
  int row_modules = 3;
};
struct PrintedBars : Placed {
  escpos::BarSymbology symbology = escpos::BarSymbology::other;
  std::string text;  // as a person reads it
  int module_dots = 3;
  int height_dots = 162;
  bool text_above = false;
  bool text_below = false;
};
struct PrintedRaster : Placed {
  Bitmap picture;
};
struct PrintedSpace {
  int dots = 0;
};
using PrintedLine =
    std::variant<PrintedText, PrintedQr, PrintedPdf417, PrintedBars, PrintedRaster, PrintedSpace>;

struct PrintedSlip {
  std::vector<PrintedLine> lines;
  bool cut = false;    // false: the stream ended, or goes on
  bool blank() const;  // nothing but empty lines
};

// Collects operations into slips. What is longer than a roll of paper is left out.
class SlipBuilder {
 public:
  explicit SlipBuilder(int area_dots = 576);

  void apply(const escpos::Operation& operation);
  const PrintedSlip& current() const { return current_; }
  std::vector<PrintedSlip> take_finished();  // those cut since the last call, blank ones left out
  PrintedSlip take_current();                // also what is on the line that is not ended
  // How the bytes that follow are to be taken. Printers made for China are in Chinese mode until they are
  // told otherwise, and what uses a code page says so: ESC t or FS . before it.
  bool single_bytes() const { return single_bytes_; }

 private:
  class Apply;
  struct Style {
    int width_scale = 1;
    int height_scale = 1;
    int underline_dots = 0;
  };

  void initialise();
  void put(const escpos::Text& text);
  void put_picture(const escpos::InlinePicture& image);
  void place(const PrintedRun& run, int width_dots);
  void tab();
  void end_run();
  void end_line();
  void end_open_line();
  void feed(int dots);
  void cut();
  void add(PrintedLine line, int height_dots);
  void add_raster(const escpos::Raster& raster);
  void add_bars(const escpos::PrintBars& bars);
  Placed here() const;
  PrintedRun look(const Style& style) const;
  int across(int units) const;
  int along(int units) const;
  int column_dots() const;

  int paper_dots_;
  PrintedSlip current_;
  std::vector<PrintedSlip> finished_;
  int used_dots_ = 0;  // of the roll, since the last cut

  // The line under way.
  Bytes pending_;  // characters of the open run, `run_` says how they look
  PrintedRun run_;
  std::vector<PrintedRun> runs_;
  int x_ = 0;
  int tallest_ = 0;

  // How things are set.
  Style ascii_;
  Style chinese_;
  bool bold_ = false;
  bool reverse_ = false;
  bool small_font_ = false;
  bool upside_down_ = false;
  bool turned_ = false;
  bool single_bytes_ = false;
  int code_page_ = 0;
  int country_ = 0;
  int gap_dots_ = 0;
  Align align_ = Align::left;
  int left_dots_ = 0;
  int area_dots_;
  int spacing_dots_ = line_spacing_dots;
  int units_across_ = 0;
  int units_along_ = 0;
  std::vector<int> tabs_;
  std::string qr_data_;
  int qr_module_dots_ = 3;
  escpos::QrLevel qr_level_ = escpos::QrLevel::l;
  std::string pdf417_data_;
  int pdf417_module_dots_ = 3;
  int pdf417_row_modules_ = 3;
  int bar_height_dots_ = 162;
  int bar_module_dots_ = 3;
  bool bar_text_above_ = false;
  bool bar_text_below_ = false;
  escpos::Raster graphics_;
  Bitmap defined_;
};

// All slips of a stream that a printer of `area_dots` prints; the last one may be without a cut.
std::vector<PrintedSlip> read_slips(ByteView escpos, int area_dots = 576);

// The slip's text, a line each, for tests and summaries.
std::string slip_text(const PrintedSlip& slip);

}  // namespace bianmin::printer
