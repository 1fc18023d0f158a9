// The code in a picture, sought in ever dearer ways until the time is over: the only reader of ZXing.
#pragma once

#include <string>
#include <vector>

#include "drivers/scanner/gray_image.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::scanner {

struct DecodedCode {
  std::string format;  // ZXing's name: "QRCode", "DataMatrix", "Code128", ...
  std::string text;    // UTF-8, not empty

  bool operator==(const DecodedCode&) const = default;
};

constexpr int ladder_budget_ms = 90;

struct LadderLimits {
  // Of this thread's own time: no rung begins later, and the last one takes some 20 ms in 1080p.
  int budget_ms = ladder_budget_ms;
  // Which of the dear rungs comes first, for pictures of a camera: each frame begins where the last one
  // stopped, so that a small budget for each of them climbs the whole ladder in some frames.
  std::size_t first_rung = 0;
};

struct LadderResult {
  std::vector<DecodedCode> codes;  // one or none
  std::string rung;                // that found it; empty: none did
  std::size_t next_rung = 0;       // where the next frame should begin
};

// QR, Micro QR, Data Matrix, PDF417, Code 128, Code 39, ITF, EAN-13, EAN-8, UPC-A. A small picture is looked
// at as a whole, of a large one the places alone where a code may be, in all their pixels, and the whole at
// half the size: as it is, against its own neighbourhood (glare, shadows), inverted, stretched, smoothed,
// sharpened, twice as large. Where bars stand they are turned upright first. The whole of a large picture
// comes last: a frame without such places costs little.
//
// A linear code counts when two different looks show the same, Code 128 in the unchanged picture at once.
// Code 39 and ITF have no check digit: short ones are none.
//
// With these formats and one code at a time ZXing 1.4 was never seen to abort, but it has such a history, so
// pictures from outside belong into a DecoderChild. Error "image.broken" for a picture
// that is none.
Result<LadderResult> climb_ladder(const GrayImage& image, const LadderLimits& limits = {});

}  // namespace bianmin::scanner
