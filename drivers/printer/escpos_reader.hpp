// ESC/POS bytes as a list of operations, one by one. Pure; hostile input is safe. The emulated printer
// executes them, printed_slip.hpp makes slips of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "drivers/printer/document.hpp"
#include "terminal/base/bytes.hpp"

namespace bianmin::printer::escpos {

struct Initialise {};
struct Text {
  Bytes bytes;  // one character: ASCII, or 2 or 4 bytes of GB 18030
};
struct NewLine {};
struct FeedLines {
  int lines = 0;
};
struct SetAlign {
  Align align = Align::left;
};
struct SetSize {
  int width = 1;  // 1 to 8
  int height = 1;
};
struct SetBold {
  bool on = false;
};
struct QrModuleSize {
  int dots = 3;
};
struct QrStore {
  std::string data;
};
struct QrPrint {};
struct Raster {
  int width_bytes = 0;  // eight dots each, the leftmost the highest bit
  int height = 0;
  Bytes bits;
};
struct Cut {};
struct StatusRequest {
  int number = 0;  // DLE EOT n
};
struct ProcessId {
  std::string id;  // GS ( H: to be answered when all before it is printed
};
struct ClearBuffer {};
struct Other {};  // known in length and of no consequence here, or unknown: one byte is skipped

using Operation = std::variant<Initialise, Text, NewLine, FeedLines, SetAlign, SetSize, SetBold, QrModuleSize,
                               QrStore, QrPrint, Raster, Cut, StatusRequest, ProcessId, ClearBuffer, Other>;

struct Step {
  std::size_t byte_count = 0;
  Operation operation;
};

// The first operation of `bytes`; empty: it is not complete yet.
std::optional<Step> read_step(ByteView bytes);

}  // namespace bianmin::printer::escpos
