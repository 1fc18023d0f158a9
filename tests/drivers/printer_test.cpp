// The conformance and fault tests of receipt printers, over emulated USB.
#include "tests/drivers/printer_rig.hpp"

namespace bianmin {

using emulator::FaultKind;
using emulator::PrinterModel;
using printer::Document;
using printer::PrintOutcome;

TEST_CASE("a slip is printed, cut and confirmed") {
  PrinterRig rig;
  REQUIRE(rig.until_ready());
  rig.start_printing();
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.printed());
  CHECK(rig.whole() == 1);
  CHECK(rig.partial() == 0);
  const auto text =
      rig.device.change([](PrinterModel& model) { return printer::slip_text(model.last_whole_slip()); });
  CHECK(text.find("便民服务回执\n") != std::string::npos);
  CHECK(text.find("[QR BM1:0721338641]") != std::string::npos);
  rig.start_printing();
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.whole() == 2);
}

TEST_CASE("a job given while there is no paper, no printer or an open cover waits for it") {
  PrinterRig rig;
  SECTION("no paper") {
    rig.device.change([](PrinterModel& model) { model.set_paper(false); });
    REQUIRE(rig.until_code("printer.paper_out"));
    rig.start_printing();
    rig.device.change([](PrinterModel& model) { model.set_paper(true); });
  }
  SECTION("no printer") {
    rig.device.unplug();
    REQUIRE(rig.until_code("absent"));
    rig.start_printing();
    rig.device.plug();
  }
  SECTION("open cover") {
    rig.device.change([](PrinterModel& model) { model.set_cover(true); });
    REQUIRE(rig.until_code("printer.cover_open"));
    rig.start_printing();
    rig.device.change([](PrinterModel& model) { model.set_cover(false); });
  }
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.printed());
  CHECK(rig.whole() == 1);
  CHECK(rig.partial() == 0);
}

TEST_CASE("paper that runs out in the middle costs a piece, and one whole slip follows by itself",
          "[faults]") {
  const std::size_t body = body_byte_count();
  for (const std::size_t at :
       {std::size_t{1}, std::size_t{20}, body / 3, body / 2, body - 1, body, body + 1, body + 10}) {
    INFO("after " << at << " of " << body << " bytes");
    PrinterRig rig;
    REQUIRE(rig.until_ready());
    rig.device.change([&](PrinterModel& model) { model.paper_out_after(at); });
    rig.start_printing();
    REQUIRE(rig.until([&] { return rig.ended() || rig.printer->state().code == "printer.paper_out"; }));
    rig.device.change([](PrinterModel& model) { model.set_paper(true); });
    REQUIRE(rig.until([&] { return rig.ended(); }));
    CHECK(rig.printed());
    CHECK(rig.whole() == 1);
    CHECK(rig.partial() <= 1);
  }
}

TEST_CASE("a cover opened in the middle costs a piece, and one whole slip follows by itself", "[faults]") {
  const std::size_t body = body_byte_count();
  for (const std::size_t at :
       {std::size_t{1}, std::size_t{20}, body / 3, body / 2, body - 1, body, body + 1, body + 10}) {
    INFO("after " << at << " of " << body << " bytes");
    PrinterRig rig;
    REQUIRE(rig.until_ready());
    rig.device.change([&](PrinterModel& model) { model.cover_open_after(at); });
    rig.start_printing();
    REQUIRE(rig.until([&] { return rig.ended() || rig.printer->state().code == "printer.cover_open"; }));
    rig.device.change([](PrinterModel& model) { model.set_cover(false); });
    REQUIRE(rig.until([&] { return rig.ended(); }));
    CHECK(rig.printed());
    CHECK(rig.whole() == 1);
    CHECK(rig.partial() <= 1);
  }
}

TEST_CASE("a plug pulled at any byte never makes a second slip, and before the cut never loses the first",
          "[faults]") {
  const std::size_t body = body_byte_count();
  constexpr std::size_t process_id_byte_count = 11;
  for (std::size_t at = 1; at <= body + 30; at += at < body ? 17 : 1) {
    INFO("after " << at << " of " << body << " bytes");
    PrinterRig rig;
    REQUIRE(rig.until_ready());
    rig.device.change([&](PrinterModel& model) { model.pull_plug_after(at); });
    rig.start_printing();
    REQUIRE(rig.until([&] {
      if (!rig.device.plugged()) rig.device.plug();
      return rig.ended();
    }));
    CHECK(rig.whole() <= 1);
    CHECK((rig.printed() || rig.doubtful()));
    if (rig.printed()) CHECK(rig.whole() == 1);
    if (at <= body + process_id_byte_count - 12) CHECK(rig.printed());
  }
}

TEST_CASE("a printer that does not know GS ( H prints, and its slips are doubtful") {
  PrinterRig rig;
  rig.device.change([](PrinterModel& model) { model.set_confirms(false); });
  rig.device.unplug();
  REQUIRE(rig.until_code("absent"));
  rig.device.plug();
  REQUIRE(rig.until_ready());
  rig.start_printing();
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.doubtful());
  CHECK(rig.until([&] { return rig.whole() == 1; }));
}

TEST_CASE("a printer whose word was lost once is asked again, and confirms") {
  PrinterRig rig;
  rig.device.unplug();
  REQUIRE(rig.until_code("absent"));
  rig.device.change([](PrinterModel& model) { model.lose_next_word(); });
  rig.device.plug();
  REQUIRE(rig.until_ready());
  rig.start_printing();
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.printed());
  CHECK_FALSE(rig.device.change([](PrinterModel& model) { return model.will_lose_word(); }));
}

TEST_CASE("a cut that goes wrong is done again, and nothing of it comes out with the next slip") {
  const auto kind =
      GENERATE(FaultKind::unplug, FaultKind::timeout, FaultKind::short_answer, FaultKind::garbage);
  PrinterRig rig;
  constexpr int the_cut = 29;  // counted from plugging in, with a job that waits
  rig.device.unplug();
  REQUIRE(rig.until_code("absent"));
  rig.start_printing();
  rig.device.fail_at(the_cut, kind);
  rig.device.plug();
  REQUIRE(rig.until([&] {
    if (!rig.device.plugged()) rig.device.plug();
    return rig.ended();
  }));
  INFO(emulator::fault_name(kind));
  CHECK(rig.device.effect_count() == 1);
  CHECK(rig.printed());
  CHECK(rig.whole() == 1);
  rig.start_printing();
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.printed());
  CHECK(rig.whole() == 2);
}

TEST_CASE(
    "paper that ends between the body and the report of the cut leaves a doubt, and the next slip clean") {
  PrinterRig rig;
  REQUIRE(rig.until_ready());
  constexpr std::size_t process_id_byte_count = 11;
  rig.device.change(
      [](PrinterModel& model) { model.paper_out_after(body_byte_count() + 2 * process_id_byte_count + 20); });
  rig.start_printing();
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.doubtful());
  REQUIRE(rig.until_code("printer.paper_out"));
  rig.device.change([](PrinterModel& model) { model.set_paper(true); });
  rig.start_printing();
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.printed());
  CHECK(rig.whole() == 1);
}

TEST_CASE("a slip called off between its body and its cut is in doubt, and its piece is not the next one's") {
  PrinterRig rig;
  rig.device.change([](PrinterModel& model) { model.set_own_power(true); });
  REQUIRE(rig.until_ready());
  rig.device.change([](PrinterModel& model) { model.pull_plug_when_printed(body_byte_count() + 20); });
  rig.start_printing();
  REQUIRE(rig.until([&] { return !rig.device.plugged() && rig.printer->state().code == "absent"; }));
  CHECK_FALSE(rig.ended());
  rig.printer->cancel();
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.doubtful());
  rig.device.plug();
  rig.start_printing();
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.printed());
  CHECK(rig.whole() == 1);
  CHECK(rig.partial() == 1);
}

TEST_CASE("what another program left hanging is cut off first") {
  PrinterRig rig;
  REQUIRE(rig.until_ready());
  rig.device.change([](PrinterModel& model) { model.set_lines_per_look(1); });
  rig.device.change([](PrinterModel& model) { model.lose_host_when_printed(60); });
  rig.start_printing();
  REQUIRE(
      rig.until([&] { return rig.device.change([](PrinterModel& model) { return model.host_died(); }); }));
  rig.printer.reset();
  rig.device.unplug();
  rig.device.change([](PrinterModel& model) {
    model.get_host();
    model.set_lines_per_look(0);
  });
  rig.device.plug();
  rig.printer = std::make_unique<printer::EscposPrinter>(*rig.bus, rig.loop, nullptr, quick_escpos_options(),
                                                         quick_recovery);
  bool cut = false;
  rig.printer->cut_remains([&] { cut = true; });
  rig.start_printing();
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(cut);
  CHECK(rig.printed());
  CHECK(rig.whole() == 1);
  CHECK(rig.partial() == 1);
}

TEST_CASE("jobs that cannot be are refused, and a waiting one can be called off") {
  PrinterRig rig;
  std::vector<std::string_view> codes;
  const auto note = [&](Result<PrintOutcome> ended) { codes.push_back(ended ? "ok" : ended.error().code); };
  rig.printer->cancel();
  rig.printer->print({}, note);
  REQUIRE(rig.until([&] { return codes.size() == 1; }));
  CHECK(codes[0] == "printer.bad_document");
  rig.device.change([](PrinterModel& model) { model.set_paper(false); });
  REQUIRE(rig.until_code("printer.paper_out"));
  rig.printer->print(printer_slip(), note);
  rig.printer->print(printer_slip(), note);
  REQUIRE(rig.until([&] { return codes.size() == 2; }));
  CHECK(codes[1] == "printer.busy");
  rig.printer->cancel();
  REQUIRE(rig.until([&] { return codes.size() == 3; }));
  CHECK(codes[2] == "printer.cancelled");
  rig.device.change([](PrinterModel& model) { model.set_paper(true); });
  REQUIRE(rig.until_code("ready"));
  CHECK(rig.whole() == 0);
}

TEST_CASE("a job called off after a damaged piece leaves nothing whole, and the next slip is clean") {
  PrinterRig rig;
  REQUIRE(rig.until_ready());
  rig.device.change([](PrinterModel& model) { model.cover_open_after(60); });
  rig.start_printing();
  REQUIRE(rig.until_code("printer.cover_open"));
  rig.printer->cancel();
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.outcome->error().code == "printer.cancelled");
  rig.device.change([](PrinterModel& model) { model.set_cover(false); });
  REQUIRE(rig.until_ready());
  rig.start_printing();
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.printed());
  CHECK(rig.whole() == 1);
  CHECK(rig.partial() == 1);
}

}  // namespace bianmin
