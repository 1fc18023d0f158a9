#include "drivers/printer/page/usb_page_printer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>

#include "drivers/printer/page/device_id.hpp"
#include "drivers/printer/page/ipp_page_link.hpp"

namespace bianmin::printer {

namespace {

using Steady = std::chrono::steady_clock;

enum class Phase {
  none,      // no job
  waiting,   // the job has not begun, or has to begin anew
  sending,   // it is on the way, and no whole page can be on paper
  deciding,  // from here on nothing is certain without the printer's word
};

constexpr std::uint8_t ipp_over_usb = 4;

bool printable(const PageJob& job) {
  return !job.empty() && job.size() <= job_pages_max &&
         std::all_of(job.begin(), job.end(),
                     [](const PageBitmap& page) { return page.whole() && page.format() == a4_page; });
}

Result<std::unique_ptr<PageLink>> open_link(usb::Channel& channel, const PageOptions& options,
                                            const std::stop_token& stop) {
  if (channel.interface().protocol == ipp_over_usb) return ipp_page_link(usb_stream(channel, stop), options);
  if (auto mine = check_printer_kind(channel, PrinterKind::page, stop); !mine) return mine.error();
  return raw_page_link(channel, options, stop);
}

}  // namespace

std::optional<int> page_printer_interface(const usb::DeviceInfo& device) {
  constexpr std::uint8_t printer_class = 7;
  constexpr std::uint8_t unidirectional = 1;
  constexpr std::uint8_t bidirectional = 2;
  const auto bulk_out = [](const usb::EndpointInfo& endpoint) {
    return endpoint.kind == usb::EndpointKind::bulk && !endpoint.is_in();
  };
  for (const std::uint8_t protocol : {ipp_over_usb, bidirectional, unidirectional}) {
    for (const usb::InterfaceInfo& interface : device.interfaces) {
      if (interface.device_class == printer_class && interface.subclass == 1 &&
          interface.protocol == protocol &&
          std::any_of(interface.endpoints.begin(), interface.endpoints.end(), bulk_out)) {
        return interface.number;
      }
    }
  }
  return std::nullopt;
}

class UsbPagePrinter::Device : public usb::DeviceUser {
 public:
  Device(usb::Bus& bus, EventLoop& loop, Log* log, PageOptions options, usb::RecoveryLimits recovery)
      : options_(options), loop_(bus, loop, log, "page-printer", *this, recovery) {}

  // On the loop.
  usb::DeviceLoop& loop() { return loop_; }
  void print(PageJob job, std::function<void(Result<PrintOutcome>)> done);
  void cancel();

  // On the device's thread.
  std::optional<int> match(const usb::DeviceInfo& device) const override {
    return page_printer_interface(device);
  }
  Error serve(usb::Channel& channel, std::stop_token stop) override;

 private:
  Result<void> attend(PageLink& link, const std::stop_token& stop);
  Result<void> print_job(PageLink& link, const std::stop_token& stop);
  Result<void> decide(PageLink& link, const std::stop_token& stop);
  Result<PageStatus> look_at(PageLink& link, bool in_job);
  void leave_unfinished();
  void finish(Result<PrintOutcome> outcome);
  void pause(std::stop_token stop);
  bool advance(Phase from, Phase to);
  Phase phase();
  bool cancel_wanted();
  std::string next_name() { return fmt::format("bianmin-{:08x}-{}", name_seed_, ++jobs_); }

  PageOptions options_;
  std::function<void(Result<PrintOutcome>)> done_;  // loop

  std::mutex mutex_;  // guards the three below
  std::condition_variable_any changed_;
  Phase phase_ = Phase::none;
  bool cancel_wanted_ = false;
  PageJob job_;  // not changed while phase_ is not none

  // Device thread.
  const unsigned name_seed_ = std::random_device()();  // a printer keeps the names of jobs longer than we do
  int jobs_ = 0;
  bool torn_ = false;  // half a job may be in the printer

  usb::DeviceLoop loop_;  // last: its thread uses all of the above
};

void UsbPagePrinter::Device::print(PageJob job, std::function<void(Result<PrintOutcome>)> done) {
  const bool bad = !printable(job);
  if (done_ || bad) {
    Error error = bad ? Error{Remedy::refuse, "printer.bad_document", "no whole pages of A4"}
                      : Error{Remedy::retry_later, "printer.busy", "a job is under way"};
    loop_.post([done = std::move(done), error = std::move(error)] { done(error); });
    return;
  }
  done_ = std::move(done);
  {
    const std::lock_guard lock(mutex_);
    job_ = std::move(job);
    phase_ = Phase::waiting;
    cancel_wanted_ = false;
  }
  changed_.notify_all();
}

void UsbPagePrinter::Device::cancel() {
  {
    const std::lock_guard lock(mutex_);
    cancel_wanted_ = phase_ == Phase::sending || phase_ == Phase::deciding;
    if (phase_ != Phase::waiting) return;
    phase_ = Phase::none;
  }
  finish(Error{Remedy::retry_later, "printer.cancelled", "called off before anything was whole"});
}

void UsbPagePrinter::Device::finish(Result<PrintOutcome> outcome) {
  {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::none;
  }
  loop_.post([this, outcome = std::move(outcome)] {
    {
      const std::lock_guard lock(mutex_);
      if (phase_ == Phase::none) job_.clear();  // nothing of it stays longer than it must
    }
    if (const auto done = std::exchange(done_, nullptr)) done(outcome);
  });
}

bool UsbPagePrinter::Device::advance(Phase from, Phase to) {
  const std::lock_guard lock(mutex_);
  if (phase_ != from || cancel_wanted_) return false;
  phase_ = to;
  return true;
}

Phase UsbPagePrinter::Device::phase() {
  const std::lock_guard lock(mutex_);
  return phase_;
}

bool UsbPagePrinter::Device::cancel_wanted() {
  const std::lock_guard lock(mutex_);
  return cancel_wanted_;
}

void UsbPagePrinter::Device::pause(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const Phase before = phase_;
  const int wait_ms = before == Phase::none ? options_.idle_poll_ms : options_.busy_poll_ms;
  changed_.wait_for(lock, stop, std::chrono::milliseconds(wait_ms), [&] { return phase_ != before; });
}

Error UsbPagePrinter::Device::serve(usb::Channel& channel, std::stop_token stop) {
  auto made = open_link(channel, options_, stop);
  if (!made) return made.error();
  const std::unique_ptr<PageLink> link = std::move(made).value();
  Result<void> ended = link->begin(torn_);
  if (ended) torn_ = false;
  while (ended && !stop.stop_requested()) {
    ended = attend(*link, stop);
    if (ended) pause(stop);
  }
  leave_unfinished();
  return ended ? Error{Remedy::retry_later, "usb.cancelled", "stopped"} : ended.error();
}

// The connection is lost or being recovered.
void UsbPagePrinter::Device::leave_unfinished() {
  const Phase left = phase();
  if (left == Phase::deciding) finish(PrintOutcome::doubtful);
  if (left != Phase::sending) return;
  torn_ = true;
  if (advance(Phase::sending, Phase::waiting)) return;
  finish(Error{Remedy::retry_later, "printer.cancelled", "called off in the middle"});
}

Result<PageStatus> UsbPagePrinter::Device::look_at(PageLink& link, bool in_job) {
  const auto status = link.status(in_job);
  if (!status) return status;
  loop_.publish(status->state());
  loop_.healthy();
  return status;
}

Result<void> UsbPagePrinter::Device::attend(PageLink& link, const std::stop_token& stop) {
  const auto status = look_at(link, false);
  if (!status) return status.error();
  if (!status->can_print() || phase() != Phase::waiting) return {};
  return print_job(link, stop);
}

Result<void> UsbPagePrinter::Device::print_job(PageLink& link, const std::stop_token& stop) {
  if (!advance(Phase::waiting, Phase::sending)) return {};
  const SendHooks hooks = {[this] { return !cancel_wanted(); },
                           [this] { return advance(Phase::sending, Phase::deciding); },
                           [this](const PageStatus& status) { loop_.publish(status.state()); }};
  const auto sent = link.send(job_, next_name(), hooks);
  if (!sent) return sent.error();
  if (*sent) return decide(link, stop);
  finish(Error{Remedy::retry_later, "printer.cancelled", "called off in the middle"});
  return {};
}

Result<void> UsbPagePrinter::Device::decide(PageLink& link, const std::stop_token& stop) {
  const auto patience = std::chrono::milliseconds(options_.confirm_timeout_ms);
  auto until = Steady::now() + patience;
  bool called_off = false;
  while (!stop.stop_requested()) {
    const auto verdict = link.look(options_.busy_poll_ms);
    if (!verdict) return verdict.error();
    if (*verdict == JobVerdict::printed) {
      finish(PrintOutcome::printed);
      return {};
    }
    if (*verdict == JobVerdict::not_printed) {
      finish(called_off ? Error{Remedy::retry_later, "printer.cancelled", "called off in the printer"}
                        : Error{Remedy::retry_later, "printer.not_printed", "the printer called it off"});
      return {};
    }
    const auto status = look_at(link, true);
    if (!status) return status.error();
    if (!status->can_print()) until = Steady::now() + patience;  // it waits for a person, and so do we
    const bool silent = !link.confirms() && status->can_print();
    if (*verdict == JobVerdict::unknown || silent || Steady::now() >= until) {
      finish(PrintOutcome::doubtful);
      return {};
    }
    if (!cancel_wanted() || called_off) continue;
    called_off = true;
    if (auto told = link.call_off(); !told) return told;
  }
  return {};
}

UsbPagePrinter::UsbPagePrinter(usb::Bus& bus, EventLoop& loop, Log* log, PageOptions options,
                               usb::RecoveryLimits recovery)
    : device_(std::make_unique<Device>(bus, loop, log, options, recovery)) {
  device_->loop().start();
}

UsbPagePrinter::~UsbPagePrinter() = default;

DeviceState UsbPagePrinter::state() const { return device_->loop().state(); }
void UsbPagePrinter::watch(std::function<void(DeviceState)> changed) {
  device_->loop().watch(std::move(changed));
}
void UsbPagePrinter::print(PageJob job, std::function<void(Result<PrintOutcome>)> done) {
  device_->print(std::move(job), std::move(done));
}
void UsbPagePrinter::cancel() { device_->cancel(); }

}  // namespace bianmin::printer
