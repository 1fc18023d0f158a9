// Sentences are broken where a reader would pause.

#include "ui/kit/line_breaks.hpp"

#include "tests/catch.hpp"
#include "ui/kit/typesetter.hpp"

using namespace bianmin;
using namespace bianmin::ui;

namespace {

int letters(std::string_view text) { return static_cast<int>(text.size()); }

}  // namespace

TEST_CASE("phrases end after their marks and the quotes that close there", "[kit][lines]") {
  using Phrases = std::vector<std::string_view>;
  CHECK(phrases_of("放好，别动。").size() == 2);
  CHECK(phrases_of("放好，别动。") == Phrases{"放好，", "别动。"});
  CHECK(phrases_of("他说：“好。”走了") == Phrases{"他说：", "“好。”", "走了"});
  CHECK(phrases_of("Lost it? Touch Help, please") == Phrases{"Lost it? ", "Touch Help, ", "please"});
  CHECK(phrases_of("8:30, 3.5 and store.full") == Phrases{"8:30, ", "3.5 and store.full"});
  CHECK(phrases_of("").empty());
}

TEST_CASE("phrases share the lines as evenly as they can", "[kit][lines]") {
  CHECK(lines_of_phrases("aaa, bbb, cccccc", 2, 12, letters) == "aaa, bbb,\ncccccc");
  CHECK(lines_of_phrases("aaaaaa, bbb, ccc", 2, 12, letters) == "aaaaaa,\nbbb, ccc");
  CHECK(lines_of_phrases("aaa, bbb, ccc", 3, 5, letters) == "aaa,\nbbb,\nccc");
}

TEST_CASE("phrases that do not fit are left to the words", "[kit][lines]") {
  CHECK(lines_of_phrases("aaaaaaaaaaaa, bbb", 2, 10, letters).empty());
  CHECK(lines_of_phrases("aaa, bbb, ccc", 2, 5, letters).empty());
  CHECK(lines_of_phrases("no mark in it", 2, 8, letters).empty());
  CHECK(lines_of_phrases("a, b, c, d, e, f, g, h", 7, 3, letters).empty());
}

TEST_CASE("no character is left alone on the last line", "[kit][lines]") {
  Typesetter typesetter;
  // One character more than the line holds.
  const TextSpec spec{"这张卡读不出来请换个方向再放", 40, false, Align::start};
  const int width = typesetter.natural_width(spec) - 20;
  const int one_line = typesetter.height(spec, width + 40);
  CHECK(typesetter.height(spec, width) == 2 * one_line);
  const Rect ink = typesetter.ink(spec, {0, 0, width, 2 * one_line});
  CHECK(ink.width < width * 6 / 10);  // two halves, not a full line and a rest
}

TEST_CASE("words stay whole and line feeds stay", "[kit][lines]") {
  Typesetter typesetter;
  const TextSpec spec{"internationalization of it\nand one more", 40, false, Align::start};
  const int width = typesetter.natural_width({"internationalization", 40, false, Align::start}) + 5;
  const int one_line = typesetter.height({"and", 40, false, Align::start}, width);
  CHECK(typesetter.height(spec, width) == 3 * one_line);
}

TEST_CASE("text may be cut to some lines", "[kit][lines]") {
  Typesetter typesetter;
  TextSpec spec{"浙江省杭州市余杭区柳溪镇东河村东河自然村十二号三单元四零二室", 40, false, Align::start};
  const int one_line = typesetter.height(spec, 40 * 40);
  CHECK(typesetter.height(spec, 40 * 10) == 3 * one_line);
  spec.max_lines = 2;
  CHECK(typesetter.height(spec, 40 * 10) == 2 * one_line);
  CHECK(typesetter.height(spec, 40 * 40) == one_line);
}
