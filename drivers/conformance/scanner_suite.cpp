#include <fmt/format.h>

#include <utility>

#include "drivers/conformance/public_codes.hpp"
#include "drivers/conformance/suites.hpp"
#include "drivers/scanner/code_scanner.hpp"

namespace bianmin::conformance {

namespace {

constexpr std::int64_t code_limit_ms = 10'000;
constexpr std::int64_t silence_ms = 1'000;
constexpr std::int64_t held_ms = 3'000;
constexpr int codes_in_a_row = 20;
constexpr std::size_t long_byte_count = 2'900;  // near to what the largest QR code holds

class ScannerChecks {
 public:
  ScannerChecks(scanner::CodeScanner& scanner, bool camera) : scanner_(scanner), camera_(camera) {
    scanner_.watch([codes = codes_](DeviceState state) { codes->see(state); });
  }
  ~ScannerChecks() {
    scanner_.watch(nullptr);
    scanner_.stop();
  }
  ScannerChecks(const ScannerChecks&) = delete;
  ScannerChecks& operator=(const ScannerChecks&) = delete;

  DeviceState state() const { return scanner_.state(); }
  std::optional<std::string> stray_code() { return codes_->take(); }
  void tidy(Stage& stage) {
    scanner_.stop();
    (void)take_away(stage);
    if (std::exchange(covered_, false)) (void)stage.ask(Act::uncover_camera);
    stage.linger(0);
  }

  Result<void> ready(Stage& stage) { return become_ready(stage, state_); }
  Result<void> code(Stage& stage) {
    listen();
    return scan_one(stage, "BM1:0721338641");
  }
  Result<void> chinese(Stage& stage) {
    listen();
    return scan_one(stage, "便民服务站办件进度查询，请把回执上的二维码对准扫描口");
  }
  Result<void> long_code(Stage& stage) {
    listen();
    std::string text;
    while (text.size() < long_byte_count) text += static_cast<char>('0' + text.size() % 10);
    return scan_one(stage, text);
  }
  Result<void> replug(Stage& stage) {
    listen();
    if (auto back = unplug_and_replug(stage, state_); !back) return back;
    return scan_one(stage, "AFTER THE PLUG");
  }
  Result<void> unplugged_during(Stage& stage) {
    listen();
    if (auto asked = stage.ask(Act::unplug_during); !asked) return asked;
    const auto shown = show(stage, std::string(long_byte_count, 'x'));
    if (!shown) return shown.error();
    if (!stage.until([&] { return state().condition == DeviceCondition::absent; })) {
      return too_late("unplugged, not told", state());
    }
    if (auto away = take_away(stage); !away) return away;
    if (auto back = become_ready(stage, state_); !back) return back;
    for (const Result<std::string>& heard : *heard_) {
      if (!camera_ || !heard || *heard != *shown) return wrong("half a code was told as one");
    }
    return scan_one(stage, "WHOLE AGAIN");
  }
  Result<void> stopped(Stage& stage) {
    listen();
    scanner_.stop();
    if (const auto shown = show(stage, "UNHEARD"); !shown) return shown.error();
    stage.linger(silence_ms);
    if (!heard_->empty()) return wrong("a code was told after stop()");
    if (auto away = take_away(stage); !away) return away;
    listen();
    stage.linger(silence_ms);
    if (!heard_->empty()) return wrong("a code from before listen() was told");
    return scan_one(stage, "HEARD");
  }
  Result<void> many(Stage& stage) {
    listen();
    for (int i = 0; i < codes_in_a_row; ++i) {
      if (auto scanned = scan_one(stage, fmt::format("CODE {}", i)); !scanned) return scanned;
    }
    stage.note(fmt::format("{} codes, {} ms each", codes_in_a_row, stage.took_ms() / codes_in_a_row));
    return {};
  }

  // What a camera alone can do wrong.
  Result<void> held(Stage& stage) {
    listen();
    if (auto scanned = scan_one(stage, "HELD"); !scanned) return scanned;
    stage.linger(held_ms);
    return heard_->size() == 1 ? Result<void>() : wrong("a code that stays was told again");
  }
  Result<void> dark(Stage& stage) {
    listen();
    if (auto asked = stage.ask(Act::cover_camera); !asked) return asked;
    covered_ = true;
    const auto shown = show(stage, "IN THE DARK");
    if (!shown) return shown.error();
    stage.linger(silence_ms);
    if (!heard_->empty()) return wrong("a code was told that nobody could see");
    if (!state().usable()) return wrong("dark, and no longer ready");
    if (auto asked = stage.ask(Act::uncover_camera); !asked) return asked;
    return told(stage, 0, *shown);
  }
  Result<void> upside_down(Stage& stage) {
    listen();
    if (auto asked = stage.ask(Act::turn_next_code); !asked) return asked;
    return scan_one(stage, "UPSIDE DOWN");
  }

 private:
  using Heard = std::vector<Result<std::string>>;

  void listen() {
    heard_ = std::make_shared<Heard>();
    scanner_.listen([heard = heard_](Result<std::string> code) { heard->push_back(std::move(code)); });
  }
  Result<void> scan_one(Stage& stage, const std::string& text) {
    const std::size_t before = heard_->size();
    const auto shown = show(stage, text);
    if (!shown) return shown.error();
    return told(stage, before, *shown);
  }
  // One more than `before`, and with this text.
  Result<void> told(Stage& stage, std::size_t before, const std::string& text) {
    if (!stage.until([&] { return heard_->size() > before; })) return too_late("a code is not told", state());
    if (heard_->size() > before + 1) return wrong("one code was told twice");
    const Result<std::string>& heard = heard_->back();
    if (!heard) return checked(heard.error());
    if (!text.empty() && *heard != text) return wrong("another text was told");
    return {};
  }

  Result<std::string> show(Stage& stage, const std::string& text) {
    lies_there_ = camera_;
    return stage.show_code(text);
  }
  Result<void> take_away(Stage& stage) {
    return std::exchange(lies_there_, false) ? stage.ask(Act::take_code_away) : Result<void>();
  }

  scanner::CodeScanner& scanner_;
  const bool camera_;
  bool lies_there_ = false;  // the code shown last
  bool covered_ = false;
  std::shared_ptr<Heard> heard_ = std::make_shared<Heard>();
  std::shared_ptr<CodeWatch> codes_ = std::make_shared<CodeWatch>();
  std::function<DeviceState()> state_ = [this] { return state(); };
};

}  // namespace

Suite scanner_suite(scanner::CodeScanner& scanner, bool camera) {
  const auto checks = std::make_shared<ScannerChecks>(scanner, camera);
  const auto step = [&](std::string_view name, std::string_view what, std::int64_t limit_ms,
                        Result<void> (ScannerChecks::*check)(Stage&)) {
    return Step{name, what, limit_ms, [checks, check](Stage& stage) { return (*checks.*check)(stage); }};
  };
  Suite suite;
  suite.device = "code-scanner";
  suite.steps = {
      step("ready", "It becomes ready after it was plugged in.", start_limit_ms, &ScannerChecks::ready),
      step("code", "It tells a code once, with its text.", code_limit_ms, &ScannerChecks::code),
      step("chinese", "A code with Chinese text arrives as it is.", code_limit_ms, &ScannerChecks::chinese),
      step("long", "A code of 2,900 bytes arrives whole.", code_limit_ms, &ScannerChecks::long_code),
      step("stopped", "After stop() nothing is told, not even later.", code_limit_ms,
           &ScannerChecks::stopped),
      step("replug", "Unplugged: absent; plugged in: ready, without a restart.", replug_limit_ms,
           &ScannerChecks::replug),
      step("unplugged-during", "Unplugged in the middle of a code: half a code is none.", replug_limit_ms,
           &ScannerChecks::unplugged_during),
      step("twenty", "Twenty codes in a row are twenty codes.", row_limit_ms, &ScannerChecks::many),
  };
  if (camera) {
    suite.steps.push_back(
        step("held", "A code that stays in view is told once.", code_limit_ms, &ScannerChecks::held));
    suite.steps.push_back(step("dark", "Covered it tells nothing and stays ready; then it reads again.",
                               code_limit_ms, &ScannerChecks::dark));
    suite.steps.push_back(
        step("upside-down", "A code upside down is read.", code_limit_ms, &ScannerChecks::upside_down));
  }
  suite.tidy = [checks](Stage& stage) { checks->tidy(stage); };
  suite.stray_code = [checks] { return checks->stray_code(); };
  return suite;
}

}  // namespace bianmin::conformance
