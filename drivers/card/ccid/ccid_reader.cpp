#include "drivers/card/ccid/ccid_reader.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "drivers/card/ccid/ccid_card.hpp"
#include "drivers/card/ccid/ccid_probe.hpp"
#include "drivers/card/ccid/iccd_pipe.hpp"

namespace bianmin::card {

namespace {

constexpr int idle_notices_max =
    20;  // unasked messages in a row after which nothing was different: not listened to

using Request = std::uint64_t;  // 0: nobody waits

bool of_device(const Error& error) {
  return error.code.starts_with("usb.") || error.code.starts_with("reader.");
}

}  // namespace

class CcidReader::Device : public usb::DeviceUser {
 public:
  Device(usb::Bus& bus, EventLoop& loop, Log* log, CcidTimings timings, usb::RecoveryLimits recovery)
      : timings_(timings), loop_(bus, loop, log, "smart-card", *this, recovery) {}

  // On the loop.
  usb::DeviceLoop& loop() { return loop_; }
  CardPresence presence() const { return presence_; }
  void watch_presence(std::function<void(CardPresence)> changed) { presence_changed_ = std::move(changed); }
  void use(Job job, std::function<void(Result<void>)> done);
  void cancel();

  // On the device's thread.
  std::optional<int> match(const usb::DeviceInfo& device) const override {
    return ccid_reader_interface(device);
  }
  Error serve(usb::Channel& channel, std::stop_token stop) override;

 private:
  struct Slot {
    bool present = false;
    std::uint64_t came = 0;  // counts insertions
    bool pretended = false;  // said to be there and mute: counts as not there (quirk), and is tried again
  };
  struct Session {  // of one open channel
    usb::Channel& channel;
    CcidDescriptor facts;
    CcidQuirks quirks;
    CcidEndpoints endpoints;
    CcidPipe& pipe;
    std::vector<Slot> slots;
    bool listens = false;  // to the interrupt endpoint
    int idle_notices = 0;
    bool in_vain = false;  // the last job could not be run: something has to be different first
  };
  std::unique_ptr<CcidPipe> open_pipe(usb::Channel& channel, const CcidDescriptor& facts,
                                      const CcidQuirks& quirks, const CcidEndpoints& endpoints,
                                      const std::stop_token& stop);
  Error serve_slots(Session& session, std::stop_token stop);
  Result<bool> look(Session& session, std::stop_token stop);  // true: something is different
  Slot* newest_card(Session& session);
  std::optional<Error> run_job(Session& session, Slot& slot, std::stop_token stop);
  std::optional<Error> wait_for_change(Session& session, bool wanted, std::stop_token stop);
  std::stop_token fresh_wake(bool wanted);
  bool somebody_waits() const;
  std::shared_ptr<Job> begin_job(std::stop_token* job_stop);
  void leave_waiting();  // the job was not run: it waits on, unless it was called off meanwhile
  void finish(Result<void> result);
  void publish_presence(CardPresence presence);

  CcidTimings timings_;
  std::function<void(Result<void>)> done_;                   // loop
  std::function<void(CardPresence)> presence_changed_;       // loop
  CardPresence presence_ = CardPresence::unknown;            // loop
  Request last_request_ = 0;                                 // loop
  CardPresence published_presence_ = CardPresence::unknown;  // device thread, as the two below
  std::uint8_t sequence_ = 0;
  std::uint64_t insertions_ = 0;

  mutable std::mutex mutex_;  // guards all below but the loop
  std::condition_variable_any changed_;
  Request wanted_ = 0;
  std::shared_ptr<Job> job_;
  bool running_ = false;
  bool cancelled_ = false;
  std::stop_source job_stop_;
  std::stop_source wake_;

  usb::DeviceLoop loop_;  // last: its thread uses all of the above
};

void CcidReader::Device::use(Job job, std::function<void(Result<void>)> done) {
  if (done_) {
    loop_.post([done = std::move(done)] {
      done(Error{Remedy::retry_later, "card.busy", "a job is under way"});
    });
    return;
  }
  done_ = std::move(done);
  std::stop_source wake;
  {
    const std::lock_guard lock(mutex_);
    wanted_ = ++last_request_;
    job_ = std::make_shared<Job>(std::move(job));
    cancelled_ = false;
    wake = wake_;
  }
  changed_.notify_all();
  wake.request_stop();
}

void CcidReader::Device::cancel() {
  if (!done_) return;
  std::stop_source job_stop{std::nostopstate};
  {
    const std::lock_guard lock(mutex_);
    if (wanted_ == 0) return;  // ended already; its result is on the way
    cancelled_ = true;
    if (running_) {
      job_stop = job_stop_;
    } else {
      wanted_ = 0;
      job_.reset();
    }
  }
  job_stop.request_stop();
  if (job_stop.stop_possible()) return;  // `done` runs when the job has returned
  changed_.notify_all();
  loop_.post([done = std::exchange(done_, nullptr)] {
    done(Error{Remedy::retry_later, "card.cancelled", "the wait was called off"});
  });
}

std::shared_ptr<CcidReader::Job> CcidReader::Device::begin_job(std::stop_token* job_stop) {
  const std::lock_guard lock(mutex_);
  if (wanted_ == 0) return nullptr;
  running_ = true;
  job_stop_ = std::stop_source();
  *job_stop = job_stop_.get_token();
  return job_;
}

void CcidReader::Device::leave_waiting() {
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
    if (!cancelled_) return;
  }
  finish({});
}

void CcidReader::Device::finish(Result<void> result) {
  Request request = 0;
  {
    const std::lock_guard lock(mutex_);
    request = std::exchange(wanted_, 0);
    running_ = false;
    job_.reset();
    // Whatever a job makes of being stopped, who stopped it hears of that.
    if (cancelled_) result = Error{Remedy::retry_later, "card.cancelled", "called off"};
  }
  loop_.post([this, request, result = std::move(result)] {
    if (!done_ || request != last_request_) return;
    const auto done = std::exchange(done_, nullptr);
    done(result);
  });
}

void CcidReader::Device::publish_presence(CardPresence presence) {
  if (presence == published_presence_) return;
  published_presence_ = presence;
  loop_.post([this, presence] {
    presence_ = presence;
    const auto changed = presence_changed_;
    if (changed) changed(presence);
  });
}

Error CcidReader::Device::serve(usb::Channel& channel, std::stop_token stop) {
  auto facts = read_ccid_descriptor(channel, timings_.command_timeout_ms, stop);
  if (!facts) return facts.error();
  const CcidQuirks quirks = ccid_quirks(channel.device().vendor, channel.device().product);
  if (quirks.settle_ms > 0) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, std::chrono::milliseconds(quirks.settle_ms), [] { return false; });
  }
  const auto endpoints = ccid_endpoints(channel.interface());
  const std::vector<Slot> slots(static_cast<std::size_t>(facts->slot_count));
  if (!endpoints) return {Remedy::call_staff, "reader.unsupported", "no pair of bulk endpoints"};
  const std::unique_ptr<CcidPipe> pipe = open_pipe(channel, *facts, quirks, *endpoints, stop);
  for (int slot = 0; quirks.off_at_start && slot < facts->slot_count; ++slot) {
    CcidMessage message = ccid_plain(CcidCommand::power_off);
    message.slot = static_cast<std::uint8_t>(slot);
    const int limit_ms = timings_.command_timeout_ms;
    auto off = pipe->exchange(std::move(message), {limit_ms, limit_ms}, stop);
    if (!off && of_device(off.error())) return off.error();
  }
  Session session{channel, *facts, quirks, *endpoints, *pipe, slots};
  session.listens = endpoints->interrupt != 0 && !quirks.interrupt_useless;
  return serve_slots(session, stop);
}

std::unique_ptr<CcidPipe> CcidReader::Device::open_pipe(usb::Channel& channel, const CcidDescriptor& facts,
                                                        const CcidQuirks& quirks,
                                                        const CcidEndpoints& endpoints,
                                                        const std::stop_token& stop) {
  const std::size_t message_byte_max = facts.usable_message_byte_max();
  if (auto token = make_iccd_pipe(channel, message_byte_max, timings_)) return token;
  auto link = std::make_unique<CcidLink>(channel, endpoints, message_byte_max, quirks, timings_, sequence_);
  link->drain(stop);
  return link;
}

Error CcidReader::Device::serve_slots(Session& session, std::stop_token stop) {
  std::optional<Error> failed;
  bool greeted = false;
  while (!failed && !stop.stop_requested()) {
    auto different = look(session, stop);
    if (!different) {
      failed = different.error();
      break;
    }
    loop_.healthy();
    if (!std::exchange(greeted, true)) loop_.publish({DeviceCondition::ready, "ready"});
    Slot* slot = newest_card(session);
    const bool there = slot != nullptr && !slot->pretended;
    publish_presence(there ? CardPresence::present : CardPresence::none);
    session.idle_notices = *different ? 0 : session.idle_notices;
    const bool wanted = somebody_waits();
    if (wanted && slot != nullptr) failed = run_job(session, *slot, stop);
    const bool in_vain = std::exchange(session.in_vain, false);
    if (!failed && (!wanted || slot == nullptr || in_vain)) failed = wait_for_change(session, wanted, stop);
  }
  publish_presence(CardPresence::unknown);
  return failed ? std::move(*failed) : Error{Remedy::retry_later, "usb.cancelled", "stopped"};
}

Result<bool> CcidReader::Device::look(Session& session, std::stop_token stop) {
  bool different = false;
  for (std::size_t i = 0; i < session.slots.size(); ++i) {
    CcidMessage message = ccid_plain(CcidCommand::slot_status);
    message.slot = static_cast<std::uint8_t>(i);
    auto answer = session.pipe.exchange(std::move(message),
                                        {timings_.command_timeout_ms, timings_.command_timeout_ms}, stop);
    if (!answer) {
      // A reader that cannot even say this is out of order, whatever it makes of the abort.
      if (of_device(answer.error())) return answer.error();
      return Error{Remedy::retry_later, "reader.timeout", answer.error().detail};
    }
    const bool there =
        answer->icc != IccStatus::absent &&
        !(answer->status == CommandStatus::failed && ccid_fault(answer->error) == CcidFault::bad_slot);
    Slot& slot = session.slots[i];
    if (!there) slot.pretended = false;
    if (there == slot.present) continue;
    different = true;
    slot.present = there;
    if (there) slot.came = ++insertions_;
  }
  return different;
}

CcidReader::Device::Slot* CcidReader::Device::newest_card(Session& session) {
  Slot* newest = nullptr;
  for (Slot& slot : session.slots) {
    if (slot.present && (newest == nullptr || slot.came > newest->came)) newest = &slot;
  }
  return newest;
}

// Powers the card, lets the job work with it, takes the power off. An error: the device failed.
std::optional<Error> CcidReader::Device::run_job(Session& session, Slot& slot, std::stop_token stop) {
  std::stop_token job_stop;
  const std::shared_ptr<Job> job = begin_job(&job_stop);
  if (!job) return std::nullopt;
  const std::stop_callback forward(stop, [this] {
    std::stop_source source{std::nostopstate};
    {
      const std::lock_guard lock(mutex_);
      source = job_stop_;
    }
    source.request_stop();
  });
  const int number = static_cast<int>(&slot - session.slots.data());
  CcidCard card(session.pipe, session.facts, session.quirks, timings_, number, job_stop);
  auto powered = card.power_on();
  if (!powered) {
    const std::string_view code = powered.error().code;
    const bool pretended = session.quirks.always_present && code == "card.mute";
    slot.pretended = pretended;
    if (card.device_failure() || code == "card.removed" || code == "card.cancelled" || pretended) {
      if (!card.device_failure()) card.power_off();
      session.in_vain = true;
      leave_waiting();
      return card.device_failure();
    }
    card.power_off();
    finish(of_device(powered.error()) ? Error{Remedy::ask_resident, "card.mute", powered.error().detail}
                                      : powered.error());
    return card.device_failure();
  }
  Result<void> result = (*job)(card, job_stop);
  if (card.device_failure()) {
    const bool hidden = result.ok() || !of_device(result.error());
    finish(hidden ? Result<void>(*card.device_failure()) : std::move(result));
    return card.device_failure();
  }
  if (!result && result.error().code == "card.cancelled" && stop.stop_requested()) {
    result = Error{Remedy::retry_later, "usb.gone", "the reader went away"};
  }
  card.power_off();
  finish(std::move(result));
  return card.device_failure();
}

bool CcidReader::Device::somebody_waits() const {
  const std::lock_guard lock(mutex_);
  return wanted_ != 0;
}

std::stop_token CcidReader::Device::fresh_wake(bool wanted) {
  const std::lock_guard lock(mutex_);
  wake_ = std::stop_source();
  if (!wanted && wanted_ != 0) wake_.request_stop();  // came in between
  return wake_.get_token();
}

// Until something may be different: a notice, a request, or the time for a look. An error: the device failed.
std::optional<Error> CcidReader::Device::wait_for_change(Session& session, bool wanted,
                                                         std::stop_token stop) {
  const std::stop_token wake = fresh_wake(wanted);
  const std::stop_callback forward(stop, [this] {
    std::stop_source source{std::nostopstate};
    {
      const std::lock_guard lock(mutex_);
      source = wake_;
    }
    source.request_stop();
  });
  if (!session.listens || session.quirks.always_present) {
    std::unique_lock lock(mutex_);
    const int pause_ms = wanted ? timings_.waiting_poll_ms : timings_.idle_poll_ms;
    changed_.wait_for(lock, wake, std::chrono::milliseconds(pause_ms), [] { return false; });
    return std::nullopt;
  }
  auto notice =
      session.channel.read(session.endpoints.interrupt, session.endpoints.interrupt_packet_byte_count,
                           timings_.reconcile_ms, wake);
  if (notice) {
    // What it says is not needed: the look that follows finds out. Only one that never stops is not listened
    // to.
    session.listens = ++session.idle_notices <= idle_notices_max;
    return std::nullopt;
  }
  const std::string_view code = notice.error().code;
  if (code == "usb.gone") return notice.error();
  if (code != "usb.timeout" && code != "usb.cancelled")
    session.listens = false;  // broken: polled from now on
  return std::nullopt;
}

CcidReader::CcidReader(usb::Bus& bus, EventLoop& loop, Log* log, CcidTimings timings,
                       usb::RecoveryLimits recovery)
    : device_(std::make_unique<Device>(bus, loop, log, timings, recovery)) {
  device_->loop().start();
}

CcidReader::~CcidReader() = default;

DeviceState CcidReader::state() const { return device_->loop().state(); }
void CcidReader::watch(std::function<void(DeviceState)> changed) {
  device_->loop().watch(std::move(changed));
}
CardPresence CcidReader::presence() const { return device_->presence(); }
void CcidReader::watch_presence(std::function<void(CardPresence)> changed) {
  device_->watch_presence(std::move(changed));
}
void CcidReader::use(Job job, std::function<void(Result<void>)> done) {
  device_->use(std::move(job), std::move(done));
}
void CcidReader::cancel() { device_->cancel(); }

}  // namespace bianmin::card
