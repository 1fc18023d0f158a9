// The conformance and fault tests of receipt printers, over emulated USB.
#include "drivers/emulator/printer_model.hpp"
#include "drivers/printer/escpos_printer.hpp"
#include "tests/drivers/device_rig.hpp"
#include "tests/drivers/quick_options.hpp"

namespace bianmin {

using emulator::FaultKind;
using emulator::PrinterModel;
using printer::Document;
using printer::PrintOutcome;

namespace {

Document slip() {
  return {{printer::TextLine{"便民服务回执", printer::Align::center, 2, true}, printer::RuleLine{},
           printer::LabelLine{"办件号", "0721 3386 41"}, printer::LabelLine{"事项", "养老待遇资格认证"},
           printer::QrCode{"BM1:0721338641"}, printer::TextLine{"已经存好，可以放心离开。"}}};
}

// How many bytes the printer receives for the slip before its cut.
std::size_t body_byte_count() {
  const auto encoded = printer::encode_escpos(slip(), {});
  return encoded->body.size();
}

struct PrinterRig : LoopRig {
  PrinterRig() {
    device.plug();
    printer =
        std::make_unique<printer::EscposPrinter>(*bus, loop, nullptr, quick_escpos_options(), quick_recovery);
  }
  void start_printing() {
    outcome.reset();
    printer->print(slip(), [this](Result<PrintOutcome> ended) { outcome = std::move(ended); });
  }
  bool ended() const { return outcome.has_value(); }
  bool printed() const { return outcome && *outcome && **outcome == PrintOutcome::printed; }
  bool doubtful() const { return outcome && *outcome && **outcome == PrintOutcome::doubtful; }
  bool until_ready() {
    return until([&] { return printer->state().usable(); });
  }
  bool until_code(std::string_view code) {
    return until([&] { return printer->state().code == code; });
  }
  int whole() {
    return device.change([](PrinterModel& model) { return model.whole_count(); });
  }
  int partial() {
    return device.change([](PrinterModel& model) { return model.partial_count(); });
  }

  EmulatedDevice<PrinterModel> device;
  std::unique_ptr<printer::EscposPrinter> printer;
  std::optional<Result<PrintOutcome>> outcome;
};

}  // namespace

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

TEST_CASE("conditions of the printer are states") {
  PrinterRig rig;
  REQUIRE(rig.until_ready());
  CHECK(rig.printer->state() == DeviceState{DeviceCondition::ready, "ready"});
  rig.device.change([](PrinterModel& model) { model.set_paper_low(true); });
  REQUIRE(rig.until_code("printer.paper_low"));
  CHECK(rig.printer->state().condition == DeviceCondition::degraded);
  rig.device.change([](PrinterModel& model) { model.set_paper(false); });
  REQUIRE(rig.until_code("printer.paper_out"));
  CHECK(rig.printer->state().condition == DeviceCondition::needs_attention);
  rig.device.change([](PrinterModel& model) { model.set_cover(true); });
  REQUIRE(rig.until_code("printer.cover_open"));
  rig.device.change([](PrinterModel& model) {
    model.set_cover(false);
    model.set_paper(true);
    model.set_cutter_failed(true);
  });
  REQUIRE(rig.until_code("printer.cutter"));
  CHECK(rig.printer->state().condition == DeviceCondition::faulted);
  rig.device.change([](PrinterModel& model) {
    model.set_cutter_failed(false);
    model.set_paper_low(false);
  });
  REQUIRE(rig.until_code("ready"));
  rig.device.unplug();
  REQUIRE(rig.until_code("absent"));
}

TEST_CASE("a single misreading of the paper sensor changes nothing") {
  PrinterRig rig;
  REQUIRE(rig.until_ready());
  std::vector<std::string_view> codes;
  rig.printer->watch([&](DeviceState state) { codes.push_back(state.code); });
  for (int i = 0; i < 20; ++i) {
    rig.device.change([](PrinterModel& model) { model.misread_paper(1); });
    REQUIRE(rig.until([&] {
      return rig.device.change([](PrinterModel& model) { return model.misreadings_left() == 0; });
    }));
    // A whole job between two misreadings, so that no two of them can follow one another.
    rig.start_printing();
    REQUIRE(rig.until([&] { return rig.ended(); }));
    CHECK(rig.printed());
  }
  CHECK(codes.empty());
  CHECK(rig.whole() == 20);
  CHECK(rig.partial() == 0);
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

TEST_CASE("what hangs in the printer after a doubtful slip does not come out with the next one") {
  const auto kind =
      GENERATE(FaultKind::unplug, FaultKind::timeout, FaultKind::short_answer, FaultKind::garbage);
  PrinterRig rig;
  constexpr int the_cut = 26;  // counted from plugging in, with a job that waits
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
  CHECK(rig.doubtful());
  const int before = rig.whole();  // half of the bytes may have been the whole cut
  CHECK(before == (kind == FaultKind::short_answer ? 1 : 0));
  rig.start_printing();
  REQUIRE(rig.until([&] { return rig.ended(); }));
  CHECK(rig.printed());
  CHECK(rig.whole() == before + 1);
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
  rig.printer->print(slip(), note);
  rig.printer->print(slip(), note);
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
