#include <algorithm>
#include <utility>

#include "drivers/printer/code_page.hpp"
#include "drivers/printer/printed_slip.hpp"
#include "terminal/base/gb18030.hpp"

namespace bianmin::printer {

namespace {

constexpr int head_dpi = 203;
constexpr int roll_dots = 400'000;  // fifty metres
constexpr std::size_t line_count_max = 20'000;
constexpr std::size_t code_byte_max = 7'089;  // what the largest QR code holds
constexpr int usual_tab_columns = 8;

// What stands for Code 128's code sets in GS k: {A {B {C {1 to {4 {S, and {{ for itself.
std::string code128_text(std::string_view data) {
  std::string text;
  bool pairs = false;
  for (std::size_t at = 0; at < data.size(); ++at) {
    if (data[at] == '{' && at + 1 < data.size()) {
      const char set = data[++at];
      if (set == 'A' || set == 'B' || set == 'C') pairs = set == 'C';
      if (set == '{') text += set;
    } else if (pairs) {
      const int value = static_cast<unsigned char>(data[at]);
      text += static_cast<char>('0' + value / 10 % 10);
      text += static_cast<char>('0' + value % 10);
    } else {
      text += data[at];
    }
  }
  return text;
}

}  // namespace

SlipBuilder::SlipBuilder(int area_dots) : paper_dots_(area_dots), area_dots_(area_dots) {}

// ESC @: everything as after power on.
void SlipBuilder::initialise() {
  SlipBuilder fresh(paper_dots_);
  fresh.current_ = std::move(current_);
  fresh.finished_ = std::move(finished_);
  fresh.used_dots_ = used_dots_;
  fresh.defined_ = std::move(defined_);
  *this = std::move(fresh);
}

int SlipBuilder::across(int units) const {
  return units_across_ == 0 ? units : units * head_dpi / units_across_;
}
int SlipBuilder::along(int units) const {
  return units_along_ == 0 ? units : units * head_dpi / units_along_;
}

Placed SlipBuilder::here() const {
  const int left = std::min(left_dots_, paper_dots_ - 1);
  return {align_, left, std::clamp(area_dots_, 1, paper_dots_ - left)};
}

// How a character would look that is put down now.
PrintedRun SlipBuilder::look(const Style& style) const {
  PrintedRun run;
  run.x_dots = x_;
  run.width_scale = style.width_scale;
  run.height_scale = style.height_scale;
  run.underline_dots = style.underline_dots;
  run.bold = bold_;
  run.reverse = reverse_;
  run.turned = turned_;
  run.gap_dots = gap_dots_;
  if (small_font_) {
    run.cell_width = 9;
    run.cell_height = 17;
  }
  return run;
}

int SlipBuilder::column_dots() const { return ((small_font_ ? 9 : 12) + gap_dots_) * ascii_.width_scale; }

void SlipBuilder::end_run() {
  if (!pending_.empty()) run_.text += utf8_from_gb18030(pending_);
  pending_.clear();
  if (!run_.text.empty()) runs_.push_back(std::move(run_));
  run_ = {};
}

// Makes room for something so wide, on the next line when it does not fit this one.
void SlipBuilder::place(const PrintedRun& run, int width_dots) {
  if (x_ + width_dots > here().area_dots && (x_ > 0 || !runs_.empty())) end_line();
  const bool turned_over = run.turned && run.picture.empty();
  tallest_ =
      std::max(tallest_, turned_over ? run.cell_width * run.width_scale : run.cell_height * run.height_scale);
}

void SlipBuilder::put(const escpos::Text& text) {
  const bool wide = text.bytes.size() > 1;
  const bool same_look = !run_.text.empty() || !pending_.empty();
  const bool same_width = wide == !pending_.empty();
  if (same_look && !same_width) end_run();
  PrintedRun look_now = look(wide ? chinese_ : ascii_);
  if (wide) {
    look_now.cell_width = 24;
    look_now.cell_height = 24;
  }
  const int cell =
      turned_ ? look_now.cell_height * look_now.height_scale : look_now.cell_width * look_now.width_scale;
  const int width = cell + gap_dots_ * look_now.width_scale;
  place(look_now, width);
  if (run_.text.empty() && pending_.empty()) {
    look_now.x_dots = x_;
    run_ = std::move(look_now);
  }
  if (wide) {
    append(pending_, text.bytes);
  } else {
    run_.text += character_of(text.bytes[0], code_page_, country_);
  }
  x_ += width;
}

void SlipBuilder::put_picture(const escpos::InlinePicture& image) {
  end_run();
  PrintedRun run = look({image.scale_x, image.scale_y, 0});
  run.turned = false;
  const int room = here().area_dots / image.scale_x;
  run.picture = Bitmap(std::min(image.picture.width, room), image.picture.height);
  run.picture.draw(image.picture, 0, 0);
  run.cell_width = run.picture.width;
  run.cell_height = run.picture.height;
  if (run.picture.empty()) return;
  const int width = run.picture.width * image.scale_x;
  place(run, width);
  run.x_dots = x_;
  runs_.push_back(std::move(run));
  x_ += width;
}

void SlipBuilder::tab() {
  end_run();
  const int column = x_ / std::max(column_dots(), 1);
  int next = (column / usual_tab_columns + 1) * usual_tab_columns;
  if (!tabs_.empty()) {
    const auto found = std::upper_bound(tabs_.begin(), tabs_.end(), column);
    if (found == tabs_.end()) return;
    next = *found;
  }
  x_ = std::min(next * column_dots(), here().area_dots);
}

void SlipBuilder::add(PrintedLine line, int height_dots) {
  used_dots_ = std::min(used_dots_ + std::max(height_dots, 0), roll_dots);
  if (used_dots_ >= roll_dots || current_.lines.size() >= line_count_max) return;
  current_.lines.push_back(std::move(line));
}

void SlipBuilder::end_line() {
  end_run();
  PrintedText line{here(), std::move(runs_)};
  line.width_dots = x_;
  line.height_dots = std::max(tallest_, spacing_dots_);
  line.upside_down = upside_down_;
  runs_.clear();
  x_ = 0;
  tallest_ = 0;
  add(line, line.height_dots);
}

void SlipBuilder::end_open_line() {
  if (!pending_.empty() || !run_.text.empty() || !runs_.empty()) end_line();
}

void SlipBuilder::feed(int dots) {
  end_open_line();
  if (dots > 0) add(PrintedSpace{dots}, dots);
}

void SlipBuilder::add_raster(const escpos::Raster& raster) {
  end_open_line();
  const Placed place = here();
  const int width = std::min(raster.picture.width * raster.scale_x, place.area_dots);
  Bitmap picture(width, std::min(raster.picture.height * raster.scale_y, roll_dots));
  picture.draw(raster.picture, 0, 0, raster.scale_x, raster.scale_y);
  const int height = picture.height;
  add(PrintedRaster{place, std::move(picture)}, height);
}

void SlipBuilder::add_bars(const escpos::PrintBars& bars) {
  end_open_line();
  PrintedBars line{here(), bars.symbology, bars.data};
  if (bars.symbology == escpos::BarSymbology::code128) line.text = code128_text(bars.data);
  line.module_dots = bar_module_dots_;
  line.height_dots = bar_height_dots_;
  line.text_above = bar_text_above_;
  line.text_below = bar_text_below_;
  const int height = bar_height_dots_ + (bar_text_above_ ? 24 : 0) + (bar_text_below_ ? 24 : 0);
  add(std::move(line), height);
}

void SlipBuilder::cut() {
  end_open_line();
  current_.cut = true;
  if (!current_.blank()) finished_.push_back(std::move(current_));
  current_ = {};
  used_dots_ = 0;
}

class SlipBuilder::Apply {
 public:
  explicit Apply(SlipBuilder& to) : to_(to) {}

  void operator()(const escpos::Initialise&) {
    to_.end_open_line();
    to_.initialise();
  }
  void operator()(const escpos::Text& text) { to_.put(text); }
  void operator()(const escpos::NewLine&) { to_.end_line(); }
  void operator()(const escpos::FeedLines& feed) { to_.feed(feed.lines * to_.spacing_dots_); }
  void operator()(const escpos::FeedUnits& feed) { to_.feed(to_.along(feed.units)); }
  void operator()(const escpos::SetLineSpacing& spacing) {
    to_.spacing_dots_ = spacing.units ? to_.along(*spacing.units) : line_spacing_dots;
  }
  void operator()(const escpos::SetMotionUnits& units) {
    to_.units_across_ = units.across;
    to_.units_along_ = units.along;
  }
  void operator()(const escpos::SetAlign& align) { to_.align_ = align.align; }
  void operator()(const escpos::Tab&) { to_.tab(); }
  void operator()(const escpos::SetTabs& tabs) { to_.tabs_ = tabs.columns; }
  void operator()(const escpos::MoveTo& move) { move_to(to_.across(move.units)); }
  void operator()(const escpos::MoveBy& move) { move_to(to_.x_ + to_.across(move.units)); }
  void operator()(const escpos::SetLeftMargin& margin) { to_.left_dots_ = to_.across(margin.units); }
  void operator()(const escpos::SetAreaWidth& area) { to_.area_dots_ = to_.across(area.units); }
  void operator()(const escpos::SetCharacterGap& gap) {
    to_.end_run();
    to_.gap_dots_ = to_.across(gap.units);
  }

  void operator()(const escpos::SetSize& size) {
    to_.end_run();
    for (Style* style : {&to_.ascii_, &to_.chinese_}) {
      style->width_scale = size.width;
      style->height_scale = size.height;
    }
  }
  void operator()(const escpos::SetBold& bold) { set(to_.bold_, bold.on); }
  void operator()(const escpos::SetReverse& reverse) { set(to_.reverse_, reverse.on); }
  void operator()(const escpos::SetSmallFont& font) { set(to_.small_font_, font.on); }
  void operator()(const escpos::SetUpsideDown& upside) { to_.upside_down_ = upside.on; }
  void operator()(const escpos::SetTurned& turned) { set(to_.turned_, turned.on); }
  void operator()(const escpos::SetUnderline& line) {
    to_.end_run();
    to_.ascii_.underline_dots = to_.chinese_.underline_dots = line.dots;
  }
  void operator()(const escpos::SetChineseUnderline& line) {
    to_.end_run();
    to_.chinese_.underline_dots = line.dots;
  }
  void operator()(const escpos::SetModes& modes) {
    (*this)(escpos::SetSize{modes.double_width ? 2 : 1, modes.double_height ? 2 : 1});
    to_.bold_ = modes.bold;
    to_.small_font_ = modes.small_font;
    to_.ascii_.underline_dots = to_.chinese_.underline_dots = modes.underline ? 1 : 0;
  }
  void operator()(const escpos::SetChineseModes& modes) {
    to_.end_run();
    to_.chinese_ = {modes.double_width ? 2 : 1, modes.double_height ? 2 : 1, modes.underline ? 1 : 0};
  }
  void operator()(const escpos::SetChinese& chinese) { to_.single_bytes_ = !chinese.on; }
  void operator()(const escpos::SetCodePage& page) {
    to_.code_page_ = page.number;
    to_.single_bytes_ = true;
  }
  void operator()(const escpos::SetCountry& country) { to_.country_ = country.number; }

  void operator()(const escpos::QrModuleSize& size) { to_.qr_module_dots_ = size.dots; }
  void operator()(const escpos::SetQrLevel& level) { to_.qr_level_ = level.level; }
  void operator()(const escpos::QrStore& store) { to_.qr_data_ = store.data.substr(0, code_byte_max); }
  void operator()(const escpos::QrPrint&) {
    constexpr int modules_min = 21;
    to_.end_open_line();
    to_.add(PrintedQr{to_.here(), to_.qr_data_, to_.qr_module_dots_, to_.qr_level_},
            modules_min * to_.qr_module_dots_);
  }
  void operator()(const escpos::Pdf417ModuleSize& size) { to_.pdf417_module_dots_ = size.dots; }
  void operator()(const escpos::Pdf417RowHeight& height) { to_.pdf417_row_modules_ = height.modules; }
  void operator()(const escpos::Pdf417Store& store) {
    to_.pdf417_data_ = store.data.substr(0, code_byte_max);
  }
  void operator()(const escpos::Pdf417Print&) {
    to_.end_open_line();
    to_.add(PrintedPdf417{to_.here(), to_.pdf417_data_, to_.pdf417_module_dots_, to_.pdf417_row_modules_},
            to_.pdf417_module_dots_ * to_.pdf417_row_modules_);
  }
  void operator()(const escpos::SetBarHeight& height) { to_.bar_height_dots_ = height.dots; }
  void operator()(const escpos::SetBarModule& module) { to_.bar_module_dots_ = module.dots; }
  void operator()(const escpos::SetBarText& text) {
    to_.bar_text_above_ = text.above;
    to_.bar_text_below_ = text.below;
  }
  void operator()(const escpos::PrintBars& bars) { to_.add_bars(bars); }
  void operator()(const escpos::Raster& raster) { to_.add_raster(raster); }
  void operator()(const escpos::InlinePicture& image) { to_.put_picture(image); }
  void operator()(const escpos::StoreGraphics& store) { to_.graphics_ = store.picture; }
  void operator()(const escpos::PrintGraphics&) {
    if (!to_.graphics_.picture.empty()) to_.add_raster(std::exchange(to_.graphics_, {}));
  }
  void operator()(const escpos::DefinePicture& define) { to_.defined_ = define.picture; }
  void operator()(const escpos::PrintPicture& print) {
    if (!to_.defined_.empty()) to_.add_raster({to_.defined_, print.scale_x, print.scale_y});
  }
  void operator()(const escpos::Cut&) { to_.cut(); }
  void operator()(const escpos::StatusRequest&) {}
  void operator()(const escpos::ProcessId&) {}
  void operator()(const escpos::ClearBuffer&) {}
  void operator()(const escpos::Other&) {}

 private:
  void set(bool& what, bool on) {
    to_.end_run();
    what = on;
  }
  void move_to(int dots) {
    to_.end_run();
    to_.x_ = std::clamp(dots, 0, to_.here().area_dots);
  }

  SlipBuilder& to_;
};

void SlipBuilder::apply(const escpos::Operation& operation) { std::visit(Apply(*this), operation); }

std::vector<PrintedSlip> SlipBuilder::take_finished() { return std::exchange(finished_, {}); }

PrintedSlip SlipBuilder::take_current() {
  end_open_line();
  used_dots_ = 0;
  return std::exchange(current_, {});
}

}  // namespace bianmin::printer
