// What came out of the printer, as a person would see it: for drawing it, counting it and testing it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "drivers/printer/document.hpp"
#include "drivers/printer/escpos_reader.hpp"
#include "terminal/base/bytes.hpp"

namespace bianmin::printer {

struct PrintedRun {
  std::string text;     // UTF-8
  int width_scale = 1;  // 1 to 8
  int height_scale = 1;
  bool bold = false;
};
struct PrintedText {  // one line of the paper; no runs: an empty line
  Align align = Align::left;
  std::vector<PrintedRun> runs;
};
struct PrintedQr {
  Align align = Align::left;
  std::string text;
  int module_dots = 3;
};
struct PrintedRaster {
  Align align = Align::left;
  int width_dots = 0;
  int height_dots = 0;
  Bytes bits;  // rows of whole bytes, the leftmost dot the highest bit, 1 is black
};
using PrintedLine = std::variant<PrintedText, PrintedQr, PrintedRaster>;

struct PrintedSlip {
  std::vector<PrintedLine> lines;
  bool cut = false;    // false: the stream ended, or goes on
  bool blank() const;  // nothing but empty lines
};

// Collects operations into slips.
class SlipBuilder {
 public:
  void apply(const escpos::Operation& operation);
  const PrintedSlip& current() const { return current_; }
  std::vector<PrintedSlip> take_finished();  // those cut since the last call, blank ones left out
  PrintedSlip take_current();                // also what is on the line that is not ended

 private:
  void end_line();
  PrintedSlip current_;
  std::vector<PrintedSlip> finished_;
  Bytes pending_;  // characters of the current run
  std::vector<PrintedRun> runs_;
  PrintedRun style_;
  Align align_ = Align::left;
  std::string qr_data_;
  int qr_module_dots_ = 3;
};

// All slips of a stream; the last one may be without a cut.
std::vector<PrintedSlip> read_slips(ByteView escpos);

// The slip's text, a line each, for tests and summaries.
std::string slip_text(const PrintedSlip& slip);

}  // namespace bianmin::printer
