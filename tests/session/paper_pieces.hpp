// What pieces of paper are, judged by what a person sees on them and by nothing that the driver or its model
// think of them.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "drivers/printer/escpos_encoder.hpp"
#include "drivers/printer/printed_slip.hpp"
#include "drivers/printer/receipt_printer.hpp"

namespace bianmin {

struct PaperCount {
  int whole = 0;        // the first slip, from its first line to the end mark
  int duplicates = 0;   // the same after the line that says so
  int next = 0;         // the slip of the next person
  int partial = 0;      // a beginning of the first slip, without the end mark
  int ended_early = 0;  // the same with the end mark
  int mixed = 0;        // anything else with something on it
};

using PaperLines = std::vector<std::string>;

inline PaperLines lines_of(const printer::PrintedSlip& piece) {
  PaperLines lines;
  std::string line;
  for (const char c : printer::slip_text(piece)) {
    if (c != '\n') {
      line += c;
    } else if (!line.empty()) {
      lines.push_back(std::exchange(line, {}));
    }
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

inline PaperLines lines_of(const printer::Document& document) {
  const auto encoded = printer::encode_escpos(document, {});
  if (!encoded) return {};
  Bytes bytes = encoded->body;
  append(bytes, encoded->cut);
  const auto slips = printer::read_slips(bytes);
  return slips.empty() ? PaperLines{} : lines_of(slips.front());
}

inline PaperCount count_paper(const std::vector<printer::PrintedSlip>& pieces, const printer::Document& first,
                              const printer::Document& next, std::string_view mark) {
  const PaperLines first_lines = lines_of(first);
  const PaperLines next_lines = lines_of(next);
  PaperLines duplicate_lines = first_lines;
  duplicate_lines.insert(duplicate_lines.begin(), std::string(mark));
  PaperCount count;
  for (const printer::PrintedSlip& piece : pieces) {
    PaperLines lines = lines_of(piece);
    bool ended = false;
    while (!lines.empty() && lines.back() == printer::slip_end_mark) {
      lines.pop_back();
      ended = true;
    }
    const auto begins = [&](const PaperLines& whole) {
      return lines.size() <= whole.size() && std::equal(lines.begin(), lines.end(), whole.begin());
    };
    if (lines.empty()) continue;  // a blank strip, or one with an end mark alone
    if (ended && lines == first_lines) {
      ++count.whole;
    } else if (ended && lines == duplicate_lines) {
      ++count.duplicates;
    } else if (ended && lines == next_lines) {
      ++count.next;
    } else if (begins(first_lines) || begins(duplicate_lines)) {
      ++(ended ? count.ended_early : count.partial);
    } else {
      ++count.mixed;
    }
  }
  return count;
}

inline std::string paper_text(const std::vector<printer::PrintedSlip>& pieces) {
  std::string text;
  for (const printer::PrintedSlip& piece : pieces) {
    text += printer::slip_text(piece) + (piece.cut ? "------- cut\n" : "~~~~~~~ torn\n");
  }
  return text;
}

}  // namespace bianmin
