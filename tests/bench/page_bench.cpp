// A page of A4: from words to pixels, to the printer's bytes, to the printer's word; and the PDF/A for the
// record.
#include <fmt/format.h>

#include <cstdio>

#include "drivers/emulator/page_printer_model.hpp"
#include "drivers/emulator/testbed.hpp"
#include "drivers/printer/page/page_stream.hpp"
#include "drivers/printer/page/usb_page_printer.hpp"
#include "drivers/scanner/code_writer.hpp"
#include "drivers/usb/bus.hpp"
#include "terminal/session/sheet_job.hpp"
#include "tests/bench/report.hpp"

namespace bianmin::bench {

namespace {

ui::Sheet certificate() {
  const auto code = scanner::encode_qr("BM1:0721338641", scanner::QrCorrection::m).value();
  ui::Sheet sheet;
  sheet.site = "某省某市某县青石镇便民服务中心";
  sheet.title = "养老待遇资格认证证明";
  for (int i = 0; i < 6; ++i) {
    sheet.paragraphs.emplace_back(
        "兹证明下列人员已于本服务点完成本年度养老待遇领取资格认证，认证结果为通过。本证明由自助终端出具，可扫"
        "描二维码核验。");
  }
  for (int i = 0; i < 12; ++i)
    sheet.rows.push_back({"项目 " + std::to_string(i + 1), "已办结，2026年11月26日"});
  sheet.code = ui::SheetCode{code.width, code.modules, "扫码核验"};
  return sheet;
}

std::size_t byte_count_of(printer::PageStream& stream) {
  std::size_t count = 0;
  for (Bytes piece = stream.next(); !piece.empty(); piece = stream.next()) count += piece.size();
  return count;
}

std::string kilobytes(std::size_t count) { return fmt::format("{:.1f} KB", double(count) / 1'000); }

printer::PageJob measure_drawing(int rounds) {
  const ui::Sheet sheet = certificate();
  std::vector<double> warm;
  double cold = 0;
  printer::PageJob job;
  ui::Typesetter typesetter;
  for (int i = 0; i <= rounds; ++i) {
    const double taken = time_us([&] {
      const auto pages = lay_out_sheet(typesetter, sheet).value();
      job = session::sheet_job(typesetter, pages).value();
    });
    if (i == 0) cold = taken;
    if (i > 0) warm.push_back(taken);
  }
  print({"A4 page from words to pixels, the first one", microseconds(cold), ""});
  print({"A4 page from words to pixels", microseconds(median(warm)), ""});
  print({"memory of a page", kilobytes(job[0].byte_count()), "8699.8 KB of pixels"});
  std::vector<double> pdf_times;
  std::size_t pdf_byte_count = 0;
  for (int i = 0; i < rounds; ++i) {
    pdf_times.push_back(time_us([&] {
      const auto pages = ui::lay_out_sheet(typesetter, sheet).value();
      pdf_byte_count = ui::sheet_pdf(typesetter, pages, sheet.title, 0).value().size();
    }));
  }
  print(
      {fmt::format("the same as PDF/A, {}", kilobytes(pdf_byte_count)), microseconds(median(pdf_times)), ""});
  return job;
}

void measure_encoding(const printer::PageJob& job, int rounds) {
  const auto measure = [&](const char* name, auto make) {
    std::vector<double> taken;
    std::size_t count = 0;
    for (int i = 0; i < rounds; ++i) taken.push_back(time_us([&] { count = byte_count_of(*make()); }));
    print({fmt::format("A4 page as {}, {}", name, kilobytes(count)), microseconds(median(taken)), ""});
  };
  measure("PWG raster, grey", [&] { return printer::pwg_stream(job, printer::PwgColour::gray, 1); });
  measure("PWG raster, black", [&] { return printer::pwg_stream(job, printer::PwgColour::black, 1); });
  measure("PCL 5e", [&] { return printer::pcl_stream(job, 1); });
  measure("PCL 5e, 600 dpi", [&] { return printer::pcl_stream(job, 2); });
}

void measure_printing(const printer::PageJob& job, int rounds) {
  auto testbed = emulator::Testbed::create(emulator::Adapter::direct);
  if (!testbed) std::exit(1);
  auto& model = *new emulator::PagePrinterModel;  // outlives the testbed
  const auto port = (*testbed)->add(model);
  const SystemClock clock;
  EventLoop loop(clock);
  const auto bus = usb::Bus::open(nullptr).value();
  printer::UsbPagePrinter driver(*bus, loop, nullptr);
  (*testbed)->plug(port);
  const auto until = [&](auto is_true) {
    while (!is_true()) loop.run_once(1);
  };
  until([&] { return driver.state().usable(); });
  std::vector<double> first;
  std::vector<double> total;
  for (int i = 0; i < rounds; ++i) {
    std::optional<bool> printed;
    const std::size_t before = (*testbed)->change([&] { return model.received_count(); });
    const auto start = Steady::now();
    driver.print(job, [&](Result<printer::PrintOutcome> outcome) {
      printed = outcome && *outcome == printer::PrintOutcome::printed;
    });
    // The question that comes before a job is no byte of it.
    constexpr std::size_t question_byte_count = 64;
    until([&] {
      return (*testbed)->change([&] { return model.received_count(); }) > before + question_byte_count;
    });
    first.push_back(since_us(start));
    until([&] { return printed.has_value(); });
    total.push_back(since_us(start));
    if (!*printed) std::exit(1);
  }
  print({"A4 page to its first byte in the printer", microseconds(median(first)), ""});
  print(
      {"A4 page until the emulated printer's word, its own reading in it", microseconds(median(total)), ""});
}

}  // namespace

}  // namespace bianmin::bench

int main(int argc, char** argv) {
  using namespace bianmin::bench;
  const int rounds = has_flag(argc, argv, "--quick") ? 5 : 20;
  const auto job = measure_drawing(rounds);
  measure_encoding(job, rounds);
  measure_printing(job, rounds);
}
