#include "drivers/printer/escpos_printer.hpp"

#include <chrono>

#include "drivers/printer/escpos_link.hpp"
#include "drivers/printer/printer_profile.hpp"
#include "drivers/printer/slip_desk.hpp"
#include "drivers/printer/slip_run.hpp"

namespace bianmin::printer {

namespace {

using Steady = std::chrono::steady_clock;

constexpr int confirm_questions_max = 3;  // an answer may get lost: once is not never
constexpr int remains_tries_max = 3;

Result<PrintOutcome> outcome_of(SlipEnd end) {
  if (end == SlipEnd::printed) return PrintOutcome::printed;
  if (end == SlipEnd::doubtful) return PrintOutcome::doubtful;
  return Error{Remedy::retry_later, "printer.cancelled", "called off before anything was whole"};
}

}  // namespace

std::optional<int> escpos_printer_interface(const usb::DeviceInfo& device) {
  constexpr std::uint8_t printer_class = 7;
  constexpr std::uint8_t bidirectional = 2;
  for (const usb::InterfaceInfo& interface : device.interfaces) {
    if (interface.device_class != printer_class || interface.subclass != 1 ||
        interface.protocol != bidirectional) {
      continue;
    }
    bool in = false;
    bool out = false;
    for (const usb::EndpointInfo& endpoint : interface.endpoints) {
      if (endpoint.kind == usb::EndpointKind::bulk) (endpoint.is_in() ? in : out) = true;
    }
    if (in && out) return interface.number;
  }
  return std::nullopt;
}

class EscposPrinter::Device : public usb::DeviceUser {
 public:
  Device(usb::Bus& bus, EventLoop& loop, Log* log, EscposOptions options, usb::RecoveryLimits recovery)
      : options_(options), loop_(bus, loop, log, "printer", *this, recovery) {}

  // On the loop.
  usb::DeviceLoop& loop() { return loop_; }
  void print(const Document& document, std::function<void(Result<PrintOutcome>)> done);
  void cancel() { tell_end(desk_.call_off()); }
  void cut_remains(std::function<void()> done);

  // On the device's thread.
  std::optional<int> match(const usb::DeviceInfo& device) const override {
    return escpos_printer_interface(device);
  }
  Error serve(usb::Channel& channel, std::stop_token stop) override;

 private:
  Result<void> begin(EscposLink& link, const usb::DeviceInfo& device);
  Result<void> ask_what_it_can(EscposLink& link);
  Result<void> attend(EscposLink& link);
  Result<void> attend_standing(EscposLink& link);
  Result<void> look(EscposLink& link, bool resting);
  Result<void> cut_what_hangs(SlipRun& run);
  Result<void> wait(EscposLink& link, std::stop_token stop);
  void tell_end(SlipEnd end);
  void publish(const PrinterStatus& status);

  EscposOptions options_;
  std::function<void(Result<PrintOutcome>)> done_;  // loop
  std::function<void()> remains_done_;              // loop
  SlipDesk desk_;

  // Device thread.
  bool confirms_ = false;
  PrinterProfile profile_;
  int confirm_questions_ = 0;  // since it was plugged in or recovered
  int remains_tries_ = 0;
  ProcessIds ids_;
  PrinterStatus status_;
  int mend_pause_ms_ = 0;
  Steady::time_point mend_at_{};

  usb::DeviceLoop loop_;  // last: its thread uses all of the above
};

void EscposPrinter::Device::print(const Document& document, std::function<void(Result<PrintOutcome>)> done) {
  auto slip = encode_escpos(document, {.width = options_.width});  // what cannot be printed is told now
  if (done_ || !slip || !desk_.order(document)) {
    Error error =
        !slip && !done_ ? slip.error() : Error{Remedy::retry_later, "printer.busy", "a job is under way"};
    loop_.post([done = std::move(done), error = std::move(error)] { done(error); });
    return;
  }
  done_ = std::move(done);
}

void EscposPrinter::Device::cut_remains(std::function<void()> done) {
  remains_done_ = std::move(done);
  desk_.expect_remains();
}

// Any thread.
void EscposPrinter::Device::tell_end(SlipEnd end) {
  if (end == SlipEnd::none) return;
  loop_.post([this, end] {
    if (const auto done = std::exchange(done_, nullptr)) done(outcome_of(end));
  });
}

void EscposPrinter::Device::publish(const PrinterStatus& status) {
  // Somebody was at it. An error that only comes and goes must not be tried anew without a pause.
  if (status.cover_open != status_.cover_open || status.paper_out != status_.paper_out) mend_pause_ms_ = 0;
  status_ = status;
  loop_.publish(status.state());
}

Error EscposPrinter::Device::serve(usb::Channel& channel, std::stop_token stop) {
  EscposLink link(channel, options_, stop);
  Result<void> ended = begin(link, channel.device());
  while (ended && !stop.stop_requested()) {
    ended = attend(link);
    if (ended) ended = wait(link, stop);
  }
  tell_end(desk_.interrupted());
  return ended ? Error{Remedy::retry_later, "usb.cancelled", "stopped"} : ended.error();
}

Result<void> EscposPrinter::Device::wait(EscposLink& link, std::stop_token stop) {
  if (!link.automatic()) {
    desk_.wait(options_.idle_poll_ms, options_.busy_poll_ms, std::move(stop));
    return {};
  }
  std::stop_source wake;
  const std::stop_callback on_stop(stop, [&wake] { wake.request_stop(); });
  const std::stop_callback on_news(desk_.news(), [&wake] { wake.request_stop(); });
  const bool at_ease = desk_.idle() || !status_.can_print();
  return link.listen(at_ease ? options_.idle_poll_ms : options_.busy_poll_ms, wake.get_token());
}

Result<void> EscposPrinter::Device::begin(EscposLink& link, const usb::DeviceInfo& device) {
  link.drain();
  auto status = link.settled_status();
  if (!status) return status.error();
  auto cleared = link.clear_buffer();
  if (!cleared && cleared.error().code != "usb.timeout") return cleared;
  const auto model = link.model();
  if (!model) return model.error();
  profile_ = find_profile(device.vendor, device.product, *model);
  status_ = *status;
  confirms_ = false;
  confirm_questions_ = 0;
  if (!status_.can_print()) return {};
  return ask_what_it_can(link);
}

Result<void> EscposPrinter::Device::ask_what_it_can(EscposLink& link) {
  ++confirm_questions_;
  if (profile_.automatic_status) {
    if (auto asked = link.ask_automatic_status(); !asked) return asked;
  }
  const auto supports = link.supports_process_ids();
  if (!supports) return supports.error();
  confirms_ = *supports;
  return {};
}

Result<void> EscposPrinter::Device::look(EscposLink& link, bool resting) {
  // While nobody prints, half as much talk with the printer; before paper moves, no single reading counts.
  const auto status = link.settled_status(resting ? std::optional(status_) : std::nullopt);
  if (!status) return status.error();
  publish(*status);
  return {};
}

Result<void> EscposPrinter::Device::attend(EscposLink& link) {
  const bool could_print = status_.can_print();
  const bool resting = desk_.idle();
  if (auto looked = look(link, resting); !looked) return looked;
  loop_.healthy();
  if (!status_.can_print()) return attend_standing(link);
  const bool doubted = !confirms_ && !resting && confirm_questions_ < confirm_questions_max;
  if (!could_print || doubted) {
    // What a standing printer was sent is printed or lost by now: what it can is to be asked again.
    if (auto asked = ask_what_it_can(link); !asked) return asked;
  }
  // A job that came in the middle of this look gets readings and a question of its own at the next.
  if (resting) return {};
  SlipRun run(link, desk_, options_, profile_, ids_, confirms_,
              [this](const PrinterStatus& status) { publish(status); });
  if (desk_.remains()) {
    if (auto cut = cut_what_hangs(run); !cut) return cut;
  }
  if (desk_.remains()) return {};
  const auto end = run.go_on();
  if (!end) return end.error();
  tell_end(*end);
  return look(link, false);
}

Result<void> EscposPrinter::Device::cut_what_hangs(SlipRun& run) {
  const auto cut = run.cut_remains();
  if (!cut) return cut.error();
  if (!*cut && ++remains_tries_ < remains_tries_max) return {};
  remains_tries_ = 0;
  desk_.remains_cut();
  loop_.post([this] {
    if (const auto done = std::exchange(remains_done_, nullptr)) done();
  });
  return {};
}

// It goes on when a person has mended it, and some errors have to be told so.
Result<void> EscposPrinter::Device::attend_standing(EscposLink& link) {
  if (status_.paper_out) desk_.begin_anew();  // the body went off with the old roll, without its end mark
  if (!status_.waits_for_word()) return {};
  const auto now = Steady::now();
  if (mend_pause_ms_ > 0 && now < mend_at_) return {};
  mend_pause_ms_ =
      mend_pause_ms_ == 0 ? options_.mend_first_ms : std::min(2 * mend_pause_ms_, options_.mend_max_ms);
  mend_at_ = now + std::chrono::milliseconds(mend_pause_ms_);
  return link.tell_mended();
}

EscposPrinter::EscposPrinter(usb::Bus& bus, EventLoop& loop, Log* log, EscposOptions options,
                             usb::RecoveryLimits recovery)
    : device_(std::make_unique<Device>(bus, loop, log, options, recovery)) {
  device_->loop().start();
}

EscposPrinter::~EscposPrinter() = default;

DeviceState EscposPrinter::state() const { return device_->loop().state(); }
void EscposPrinter::watch(std::function<void(DeviceState)> changed) {
  device_->loop().watch(std::move(changed));
}
void EscposPrinter::print(const Document& document, std::function<void(Result<PrintOutcome>)> done) {
  device_->print(document, std::move(done));
}
void EscposPrinter::cancel() { device_->cancel(); }
void EscposPrinter::cut_remains(std::function<void()> done) { device_->cut_remains(std::move(done)); }

}  // namespace bianmin::printer
