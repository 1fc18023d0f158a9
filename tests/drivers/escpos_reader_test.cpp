// ESC/POS as others send it, taken apart by hand-written bytes of the command reference.
#include "drivers/printer/escpos_reader.hpp"

#include "drivers/printer/code_page.hpp"
#include "tests/catch.hpp"

namespace bianmin::printer::escpos {

namespace {

Bytes bytes(std::string_view text) { return bytes_of(text); }

template <typename Wanted>
Wanted only(const Bytes& command) {
  const auto step = read_step(command);
  REQUIRE(step.has_value());
  CHECK(step->byte_count == command.size());
  const auto* wanted = std::get_if<Wanted>(&step->operation);
  REQUIRE(wanted != nullptr);
  return *wanted;
}

// Every shorter piece waits for more.
void waits_for_all_of(const Bytes& command) {
  INFO(to_hex(command));
  for (std::size_t size = 0; size < command.size(); ++size) {
    CHECK_FALSE(read_step(ByteView(command).first(size)).has_value());
  }
  const auto step = read_step(command);
  REQUIRE(step.has_value());
  CHECK(step->byte_count == command.size());
}

}  // namespace

TEST_CASE("commands say how long they are") {
  for (const char* hex : {"1b40",
                          "1b2107",
                          "1b2410aa",
                          "1b5c10ff",
                          "1b2d01",
                          "1b32",
                          "1b3318",
                          "1b3d01",
                          "1b4501",
                          "1b4701",
                          "1b4a20",
                          "1b4c",
                          "1b4d01",
                          "1b520f",
                          "1b5601",
                          "1b5700000000aa00bb00",
                          "1b6102",
                          "1b633401",
                          "1b6403",
                          "1b69",
                          "1b6d",
                          "1b70003c78",
                          "1b7413",
                          "1b7b01",
                          "1b2005",
                          "1b420302",
                          "1b44081800",
                          "1b44040a1200",
                          "1b2a0002000a0b",
                          "1b2a210100aabbcc",
                          "1b2603414102010203040506",
                          "1c26",
                          "1c2e",
                          "1c2101",
                          "1c2d01",
                          "1c530000",
                          "1c5701",
                          "1c43 01",
                          "1c700100",
                          "1c284102003000",
                          "1d2111",
                          "1d2a0101aabbccddeeff0011",
                          "1d2f00",
                          "1d4201",
                          "1d4801",
                          "1d4c2000",
                          "1d572001",
                          "1d50b4b4",
                          "1d5601",
                          "1d564203",
                          "1d614f",
                          "1d6600",
                          "1d6840",
                          "1d7703",
                          "1d6b0230313233343536373839303100",
                          "1d6b490a7b426162636465666768",
                          "1d7630000200010081ff",
                          "1d286b0300315130",
                          "1d284c020030 32",
                          "1d384c0b000000307030010131080001 00aa",
                          "1d28480600303031323334",
                          "1d7200",
                          "1d4901",
                          "1d5e010101",
                          "100401",
                          "10140801031401060208"}) {
    std::string digits;
    for (const char* c = hex; *c != 0; ++c) {
      if (*c != ' ') digits += *c;
    }
    const auto command = from_hex(digits);
    REQUIRE(command.ok());
    const auto whole = read_step(*command);
    INFO(digits);
    REQUIRE(whole.has_value());
    CHECK(whole->byte_count == command->size());
  }
  waits_for_all_of({0x1B, '*', 33, 1, 0, 1, 2, 3});
  waits_for_all_of({0x1D, 'v', '0', 0, 1, 0, 2, 0, 0xAA, 0x55});
  waits_for_all_of({0x1D, '(', 'k', 3, 0, 49, 67, 5});
  waits_for_all_of({0x1D, '8', 'L', 2, 0, 0, 0, 48, 50});
  waits_for_all_of({0x1D, 'k', 73, 3, '{', 'B', 'x'});
  waits_for_all_of({0x1D, 'k', 4, 'A', 'B', 0});
  waits_for_all_of({0x1B, 'D', 8, 16, 0});
  waits_for_all_of({0x1B, '&', 3, 'A', 'A', 1, 1, 2, 3});
  waits_for_all_of({0x1D, '*', 1, 1, 1, 2, 3, 4, 5, 6, 7, 8});
  waits_for_all_of({0x1D, 'V', 66, 3});
  waits_for_all_of({0x1C, '(', 'A', 2, 0, 48, 0});
  waits_for_all_of({0x1B, 'W', 0, 0, 0, 0, 1, 0, 1, 0});
}

TEST_CASE("styles") {
  const auto modes = only<SetModes>({0x1B, '!', 0xB9});
  CHECK(modes.small_font);
  CHECK(modes.bold);
  CHECK(modes.double_height);
  CHECK(modes.double_width);
  CHECK(modes.underline);
  CHECK(only<SetSize>({0x1D, '!', 0x72}).width == 8);
  CHECK(only<SetSize>({0x1D, '!', 0x72}).height == 3);
  CHECK(only<SetUnderline>({0x1B, '-', '2'}).dots == 2);
  CHECK(only<SetUnderline>({0x1B, '-', 7}).dots == 0);
  CHECK(only<SetAlign>({0x1B, 'a', '1'}).align == Align::center);
  CHECK(only<SetAlign>({0x1B, 'a', 9}).align == Align::left);
  CHECK(only<SetReverse>({0x1D, 'B', 1}).on);
  CHECK(only<SetSmallFont>({0x1B, 'M', '1'}).on);
  CHECK(only<SetTurned>({0x1B, 'V', 1}).on);
  CHECK(only<SetUpsideDown>({0x1B, '{', 1}).on);
  CHECK(only<SetBold>({0x1B, 'G', 1}).on);
  CHECK(only<SetChineseModes>({0x1C, '!', 0x0C}).double_width);
  CHECK(only<SetChineseModes>({0x1C, 'W', 1}).double_height);
  CHECK(only<SetChinese>({0x1C, '&'}).on);
  CHECK_FALSE(only<SetChinese>({0x1C, '.'}).on);
}

TEST_CASE("places") {
  CHECK(only<MoveTo>({0x1B, '$', 0x10, 0x01}).units == 272);
  CHECK(only<MoveBy>({0x1B, '\\', 0xFF, 0xFF}).units == -1);
  CHECK(only<SetTabs>({0x1B, 'D', 4, 10, 0}).columns == std::vector<int>{4, 10});
  const Bytes back = {0x1B, 'D', 10, 4, 'x'};  // one that goes back ends the list
  CHECK(read_step(back)->byte_count == 3);
  CHECK(only<SetLeftMargin>({0x1D, 'L', 8, 0}).units == 8);
  CHECK(only<SetAreaWidth>({0x1D, 'W', 0, 1}).units == 256);
  CHECK(only<FeedUnits>({0x1B, 'J', 99}).units == 99);
  CHECK(only<FeedLines>({0x1B, 'd', 5}).lines == 5);
  CHECK(only<SetLineSpacing>({0x1B, '3', 24}).units == 24);
  CHECK_FALSE(only<SetLineSpacing>({0x1B, '2'}).units.has_value());
  (void)only<Tab>({'\t'});
}

TEST_CASE("cuts in all their forms") {
  for (const int m : {0, 48}) CHECK(only<Cut>({0x1D, 'V', static_cast<std::uint8_t>(m)}).full);
  for (const int m : {1, 49}) CHECK_FALSE(only<Cut>({0x1D, 'V', static_cast<std::uint8_t>(m)}).full);
  for (const int m : {65, 97, 103}) CHECK(only<Cut>({0x1D, 'V', static_cast<std::uint8_t>(m), 9}).full);
  for (const int m : {66, 98, 104}) {
    const Cut cut = only<Cut>({0x1D, 'V', static_cast<std::uint8_t>(m), 9});
    CHECK_FALSE(cut.full);
    CHECK(cut.feed_units == 9);
  }
  CHECK(only<Cut>({0x1B, 'i'}).full);
  CHECK_FALSE(only<Cut>({0x1B, 'm'}).full);
}

TEST_CASE("pictures in five forms") {
  const auto raster = only<Raster>({0x1D, 'v', '0', 3, 1, 0, 2, 0, 0x81, 0xFF});
  CHECK(raster.picture.width == 8);
  CHECK(raster.picture.height == 2);
  CHECK(raster.picture.black(7, 0));
  CHECK_FALSE(raster.picture.black(1, 0));
  CHECK(raster.scale_x == 2);
  CHECK(raster.scale_y == 2);

  const auto stripe = only<InlinePicture>({0x1B, '*', 32, 1, 0, 0x80, 0x00, 0x01});
  CHECK(stripe.picture.width == 1);
  CHECK(stripe.picture.height == 24);
  CHECK(stripe.picture.black(0, 0));
  CHECK(stripe.picture.black(0, 23));
  CHECK(stripe.scale_x == 2);
  CHECK(only<InlinePicture>({0x1B, '*', 1, 1, 0, 0x80}).scale_y == 3);

  const auto stored =
      only<StoreGraphics>({0x1D, '(', 'L', 12, 0, 48, 112, 48, 2, 1, 49, 9, 0, 1, 0, 0x80, 0x80});
  CHECK(stored.picture.picture.width == 9);
  CHECK(stored.picture.picture.black(8, 0));
  CHECK(stored.picture.scale_x == 2);
  CHECK(stored.picture.scale_y == 1);
  (void)only<PrintGraphics>({0x1D, '(', 'L', 2, 0, 48, 50});
  const auto columns =
      only<StoreGraphics>({0x1D, '8', 'L', 11, 0, 0, 0, 48, 113, 48, 1, 1, 49, 1, 0, 8, 0, 0x01});
  CHECK(columns.picture.picture.height == 8);
  CHECK(columns.picture.picture.black(0, 7));
  // A size without its data is no picture.
  (void)only<Other>({0x1D, '(', 'L', 11, 0, 48, 112, 48, 1, 1, 49, 0xFF, 0xFF, 0xFF, 0xFF, 0x80});

  const auto defined = only<DefinePicture>({0x1D, '*', 1, 1, 0x80, 0, 0, 0, 0, 0, 0, 0x01});
  CHECK(defined.picture.black(0, 0));
  CHECK(defined.picture.black(7, 7));
  CHECK(only<PrintPicture>({0x1D, '/', 1}).scale_x == 2);
}

TEST_CASE("codes") {
  CHECK(only<QrModuleSize>({0x1D, '(', 'k', 3, 0, 49, 67, 5}).dots == 5);
  CHECK(only<SetQrLevel>({0x1D, '(', 'k', 3, 0, 49, 69, 51}).level == QrLevel::h);
  CHECK(only<QrStore>({0x1D, '(', 'k', 5, 0, 49, 80, 48, 'h', 'i'}).data == "hi");
  (void)only<QrPrint>({0x1D, '(', 'k', 3, 0, 49, 81, 48});
  CHECK(only<Pdf417Store>({0x1D, '(', 'k', 5, 0, 48, 80, 48, 'h', 'i'}).data == "hi");
  (void)only<Pdf417Print>({0x1D, '(', 'k', 3, 0, 48, 81, 48});
  const auto ean = only<PrintBars>({0x1D, 'k', 2, '4', '0', '0', 0});
  CHECK(ean.symbology == BarSymbology::ean13);
  CHECK(ean.data == "400");
  const auto code128 = only<PrintBars>({0x1D, 'k', 73, 4, '{', 'B', 0, 'x'});
  CHECK(code128.symbology == BarSymbology::code128);
  CHECK(code128.data.size() == 4);
  CHECK(only<PrintBars>({0x1D, 'k', 78, 1, '1'}).symbology == BarSymbology::other);
  CHECK(only<SetBarText>({0x1D, 'H', '3'}).above);
  CHECK(only<SetBarText>({0x1D, 'H', 2}).below);
  CHECK(only<SetBarHeight>({0x1D, 'h', 0}).dots == 1);
  CHECK(only<SetBarModule>({0x1D, 'w', 80}).dots == 6);
}

TEST_CASE("bytes of text are pairs, fours, or each for itself") {
  const Bytes chinese = {0xB1, 0xE3};
  CHECK(read_step(chinese)->byte_count == 2);
  CHECK(read_step(chinese, TextMode::single_bytes)->byte_count == 1);
  const Bytes rare = {0x81, 0x30, 0x84, 0x36};
  CHECK(read_step(rare)->byte_count == 4);
  CHECK_FALSE(read_step(ByteView(rare).first(3)).has_value());
  CHECK(only<Text>(bytes("A")).bytes == Bytes{'A'});
}

TEST_CASE("what marks the paper") {
  CHECK(marks_paper(Text{{'x'}}));
  CHECK(marks_paper(QrPrint{}));
  CHECK(marks_paper(Raster{}));
  CHECK(marks_paper(PrintBars{}));
  CHECK_FALSE(marks_paper(QrStore{"x"}));
  CHECK_FALSE(marks_paper(FeedLines{3}));
  CHECK_FALSE(marks_paper(Cut{}));
  CHECK_FALSE(marks_paper(Other{}));
}

TEST_CASE("code pages and countries") {
  CHECK(character_of('A', 0, 0) == "A");
  CHECK(character_of(0xDB, 0, 0) == "█");
  CHECK(character_of(0xD5, 19, 0) == "€");
  CHECK(character_of(0x80, 17, 0) == "А");
  CHECK(character_of(0xE4, 16, 0) == "ä");
  CHECK(character_of(0x95, 1, 0) == "─");
  CHECK(character_of(0xB1, 1, 0) == "ｱ");
  CHECK(character_of(0x80, 200, 0) == "\uFFFD");
  CHECK(character_of('$', 0, 15) == "¥");
  CHECK(character_of('#', 0, 3) == "£");
  CHECK(character_of('[', 0, 2) == "Ä");
  CHECK(character_of('~', 0, 99) == "~");
}

}  // namespace bianmin::printer::escpos
