// A smart card reader that a test plays by hand: a job waits until the test lets it work.
#pragma once

#include <utility>

#include "drivers/card/smart_card_reader.hpp"
#include "tests/fakes/fake_devices.hpp"

namespace bianmin {

class FakeSmartCardReader : public card::SmartCardReader {
 public:
  DeviceState state() const override { return state_; }
  void watch(std::function<void(DeviceState)> changed) override { changed_ = std::move(changed); }
  card::CardPresence presence() const override { return presence_; }
  void watch_presence(std::function<void(card::CardPresence)> changed) override {
    presence_changed_ = std::move(changed);
  }
  void use(Job job, std::function<void(Result<void>)> done) override {
    if (done_) return done(Error{Remedy::refuse, "card.busy", {}});
    job_ = std::move(job);
    done_ = std::move(done);
  }
  void cancel() override { answer(Error{Remedy::refuse, "card.cancelled", {}}); }

  bool has_job() const { return done_ != nullptr; }
  bool watched() const { return changed_ != nullptr || presence_changed_ != nullptr; }
  void insert(card::SmartCard& card) {
    card_ = &card;
    become(card::CardPresence::present);
  }
  void swap_unseen(card::SmartCard& card) { card_ = &card; }
  void remove() {
    card_ = nullptr;
    become(card::CardPresence::none);
  }
  void become(DeviceState state) {
    state_ = state;
    if (changed_) changed_(state);
  }
  void become(card::CardPresence presence) {
    presence_ = presence;
    if (presence_changed_) presence_changed_(presence);
  }
  // The job that waits meets the card.
  void work() {
    (void)card_->reset();
    answer(job_(*card_, {}));
  }
  void answer(Result<void> result) {
    job_ = nullptr;
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(result));
  }

 private:
  DeviceState state_ = fake_ready;
  card::CardPresence presence_ = card::CardPresence::none;
  card::SmartCard* card_ = nullptr;
  std::function<void(DeviceState)> changed_;
  std::function<void(card::CardPresence)> presence_changed_;
  Job job_;
  std::function<void(Result<void>)> done_;
};

}  // namespace bianmin
