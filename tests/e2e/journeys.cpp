#include "tests/e2e/journeys.hpp"

#include <fmt/format.h>

#include <thread>

#include "terminal/base/child_process.hpp"
#include "terminal/base/clock.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"
#include "tests/e2e/issued.hpp"
#include "ui/kit/canvas.hpp"

namespace bianmin::e2e {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t tool_limit_ms = 30'000;
constexpr std::int64_t state_limit_ms = 15'000;
constexpr std::size_t tool_output_byte_max = 1 << 20;
constexpr std::size_t page_byte_max = 1 << 24;
constexpr int document_tries_max = 100;
constexpr int looks_max = 300;
constexpr std::chrono::milliseconds look_pause(100);

std::string page(const std::string& id) { return "page-id " + id; }

std::string digits_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= '0' && c <= '9') out.push_back(c);
  }
  return out;
}

// A page of A4 as the emulated printer saves it: "P5 WIDTH HEIGHT 255" and the pixels.
Result<void> write_png_of_pgm(const fs::path& pgm, const fs::path& png) {
  const auto bytes = read_file(pgm, page_byte_max);
  if (!bytes) return bytes.error();
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());  // NOLINT
  const std::size_t head_size = text.find('\n') + 1;
  const auto head = split(text.substr(0, head_size - 1), ' ');
  const auto width = head.size() == 4 ? parse_number(head[1], 1, 10'000) : Result<std::int64_t>(0);
  const auto height = head.size() == 4 ? parse_number(head[2], 1, 10'000) : Result<std::int64_t>(0);
  if (!width || !height || bytes->size() != head_size + static_cast<std::size_t>(*width * *height))
    return Error{Remedy::refuse, "e2e.no_page", "not a picture of a page"};
  ui::Canvas canvas({static_cast<int>(*width), static_cast<int>(*height)});
  for (int y = 0, at = 0; y < *height; ++y) {
    for (int x = 0; x < *width; ++x, ++at)
      canvas.set_pixel(x, y, 0xFF000000U | 0x010101U * (*bytes)[head_size + static_cast<std::size_t>(at)]);
  }
  return canvas.write_png(png);
}

}  // namespace

void Stage::begin(const std::string& service, bool check) {
  const bool stopped = !journeys_.empty() && !journeys_.back().ok;
  journeys_.push_back({});
  if (stopped) {  // what follows a failed journey would only wait for pages that cannot come
    current().ok = false;
    current().problem = "not begun: the one before failed";
  }
  current().service = service;
  current().check = check;
}

bool Stage::step(const std::string& what, const Result<void>& done) {
  if (journeys_.empty()) begin("site", true);
  Journey& journey = current();
  if (!done && journey.ok) {
    journey.ok = false;
    journey.problem = what + ": " + done.error().text();
  }
  return journey.ok;
}

bool Stage::tap(const std::string& id) {
  if (!step("before " + id, {})) return false;
  ++current().steps;
  return step("tap " + id, quick_ ? site_.act(id) : site_.tap(id));
}

bool Stage::tap_to(const std::string& id, const std::string& page_id) {
  constexpr int taps_max = 3;
  constexpr std::int64_t nothing_happens_ms = 3'000;
  if (!step("before " + id, {})) return false;
  ++current().steps;
  Result<void> there;
  for (int i = 0; i < taps_max; ++i) {
    const Result<void> tapped = quick_ ? site_.act(id) : site_.tap(id);
    there = site_.wait_for(page(page_id), nothing_happens_ms);
    if (there) break;
    if (!tapped) there = tapped;
  }
  return step("tap " + id + " for " + page_id, there);
}

bool Stage::device(const std::string& command) {
  const auto answer = site_.device(command);
  return step(command, answer ? Result<void>() : Result<void>(answer.error()));
}

bool Stage::see(const std::string& text, std::int64_t limit_ms) {
  if (!step("before seeing " + text, {})) return false;
  return step("see " + text, site_.wait_for(text, limit_ms));
}

void Stage::see_state(const std::string& state, const std::string& words) {
  if (see(words, state_limit_ms)) current().states.push_back(state);
}

void Stage::picture(const std::string& name, bool wanted) {
  if (!wanted || folder_.empty()) return;
  step("picture " + name, site_.screenshot(folder_ / fmt::format("{:02}-{}.png", ++picture_count_, name)));
}

Result<std::string> Stage::run(const std::vector<std::string>& words) {
  const fs::path output = site_.path("stage-tool.log");
  std::error_code ignored;
  fs::remove(output, ignored);
  auto tool = ChildProcess::start({words, {}, output, false});
  if (!tool) return tool.error();
  const auto end = tool->wait(tool_limit_ms);
  const auto said = read_file(output, tool_output_byte_max);
  const std::string text = said ? text_of(*said) : std::string();
  if (!end || !end->clean()) return Error{Remedy::refuse, "e2e.tool_failed", words[1] + ": " + text};
  return text;
}

void Stage::online(bool on) {
  if (!on) return site_.stop_hub();
  step("hub", site_.start_hub());
  if (!agent_up_) step("agent", site_.start_agent());
  agent_up_ = true;
  if (site_.terminal() == nullptr) step("terminal", site_.start_terminal());
}

void Stage::welcome_pages() {
  begin("welcome", true);
  device("card off");
  see("已联网", state_limit_ms);
  see(page("welcome"));
  picture("welcome");
  tap("helper.help");
  see(page("help"));
  picture("help");
  tap("close");
  see(page("welcome"));
  tap("helper.text_size");
  picture("welcome-largest");
  tap("helper.text_size");
  tap("helper.text_size");
  device("unplug reader");
  see("读卡器没接好", state_limit_ms);
  picture("welcome-reader-missing");
  device("plug reader");
  step("reader back", site_.wait_for("养老待遇资格认证, 一年一次", state_limit_ms));
}

void Stage::card_and_questions(const PensionOptions& options) {
  see(page("welcome"), state_limit_ms);
  tap_to("choice.0", "card");
  picture("card", options.pictures);
  ++current().steps;
  device("card on " + options.card);
  see(page("question.2"));
  picture("question-residence", options.pictures);
  tap_to("next", "question.3");
  picture("question-payout", options.pictures);
  tap_to("choice.0", "digits.4");
  picture("question-phone", options.pictures);
  tap_to("skip", "review");
  picture("review", options.pictures);
  tap("submit");
}

void Stage::save_and_slip(const PensionOptions& options) {
  see(page("saved"));
  see_state("saved", options.english ? "Saved here: done" : "已存在本机，已完成");
  device("card off");
  picture("saved", options.pictures);
  if (!options.offline) {
    see_state("sent", options.english ? "Sent: done" : "已送出，已完成");
    see_state("accepted", options.english ? "Accepted: done" : "社保所已受理，已完成");
  }
  if (!options.without_paper) {
    see(options.english ? "Printed. Please take it" : "打好了，请拿好", state_limit_ms);
    read_slip();
  }
  picture("saved-and-printed", options.pictures);
  if (options.sheet) print_sheet();
}

// The page tells what was so when it asked: whoever asks too early hears that the case was sent.
void Stage::until_accepted(const std::string& case_no) {
  const std::vector<std::string> look = {(site_.options().binaries / "kiosk-hub").string(), "case",
                                         site_.path("hub"), case_no};
  Result<std::string> said = run(look);
  for (int i = 0; i < looks_max && !(said && said->find("\"accepted\"") != std::string::npos); ++i) {
    std::this_thread::sleep_for(look_pause);
    said = run(look);
  }
  step("the hub has it", said ? Result<void>() : Result<void>(said.error()));
}

// The paper runs out in the middle, and somebody brings some.
void Stage::print_sheet() {
  see("再要一张 A4 回执", state_limit_ms);
  picture("saved-sheet");
  device("page paper out-after 4000");
  tap_to("sheet", "sheet");
  see("没纸了", state_limit_ms);
  picture("sheet-paper-out");
  device("page paper in");
  see("打好了，请拿好这张纸", state_limit_ms);
  picture("sheet-printed");
  read_sheet();
  tap_to("leave", "saved");
}

// The page as it came out, and the same as the hub keeps it.
void Stage::read_sheet() {
  const fs::path drawn = site_.path("sheet.pgm");
  device("page save " + drawn.string());
  const auto scanned = run({(site_.options().binaries / "kioskctl").string(), "scan", drawn});
  const bool same = scanned && !slip_code_.empty() && scanned->find(slip_code_) != std::string::npos;
  step("the sheet's code", same ? Result<void>() : Error{Remedy::refuse, "e2e.no_code", "not the slip's"});
  if (folder_.empty()) return;
  step("draw the sheet", write_png_of_pgm(drawn, folder_ / "sheet.png"));
  const std::vector<std::string> words = {(site_.options().binaries / "kiosk-hub").string(),
                                          "document",
                                          site_.path("hub"),
                                          current().case_no,
                                          folder_ / "sheet.pdf",
                                          "--by",
                                          "tour"};
  Result<std::string> kept = run(words);
  for (int i = 0; i < document_tries_max && !kept; ++i) kept = run(words);
  step("the hub's sheet", kept ? Result<void>() : Result<void>(kept.error()));
}

void Stage::read_slip() {
  const fs::path bytes = site_.path(fmt::format("receipt-{}.bin", ++slip_count_));
  const fs::path drawn = folder_.empty() ? site_.path("receipt.png") : folder_ / "receipt.png";
  const std::string kioskctl = (site_.options().binaries / "kioskctl").string();
  device("receipt " + bytes.string());
  const auto preview = run({kioskctl, "print-preview", bytes, drawn});
  step("draw the slip", preview ? Result<void>() : Result<void>(preview.error()));
  const auto scanned = run({kioskctl, "scan", drawn});
  step("scan the slip", scanned ? Result<void>() : Result<void>(scanned.error()));
  if (!scanned) return;
  const auto columns = split(trim(*scanned), '\t');
  slip_code_ = columns.size() == 3 ? std::string(columns[2]) : std::string();
  const auto parts = split(slip_code_, ':');
  if (parts.size() == 3) current().case_no = digits_of(parts[1]);
  if (current().case_no.empty()) step("read the slip", Error{Remedy::refuse, "e2e.no_code", *scanned});
}

void Stage::confirm_pension(const PensionOptions& options) {
  begin("pension-confirmation");
  quick_ = options.quick;
  card_and_questions(options);
  save_and_slip(options);
  if (options.rating == 0) {
    tap("finish");
  } else {
    tap("rate");
    see(page("rating"));
    picture("rating", options.pictures);
    tap("level." + std::to_string(options.rating));
  }
  see(page("welcome"), state_limit_ms);
  quick_ = false;
}

void Stage::look_up(const LookUpOptions& options) {
  const std::string code = slip_code_;
  const std::string case_no =
      digits_of(split(code, ':').size() == 3 ? split(code, ':')[1] : std::string_view());
  begin("case-progress", options.offline);
  current().case_no = case_no;
  see(page("welcome"), state_limit_ms);
  tap("choice.1");
  see(page("scan"));
  picture("scan", options.pictures);
  ++current().steps;
  device("scan https://example.org/not-ours");
  see("这不是我们的凭条");
  picture("scan-other-code", options.pictures);
  device("scan " + code);
  see(page("progress"), state_limit_ms);
  for (const std::string& state : options.expect) {
    see_state(state, state == "saved"  ? "已存在本机，已完成"
                     : state == "sent" ? "已送出，已完成"
                                       : "已受理，已完成");
  }
  see(options.offline ? "这是本机知道的" : "这是刚刚问来的");
  picture(options.offline ? "progress-offline" : "progress", options.pictures);
  tap("finish");
  see(page("welcome"), state_limit_ms);
}

void Stage::refused_card(const std::string& card) {
  begin("refused-card", true);
  see(page("welcome"), state_limit_ms);
  tap("choice.0");
  see(page("card"));
  device("card on " + card);
  see("pension.card_expired");
  picture("not-eligible");
  device("card off");
  tap("act");
  see(page("welcome"), state_limit_ms);
}

void Stage::paper_runs_out(const PensionOptions& options) {
  begin("pension-confirmation");
  device("paper out");
  card_and_questions(options);
  save_and_slip({.card = options.card, .without_paper = true});
  see("没纸了");
  picture("paper-out");
  device("paper in");
  see("打好了，请拿好", state_limit_ms);
  read_slip();
  picture("paper-back");
  tap("finish");
  see(page("welcome"), state_limit_ms);
}

void Stage::sheet_on_paper(const PensionOptions& options) {
  device("plug pageprinter");
  PensionOptions with_sheet = options;
  with_sheet.sheet = true;
  confirm_pension(with_sheet);
  device("unplug pageprinter");
}

void Stage::certificate_on_paper() {
  const std::string code = slip_code_;
  begin("certificate", true);
  current().case_no = digits_of(split(code, ':').size() == 3 ? split(code, ':')[1] : std::string_view());
  const auto pdf = specimen_certificate();
  step("make a certificate", pdf ? Result<void>() : Result<void>(pdf.error()));
  if (!pdf) return;
  step("issue it", issue_certificate(site_.path("hub"), current().case_no, *pdf, SystemClock().utc_ms()));
  const auto look_up_again = [&] {
    see(page("welcome"), state_limit_ms);
    tap_to("choice.1", "scan");
    device("scan " + code);
    see("您的证照办好了", state_limit_ms);
  };
  look_up_again();
  see("到窗口打印");  // no A4 printer is plugged in
  picture("certificate-no-printer");
  tap("finish");
  device("plug pageprinter");
  look_up_again();
  see("打印证照", state_limit_ms);
  picture("certificate-ready");
  tap_to("certificate", "sheet");
  see("打好了，请拿好证照", 3 * state_limit_ms);
  picture("certificate-printed");
  const fs::path drawn = site_.path("certificate.pgm");
  device("page save " + drawn.string());
  const auto scanned = run({(site_.options().binaries / "kioskctl").string(), "scan", drawn});
  const bool same = scanned && scanned->find(specimen_certificate_code) != std::string::npos;
  step("its code", same ? Result<void>() : Error{Remedy::refuse, "e2e.no_code", "not the certificate's"});
  if (!folder_.empty()) step("draw it", write_png_of_pgm(drawn, folder_ / "certificate.png"));
  tap_to("leave", "progress");
  tap("finish");
  see(page("welcome"), state_limit_ms);
  device("unplug pageprinter");
}

void Stage::power_goes_out(const PensionOptions& options) {
  begin("pension-confirmation");
  see(page("welcome"), state_limit_ms);
  device("mains off");
  see("现在不能办新的事", state_limit_ms);
  picture("power-out");
  device("mains on");
  see(page("welcome"), state_limit_ms);
  tap_to("choice.0", "card");
  device("card on " + options.card);
  see(page("question.2"));
  device("mains off");
  see("尽快办完", state_limit_ms);
  picture("power-out-in-service");
  tap_to("act", "question.2");
  tap_to("next", "question.3");
  tap_to("choice.0", "digits.4");
  tap_to("skip", "review");
  device("mains on");
  tap("submit");
  save_and_slip({.card = options.card});
  tap("finish");
  see(page("welcome"), state_limit_ms);
}

void Stage::hub_goes_away(const PensionOptions& options) {
  begin("pension-confirmation");
  quick_ = options.quick;
  online(false);
  card_and_questions(options);
  save_and_slip({.card = options.card, .offline = true});
  see("未联网", state_limit_ms);
  picture("saved-offline");
  tap("finish");
  see(page("welcome"), state_limit_ms);
  const std::size_t offline_case = journeys_.size() - 1;
  look_up({.pictures = true, .expect = {"saved"}, .offline = true});
  online(true);
  see("已联网", 3 * state_limit_ms);
  until_accepted(journeys_[offline_case].case_no);
  look_up({.expect = {"saved", "sent", "accepted"}});
  journeys_[offline_case].states = current().states;  // what became of the case that was handed in offline
  quick_ = false;
}

void Stage::speak_english_on_black() {
  begin("welcome", true);
  see(page("welcome"), state_limit_ms);
  tap("helper.language");
  tap("helper.contrast");
  see("Hello. What would you like to do?");
  picture("welcome-english-black");
}

void Stage::walks_away() {
  begin("walk-away", true);
  see(page("welcome"), state_limit_ms);
  tap("choice.0");
  see(page("card"));
  see(page("idle"), state_limit_ms);
  picture("idle");
  tap("stay");
  see(page("card"));
  see(page("idle"), state_limit_ms);
  see(page("welcome"), state_limit_ms);
}

}  // namespace bianmin::e2e
