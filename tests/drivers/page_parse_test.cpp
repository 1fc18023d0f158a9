// What page printers say: device ID, PJL, states. Whatever the bytes are.
#include <random>

#include "drivers/printer/page/device_id.hpp"
#include "drivers/printer/page/page_status.hpp"
#include "drivers/printer/page/pjl.hpp"
#include "tests/catch.hpp"

namespace bianmin::printer {

namespace {

DeviceId id_of(std::string_view text) {
  ByteWriter writer;
  return parse_device_id(writer.u16_be(static_cast<std::uint16_t>(text.size() + 2)).text(text).view());
}

std::vector<PjlAnswer> all_of(std::string_view text, std::size_t piece) {
  PjlReader reader;
  std::vector<PjlAnswer> answers;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    reader.push(view_of(text.substr(at, piece)));
    while (auto answer = reader.next()) answers.push_back(std::move(*answer));
  }
  return answers;
}

}  // namespace

TEST_CASE("a device ID tells a page printer from a receipt printer") {
  const DeviceId laser =
      id_of("MFG:Hewlett-Packard;CMD:PJL,MLC,PCLXL,PCL,POSTSCRIPT;MDL:HP LaserJet;CLS:PRINTER;");
  CHECK(laser.manufacturer == "Hewlett-Packard");
  CHECK(laser.model == "HP LaserJet");
  CHECK(laser.speaks("PCL"));
  CHECK(laser.speaks("PJL"));
  CHECK_FALSE(laser.speaks("PWGRASTER"));
  CHECK(kind_of(laser) == PrinterKind::page);
  const DeviceId brother = id_of("manufacturer: Brother ;command set: pjl , pcl5e, pwgraster;model:HL;");
  CHECK(brother.manufacturer == "Brother");
  CHECK(brother.speaks("PCL"));
  CHECK(brother.speaks("PWGRASTER"));
  CHECK_FALSE(id_of("CMD:PCLXL,PCL3GUI;").speaks("PCL"));
  CHECK(kind_of(id_of("CMD:PCLXL;")) == PrinterKind::page);
  CHECK(kind_of(id_of("MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;CLS:PRINTER;")) == PrinterKind::receipt);
  CHECK(kind_of(id_of("MFG:STMicroelectronics;MDL:POS58;")) == PrinterKind::unknown);
  CHECK(kind_of(id_of("")) == PrinterKind::unknown);
}

TEST_CASE("a hostile device ID is read as far as it can be") {
  CHECK(kind_of(parse_device_id({})) == PrinterKind::unknown);
  CHECK(parse_device_id(Bytes{0xFF, 0xFF}).languages.empty());
  ByteWriter wrong_length;
  CHECK(parse_device_id(wrong_length.u16_be(4).text("CMD:PCL;").view()).speaks("PCL"));
  std::string many = "CMD:";
  for (int i = 0; i < 400; ++i) many += "A,";
  CHECK(id_of(many).languages.size() <= 32);
  const DeviceId wild = id_of(std::string("MDL:\x01\x1b[2J") + '\0' + "x\xFF;CMD:PCL");
  CHECK(wild.model.find('\x1b') == std::string::npos);
  std::mt19937 random(3);
  const auto random_byte = [&random] {
    constexpr std::string_view signs = ";:,CMDP";
    return static_cast<std::uint8_t>(random() % 4 == 0 ? static_cast<unsigned>(signs[random() % signs.size()])
                                                       : random());
  };
  for (int i = 0; i < 2'000; ++i) {
    Bytes bytes(random() % 80);
    for (auto& byte : bytes) byte = random_byte();
    (void)kind_of(parse_device_id(bytes));
  }
}

TEST_CASE("PJL's answers are read, in pieces of any size") {
  const std::size_t piece = GENERATE(1U, 7U, 64U, 4'000U);
  const auto answers = all_of(
      "noise\r\n@PJL INFO STATUS\r\nCODE=10001\r\nDISPLAY=\"Ready\"\r\nONLINE=TRUE\r\n\f"
      "@PJL USTATUS DEVICE\r\nCODE=41202\r\nCODE2=10006\r\nONLINE=FALSE\r\n\f"
      "@PJL USTATUS TIMED\r\nCODE=10001\r\n\f"
      "@PJL USTATUS JOB\r\nSTART\r\nNAME=\"a\"\r\n\f"
      "@PJL USTATUS JOB\r\nEND\r\nNAME=\"bianmin-1\"\r\nPAGES=3\r\n\f"
      "@PJL USTATUS JOB\r\nEND\r\nNAME=\"b\"\r\nPAGES=0\r\nID=7\r\nRESULT=USER_CANCELED\r\n\f",
      piece);
  REQUIRE(answers.size() == 4);
  CHECK(std::get<PjlStatus>(answers[0]).codes == std::vector<int>{10'001});
  CHECK(std::get<PjlStatus>(answers[1]).codes == std::vector<int>{41'202, 10'006});
  const auto& end = std::get<PjlJobEnd>(answers[2]);
  CHECK(end.name == "bianmin-1");
  CHECK(end.pages == 3);
  CHECK(end.completed);
  CHECK_FALSE(std::get<PjlJobEnd>(answers[3]).completed);
}

TEST_CASE("PJL without an end, or without sense, stays small and says nothing") {
  PjlReader reader;
  for (int i = 0; i < 100; ++i) reader.push(Bytes(1'000, 'x'));
  CHECK_FALSE(reader.next());
  reader.push(view_of("\f@PJL INFO STATUS\r\nCODE=10001\r\n\f"));
  CHECK(reader.next());
  CHECK(all_of("@PJL INFO STATUS\r\nCODE=\r\n\f", 100).empty());
  CHECK(all_of("@PJL INFO STATUS\r\nCODE=99999999999\r\n\f", 100).empty());
  CHECK(all_of("\f\f\f@PJL \f", 100).empty());
}

TEST_CASE("codes of PJL are states") {
  CHECK(status_from_pjl(10'001).state().code == "ready");
  CHECK(status_from_pjl(10'003).state().code == "ready");  // warms up: takes jobs
  CHECK(status_from_pjl(40'000).state().code == "ready");  // sleeps: a job wakes it
  CHECK(status_from_pjl(10'006).state().code == "printer.toner_low");
  CHECK(status_from_pjl(40'021).state().code == "printer.cover_open");
  CHECK(status_from_pjl(40'022).state().code == "printer.page_jam");
  CHECK(status_from_pjl(41'299).state().code == "printer.tray_empty");
  CHECK(status_from_pjl(42'202).state().code == "printer.page_jam");
  CHECK(status_from_pjl(44'100).state().code == "printer.page_jam");
  CHECK(status_from_pjl(40'079).state().code == "printer.offline");
  CHECK(status_from_pjl(40'600).state().code == "printer.toner_out");
  CHECK(status_from_pjl(40'019).state().code == "printer.bin_full");
  CHECK(status_from_pjl(50'003).state().code == "printer.broken");
  CHECK_FALSE(status_from_pjl(50'003).can_print());
}

TEST_CASE("the port's byte and IPP's keywords are states, too") {
  CHECK(page_status_from_port(0x18).state().code == "ready");
  CHECK(page_status_from_port(0x30).state().code == "printer.tray_empty");
  CHECK(page_status_from_port(0x10).state().code == "printer.offline");
  const auto after = [](std::string_view keyword) {
    PageStatus status;
    add_ipp_reason(keyword, status);
    return status.state().code;
  };
  CHECK(after("none") == "ready");
  CHECK(after("media-empty-error") == "printer.tray_empty");
  CHECK(after("media-empty") == "printer.tray_empty");
  CHECK(after("media-empty-warning") == "ready");
  CHECK(after("media-jam-error") == "printer.page_jam");
  CHECK(after("cover-open") == "printer.cover_open");
  CHECK(after("toner-low-warning") == "printer.toner_low");
  CHECK(after("marker-supply-empty-error") == "printer.toner_out");
  CHECK(after("paused") == "printer.offline");
  CHECK(after("com.example-odd-error") == "ready");
}

}  // namespace bianmin::printer
