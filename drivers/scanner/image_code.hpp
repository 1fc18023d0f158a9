// Codes in pictures: the only place of ZXing.
#pragma once

#include <string>
#include <vector>

#include "drivers/scanner/gray_image.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::scanner {

struct DecodedCode {
  std::string format;  // ZXing's name: "QRCode", "DataMatrix", "Code128", ...
  std::string text;    // UTF-8
};

// The code in a picture; empty when there is none. Tries the picture as it is, then stretched in contrast,
// inverted, twice as large, and with its noise taken away. EAN-13, EAN-8, UPC-A, Code 128, Code 39, ITF, QR,
// PDF417, Data Matrix: with these formats and one code at a time ZXing 1.4 was never seen to abort, but it
// has such a history, so pictures from outside belong into decode_isolated(). Error "image.broken" for a
// picture that is none.
Result<std::vector<DecodedCode>> decode_codes(const GrayImage& image);

// The same in a child process that is killed after `deadline_ms`: whatever the picture does, the caller
// lives. Blocks; forks, so call it from programs with one thread or from none that hold locks. Errors
// besides: "image.decoder_died", "image.decoder_slow".
Result<std::vector<DecodedCode>> decode_isolated(const GrayImage& image, int deadline_ms);

}  // namespace bianmin::scanner
