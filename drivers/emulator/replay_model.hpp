// A recorded device: answers what it answered, to who asks what it was asked.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "drivers/emulator/device_model.hpp"
#include "drivers/recording/recording.hpp"

namespace bianmin::emulator {

// Replays the exchanges of a recording in their order: what was sent, then what came. A driver that looks
// more or less often than the recorded one did is no mismatch: an exchange that was already replayed is
// answered again as it was the last time (a repeat), and one that only asks what was asked before is passed
// over (a skip). Everything else is a mismatch and gets no answer. Transfers that failed when they were
// recorded carry nothing; their replay is silence, and the driver's own time limit ends them.
class ReplayModel : public DeviceModel {
 public:
  struct Mismatch {
    std::string_view code;     // "replay.other_bytes", "replay.other_request", "replay.over"
    std::size_t exchange = 0;  // which one would have been next
  };

  // Error "recording.bad_descriptors": no device can have these.
  static Result<std::unique_ptr<ReplayModel>> create(const recording::Recording& recording);

  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override;
  std::size_t take(std::uint8_t endpoint, ByteView bytes) override;
  std::optional<Bytes> give(std::uint8_t endpoint) override;
  std::optional<Bytes> control(const ControlRequest& request) override;

  const std::vector<Mismatch>& mismatches() const { return mismatches_; }
  int repeat_count() const { return repeat_count_; }
  int skip_count() const { return skip_count_; }
  bool finished() const { return next_ == exchanges_.size(); }  // all was asked for

 private:
  struct Sent {
    std::uint8_t endpoint = 0;
    Bytes bytes;
    bool operator==(const Sent&) const = default;
  };
  struct Exchange {
    std::vector<Sent> sent;
    std::vector<Sent> answers;  // with their endpoints
  };
  struct Control {
    Bytes setup;
    std::optional<Bytes> answer;  // empty: it failed
  };
  enum class Fit { none, part, whole };

  explicit ReplayModel(const recording::Recording& recording, DeviceSpec spec);
  Fit fit(std::size_t exchange) const;
  bool asked_before(std::size_t exchange) const;
  bool find_pending();
  void answer_as(std::size_t exchange, bool again = false);
  bool by_interrupt(std::uint8_t endpoint) const;
  void mismatch(std::string_view code);

  DeviceSpec spec_;
  std::vector<Exchange> exchanges_;
  std::vector<Control> controls_;
  std::size_t next_ = 0;
  std::size_t next_control_ = 0;
  std::vector<Sent> pending_;  // sent, and not yet a whole exchange's worth
  std::map<std::uint8_t, std::deque<Bytes>> answers_;
  std::vector<Mismatch> mismatches_;
  int repeat_count_ = 0;
  int skip_count_ = 0;
};

// The device that descriptors are of: interfaces with alternate setting 0, their endpoints, and what Linux
// would bind to them. Error "recording.bad_descriptors".
Result<DeviceSpec> spec_from_descriptors(ByteView descriptors);

}  // namespace bianmin::emulator
