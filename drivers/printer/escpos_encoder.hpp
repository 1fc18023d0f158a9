// A document as ESC/POS bytes. Pure. Source: the Epson ESC/POS command reference; QR by GS ( k, GB 18030
// text.
#pragma once

#include <string_view>

#include "drivers/printer/document.hpp"
#include "drivers/printer/printer_profile.hpp"
#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::printer {

struct EncodedSlip {
  Bytes body;  // from the initialisation to the last line
  Bytes cut;   // feeds and cuts
};

// Error "printer.bad_document": text that is no UTF-8, a QR text that is empty or over 200 bytes, an unknown
// scale, more lines than any slip has. Control characters in texts are printed as spaces: text can never be a
// command.
Result<EncodedSlip> encode_escpos(const Document& document, PaperWidth width);

// The pieces that the driver sends around slips.
Bytes escpos_initialise();
Bytes escpos_status_request();  // all four real-time statuses
Bytes escpos_process_id(
    std::string_view id);     // 4 printable characters; answered when all before it is printed
Bytes escpos_clear_buffer();  // answered when done

}  // namespace bianmin::printer
