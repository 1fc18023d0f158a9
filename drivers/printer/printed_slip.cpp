#include "drivers/printer/printed_slip.hpp"

#include <algorithm>

#include "drivers/printer/escpos_reader.hpp"

namespace bianmin::printer {

namespace {

constexpr std::size_t slip_count_max = 2'000;

// What codes say goes to screens: nothing of it may be a command there.
std::string visible(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; },
      '?');
  return text;
}

struct TextOf {
  std::string operator()(const PrintedText& line) const {
    std::string text;
    for (const PrintedRun& run : line.runs) text += run.picture.empty() ? run.text : "[picture]";
    return text + '\n';
  }
  std::string operator()(const PrintedQr& code) const { return "[QR " + visible(code.text) + "]\n"; }
  std::string operator()(const PrintedPdf417& code) const { return "[PDF417 " + visible(code.text) + "]\n"; }
  std::string operator()(const PrintedBars& bars) const { return "[bars " + visible(bars.text) + "]\n"; }
  std::string operator()(const PrintedRaster&) const { return "[picture]\n"; }
  std::string operator()(const PrintedSpace& space) const {
    const int lines = (space.dots + line_spacing_dots / 2) / line_spacing_dots;
    return std::string(static_cast<std::size_t>(lines), '\n');
  }
};

bool is_blank(const PrintedLine& line) {
  const auto* text = std::get_if<PrintedText>(&line);
  return std::holds_alternative<PrintedSpace>(line) || (text != nullptr && text->runs.empty());
}

}  // namespace

bool PrintedSlip::blank() const { return std::all_of(lines.begin(), lines.end(), is_blank); }

std::vector<PrintedSlip> read_slips(ByteView escpos, int area_dots) {
  SlipBuilder builder(area_dots);
  std::vector<PrintedSlip> slips;
  while (slips.size() < slip_count_max) {
    const auto mode = builder.single_bytes() ? escpos::TextMode::single_bytes : escpos::TextMode::gb18030;
    const auto step = escpos::read_step(escpos, mode);
    if (!step) break;
    builder.apply(step->operation);
    for (PrintedSlip& slip : builder.take_finished()) slips.push_back(std::move(slip));
    escpos = escpos.subspan(step->byte_count);
  }
  if (PrintedSlip rest = builder.take_current(); !rest.blank()) slips.push_back(std::move(rest));
  return slips;
}

std::string slip_text(const PrintedSlip& slip) {
  std::string text;
  for (const PrintedLine& line : slip.lines) text += std::visit(TextOf{}, line);
  return text;
}

}  // namespace bianmin::printer
