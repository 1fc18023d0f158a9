// A4 printers with IPP over USB; HTTP and IPP whatever the bytes are.
#include "drivers/emulator/ipp_printer_model.hpp"

#include <random>

#include "drivers/printer/page/http_exchange.hpp"
#include "drivers/printer/page/ipp_message.hpp"
#include "drivers/printer/page/usb_page_printer.hpp"
#include "tests/drivers/device_rig.hpp"
#include "tests/drivers/drawn_page.hpp"
#include "tests/drivers/quick_options.hpp"

namespace bianmin {

using emulator::IppPrinterModel;
using printer::HttpReader;
using printer::PageJob;
using printer::PrintOutcome;

namespace {

struct IppRig : LoopRig {
  IppRig() {
    device.plug();
    printer =
        std::make_unique<printer::UsbPagePrinter>(*bus, loop, nullptr, quick_page_options(), quick_recovery);
  }
  void start_printing(PageJob job) {
    ended.clear();
    before = whole_in_all();
    printer->print(std::move(job), [this](Result<PrintOutcome> outcome) {
      if (!outcome) ended = std::string(outcome.error().code);
      if (outcome) ended = *outcome == PrintOutcome::printed ? "printed" : "doubtful";
    });
  }
  std::string print(PageJob job) {
    start_printing(std::move(job));
    return until([&] { return !ended.empty(); }) ? ended : "no end";
  }
  bool until_code(std::string_view code) {
    return until([&] { return printer->state().code == code; });
  }
  int whole_in_all() {
    return device.change([](IppPrinterModel& model) { return model.whole_count(); });
  }
  void reasons(std::vector<std::string> keywords) {
    device.change([&](IppPrinterModel& model) { model.set_reasons(std::move(keywords)); });
  }

  EmulatedDevice<IppPrinterModel> device;
  std::unique_ptr<printer::UsbPagePrinter> printer;
  std::string ended;
  int before = 0;
};

Result<printer::HttpAnswer> read_http(std::string_view text, std::size_t piece) {
  HttpReader reader;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    if (auto pushed = reader.push(view_of(text.substr(at, piece))); !pushed) return pushed.error();
  }
  if (!reader.done()) return Error{Remedy::retry_later, "not.done", ""};
  return reader.answer();
}

}  // namespace

TEST_CASE("pages are printed over IPP, and the job's state says so") {
  IppRig rig;
  REQUIRE(rig.until_code("ready"));
  const PageJob job = drawn_job(2);
  CHECK(rig.print(drawn_job(2)) == "printed");
  CHECK(rig.whole_in_all() == 1);
  rig.device.change([&](IppPrinterModel& model) {
    REQUIRE(model.last_pages().size() == 2);
    CHECK(same_pixels(job[1], model.last_pages()[1].grey));
  });
}

TEST_CASE("reasons of an IPP printer are states") {
  IppRig rig;
  REQUIRE(rig.until_code("ready"));
  for (const auto& [reason, code] :
       std::vector<std::pair<std::string, std::string>>{{"media-empty-error", "printer.tray_empty"},
                                                        {"media-jam-error", "printer.page_jam"},
                                                        {"cover-open-error", "printer.cover_open"},
                                                        {"toner-empty-error", "printer.toner_out"},
                                                        {"toner-low-warning", "printer.toner_low"},
                                                        {"other-error", "printer.offline"}}) {
    INFO(reason);
    rig.reasons({reason});
    CHECK(rig.until_code(code));
  }
  rig.reasons({"none"});
  CHECK(rig.until_code("ready"));
  rig.device.unplug();
  CHECK(rig.until_code("absent"));
}

TEST_CASE("a job over IPP waits for paper, is refused, or called off") {
  IppRig rig;
  rig.reasons({"media-empty-error"});
  REQUIRE(rig.until_code("printer.tray_empty"));
  rig.start_printing(drawn_job(1));
  for (int i = 0; i < 10; ++i) rig.loop.run_once(10);
  CHECK(rig.ended.empty());
  rig.reasons({"none"});
  REQUIRE(rig.until([&] { return !rig.ended.empty(); }));
  CHECK(rig.ended == "printed");
  rig.device.change([](IppPrinterModel& model) { model.refuse_jobs(true); });
  CHECK(rig.print(drawn_job(1)) == "printer.not_printed");
  rig.device.change([](IppPrinterModel& model) { model.refuse_jobs(false); });
  CHECK(rig.print(drawn_job(1)) == "printed");
  CHECK(rig.whole_in_all() == 2);
}

TEST_CASE("unplugged at any byte of a job over IPP: one whole job, or a doubt") {
  const unsigned step = GENERATE(range(0U, 14U));
  IppRig rig;
  REQUIRE(rig.until_code("ready"));
  rig.device.change([&](IppPrinterModel& model) { model.pull_plug_after(1 + 211 * step * step); });
  rig.start_printing(drawn_job(2));
  REQUIRE(rig.until([&] {
    if (!rig.device.plugged()) rig.device.plug();
    return !rig.ended.empty();
  }));
  const int whole = rig.whole_in_all() - rig.before;
  INFO(rig.ended << ", " << whole);
  CHECK((rig.ended == "printed" || rig.ended == "doubtful"));
  CHECK(whole <= 1);
  if (rig.ended == "printed") CHECK(whole == 1);
}

TEST_CASE("the answer to another request is none, and half a request does not swallow the next one") {
  IppRig rig;
  REQUIRE(rig.until_code("ready"));
  for (const emulator::FaultKind fault : {emulator::FaultKind::stale, emulator::FaultKind::stall}) {
    for (const int index : {1, 3, 6, 7, 9}) {
      INFO(static_cast<int>(fault) << " at " << index);
      rig.device.unplug();
      REQUIRE(rig.until_code("absent"));
      rig.device.fail_at(index, fault);
      rig.device.plug();
      const std::string first = rig.print(drawn_job(1));
      CHECK((first == "printed" || first == "doubtful"));
      rig.device.forget_faults();
      CHECK(rig.print(drawn_job(1)) == "printed");
      CHECK(rig.whole_in_all() - rig.before == 1);
    }
  }
}

TEST_CASE("HTTP answers are read in pieces of any size") {
  const std::size_t piece = GENERATE(1U, 5U, 1'000U);
  const auto plain = read_http("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", piece);
  REQUIRE(plain);
  CHECK(plain->status == 200);
  CHECK(text_of(plain->body) == "hello");
  const auto chunked = read_http(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n"
      "6;x=1\r\n world\r\n0\r\nTrailer: 1\r\n\r\n",
      piece);
  REQUIRE(chunked);
  CHECK(text_of(chunked->body) == "hello world");
  CHECK(read_http("HTTP/1.1 404 Not Found\r\n\r\n", piece)->status == 404);
}

TEST_CASE("what is no HTTP answer, or too large, is an error") {
  for (const char* text :
       {"SSH-2.0\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n"}) {
    INFO(text);
    CHECK(read_http(text, 7).error().code == "http.bad_answer");
  }
  CHECK(read_http("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x'), 512).error().code ==
        "http.bad_answer");
}

TEST_CASE("IPP messages are written and read, and cut anywhere refused") {
  printer::IppWriter writer(printer::IppOperation::print_job, 7);
  const Bytes bytes = writer.text(printer::IppTag::name, "job-name", "one")
                          .texts(printer::IppTag::keyword, "requested-attributes", {"a", "bc"})
                          .integer("job-id", -5)
                          .take();
  const auto message = printer::read_ipp(bytes);
  REQUIRE(message);
  CHECK(message->code == 2);
  CHECK(message->request_id == 7);
  CHECK(message->byte_count == bytes.size());
  CHECK(message->integer("job-id") == -5);
  CHECK_FALSE(message->integer("job-name"));
  CHECK(message->has("requested-attributes", "bc"));
  CHECK_FALSE(message->has("requested-attributes", "b"));
  CHECK(message->find("attributes-charset")->values == std::vector<std::string>{"utf-8"});
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK(printer::read_ipp(ByteView(bytes).first(size)).error().code == "ipp.bad_message");
  CHECK(printer::read_ipp(Bytes{2, 0, 0, 0, 0, 0, 0, 1, 1, 0x44, 0, 0, 0, 1, 'x', 3}).error().code ==
        "ipp.bad_message");
}

}  // namespace bianmin
