#include <filesystem>

#include "drivers/printer/escpos_encoder.hpp"
#include "drivers/printer/escpos_reader.hpp"
#include "drivers/printer/escpos_status.hpp"
#include "drivers/printer/printed_slip.hpp"
#include "terminal/base/files.hpp"
#include "tests/catch.hpp"

namespace bianmin::printer {

namespace {

Bytes encoded(const Document& document, PaperWidth width = PaperWidth::mm58) {
  const auto slip = encode_escpos(document, {width});
  REQUIRE(slip.ok());
  Bytes bytes = slip->body;
  append(bytes, slip->cut);
  return bytes;
}

std::string printed(const Document& document, PaperWidth width = PaperWidth::mm58) {
  const auto slips = read_slips(encoded(document, width));
  REQUIRE(slips.size() == 1);
  CHECK(slips[0].cut);
  std::string text = slip_text(slips[0]);
  while (text.ends_with("\n\n")) text.pop_back();  // the feed before the cut
  return text;
}

}  // namespace

TEST_CASE("lines are wrapped at the paper's width, Chinese taking two columns") {
  CHECK(printed({{TextLine{"一二三四五六七八九十一二三四五六七八"}}}) ==
        "一二三四五六七八九十一二三四五六\n七八\n");
  CHECK(printed({{TextLine{"一二三四五六七八九十", Align::left, 2, false}}}) == "一二三四五六七八\n九十\n");
  CHECK(printed({{TextLine{"a word that is wrapped before it ends"}}}) ==
        "a word that is wrapped before it\nends\n");
  CHECK(printed({{TextLine{std::string(33, 'x')}}}) == std::string(32, 'x') + "\nx\n");
  CHECK(printed({{TextLine{"一二三"}}}, PaperWidth::mm80) == "一二三\n");
}

TEST_CASE("labels and values share a line, or the value goes below") {
  CHECK(printed({{LabelLine{"办件号", "0721 3386 41"}}}) == "办件号              0721 3386 41\n");
  CHECK(printed({{LabelLine{"一二三四五六七八", "一二三四五六七八"}}}) ==
        "一二三四五六七八\n一二三四五六七八\n");
}

TEST_CASE("rules, codes and feeds") {
  CHECK(printed({{RuleLine{}, QrCode{"BM1:1"}, Feed{1}, TextLine{"x"}}}) ==
        std::string(32, '-') + "\n\n[QR BM1:1]\n\n\nx\n");  // white above and below the code
  const auto slips = read_slips(encoded({{QrCode{"BM1:1"}}}));
  const auto& code = std::get<PrintedQr>(slips.at(0).lines.at(1));
  CHECK(code.align == Align::center);
  CHECK(code.module_dots == 6);
}

TEST_CASE("styles reach the paper") {
  const auto slips = read_slips(encoded({{TextLine{"大", Align::right, 2, true}, TextLine{"小"}}}));
  const auto& large = std::get<PrintedText>(slips.at(0).lines.at(0));
  CHECK(large.align == Align::right);
  REQUIRE(large.runs.size() == 1);
  CHECK(large.runs[0].width_scale == 2);
  CHECK(large.runs[0].height_scale == 2);
  CHECK(large.runs[0].bold);
  const auto& small = std::get<PrintedText>(slips.at(0).lines.at(1));
  CHECK(small.align == Align::left);
  CHECK(small.runs.at(0).width_scale == 1);
  CHECK_FALSE(small.runs.at(0).bold);
}

TEST_CASE("text can never be a command") {
  std::string hostile = "a";
  for (char c = 1; c < 0x20; ++c) hostile += c;
  hostile += "\x7F\u0085\u009Bb";
  const Bytes bytes = encoded({{TextLine{hostile}, LabelLine{hostile, hostile}}});
  const auto slips = read_slips(bytes);
  REQUIRE(slips.size() == 1);
  const std::string text = slip_text(slips[0]);
  CHECK(text.find('a') != std::string::npos);
  for (const char c : text) CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
}

TEST_CASE("documents that cannot be printed are refused") {
  const auto code = [](const Document& document) {
    const auto slip = encode_escpos(document, {});
    return slip ? std::string_view("ok") : slip.error().code;
  };
  CHECK(code({{TextLine{"x"}}}) == "ok");
  CHECK(code({}) == "printer.bad_document");
  CHECK(code({{TextLine{"\xFF"}}}) == "printer.bad_document");
  CHECK(code({{TextLine{"x", Align::left, 3, false}}}) == "printer.bad_document");
  CHECK(code({{LabelLine{"x", "\xC0\x80"}}}) == "printer.bad_document");
  CHECK(code({{QrCode{""}}}) == "printer.bad_document");
  CHECK(code({{QrCode{std::string(200, 'x')}}}) == "ok");
  CHECK(code({{QrCode{std::string(201, 'x')}}}) == "printer.bad_document");
  CHECK(code({{Feed{-1}}}) == "printer.bad_document");
  CHECK(code({std::vector<Line>(401, TextLine{"x"})}) == "printer.bad_document");
}

TEST_CASE("the status bytes of the reference are understood") {
  CHECK(status_from_realtime({0x12, 0x12, 0x12, 0x12}).state() ==
        DeviceState{DeviceCondition::ready, "ready"});
  CHECK(status_from_realtime({0x1A, 0x16, 0x12, 0x12}).state().code == "printer.cover_open");
  CHECK(status_from_realtime({0x1A, 0x32, 0x12, 0x72}).state().code == "printer.paper_out");
  CHECK(status_from_realtime({0x12, 0x12, 0x12, 0x1E}).state().code == "printer.paper_low");
  CHECK(status_from_realtime({0x1A, 0x52, 0x1A, 0x12}).state().code == "printer.cutter");
  CHECK(status_from_realtime({0x1A, 0x52, 0x52, 0x12}).state().code == "printer.overheat");
  CHECK(status_from_realtime({0x1A, 0x52, 0x32, 0x12}).state().code == "printer.broken");
  CHECK(status_from_realtime({0x1A, 0x12, 0x12, 0x12}).state().code == "printer.offline");
  CHECK(status_from_port(0x18).can_print());
  CHECK(status_from_port(0x38).paper_out);
  CHECK(status_from_port(0x08).offline);
}

TEST_CASE("answers are taken apart in pieces of every size") {
  const Bytes stream = {0x12, 0x10, 0x00, 0x00, 0x0F, 0x37, 0x22, '0',  '0',  '4', '2',
                        0x00, 0x99, 0x37, 0x25, 0x00, 0x16, 0x37, 0x70, 0x40, 0x00};
  for (std::size_t size = 1; size <= stream.size(); ++size) {
    AnswerReader reader;
    std::string seen;
    for (std::size_t at = 0; at < stream.size(); at += size) {
      reader.push(ByteView(stream).subspan(at, std::min(size, stream.size() - at)));
      while (const auto answer = reader.next()) {
        if (const auto* byte = std::get_if<RealtimeByte>(&*answer))
          seen += "s" + to_hex(ByteView(&byte->byte, 1)) + " ";
        if (const auto* done = std::get_if<ProcessDone>(&*answer)) seen += "p" + done->id + " ";
        if (std::holds_alternative<BufferCleared>(*answer)) seen += "c ";
      }
    }
    CHECK(seen == "s12 p0042 c s16 ");
  }
}

TEST_CASE("the full status of a presenter is no automatic status, and the other way round") {
  const Bytes waiting = {0x12, 0x10, 0x0F, 0x24, 0x00, 0x00, 0x00, 0x16};
  for (std::size_t size = 1; size <= waiting.size(); ++size) {
    AnswerReader reader;
    reader.expect_full_status(true);
    std::string seen;
    for (std::size_t at = 0; at < waiting.size(); at += size) {
      reader.push(ByteView(waiting).subspan(at, std::min(size, waiting.size() - at)));
      while (const auto answer = reader.next()) {
        if (std::holds_alternative<RealtimeByte>(*answer)) seen += "s ";
        if (std::holds_alternative<AutomaticStatus>(*answer)) seen += "a ";
        if (const auto* full = std::get_if<FullStatus>(&*answer))
          seen += full->slip_at_mouth ? "waits " : "none ";
      }
    }
    CHECK(seen == "s waits s ");
  }
  AnswerReader plain;
  plain.push(ByteView(waiting).subspan(1, 4));
  CHECK(std::holds_alternative<AutomaticStatus>(*plain.next()));
}

TEST_CASE("a presenter holds out what was cut, and its commands are read as long as they are") {
  const auto slip = encode_escpos({{TextLine{"x"}}}, {.profile = find_profile(0x0425, 0x8147)});
  REQUIRE(slip.ok());
  CHECK(slip->hand == Bytes{0x1D, 'e', 3, 12});
  CHECK(encode_escpos({{TextLine{"x"}}}, {})->hand.empty());
  for (const Bytes& command :
       {Bytes{0x1D, 'e', 2}, Bytes{0x1D, 'e', 3, 12}, Bytes{0x1D, 'e', 5}, Bytes{0x1D, 'e', 32, 12, 30}}) {
    Bytes stream = command;
    append(stream, view_of("text"));
    const auto step = escpos::read_step(stream);
    REQUIRE(step);
    CHECK(step->byte_count == command.size());
  }
}

TEST_CASE("any bytes at all are survived and used up") {
  std::uint32_t random = 7;
  for (int round = 0; round < 3'000; ++round) {
    Bytes bytes;
    for (int i = 0; i < 60; ++i) {
      random = random * 1'664'525U + 1'013'904'223U;
      constexpr std::uint8_t introducers[] = {0x10, 0x1B, 0x1C, 0x1D, 0x28, 'k', 'v', 'd'};
      const auto byte = static_cast<std::uint8_t>(random >> 24U);
      bytes.push_back(byte < 0x60 ? introducers[byte % 8] : byte);
    }
    ByteView left = bytes;
    while (const auto step = escpos::read_step(left)) {
      REQUIRE(step->byte_count >= 1);
      REQUIRE(step->byte_count <= left.size());
      left = left.subspan(step->byte_count);
    }
    (void)read_slips(bytes);
    AnswerReader reader;
    reader.push(bytes);
    while (reader.next()) {
    }
  }
}

TEST_CASE("recorded streams of other programs are read") {
  const std::filesystem::path folder = "../shared/data/escpos";
  if (!std::filesystem::exists(folder)) {
    WARN("no recorded streams here");
    return;
  }
  int streams = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".bin") continue;
    const auto bytes = read_file(entry.path(), 10'000'000);
    REQUIRE(bytes.ok());
    INFO(entry.path().string());
    CHECK_FALSE(read_slips(*bytes).empty());
    ++streams;
  }
  CHECK(streams > 0);
}

}  // namespace bianmin::printer
