// Pages of paper to draw on, black on white, in units of 1/300 inch: the same calls make rows of grey for a
// printer, or a PDF.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"
#include "ui/kit/geometry.hpp"

namespace bianmin::ui {

inline constexpr Size a4_paper{2'480, 3'508};

// Thread-bound.
class Paper {
 public:
  // `row_count` rows of a page, from `first_row` on: what is drawn elsewhere is lost.
  static Paper band(Size page, int first_row, int row_count);
  // A PDF 1.4 of such pages, fonts embedded. `created` is an ISO 8601 time: the same drawing makes the same
  // bytes.
  static Paper pdf(Size page, const std::string& created);
  ~Paper();
  Paper(Paper&&) noexcept;
  Paper& operator=(Paper&&) noexcept;

  bool shows(const Rect& rect) const;          // whether drawing there changes anything
  void fill(const std::vector<Rect>& shapes);  // as one shape
  void end_page();                             // of a PDF

  // Of a band: its rows, a byte per unit, 0 black to 255 white. Nothing is drawn afterwards.
  Bytes take_grey();
  // Of a PDF: the file. Error "paper.unwritable". Nothing is drawn afterwards.
  Result<Bytes> take_pdf();

  void* context() const;  // the cairo_t, for the drawing classes of this folder

 private:
  struct State;
  explicit Paper(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bianmin::ui
