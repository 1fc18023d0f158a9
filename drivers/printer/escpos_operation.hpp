// What a receipt printer is told, one operation at a time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "drivers/printer/bitmap.hpp"
#include "drivers/printer/document.hpp"
#include "terminal/base/bytes.hpp"

namespace bianmin::printer::escpos {

struct Initialise {};
struct Text {
  Bytes bytes;  // one character: a byte of ASCII or of a code page, or 2 or 4 bytes of GB 18030
};

// Moving paper and pen. Amounts in motion units, which are dots unless the stream says otherwise.
struct NewLine {};
struct FeedLines {
  int lines = 0;
};
struct FeedUnits {
  int units = 0;
};
struct SetLineSpacing {
  std::optional<int> units;  // none: the usual one
};
struct SetMotionUnits {  // parts of an inch, 0: the usual ones
  int across = 0;
  int along = 0;
};
struct SetAlign {
  Align align = Align::left;
};
struct Tab {};
struct SetTabs {
  std::vector<int> columns;  // of the current character's width
};
struct MoveTo {
  int units = 0;  // from the left margin
};
struct MoveBy {
  int units = 0;
};
struct SetLeftMargin {
  int units = 0;
};
struct SetAreaWidth {
  int units = 0;
};
struct SetCharacterGap {
  int units = 0;
};

// How characters look.
struct SetSize {
  int width = 1;  // 1 to 8
  int height = 1;
};
struct SetBold {
  bool on = false;
};
struct SetUnderline {
  int dots = 0;  // 0 to 2
};
struct SetReverse {
  bool on = false;
};
struct SetSmallFont {
  bool on = false;
};
struct SetUpsideDown {
  bool on = false;
};
struct SetTurned {  // by 90 degrees, clockwise
  bool on = false;
};
struct SetModes {  // ESC !
  bool small_font = false;
  bool bold = false;
  bool double_height = false;
  bool double_width = false;
  bool underline = false;
};
struct SetChineseModes {  // FS !, of Chinese characters alone
  bool double_height = false;
  bool double_width = false;
  bool underline = false;
};
struct SetChineseUnderline {
  int dots = 0;
};
struct SetChinese {  // FS & and FS .
  bool on = false;
};
struct SetCodePage {
  int number = 0;
};
struct SetCountry {  // ESC R: what stands for # $ @ [ \ ] ^ ` { | } ~
  int number = 0;
};

// Codes and pictures.
struct QrModuleSize {
  int dots = 3;
};
enum class QrLevel { l, m, q, h };
struct SetQrLevel {
  QrLevel level = QrLevel::l;
};
struct QrStore {
  std::string data;
};
struct QrPrint {};
struct Pdf417ModuleSize {
  int dots = 3;
};
struct Pdf417RowHeight {
  int modules = 3;
};
struct Pdf417Store {
  std::string data;
};
struct Pdf417Print {};
struct SetBarHeight {
  int dots = 162;
};
struct SetBarModule {
  int dots = 3;
};
struct SetBarText {
  bool above = false;
  bool below = false;
};
enum class BarSymbology { upc_a, upc_e, ean13, ean8, code39, itf, codabar, code93, code128, other };
struct PrintBars {
  BarSymbology symbology = BarSymbology::other;
  std::string data;
};
struct Raster {  // a picture of its own line
  Bitmap picture;
  int scale_x = 1;
  int scale_y = 1;
};
struct InlinePicture {  // ESC *: stands in the line like a character
  Bitmap picture;
  int scale_x = 1;
  int scale_y = 1;
};
struct StoreGraphics {  // GS ( L and GS 8 L, function 112 and 113
  Raster picture;
};
struct PrintGraphics {};
struct DefinePicture {  // GS *
  Bitmap picture;
};
struct PrintPicture {  // GS /
  int scale_x = 1;
  int scale_y = 1;
};

struct Cut {
  bool full = false;
  int feed_units = 0;  // before it, besides the way to the knife
};
struct StatusRequest {
  int number = 0;  // DLE EOT n
};
struct ProcessId {
  std::string id;  // GS ( H: to be answered when all before it is printed
};
struct ClearBuffer {};
struct Other {};  // known in length and of no consequence here, or unknown: one byte is skipped

using Operation =
    std::variant<Initialise, Text, NewLine, FeedLines, FeedUnits, SetLineSpacing, SetMotionUnits, SetAlign,
                 Tab, SetTabs, MoveTo, MoveBy, SetLeftMargin, SetAreaWidth, SetCharacterGap, SetSize, SetBold,
                 SetUnderline, SetReverse, SetSmallFont, SetUpsideDown, SetTurned, SetModes, SetChineseModes,
                 SetChineseUnderline, SetChinese, SetCodePage, SetCountry, QrModuleSize, SetQrLevel, QrStore,
                 QrPrint, Pdf417ModuleSize, Pdf417RowHeight, Pdf417Store, Pdf417Print, SetBarHeight,
                 SetBarModule, SetBarText, PrintBars, Raster, InlinePicture, StoreGraphics, PrintGraphics,
                 DefinePicture, PrintPicture, Cut, StatusRequest, ProcessId, ClearBuffer, Other>;

}  // namespace bianmin::printer::escpos
