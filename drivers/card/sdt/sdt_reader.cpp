#include "drivers/card/sdt/sdt_reader.hpp"

#include <array>
#include <condition_variable>
#include <mutex>
#include <variant>

#include "drivers/card/sdt/sdt_link.hpp"
#include "drivers/card/sdt/sdt_status.hpp"
#include "drivers/card/sdt/text_block.hpp"

namespace bianmin::card {

namespace {

struct KnownReader {
  std::uint16_t vendor;
  std::uint16_t product;
  bool needs_settling;  // a bare module: wait before the first command
};

// 0400:c35a is what nearly all of them use, and not its makers' own number: the probe decides.
constexpr std::array<KnownReader, 5> known_readers = {{
    {0x0400, 0xC35A, true},
    {0x0316, 0x5020, false},
    {0x10C4, 0x8A1B, false},
    {0x2015, 0x0008, false},
    {0x9573, 0x4836, false},
}};

const KnownReader* find_known(const usb::DeviceInfo& device) {
  for (const KnownReader& known : known_readers) {
    if (known.vendor == device.vendor && known.product == device.product) return &known;
  }
  return nullptr;
}

constexpr std::size_t sam_id_byte_count = 16;
constexpr int tries_max = 3;  // of select and read, before the resident is asked to do something

using Request = std::uint64_t;  // 0: nobody waits

struct NoCard {};
struct DeviceFailed {
  Error error;
};
using Attempt = std::variant<NoCard, DeviceFailed, Result<IdCard>>;

Error card_error(std::string_view code, std::uint8_t status) {
  return {Remedy::ask_resident, code, "status " + to_hex(ByteView(&status, 1))};
}

}  // namespace

std::optional<int> sdt_reader_interface(const usb::DeviceInfo& device) {
  if (find_known(device) == nullptr) return std::nullopt;
  for (const usb::InterfaceInfo& interface : device.interfaces) {
    if (sdt_endpoints(interface)) return interface.number;
  }
  return std::nullopt;
}

class SdtReader::Device : public usb::DeviceUser {
 public:
  Device(usb::Bus& bus, EventLoop& loop, Log* log, SdtTimings timings, usb::RecoveryLimits recovery)
      : timings_(timings), loop_(bus, loop, log, "id-card", *this, recovery) {}

  // On the loop.
  usb::DeviceLoop& loop() { return loop_; }
  void watch_card_seen(std::function<void()> seen) { seen_ = std::move(seen); }
  void read(std::function<void(Result<IdCard>)> done);
  void cancel();

  // On the device's thread.
  std::optional<int> match(const usb::DeviceInfo& device) const override {
    return sdt_reader_interface(device);
  }
  Error serve(usb::Channel& channel, std::stop_token stop) override;

 private:
  Result<void> probe(SdtLink& link, std::stop_token stop);
  bool wait_for_request(Request* request, std::stop_token stop);
  void wait_for_next_look(Request request, std::stop_token stop);
  Attempt attempt(SdtLink& link, Request request, std::stop_token stop);
  Attempt read_found_card(SdtLink& link, std::stop_token stop);
  Attempt contents_of(const SdtReply& reply);
  void finish(Request request, Result<IdCard> result);
  void announce(Request request);

  SdtTimings timings_;
  std::function<void()> seen_;                // loop
  std::function<void(Result<IdCard>)> done_;  // loop
  Request last_request_ = 0;                  // loop
  Request announced_ = 0;                     // device thread

  std::mutex mutex_;  // guards wanted_
  std::condition_variable_any changed_;
  Request wanted_ = 0;

  usb::DeviceLoop loop_;  // last: its thread uses all of the above
};

void SdtReader::Device::read(std::function<void(Result<IdCard>)> done) {
  if (done_) {
    loop_.post([done = std::move(done)] {
      done(Error{Remedy::retry_later, "card.busy", "a read is under way"});
    });
    return;
  }
  done_ = std::move(done);
  {
    const std::lock_guard lock(mutex_);
    wanted_ = ++last_request_;
  }
  changed_.notify_all();
}

void SdtReader::Device::cancel() {
  if (!done_) return;
  {
    const std::lock_guard lock(mutex_);
    wanted_ = 0;
  }
  changed_.notify_all();
  loop_.post([done = std::exchange(done_, nullptr)] {
    done(Error{Remedy::retry_later, "card.cancelled", "the read was called off"});
  });
}

void SdtReader::Device::finish(Request request, Result<IdCard> result) {
  {
    const std::lock_guard lock(mutex_);
    if (wanted_ != request) return;  // called off meanwhile
    wanted_ = 0;
  }
  auto kept = std::make_shared<Result<IdCard>>(std::move(result));
  loop_.post([this, request, kept] {
    if (!done_ || request != last_request_) return;
    const auto done = std::exchange(done_, nullptr);
    done(std::move(*kept));
  });
}

void SdtReader::Device::announce(Request request) {
  if (announced_ == request) return;
  announced_ = request;
  loop_.post([this, request] {
    if (done_ && request == last_request_ && seen_) seen_();
  });
}

bool SdtReader::Device::wait_for_request(Request* request, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop, [this] { return wanted_ != 0; })) return false;
  *request = wanted_;
  return !stop.stop_requested();
}

void SdtReader::Device::wait_for_next_look(Request request, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, std::chrono::milliseconds(timings_.poll_ms),
                    [this, request] { return wanted_ != request; });
}

Result<void> SdtReader::Device::probe(SdtLink& link, std::stop_token stop) {
  link.drain(timings_.quiet_ms, stop);
  auto reply = link.exchange(sdt_read_sam_id, timings_.probe_timeout_ms, stop);
  if (!reply) return reply.error();
  const SdtStatus status = sdt_status(reply->status[2]);
  if (status.meaning == SdtMeaning::reader_failed) return Error{Remedy::call_staff, status.code, "probe"};
  if (status.meaning != SdtMeaning::good || reply->data.size() != sam_id_byte_count) {
    return Error{Remedy::retry_later, "reader.not_an_id_reader", "no module answers"};
  }
  return {};
}

Error SdtReader::Device::serve(usb::Channel& channel, std::stop_token stop) {
  const auto endpoints = sdt_endpoints(channel.interface());
  if (!endpoints) return {Remedy::refuse, "reader.not_an_id_reader", "no endpoints"};
  const KnownReader* known = find_known(channel.device());
  if (known != nullptr && known->needs_settling && endpoints->split()) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, std::chrono::milliseconds(timings_.settle_ms), [] { return false; });
  }
  SdtLink link(channel, *endpoints);
  if (auto probed = probe(link, stop); !probed) return probed.error();
  loop_.publish({DeviceCondition::ready, "ready"});
  Request request = 0;
  while (wait_for_request(&request, stop)) {
    Attempt ended = attempt(link, request, stop);
    if (auto* failed = std::get_if<DeviceFailed>(&ended)) return std::move(failed->error);
    loop_.healthy();
    if (auto* result = std::get_if<Result<IdCard>>(&ended)) {
      finish(request, std::move(*result));
    } else {
      wait_for_next_look(request, stop);
    }
  }
  return {Remedy::retry_later, "usb.cancelled", "stopped"};
}

Attempt SdtReader::Device::attempt(SdtLink& link, Request request, std::stop_token stop) {
  const auto found = link.exchange(sdt_find_card, timings_.find_timeout_ms, stop);
  if (!found) return DeviceFailed{found.error()};
  const SdtStatus status = sdt_status(found->status[2]);
  if (status.meaning == SdtMeaning::reader_failed || status.meaning == SdtMeaning::link_failed) {
    return DeviceFailed{{Remedy::retry_later, status.code, "find"}};
  }
  if (status.meaning != SdtMeaning::good) return NoCard{};
  announce(request);
  return read_found_card(link, stop);
}

Attempt SdtReader::Device::read_found_card(SdtLink& link, std::stop_token stop) {
  struct Step {
    SdtCommand command;
    int timeout_ms;
  };
  const std::array<Step, 3> steps = {{{sdt_select_card, timings_.select_timeout_ms},
                                      {sdt_read_text_photo, timings_.read_timeout_ms},
                                      {sdt_find_card, timings_.find_timeout_ms}}};
  Error last = card_error("card.unreadable", 0);
  for (int tries = 0; tries < tries_max; ++tries) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const auto reply = link.exchange(steps[i].command, steps[i].timeout_ms, stop);
      if (!reply) return DeviceFailed{reply.error()};
      const bool finding = i == 2;
      const SdtStatus status = sdt_status(reply->status[2]);
      switch (status.meaning) {
        case SdtMeaning::good:
          if (i == 1) return contents_of(*reply);
          break;
        case SdtMeaning::no_card:
          return Result<IdCard>(card_error("card.removed", reply->status[2]));
        case SdtMeaning::card_refused:
          return Result<IdCard>(card_error(status.code, reply->status[2]));
        case SdtMeaning::reader_failed:
          return DeviceFailed{{Remedy::call_staff, status.code, "read"}};
        case SdtMeaning::link_failed:
          return DeviceFailed{{Remedy::retry_later, status.code, "read"}};
        case SdtMeaning::nothing_there:
        case SdtMeaning::card_failed:
          if (!finding) last = card_error("card.unreadable", reply->status[2]);
          i = finding ? i : 1;  // look whether it is still there before the next try
          break;
      }
    }
  }
  return Result<IdCard>(std::move(last));
}

Attempt SdtReader::Device::contents_of(const SdtReply& reply) {
  const auto contents = split_contents(reply.data);
  // A frame with a right checksum and wrong lengths is a stale answer to another command.
  if (!contents) return DeviceFailed{{Remedy::retry_later, "reader.bad_frame", "not the answer to a read"}};
  auto card = parse_text_block(contents->text);
  if (!card) return Result<IdCard>(card.error());
  card->photo.assign(contents->photo.begin(), contents->photo.end());
  return card;
}

SdtReader::SdtReader(usb::Bus& bus, EventLoop& loop, Log* log, SdtTimings timings,
                     usb::RecoveryLimits recovery)
    : device_(std::make_unique<Device>(bus, loop, log, timings, recovery)) {
  device_->loop().start();
}

SdtReader::~SdtReader() = default;

DeviceState SdtReader::state() const { return device_->loop().state(); }
void SdtReader::watch(std::function<void(DeviceState)> changed) { device_->loop().watch(std::move(changed)); }
void SdtReader::read(IdCardRequest, std::function<void(Result<IdCard>)> done) {
  device_->read(std::move(done));
}
void SdtReader::cancel() { device_->cancel(); }
void SdtReader::watch_card_seen(std::function<void()> seen) { device_->watch_card_seen(std::move(seen)); }

}  // namespace bianmin::card
