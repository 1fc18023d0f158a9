#include "drivers/printer/escpos_printer.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "drivers/printer/escpos_link.hpp"

namespace bianmin::printer {

namespace {

using Steady = std::chrono::steady_clock;

enum class Phase {
  none,      // no job
  waiting,   // the slip has not begun, or has to begin anew
  printing,  // its body is on the way: whatever goes wrong leaves a damaged piece
  cutting,   // the cut is on the way: from here on nothing is certain without the printer's word
};

enum class SlipEnd { whole, doubtful, interrupted, cancelled };

constexpr int process_id_max = 9'999;
constexpr int confirm_questions_max = 3;  // an answer may get lost: once is not never

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
  void cancel();

  // On the device's thread.
  std::optional<int> match(const usb::DeviceInfo& device) const override {
    return escpos_printer_interface(device);
  }
  Error serve(usb::Channel& channel, std::stop_token stop) override;

 private:
  Result<void> begin(EscposLink& link);
  Result<void> ask_whether_it_confirms(EscposLink& link);
  Result<void> attend(EscposLink& link);
  void leave_unfinished();
  Result<SlipEnd> print_slip(EscposLink& link);
  Result<SlipEnd> print_body(EscposLink& link);
  Result<SlipEnd> cut_off(EscposLink& link);
  Result<bool> trouble(EscposLink& link);
  Result<void> cut_damaged_piece(EscposLink& link);
  static Result<void> clear(EscposLink& link);
  void finish(Result<PrintOutcome> outcome);
  void interrupted();
  void pause(std::stop_token stop);
  bool advance(Phase from, Phase to);
  Phase phase();
  std::string next_id() {
    last_id_ = last_id_ % process_id_max + 1;
    return fmt::format("{:04}", last_id_);
  }

  EscposOptions options_;
  std::function<void(Result<PrintOutcome>)> done_;  // loop

  std::mutex mutex_;  // guards the three below
  std::condition_variable_any changed_;
  Phase phase_ = Phase::none;
  bool cancel_wanted_ = false;
  EncodedSlip slip_;  // not changed while phase_ is not none

  // Device thread.
  bool confirms_ = false;
  int confirm_questions_ = 0;  // since it was plugged in or recovered
  bool damaged_ = false;       // a piece of a slip hangs in the printer, or may
  int last_id_ = 0;
  PrinterStatus status_;

  usb::DeviceLoop loop_;  // last: its thread uses all of the above
};

void EscposPrinter::Device::print(const Document& document, std::function<void(Result<PrintOutcome>)> done) {
  auto slip = encode_escpos(document, {options_.width, generic_profile(), options_.raster});
  if (done_ || !slip) {
    Error error = done_ ? Error{Remedy::retry_later, "printer.busy", "a job is under way"} : slip.error();
    loop_.post([done = std::move(done), error = std::move(error)] { done(error); });
    return;
  }
  done_ = std::move(done);
  {
    const std::lock_guard lock(mutex_);
    slip_ = std::move(slip).value();
    phase_ = Phase::waiting;
    cancel_wanted_ = false;
  }
  changed_.notify_all();
}

void EscposPrinter::Device::cancel() {
  {
    const std::lock_guard lock(mutex_);
    // A body under way is called off by the device's thread; a cut under way only ends with its outcome.
    if (phase_ == Phase::printing) cancel_wanted_ = true;
    if (phase_ != Phase::waiting) return;
    phase_ = Phase::none;
  }
  finish(Error{Remedy::retry_later, "printer.cancelled", "called off before anything was whole"});
}

void EscposPrinter::Device::finish(Result<PrintOutcome> outcome) {
  {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::none;
  }
  loop_.post([this, outcome = std::move(outcome)] {
    if (const auto done = std::exchange(done_, nullptr)) done(outcome);
  });
}

// Device thread: the slip has to begin anew, unless it was called off.
void EscposPrinter::Device::interrupted() {
  damaged_ = true;
  bool cancelled = false;
  {
    const std::lock_guard lock(mutex_);
    cancelled = std::exchange(cancel_wanted_, false);
    phase_ = cancelled ? Phase::none : Phase::waiting;
  }
  if (cancelled) finish(Error{Remedy::retry_later, "printer.cancelled", "called off in the middle"});
}

bool EscposPrinter::Device::advance(Phase from, Phase to) {
  const std::lock_guard lock(mutex_);
  if (phase_ != from || cancel_wanted_) return false;
  phase_ = to;
  return true;
}

Phase EscposPrinter::Device::phase() {
  const std::lock_guard lock(mutex_);
  return phase_;
}

void EscposPrinter::Device::pause(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const Phase before = phase_;
  const int wait_ms = before == Phase::none ? options_.idle_poll_ms : options_.busy_poll_ms;
  changed_.wait_for(lock, stop, std::chrono::milliseconds(wait_ms), [&] { return phase_ != before; });
}

Error EscposPrinter::Device::serve(usb::Channel& channel, std::stop_token stop) {
  EscposLink link(channel, options_, stop);
  Result<void> ended = begin(link);
  while (ended && !stop.stop_requested()) {
    ended = attend(link);
    if (ended) pause(stop);
  }
  leave_unfinished();
  return ended ? Error{Remedy::retry_later, "usb.cancelled", "stopped"} : ended.error();
}

// The connection is lost or being recovered.
void EscposPrinter::Device::leave_unfinished() {
  switch (phase()) {
    case Phase::printing:
      interrupted();
      break;
    case Phase::cutting:
      damaged_ = true;
      finish(PrintOutcome::doubtful);
      break;
    default:
      break;
  }
}

Result<void> EscposPrinter::Device::begin(EscposLink& link) {
  link.drain();
  auto status = link.settled_status();
  if (!status) return status.error();
  if (auto cleared = clear(link); !cleared) return cleared;
  status_ = *status;
  confirms_ = false;
  confirm_questions_ = 0;
  if (!status_.can_print()) return {};
  return ask_whether_it_confirms(link);
}

Result<void> EscposPrinter::Device::ask_whether_it_confirms(EscposLink& link) {
  ++confirm_questions_;
  const auto supports = link.supports_process_ids();
  if (!supports) return supports.error();
  confirms_ = *supports;
  return {};
}

Result<void> EscposPrinter::Device::attend(EscposLink& link) {
  const bool could_print = status_.can_print();
  // While nobody prints, half as much talk with the printer; before paper moves, no single reading counts.
  const bool resting = phase() == Phase::none && !damaged_;
  const auto status = link.settled_status(resting ? std::optional(status_) : std::nullopt);
  if (!status) return status.error();
  status_ = *status;
  loop_.publish(status_.state());
  loop_.healthy();
  if (!status_.can_print()) return {};
  const bool doubted = !confirms_ && !resting && confirm_questions_ < confirm_questions_max;
  if (!could_print || doubted) {
    // What a standing printer was sent is printed or lost by now: whether it confirms is to be asked again.
    if (auto asked = ask_whether_it_confirms(link); !asked) return asked;
  }
  if (damaged_) {
    if (auto cut = cut_damaged_piece(link); !cut) return cut;
  }
  // A job that came in the middle of this look gets readings and a question of its own at the next.
  if (resting || phase() != Phase::waiting) return {};
  const auto end = print_slip(link);
  if (!end) return end.error();
  switch (*end) {
    case SlipEnd::whole:
      finish(PrintOutcome::printed);
      break;
    case SlipEnd::doubtful:
      // Without the word that was expected the slip may hang there uncut, and half a command with it: nothing
      // of it may come out with the next one.
      if (confirms_) {
        if (auto cleared = clear(link); !cleared) return cleared;
        damaged_ = true;
      }
      finish(PrintOutcome::doubtful);
      break;
    case SlipEnd::interrupted:
    case SlipEnd::cancelled:
      if (auto cleared = clear(link); !cleared) return cleared;
      interrupted();
      break;
  }
  const auto after = link.settled_status();
  if (!after) return after.error();
  status_ = *after;
  loop_.publish(status_.state());
  return {};
}

// A printer that stands still and takes nothing has nothing to clear that could come out by itself.
Result<void> EscposPrinter::Device::clear(EscposLink& link) {
  auto cleared = link.clear_buffer();
  if (!cleared && cleared.error().code == "usb.timeout") return {};
  return cleared;
}

Result<void> EscposPrinter::Device::cut_damaged_piece(EscposLink& link) {
  Bytes bytes = escpos_initialise();
  const auto any = encode_escpos(Document{{Feed{1}}}, {options_.width, generic_profile(), options_.raster});
  if (any) append(bytes, any->cut);
  if (auto sent = link.send(bytes); !sent) return sent;
  damaged_ = false;
  return {};
}

Result<SlipEnd> EscposPrinter::Device::print_slip(EscposLink& link) {
  if (!advance(Phase::waiting, Phase::printing)) return SlipEnd::cancelled;
  const auto body = print_body(link);
  if (!body) return body;
  if (*body == SlipEnd::interrupted) return body;
  if (!advance(Phase::printing, Phase::cutting)) return SlipEnd::cancelled;
  const auto cut = cut_off(link);
  if (!cut) return cut;
  const bool both_known = *body == SlipEnd::whole || *cut != SlipEnd::whole;
  return both_known ? *cut : SlipEnd::doubtful;
}

// True: two readings say that it cannot print.
Result<bool> EscposPrinter::Device::trouble(EscposLink& link) {
  const auto status = link.settled_status();
  if (!status) return status.error();
  status_ = *status;
  return !status_.can_print();
}

Result<SlipEnd> EscposPrinter::Device::print_body(EscposLink& link) {
  const std::string id = next_id();
  Bytes bytes = slip_.body;
  if (confirms_) append(bytes, escpos_process_id(id));
  const auto until = Steady::now() + std::chrono::milliseconds(options_.confirm_timeout_ms);
  if (auto sent = link.send(bytes); !sent) {
    if (sent.error().code != "usb.timeout") return sent.error();
    return SlipEnd::interrupted;  // it stands still with half a slip: begun anew when it goes on
  }
  do {
    if (confirms_) {
      if (auto heard = link.listen(options_.busy_poll_ms); !heard) return heard.error();
      if (link.was_printed(id)) return SlipEnd::whole;
    }
    const auto stopped = trouble(link);
    if (!stopped) return stopped.error();
    if (link.was_printed(id)) return SlipEnd::whole;
    if (*stopped) return SlipEnd::interrupted;
  } while (confirms_ && Steady::now() < until);
  return SlipEnd::doubtful;
}

Result<SlipEnd> EscposPrinter::Device::cut_off(EscposLink& link) {
  const std::string id = next_id();
  Bytes bytes = slip_.cut;
  if (confirms_) append(bytes, escpos_process_id(id));
  auto until = Steady::now() + std::chrono::milliseconds(options_.confirm_timeout_ms);
  if (auto sent = link.send(bytes); !sent) return sent.error();
  while (Steady::now() < until && confirms_) {
    if (auto heard = link.listen(options_.busy_poll_ms); !heard) return heard.error();
    if (link.was_printed(id)) return SlipEnd::whole;
    const auto stopped = trouble(link);
    if (!stopped) return stopped.error();
    if (link.was_printed(id)) return SlipEnd::whole;
    if (!*stopped) continue;
    // It stands still between the last line and the cut. What is cleared now cannot be cut later, so the
    // answer to the clearing settles whether it was.
    if (auto cleared = link.clear_buffer(); !cleared) return cleared.error();
    loop_.publish(status_.state());  // not earlier: whoever refills at once would have the rest printed
    if (link.was_printed(id)) return SlipEnd::whole;
    if (!advance(Phase::cutting, Phase::printing)) return SlipEnd::cancelled;
    if (status_.paper_out) return SlipEnd::interrupted;  // its end went with the old roll
    for (bool standing = true; standing;) {
      if (link.stopped()) return Error{Remedy::retry_later, "usb.cancelled", "stopped"};
      if (auto heard = link.listen(options_.busy_poll_ms); !heard) return heard.error();
      const auto still = trouble(link);
      if (!still) return still.error();
      standing = *still;
    }
    if (!advance(Phase::printing, Phase::cutting)) return SlipEnd::cancelled;
    if (auto sent = link.send(bytes); !sent) return sent.error();
    until = Steady::now() + std::chrono::milliseconds(options_.confirm_timeout_ms);
  }
  return SlipEnd::doubtful;
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

}  // namespace bianmin::printer
