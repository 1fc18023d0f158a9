#include "drivers/printer/escpos_printer.hpp"

#include <chrono>

#include "drivers/printer/escpos_link.hpp"
#include "drivers/printer/page/device_id.hpp"
#include "drivers/printer/printer_profile.hpp"
#include "drivers/printer/slip_desk.hpp"
#include "drivers/printer/slip_run.hpp"

namespace bianmin::printer {

namespace {

using Steady = std::chrono::steady_clock;

constexpr int confirm_questions_max = 3;  // an answer may get lost: once is not never
constexpr int remains_tries_max = 3;
constexpr int mouth_silences_max = 3;  // then it has no such sensor, whatever its row says

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
  SlipPresence slip_presence() const { return presence_; }
  void watch_slip(std::function<void(SlipPresence)> changed) { presence_changed_ = std::move(changed); }
  void retract(std::function<void(bool)> done);

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
  Result<void> look_at_mouth(EscposLink& link);
  Result<void> retract_now(EscposLink& link);
  Result<void> cut_what_hangs(SlipRun& run);
  Result<void> wait(EscposLink& link, std::stop_token stop);
  void tell_end(SlipEnd end);
  void publish(const PrinterStatus& status);
  void tell_presence(SlipPresence presence);
  int rest_ms() const;

  EscposOptions options_;
  std::function<void(Result<PrintOutcome>)> done_;      // loop
  std::function<void()> remains_done_;                  // loop
  std::function<void(bool)> retract_done_;              // loop
  std::function<void(SlipPresence)> presence_changed_;  // loop
  SlipPresence presence_ = SlipPresence::unknown;       // loop
  SlipDesk desk_;

  // Device thread.
  bool confirms_ = false;
  PrinterProfile profile_;
  int confirm_questions_ = 0;  // since it was plugged in or recovered
  int remains_tries_ = 0;
  SlipPresence seen_ = SlipPresence::unknown;
  int mouth_silences_ = 0;
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
  desk_.retracted();
  if (const auto not_now = std::exchange(retract_done_, nullptr)) not_now(false);
}

void EscposPrinter::Device::retract(std::function<void(bool)> done) {
  if (done_) {
    loop_.post([done = std::move(done)] { done(false); });
    return;
  }
  retract_done_ = std::move(done);
  desk_.want_retracted();
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

void EscposPrinter::Device::tell_presence(SlipPresence presence) {
  if (presence == seen_) return;
  seen_ = presence;
  loop_.post([this, presence] {
    presence_ = presence;
    const auto changed = presence_changed_;  // it may end the watching
    if (changed) changed(presence);
  });
}

int EscposPrinter::Device::rest_ms() const {
  return seen_ == SlipPresence::waiting ? std::min(options_.mouth_poll_ms, options_.idle_poll_ms)
                                        : options_.idle_poll_ms;
}

Error EscposPrinter::Device::serve(usb::Channel& channel, std::stop_token stop) {
  if (auto mine = check_printer_kind(channel, PrinterKind::receipt, stop); !mine) return mine.error();
  EscposLink link(channel, options_, stop);
  Result<void> ended = begin(link, channel.device());
  while (ended && !stop.stop_requested()) {
    ended = attend(link);
    if (ended) ended = wait(link, stop);
  }
  tell_end(desk_.interrupted());
  tell_presence(SlipPresence::unknown);
  return ended ? Error{Remedy::retry_later, "usb.cancelled", "stopped"} : ended.error();
}

Result<void> EscposPrinter::Device::wait(EscposLink& link, std::stop_token stop) {
  if (!link.automatic()) {
    desk_.wait(rest_ms(), options_.busy_poll_ms, std::move(stop));
    return {};
  }
  std::stop_source wake;
  const std::stop_callback on_stop(stop, [&wake] { wake.request_stop(); });
  const std::stop_callback on_news(desk_.news(), [&wake] { wake.request_stop(); });
  const bool at_ease = desk_.idle() || !status_.can_print();
  return link.listen(at_ease ? rest_ms() : options_.busy_poll_ms, wake.get_token());
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
  link.expect_presenter(profile_.presenter.exists());
  mouth_silences_ = 0;
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
  if (!profile_.process_id) return {};
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
  return look_at_mouth(link);
}

Result<void> EscposPrinter::Device::look_at_mouth(EscposLink& link) {
  if (!profile_.presenter.exists() || mouth_silences_ >= mouth_silences_max) return {};
  const auto waits = link.slip_at_mouth();
  if (!waits) return waits.error();
  mouth_silences_ = *waits ? 0 : mouth_silences_ + 1;
  if (*waits) tell_presence(**waits ? SlipPresence::waiting : SlipPresence::none);
  if (mouth_silences_ >= mouth_silences_max) tell_presence(SlipPresence::unknown);
  return {};
}

// The sensor has the last word: somebody may have been quicker than the motor.
Result<void> EscposPrinter::Device::retract_now(EscposLink& link) {
  const auto until = Steady::now() + std::chrono::milliseconds(options_.retract_timeout_ms);
  if (seen_ == SlipPresence::waiting && profile_.presenter.retracts) {
    auto sent = link.send(escpos_retract());
    if (!sent && sent.error().code != "usb.timeout") return sent;
    do {
      if (auto looked = look_at_mouth(link); !looked) return looked;
      if (seen_ != SlipPresence::waiting) break;
      if (auto heard = link.listen(options_.busy_poll_ms); !heard) return heard;
    } while (Steady::now() < until && desk_.retract_wanted());
  }
  const bool empty = seen_ != SlipPresence::waiting;
  desk_.retracted();
  loop_.post([this, empty] {
    if (const auto done = std::exchange(retract_done_, nullptr)) done(empty);
  });
  return {};
}

Result<void> EscposPrinter::Device::attend(EscposLink& link) {
  const bool could_print = status_.can_print();
  const bool resting = desk_.idle();
  if (auto looked = look(link, resting); !looked) return looked;
  loop_.healthy();
  if (desk_.retract_wanted()) {
    if (auto retracted = retract_now(link); !retracted) return retracted;
  }
  if (!status_.can_print()) return attend_standing(link);
  const bool doubted =
      profile_.process_id && !confirms_ && !resting && confirm_questions_ < confirm_questions_max;
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
SlipPresence EscposPrinter::slip_presence() const { return device_->slip_presence(); }
void EscposPrinter::watch_slip(std::function<void(SlipPresence)> changed) {
  device_->watch_slip(std::move(changed));
}
void EscposPrinter::retract(std::function<void(bool)> done) { device_->retract(std::move(done)); }

}  // namespace bianmin::printer
