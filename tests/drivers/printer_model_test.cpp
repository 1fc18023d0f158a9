// The emulated receipt printer by itself: what it takes, prints and counts.
#include "drivers/emulator/printer_model.hpp"

#include "drivers/printer/receipt_printer.hpp"
#include "terminal/base/gb18030.hpp"
#include "tests/catch.hpp"

namespace bianmin::emulator {

TEST_CASE("a damaged piece of paper is not a slip") {
  PrinterModel printer;
  const Bytes init = {0x1B, '@'};
  const Bytes cut = {0x1D, 'V', 66, 0};
  const auto send = [&](const Bytes& bytes) { CHECK(printer.take(0x01, bytes) == bytes.size()); };
  const auto text = [](std::string_view line) { return bytes_of(std::string(line) + "\n"); };
  send(text("without a beginning"));
  send(cut);
  CHECK(printer.partial_count() == 1);
  send(init);
  send(text("begun"));
  send(init);
  send(text("begun again"));
  send(cut);
  CHECK(printer.partial_count() == 2);
  send(init);
  send(text("torn"));
  printer.set_paper(false);
  printer.set_paper(true);
  CHECK(printer.partial_count() == 3);
  send(cut);
  CHECK(printer.whole_count() == 0);
  const Bytes end = *gb18030_from_utf8(std::string(printer::slip_end_mark) + "\n");
  send(init);
  send(text("without an end"));
  send(cut);
  CHECK(printer.partial_count() == 4);
  send(init);
  send(text("ended"));
  send(init);
  send(end);
  send(text("and gone on"));
  send(end);
  send(cut);
  CHECK(printer.partial_count() == 5);
  CHECK(printer.whole_count() == 0);
  send(init);
  send(text("whole"));
  for (int i = 0; i < 2; ++i) {  // the driver may say it twice
    send(init);
    send(end);
  }
  send(cut);
  CHECK(printer.whole_count() == 1);
  CHECK(printer::slip_text(printer.last_whole_slip()).starts_with("whole\n"));
  send(cut);
  CHECK(printer.whole_count() == 1);
  CHECK(printer.partial_count() == 5);
  CHECK(printer.pieces().size() == 6);
}

TEST_CASE("characters are on paper when their line is ended, not before") {
  PrinterModel printer;
  const auto send = [&](const Bytes& bytes) { CHECK(printer.take(0x01, bytes) == bytes.size()); };
  send(bytes_of(std::string("\x1B@first\nsecond")));
  send({0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8});  // what was not printed is cleared
  send({0x1D, 'V', 66, 0});
  REQUIRE(printer.pieces().size() == 1);
  CHECK(printer::slip_text(printer.pieces()[0]) == "first\n");
}

TEST_CASE("a slow printer prints so many lines each time it is asked, and all of them in the end") {
  PrinterModel printer;
  printer.set_lines_per_look(2);
  const Bytes look = {0x10, 0x04, 0x01};
  CHECK(printer.take(0x01, bytes_of("\x1B@1\n2\n3\n4\n5\n")) == 12);
  CHECK(printer.executed_count() == 3);  // the third is a character, not yet a line
  (void)printer.take(0x01, look);
  CHECK(printer.executed_count() == 7);
  printer.print_all();
  CHECK(printer.executed_count() == 12);
}

TEST_CASE("a blocked cutter stands until it is free and told so") {
  PrinterModel printer;
  printer.set_cutter_blocked(true);
  const Bytes go_on = {0x10, 0x05, 2};
  const auto error = [&] {
    (void)printer.take(0x01, Bytes{0x10, 0x04, 0x03});
    return *printer.give(0x82) == Bytes{0x1A};
  };
  (void)printer.take(0x01, Bytes{0x1B, '@', 'x', '\n', 0x1D, 'V', 66, 0});
  CHECK(error());
  (void)printer.take(0x01, go_on);
  CHECK(error());
  printer.set_cutter_blocked(false);
  CHECK(error());
  (void)printer.take(0x01, go_on);
  CHECK_FALSE(error());
}

TEST_CASE("a printer that stands still takes a buffer full and then nothing, but answers") {
  PrinterModel printer;
  printer.set_paper(false);
  CHECK(printer.take(0x01, Bytes(10'000, 'x')) == 4'096);
  CHECK(printer.take(0x01, Bytes{'y'}) == 0);
  CHECK(*printer.control({0xA1, 1, 0, 0, 1, {}}) == Bytes{0x28});
  printer.power_on();
  CHECK(printer.take(0x01, Bytes{0x10, 0x04, 0x04}) == 3);
  CHECK(*printer.give(0x82) == Bytes{0x72});
}

}  // namespace bianmin::emulator
