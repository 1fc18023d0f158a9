// Makes a PDF/A-2b of a PDF that has its fonts embedded and neither scripts nor encryption: adds the XMP
// metadata, the output intent with its colour profile, and the identifier, and writes one new table of the
// objects. Pure. Source: ISO 19005-2:2011 (6.1.3, 6.2.3, 6.6.2, 6.6.4), ISO 32000-1:2008.
#pragma once

#include <string>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::ui {

struct PdfTexts {
  std::string title;    // UTF-8
  std::string created;  // "2026-11-26T08:30:00Z"
};

// Errors "text.bad_utf8"; "pdf.unreadable": not a file with a plain table of objects, as PDF 1.4 has it.
Result<Bytes> as_pdf_a(ByteView pdf, const PdfTexts& texts);

// An ICC profile (version 2.1) of the colour space sRGB, made from the numbers of IEC 61966-2-1.
Bytes srgb_profile();

}  // namespace bianmin::ui
