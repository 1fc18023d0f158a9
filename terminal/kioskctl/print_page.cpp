#include "terminal/kioskctl/print_page.hpp"

#include <utility>

namespace bianmin::kioskctl {

namespace {

using printer::Align;
using printer::TextLine;

// From black to white, and one-dot lines at both ends: a head with dead dots shows white stripes.
printer::Image gray_wedge() {
  constexpr int width = 384;
  constexpr int height = 48;
  printer::Image image;
  image.picture = {width, height, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool frame = y == 0 || y == height - 1;
      image.picture.pixels.push_back(static_cast<std::uint8_t>(frame ? 0 : x * 255 / (width - 1)));
    }
  }
  return image;
}

}  // namespace

printer::Document print_test_page(const std::string& stamp) {
  printer::Document page;
  const auto add = [&page](printer::Line line) { page.lines.push_back(std::move(line)); };
  add(TextLine{"打印测试", Align::center, 2, true});
  add(TextLine{"Print test", Align::center});
  add(printer::RuleLine{});
  add(printer::LabelLine{"时间 Time", stamp});
  add(TextLine{"58 mm: 32 columns, 80 mm: 48"});
  add(TextLine{"123456789-123456789-123456789-123456789-12345678"});
  add(TextLine{"左 left"});
  add(TextLine{"中 centre", Align::center});
  add(TextLine{"右 right", Align::right});
  add(TextLine{"粗 bold", Align::left, 1, true});
  add(TextLine{"大 large", Align::left, 2, false});
  add(TextLine{"汉字：便民服务，一次办好，龍龘靐齉"});
  add(TextLine{"Drawn, not of the printer's font:"});
  add(TextLine{"བོད་ཡིག  ئۇيغۇرچە  नेपाली  Việt  한국어"});
  add(printer::LabelLine{"ᠮᠣᠩᠭᠣᠯ", "𠮷㐂"});
  add(TextLine{"From black to white, no stripes:"});
  add(gray_wedge());
  add(TextLine{"QR: BIANMIN PRINT TEST"});
  add(printer::QrCode{"BIANMIN PRINT TEST"});
  add(TextLine{"Code 128: BM-0123456"});
  add(printer::BarCode{"BM-0123456"});
  add(printer::RuleLine{});
  add(TextLine{"看得清，切得断，就是好的", Align::center});
  add(TextLine{"Clear, and cut off below: good", Align::center});
  return page;
}

}  // namespace bianmin::kioskctl
