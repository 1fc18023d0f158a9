#include "terminal/terminal_app.hpp"

#include <signal.h>
#include <sys/resource.h>

#include <cstdio>

#include "drivers/card/photo_decoder.hpp"
#include "drivers/scanner/decoder_child.hpp"
#include "drivers/usb/bus.hpp"
#include "sync/store/enrolment.hpp"
#include "sync/store/journal_recovery.hpp"
#include "sync/store/wake_up.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/cabinet_devices.hpp"
#include "terminal/device_table.hpp"
#include "terminal/session/session.hpp"
#include "terminal/signal_watch.hpp"
#include "terminal/supervisor.hpp"
#include "terminal/terminal_config.hpp"
#include "ui/kit/sdl_presenter.hpp"
#include "ui/kit/sdl_waiter.hpp"
#include "ui/pages/notice_page.hpp"

namespace bianmin {

namespace {

constexpr std::string_view usage =
    "usage: kiosk-terminal --config FILE [--session [--reader-empty] [--tampered]]\n"
    "  The terminal at the counter: screen and devices, no network. Starts a fresh process for each person.\n"
    "  --config FILE  kiosk.conf: terminal_id, site_name, help_phone, state_dir, catalogue_dir, "
    "resource_dir, ...\n"
    "  --session      one session only, without a supervisor\n"
    "  --reader-empty the session before saw no card on the reader when it ended\n"
    "  --tampered     the session before was closed by the cabinet's tamper contact\n"
    "Exit codes: 0 ended in order, 65 the same and no card lay on the reader, 66 the power is out and the "
    "machine\nhas to shut down (both --session), 78 the configuration cannot work.\n";

// The stores of one enrolment, in the order in which they need each other.
struct Stores {
  store::Enrolment enrolment;
  std::unique_ptr<store::Journal> journal;
};

Result<Stores> open_stores(const std::filesystem::path& state_dir) {
  auto enrolment = store::load_enrolment(state_dir);
  if (!enrolment) return enrolment.error();
  auto journal = store::open_journal(state_dir / "journal.db", state_dir);
  if (!journal) return journal.error();
  enrolment->identity = (*journal)->identity();
  return Stores{std::move(*enrolment), std::move(*journal)};
}

Result<session::Languages> load_languages(const std::filesystem::path& folder, const std::string& first) {
  session::Languages out;
  for (const std::string language : {"zh-Hans", "en"}) {
    auto words = session::load_language(folder, language);
    if (!words) return words.error();
    out.emplace(language, std::move(*words));
  }
  if (!out.contains(first)) return Error{Remedy::refuse, "config.unknown_language", first};
  return out;
}

// A resident's terminal leaves no core dump with somebody's data in it.
void forbid_core_dumps() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

// Everything of one session process; destroyed in the order opposite to construction.
class SessionProcess {
 public:
  SessionProcess(const TerminalConfig& config, session::Languages languages, Log& log, SessionBefore before)
      : config_(config),
        languages_(std::move(languages)),
        log_(log),
        before_(before),
        loop_(clock_, make_waiter()) {}

  Result<void> open_screen() {
    auto presenter =
        ui::SdlPresenter::open({config_.settings.site_name, config_.settings.canvas, config_.full_screen});
    if (!presenter) return presenter.error();
    presenter_ = std::move(*presenter);
    screen_ = std::make_unique<ui::Screen>(*presenter_, clock_, config_.resource_dir / "kit/icons",
                                           config_.settings.canvas, config_.settings.ppi);
    waiter_->connect(*screen_, *presenter_, [this] { stop(session_closed); });
    return {};
  }

  int run(const TerminalHooks& hooks) {
    const std::shared_ptr<void> attached = hooks.ready ? hooks.ready(loop_, *screen_) : nullptr;
    signals_ = std::make_unique<SignalWatch>([this] { loop_.post([this] { stop(session_over); }); });
    const auto started = start_session();
    if (!started) show_broken(started.error());
    const int exit_code = loop_.run();
    waiter_->disconnect();
    return exit_code;
  }

 private:
  std::unique_ptr<Waiter> make_waiter() {
    auto waiter = std::make_unique<ui::SdlWaiter>();
    waiter_ = waiter.get();
    return waiter;
  }

  Result<void> start_session() {
    auto stores = open_stores(config_.state_dir);
    if (!stores) return stores.error();
    stores_ = std::make_unique<Stores>(std::move(*stores));
    auto catalogue = services::load_catalogue(config_.catalogue_dir);
    if (!catalogue) return catalogue.error();
    catalogue_ = std::move(*catalogue);
    for (const services::BrokenPackage& broken : catalogue_.broken)
      log_.error("catalogue", "package-left-out", broken.error);
    bus_ = std::make_unique<usb::Bus>(&log_);
    reader_ = make_device<card::IdCardReader>("id-card-reader", *bus_, loop_, &log_);
    printer_ = make_device<printer::ReceiptPrinter>("receipt-printer", *bus_, loop_, &log_);
    page_printer_ = make_device<printer::PagePrinter>("page-printer", *bus_, loop_, &log_);
    scanner_ = make_device<scanner::CodeScanner>("code-scanner", *bus_, loop_, &log_);
    cabinet_.emplace(config_.devices, *bus_, loop_, log_);
    ups_ = make_device<power::PowerSupply>("ups", *bus_, loop_, &log_);
    open_electronic_ids();
    writer_ = std::make_unique<store::RecordWriter>(*stores_->journal, stores_->enrolment);
    asks_ = std::make_unique<store::Asks>(*stores_->journal, stores_->enrolment, clock_);
    ledger_ = std::make_unique<store::PrintLedger>(*stores_->journal, clock_);
    open_photo_decoder();
    const session::Parts parts{loop_,
                               log_,
                               config_.settings,
                               catalogue_,
                               *reader_,
                               *printer_,
                               *scanner_,
                               *stores_->journal,
                               *writer_,
                               *asks_,
                               *ledger_,
                               [this] { work_lies_in_journal(); },
                               photos_.get(),
                               before_.reader_empty,
                               eid_ ? &*eid_ : nullptr,
                               ups_.get(),
                               cabinet_->parts(),
                               before_.tampered,
                               page_printer_.get()};
    session_ = std::make_unique<session::Session>(parts, *screen_, languages_,
                                                  [this](session::SessionEnd end) { over(end); });
    session_->start();
    const auto begun =
        bus_->begin();  // the first page is on the screen: looking for devices holds nothing up
    if (!begun) session_.reset();
    loop_.post([this] { writer_->prepare(); });
    return begun;
  }

  void work_lies_in_journal() {
    store::WakeUp::send(config_.state_dir / "agent.wake");
    loop_.post([this] { writer_->prepare(); });  // for the next save, when this one is on the screen
  }

  void over(session::SessionEnd end) {
    if (exit_code_ != session_over) return loop_.quit(exit_code_);
    loop_.quit(end.power_off      ? session_power_off
               : end.tampered     ? session_tampered
               : end.reader_empty ? session_over_reader_empty
                                  : session_over);
  }

  // A list that cannot be read closes what needs an electronic ID, and nothing else.
  void open_electronic_ids() {
    if (config_.eid_trust_dir.empty()) return;
    auto trust = seal::TrustList::load(config_.eid_trust_dir);
    if (!trust) return log_.error("terminal", "no-trust-list", trust.error());
    trust_ = std::move(*trust);
    slot_ = make_device<card::SmartCardReader>("smart-card-reader", *bus_, loop_, &log_);
    eid_.emplace(session::EidParts{*slot_, *trust_});
  }

  // Without it the terminal works all the same: a silhouette stands for the photo.
  void open_photo_decoder() {
    if (config_.photo_decoder.empty()) return;
    auto decoder = card::PhotoDecoder::load(config_.photo_decoder);
    if (!decoder) return log_.error("terminal", "no-photo-decoder", decoder.error());
    photos_ = std::move(*decoder);
  }

  // The terminal cannot work, but it says so on its screen, with the code that staff can look up.
  void show_broken(const Error& error) {
    log_.error("terminal", "out-of-service", error);
    const ui::Strings& strings = languages_.at(config_.settings.language).strings;
    const ui::PageContext context{
        .strings = strings,
        .theme = ui::theme(ui::ThemeName::light),
        .metrics = {config_.settings.canvas, ui::TextSize::large, config_.settings.ppi},
        .site_name = config_.settings.site_name,
        .clock_text = local_time_hhmm(clock_.utc_ms()),
        .online = false,
        .can_go_back = false,
        .helper = nullptr};
    const ui::NoticeView view{
        ui::Level::stop,
        strings.text("session.out_of_service.title"),
        strings.text("session.out_of_service.body", {{"phone", config_.settings.help_phone}}),
        std::string(error.code),
        {}};
    screen_->show(ui::notice_page(view, context, nullptr));
    loop_.after(retry_ms, [this] { loop_.quit(session_over); });  // the next process tries again
  }

  void stop(SessionExit how) {
    exit_code_ = how;
    if (session_) return session_->end_now();
    loop_.quit(exit_code_);
  }

  static constexpr std::int64_t retry_ms = 10'000;

  const TerminalConfig& config_;
  const session::Languages languages_;
  Log& log_;
  const SessionBefore before_;
  SystemClock clock_;
  ui::SdlWaiter* waiter_ = nullptr;  // owned by the loop
  EventLoop loop_;
  std::unique_ptr<ui::SdlPresenter> presenter_;
  std::unique_ptr<ui::Screen> screen_;
  std::unique_ptr<Stores> stores_;
  services::Catalogue catalogue_;
  std::unique_ptr<usb::Bus> bus_;
  std::unique_ptr<card::IdCardReader> reader_;
  std::unique_ptr<card::PhotoDecoder> photos_;
  std::unique_ptr<printer::ReceiptPrinter> printer_;
  std::unique_ptr<printer::PagePrinter> page_printer_;
  std::unique_ptr<scanner::CodeScanner> scanner_;
  std::optional<CabinetDevices> cabinet_;
  std::unique_ptr<power::PowerSupply> ups_;
  std::optional<seal::TrustList> trust_;
  std::unique_ptr<card::SmartCardReader> slot_;
  std::optional<session::EidParts> eid_;
  std::unique_ptr<store::RecordWriter> writer_;
  std::unique_ptr<store::Asks> asks_;
  std::unique_ptr<store::PrintLedger> ledger_;
  std::unique_ptr<session::Session> session_;
  std::unique_ptr<SignalWatch> signals_;
  int exit_code_ = session_over;
};

int refuse(const Error& error) {
  std::fprintf(stderr, "kiosk-terminal: %s\n", error.text().c_str());
  return session_refused;
}

}  // namespace

int run_session(const std::filesystem::path& path, const TerminalHooks& hooks, SessionBefore before) {
  forbid_core_dumps();
  const SystemClock clock;
  Log log(clock, stderr);
  const auto config = load_terminal_config(path);
  if (!config) return refuse(config.error());
  auto languages = load_languages(config->resource_dir / "strings", config->settings.language);
  if (!languages) return refuse(languages.error());
  SignalWatch::block();
  SessionProcess process(*config, std::move(*languages), log, before);
  const auto opened = process.open_screen();
  if (!opened) return refuse(opened.error());
  return process.run(hooks);
}

int terminal_main(int argc, char** argv, const TerminalHooks& hooks) {
  if (argc == 2 && argv[1] == scanner::decode_frames_word) return scanner::serve_frames();
  const auto arguments = Arguments::parse(
      argc, argv,
      {{"config", true}, {"session", false}, {"reader-empty", false}, {"tampered", false}, {"help", false}});
  if (arguments && arguments->has("help")) {
    std::fwrite(usage.data(), 1, usage.size(), stdout);
    return 0;
  }
  if (!arguments || !arguments->has("config") || !arguments->words().empty()) {
    if (!arguments) std::fprintf(stderr, "kiosk-terminal: %s\n", arguments.error().text().c_str());
    std::fwrite(usage.data(), 1, usage.size(), stderr);
    return session_refused;
  }
  if (arguments->has("session")) {
    return run_session(arguments->value("config"), hooks,
                       {arguments->has("reader-empty"), arguments->has("tampered")});
  }
  const SystemClock clock;
  Log log(clock, stderr);
  const auto config = load_terminal_config(arguments->value("config"));
  if (!config) return refuse(config.error());
  return supervise({"/proc/self/exe", "--session", "--config", arguments->value("config")},
                   config->power_off_command, log);
}

}  // namespace bianmin
