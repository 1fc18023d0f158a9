// What a model of printer can do, and which model it is.
#include "drivers/printer/printer_profile.hpp"

#include <algorithm>
#include <set>

#include "tests/catch.hpp"

namespace bianmin::printer {

TEST_CASE("every row is one that slips can be made for") {
  std::set<std::string_view> names;
  for (const PrinterProfile& profile : printer_profiles()) {
    INFO(profile.name);
    CHECK(names.insert(profile.name).second);
    for (const PaperWidth width : {PaperWidth::mm58, PaperWidth::mm80}) {
      const PrintArea area = profile.area(width);
      CHECK(area.dots >= 360);
      CHECK(area.dots <= 832);
      CHECK(area.columns >= 30);
      CHECK(area.columns * 12 <= area.dots);
    }
    CHECK(profile.raster_byte_max >= 24 * 384 / 8);
    CHECK(profile.feed_before_cut >= 1);
  }
  // What a presenter answers could be the beginning of an automatic status.
  CHECK(std::none_of(printer_profiles().begin(), printer_profiles().end(), [](const PrinterProfile& profile) {
    return profile.presenter.exists() && profile.automatic_status;
  }));
  CHECK(printer_profiles().size() >= 30);
  CHECK(names.contains("generic"));
}

TEST_CASE("the generic printer takes both papers and has a Chinese font") {
  const PrinterProfile& generic = generic_profile();
  CHECK(generic.area(PaperWidth::mm58) == PrintArea{384, 32});
  CHECK(generic.area(PaperWidth::mm80) == PrintArea{576, 48});
  CHECK(generic.text == PrinterText::gb18030);
  CHECK(generic.qr_code);
  CHECK(generic.cutter == Cutter::partial);
}

TEST_CASE("a printer is known by its model first, then by its numbers") {
  CHECK(find_profile(0x1234, 0x5678).name == "generic");
  CHECK(find_profile(0x04B8, 0x0E15).name == "Epson TM-T20II");
  CHECK(find_profile(0x04B8, 0x0E15, "TM-T88V").name == "Epson TM-T88V");
  CHECK(find_profile(0x04B8, 0x0E15, "something new").name == "Epson TM-T20II");
  CHECK(find_profile(0x04B8, 0x0202, "TM-T70II").name == "Epson TM-T70II");
  CHECK(find_profile(0, 0, "TM-T70II-CH").name == "Epson TM-T70II-CH");
  CHECK(find_profile(0, 0, "TM-T70").name == "Epson TM-T70");
  CHECK(find_profile(0x0416, 0x5011).name == "generic");  // shared by printers of many kinds
  CHECK(find_profile(0x0416, 0x5011, "POS-58").name == "Zjiang POS-5890");
  CHECK(find_profile(0x0425, 0x8147).presenter.retracts);
  CHECK(find_profile(0, 0, "VKP80II").presenter.exists());
  CHECK_FALSE(generic_profile().presenter.exists());
  CHECK(find_profile(0, 0, "TH230+").qr_code);
  CHECK_FALSE(find_profile(0, 0, "TH230").qr_code);
}

TEST_CASE("paper that does not fit is not asked for") {
  const PrinterProfile& narrow = find_profile(0, 0, "POS58 Printer");
  CHECK(narrow.area(PaperWidth::mm80) == narrow.area(PaperWidth::mm58));
  CHECK(narrow.area(PaperWidth::mm80).columns == 32);
  CHECK(narrow.cutter == Cutter::none);
  const PrinterProfile& wide = find_profile(0, 0, "KR-306");
  CHECK(wide.area(PaperWidth::mm58) == PrintArea{576, 48});
  CHECK(find_profile(0, 0, "TM-T88V").area(PaperWidth::mm58) == PrintArea{360, 30});
}

TEST_CASE("the model stands in the device id") {
  CHECK(model_of_device_id("MFG:EPSON;CMD:ESC/POS;MDL:TM-T20II;CLS:PRINTER;") == "TM-T20II");
  CHECK(model_of_device_id("MANUFACTURER:X; MODEL:POS-58") == "POS-58");
  CHECK(model_of_device_id("MFG:EPSON;XMDL:no;").empty());
  CHECK(model_of_device_id("").empty());
  CHECK(model_of_device_id(";;;").empty());
  CHECK(model_of_device_id("MDL:").empty());
}

}  // namespace bianmin::printer
