// A PDF as pages of black and white pixels, by Poppler. Everything in the file is hostile: this runs in
// kiosk-pdf alone, confined.
#pragma once

#include <memory>

#include "terminal/base/bytes.hpp"
#include "terminal/pdf/pdf_words.hpp"

namespace bianmin::pdf {

// Thread-bound; one in a process, because Poppler tells what is wrong by one function for all.
class PageDrawing {
 public:
  // What is known without drawing: good and how many pages, or why not. A file that had to be repaired to be
  // read is broken: nobody knows what is missing of it.
  struct Look {
    Verdict verdict = Verdict::broken;
    std::size_t page_count = 0;
  };
  explicit PageDrawing(ByteView file);
  ~PageDrawing();
  PageDrawing(const PageDrawing&) = delete;
  PageDrawing& operator=(const PageDrawing&) = delete;

  Look look() const { return look_; }
  // page_byte_count bytes. A page as large as A4 or smaller comes in its own size, in the middle; a larger
  // one is made to fit; one that is wider than high is turned. Greys become patterns of dots.
  Result<Bytes> draw(std::size_t page);
  // After the last page: whether all that is on them was drawn.
  Verdict verdict() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  Look look_;
};

}  // namespace bianmin::pdf
