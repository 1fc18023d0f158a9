// A document as ESC/POS bytes. Pure. Source: the Epson ESC/POS command reference; what the model cannot do is
// sent as pictures.
#pragma once

#include <string_view>

#include "drivers/printer/document.hpp"
#include "drivers/printer/printer_profile.hpp"
#include "drivers/printer/text_raster.hpp"
#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::printer {

// What slips are made for.
struct SlipFormat {
  PaperWidth width = PaperWidth::mm80;
  PrinterProfile profile = generic_profile();
  TextRaster raster = {};
};

struct EncodedSlip {
  Bytes body;  // from the initialisation to the last line
  Bytes cut;   // feeds and cuts
  Bytes hand;  // holds it out to the person; empty: it has no presenter
};

// Error "printer.bad_document": text that is no UTF-8, a code that is empty or too long, an unknown scale, a
// picture that is none, more lines than any slip has. Control characters in texts are printed as spaces: text
// can never be a command.
Result<EncodedSlip> encode_escpos(const Document& document, const SlipFormat& format);

// The pieces that the driver sends around slips.
Bytes escpos_initialise();
Bytes escpos_status_request();  // all four real-time statuses
Bytes escpos_process_id(
    std::string_view id);     // 4 printable characters; answered when all before it is printed
Bytes escpos_clear_buffer();  // answered when done
Bytes escpos_retract();       // of a presenter: takes in what is in its way
Bytes escpos_mouth_request();

}  // namespace bianmin::printer
