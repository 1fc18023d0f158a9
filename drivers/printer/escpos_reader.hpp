// ESC/POS bytes as a list of operations, one by one. Pure; hostile input is safe. The emulated printer
// executes them, printed_slip.hpp makes slips of them. Source: the Epson ESC/POS command reference, and for
// what others add (FS in Chinese printers, GS k 7 and 8) the public programming manuals.
#pragma once

#include <optional>

#include "drivers/printer/escpos_operation.hpp"

namespace bianmin::printer::escpos {

struct Step {
  std::size_t byte_count = 0;
  Operation operation;
};

// How bytes from 81 on are taken: in pairs (and fours) of GB 18030, or each for itself.
enum class TextMode { gb18030, single_bytes };

// The first operation of `bytes`; empty: it is not complete yet.
std::optional<Step> read_step(ByteView bytes, TextMode mode = TextMode::gb18030);

// Whether it leaves something on the paper that a person would see.
bool marks_paper(const Operation& operation);

}  // namespace bianmin::printer::escpos
