#include "drivers/printer/printed_slip.hpp"

#include <algorithm>

#include "terminal/base/gb18030.hpp"

namespace bianmin::printer {

namespace {

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace

bool PrintedSlip::blank() const {
  return std::all_of(lines.begin(), lines.end(), [](const PrintedLine& line) {
    const auto* text = std::get_if<PrintedText>(&line);
    return text != nullptr && text->runs.empty();
  });
}

void SlipBuilder::end_line() {
  if (!pending_.empty()) {
    style_.text = utf8_from_gb18030(pending_);
    runs_.push_back(style_);
    style_.text.clear();
    pending_.clear();
  }
  current_.lines.emplace_back(PrintedText{align_, std::move(runs_)});
  runs_.clear();
}

void SlipBuilder::apply(const escpos::Operation& operation) {
  const auto end_run = [this] {
    if (pending_.empty()) return;
    style_.text = utf8_from_gb18030(pending_);
    runs_.push_back(style_);
    style_.text.clear();
    pending_.clear();
  };
  const auto end_open_line = [this] {
    if (!pending_.empty() || !runs_.empty()) end_line();
  };
  const Overloaded visitor{
      [&](const escpos::Initialise&) {
        end_open_line();
        style_ = {};
        align_ = Align::left;
      },
      [&](const escpos::Text& text) { append(pending_, text.bytes); },
      [&](const escpos::NewLine&) { end_line(); },
      [&](const escpos::FeedLines& feed) {
        end_open_line();
        for (int i = 0; i < feed.lines; ++i) end_line();
      },
      [&](const escpos::SetAlign& align) { align_ = align.align; },
      [&](const escpos::SetSize& size) {
        end_run();
        style_.width_scale = size.width;
        style_.height_scale = size.height;
      },
      [&](const escpos::SetBold& bold) {
        end_run();
        style_.bold = bold.on;
      },
      [&](const escpos::QrModuleSize& size) { qr_module_dots_ = size.dots; },
      [&](const escpos::QrStore& store) { qr_data_ = store.data; },
      [&](const escpos::QrPrint&) {
        end_open_line();
        current_.lines.emplace_back(PrintedQr{align_, qr_data_, qr_module_dots_});
      },
      [&](const escpos::Raster& raster) {
        end_open_line();
        current_.lines.emplace_back(
            PrintedRaster{align_, raster.width_bytes * 8, raster.height, raster.bits});
      },
      [&](const escpos::Cut&) {
        end_open_line();
        current_.cut = true;
        if (!current_.blank()) finished_.push_back(std::move(current_));
        current_ = {};
      },
      [](const auto&) {},
  };
  std::visit(visitor, operation);
}

std::vector<PrintedSlip> SlipBuilder::take_finished() { return std::exchange(finished_, {}); }

PrintedSlip SlipBuilder::take_current() {
  if (!pending_.empty() || !runs_.empty()) end_line();
  return std::exchange(current_, {});
}

std::vector<PrintedSlip> read_slips(ByteView escpos) {
  SlipBuilder builder;
  while (const auto step = escpos::read_step(escpos)) {
    builder.apply(step->operation);
    escpos = escpos.subspan(step->byte_count);
  }
  std::vector<PrintedSlip> slips = builder.take_finished();
  if (PrintedSlip rest = builder.take_current(); !rest.blank()) slips.push_back(std::move(rest));
  return slips;
}

std::string slip_text(const PrintedSlip& slip) {
  std::string text;
  for (const PrintedLine& line : slip.lines) {
    if (const auto* printed = std::get_if<PrintedText>(&line)) {
      for (const PrintedRun& run : printed->runs) text += run.text;
    } else if (const auto* qr = std::get_if<PrintedQr>(&line)) {
      text += "[QR " + qr->text + "]";
    } else {
      text += "[picture]";
    }
    text += '\n';
  }
  return text;
}

}  // namespace bianmin::printer
