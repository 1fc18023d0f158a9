#include "drivers/card/usb_id_card_reader.hpp"

#include <condition_variable>
#include <mutex>

namespace bianmin::card {

namespace {

using Ticket = std::uint64_t;  // 0: nobody waits

// What the device's thread is to do next.
struct Task {
  Ticket read = 0;
  IdCardRequest request = {};
  bool module = false;  // before anything else
};

}  // namespace

class UsbIdCardReader::Device : public usb::DeviceUser {
 public:
  Device(usb::Bus& bus, EventLoop& loop, Log* log, std::vector<IdCardDriver> drivers, IdCardTimings timings,
         usb::RecoveryLimits recovery)
      : drivers_(std::move(drivers)), timings_(timings), loop_(bus, loop, log, "id-card", *this, recovery) {}

  // On the loop.
  usb::DeviceLoop& loop() { return loop_; }
  void watch_card_seen(std::function<void()> seen) { seen_ = std::move(seen); }
  void read(IdCardRequest request, std::function<void(Result<IdCard>)> done);
  void cancel();
  void watch_presence(std::function<void(CardPresence)> changed);
  CardPresence presence() const { return presence_; }
  void ask_module(std::function<void(Result<IdCardModule>)> done);

  // On the device's thread.
  std::optional<int> match(const usb::DeviceInfo& device) const override;
  Error serve(usb::Channel& channel, std::stop_token stop) override;

 private:
  Error work(IdCardProtocol& protocol, std::stop_token stop);
  std::optional<Task> wait_for_task(std::stop_token stop);
  void wait_for_next_look(Ticket ticket, std::stop_token stop);
  Result<void> read_card(IdCardProtocol& protocol, const Task& task, std::stop_token stop);
  Result<void> answer_module(IdCardProtocol& protocol, std::stop_token stop);
  void finish(Ticket ticket, Result<IdCard> result);
  void announce(Ticket ticket);
  void tell_presence(CardPresence presence);

  std::vector<IdCardDriver> drivers_;
  IdCardTimings timings_;

  std::function<void()> seen_;  // loop, as the six below
  std::function<void(Result<IdCard>)> done_;
  std::function<void(CardPresence)> presence_changed_;
  std::function<void(Result<IdCardModule>)> module_done_;
  CardPresence presence_ = CardPresence::unknown;
  Ticket last_ticket_ = 0;

  Ticket announced_ = 0;  // device thread, as the one below
  CardPresence told_ = CardPresence::unknown;

  std::mutex mutex_;  // guards the four below
  std::condition_variable_any changed_;
  Task task_;
  bool watched_ = false;
  bool watch_begun_ = false;  // a new watcher does not wait for the first look
  usb::DeviceLoop loop_;      // last: its thread uses all of the above
};

void UsbIdCardReader::Device::read(IdCardRequest request, std::function<void(Result<IdCard>)> done) {
  if (done_) {
    loop_.post([done = std::move(done)] {
      done(Error{Remedy::retry_later, "card.busy", "a read is under way"});
    });
    return;
  }
  done_ = std::move(done);
  {
    const std::lock_guard lock(mutex_);
    task_.read = ++last_ticket_;
    task_.request = request;
  }
  changed_.notify_all();
}

void UsbIdCardReader::Device::cancel() {
  if (!done_) return;
  {
    const std::lock_guard lock(mutex_);
    task_.read = 0;
  }
  changed_.notify_all();
  loop_.post([done = std::exchange(done_, nullptr)] {
    done(Error{Remedy::retry_later, "card.cancelled", "the read was called off"});
  });
}

void UsbIdCardReader::Device::watch_presence(std::function<void(CardPresence)> changed) {
  presence_changed_ = std::move(changed);
  {
    const std::lock_guard lock(mutex_);
    watched_ = presence_changed_ != nullptr;
    watch_begun_ = watched_;
  }
  if (presence_changed_ == nullptr) presence_ = CardPresence::unknown;
  changed_.notify_all();
}

void UsbIdCardReader::Device::ask_module(std::function<void(Result<IdCardModule>)> done) {
  const bool busy = done_ != nullptr || module_done_ != nullptr;
  if (busy || !loop_.state().usable()) {
    loop_.post([done = std::move(done), code = busy ? "reader.busy" : "reader.absent"] {
      done(Error{Remedy::retry_later, code, "the module was not asked"});
    });
    return;
  }
  module_done_ = std::move(done);
  {
    const std::lock_guard lock(mutex_);
    task_.module = true;
  }
  changed_.notify_all();
}

void UsbIdCardReader::Device::finish(Ticket ticket, Result<IdCard> result) {
  {
    const std::lock_guard lock(mutex_);
    if (task_.read != ticket) return;  // called off meanwhile
    task_.read = 0;
  }
  auto kept = std::make_shared<Result<IdCard>>(std::move(result));
  loop_.post([this, ticket, kept] {
    if (!done_ || ticket != last_ticket_) return;
    const auto done = std::exchange(done_, nullptr);
    done(std::move(*kept));
  });
}

void UsbIdCardReader::Device::announce(Ticket ticket) {
  if (announced_ == ticket) return;
  announced_ = ticket;
  loop_.post([this, ticket] {
    if (done_ && ticket == last_ticket_ && seen_) seen_();
  });
}

void UsbIdCardReader::Device::tell_presence(CardPresence presence) {
  {
    const std::lock_guard lock(mutex_);
    if (presence == told_ && !watch_begun_) return;
    watch_begun_ = false;
  }
  told_ = presence;
  loop_.post([this, presence] {
    if (!presence_changed_ || presence_ == presence) return;
    presence_ = presence;
    const auto changed = presence_changed_;  // it may end the watching
    changed(presence);
  });
}

std::optional<Task> UsbIdCardReader::Device::wait_for_task(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const auto something = [this] { return task_.read != 0 || task_.module || watch_begun_; };
  while (!something() && !stop.stop_requested()) {
    if (!watched_) {
      changed_.wait(lock, stop, [&] { return something() || watched_; });
    } else if (!changed_.wait_for(lock, stop, std::chrono::milliseconds(timings_.presence_ms), something) &&
               watched_) {
      break;  // time for a look
    }
  }
  if (stop.stop_requested()) return std::nullopt;
  return task_;
}

void UsbIdCardReader::Device::wait_for_next_look(Ticket ticket, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, std::chrono::milliseconds(timings_.poll_ms),
                    [this, ticket] { return task_.read != ticket || task_.module; });
}

std::optional<int> UsbIdCardReader::Device::match(const usb::DeviceInfo& device) const {
  const IdCardMatch found = match_id_card_driver(drivers_, device);
  return found.driver == nullptr ? std::nullopt : std::optional(found.interface);
}

Error UsbIdCardReader::Device::serve(usb::Channel& channel, std::stop_token stop) {
  const IdCardMatch found = match_id_card_driver(drivers_, channel.device());
  const auto protocol = found.driver == nullptr ? nullptr : found.driver->open(channel);
  if (!protocol) return {Remedy::refuse, "reader.not_an_id_reader", "no endpoints"};
  Error ended = work(*protocol, stop);
  tell_presence(CardPresence::unknown);
  const std::lock_guard lock(mutex_);
  if (std::exchange(task_.module, false)) {
    loop_.post([this, ended] {
      if (module_done_) std::exchange(module_done_, nullptr)(ended);
    });
  }
  return ended;
}

Error UsbIdCardReader::Device::work(IdCardProtocol& protocol, std::stop_token stop) {
  if (auto probed = protocol.probe(stop); !probed) return probed.error();
  loop_.publish({DeviceCondition::ready, "ready"});
  while (const auto task = wait_for_task(stop)) {
    if (task->module) {
      if (auto answered = answer_module(protocol, stop); !answered) return answered.error();
      continue;
    }
    const auto there = protocol.look(stop);
    if (!there) return there.error();
    loop_.healthy();
    tell_presence(*there);
    if (task->read == 0) continue;
    if (*there != CardPresence::present) {
      wait_for_next_look(task->read, stop);
      continue;
    }
    if (auto read = read_card(protocol, *task, stop); !read) return read.error();
  }
  return {Remedy::retry_later, "usb.cancelled", "stopped"};
}

Result<void> UsbIdCardReader::Device::read_card(IdCardProtocol& protocol, const Task& task,
                                                std::stop_token stop) {
  announce(task.read);
  auto card = protocol.read(task.request, stop);
  if (!card && !about_card(card.error())) return card.error();
  loop_.healthy();
  if (!card && card.error().code == "card.removed") tell_presence(CardPresence::none);
  finish(task.read, std::move(card));
  return {};
}

Result<void> UsbIdCardReader::Device::answer_module(IdCardProtocol& protocol, std::stop_token stop) {
  auto module = protocol.module(stop);
  if (!module) return module.error();
  {
    const std::lock_guard lock(mutex_);
    task_.module = false;
  }
  loop_.post([this, module = std::move(*module)] {
    if (module_done_) std::exchange(module_done_, nullptr)(module);
  });
  return {};
}

UsbIdCardReader::UsbIdCardReader(usb::Bus& bus, EventLoop& loop, Log* log, std::vector<IdCardDriver> drivers,
                                 IdCardTimings timings, usb::RecoveryLimits recovery)
    : device_(std::make_unique<Device>(bus, loop, log, std::move(drivers), timings, recovery)) {
  device_->loop().start();
}

UsbIdCardReader::~UsbIdCardReader() = default;

DeviceState UsbIdCardReader::state() const { return device_->loop().state(); }
void UsbIdCardReader::watch(std::function<void(DeviceState)> changed) {
  device_->loop().watch(std::move(changed));
}
void UsbIdCardReader::read(IdCardRequest request, std::function<void(Result<IdCard>)> done) {
  device_->read(request, std::move(done));
}
void UsbIdCardReader::cancel() { device_->cancel(); }
void UsbIdCardReader::watch_card_seen(std::function<void()> seen) {
  device_->watch_card_seen(std::move(seen));
}
void UsbIdCardReader::watch_presence(std::function<void(CardPresence)> changed) {
  device_->watch_presence(std::move(changed));
}
CardPresence UsbIdCardReader::presence() const { return device_->presence(); }
void UsbIdCardReader::ask_module(std::function<void(Result<IdCardModule>)> done) {
  device_->ask_module(std::move(done));
}

}  // namespace bianmin::card
