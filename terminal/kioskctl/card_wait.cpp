#include "terminal/kioskctl/card_wait.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>

namespace bianmin::kioskctl {

namespace {

constexpr std::int64_t look_ms = 100;
constexpr std::int64_t ms_per_s = 1'000;
constexpr std::string_view cancelled = "card.cancelled";

// Shared with the callbacks, which may come after the waiting is over.
struct Outcome {
  std::optional<Result<CardReport>> first;
  void come(Result<CardReport> result) {
    const bool own_cancel = !result && result.error().code == cancelled;
    if (!first && !own_cancel) first = std::move(result);
  }
};

std::string state_line(std::string_view reader, DeviceState state) {
  return fmt::format("{}: {} ({})", reader, condition_name(state.condition), state.code);
}

void start_id_cards(card::IdCardReader& reader, const std::shared_ptr<Outcome>& outcome,
                    const CardWait& wait) {
  reader.watch(
      [progress = wait.progress](DeviceState state) { progress(state_line("id-card-reader", state)); });
  reader.watch_card_seen([progress = wait.progress] { progress("id-card-reader: a card, hold it still"); });
  wait.progress(state_line("id-card-reader", reader.state()));
  constexpr card::IdCardRequest everything = {true, true};
  reader.read(everything, [outcome](Result<card::IdCard> read) {
    outcome->come(read ? Result<CardReport>(report_of(*read)) : Result<CardReport>(read.error()));
  });
}

void start_smart_cards(card::SmartCardReader& reader, const std::shared_ptr<Outcome>& outcome,
                       const CardWait& wait) {
  reader.watch(
      [progress = wait.progress](DeviceState state) { progress(state_line("smart-card-reader", state)); });
  reader.watch_presence([progress = wait.progress](card::CardPresence presence) {
    if (presence == card::CardPresence::present) progress("smart-card-reader: a card, leave it in");
  });
  wait.progress(state_line("smart-card-reader", reader.state()));
  const auto report = std::make_shared<std::optional<CardReport>>();
  reader.use(
      [report, trusted = wait.trusted, utc_ms = wait.utc_ms](card::SmartCard& card,
                                                             std::stop_token) -> Result<void> {
        auto read = read_smart_card(card, trusted, utc_ms);
        if (!read) return read.error();
        *report = std::move(*read);
        return {};
      },
      [report, outcome](Result<void> done) {
        outcome->come(done && *report ? Result<CardReport>(std::move(**report))
                                      : Result<CardReport>(done.error()));
      });
}

}  // namespace

Result<CardReport> wait_for_card(EventLoop& loop, CardReaders readers, const CardWait& wait) {
  const auto outcome = std::make_shared<Outcome>();
  wait.progress(fmt::format("waiting for a card, {} s", wait.timeout_ms / ms_per_s));
  if (readers.id_cards != nullptr) start_id_cards(*readers.id_cards, outcome, wait);
  if (readers.smart_cards != nullptr) start_smart_cards(*readers.smart_cards, outcome, wait);
  const std::int64_t until_ms = loop.clock().steady_ms() + wait.timeout_ms;
  while (!outcome->first && loop.clock().steady_ms() < until_ms) loop.run_once(look_ms);
  if (readers.id_cards != nullptr) readers.id_cards->cancel();
  if (readers.smart_cards != nullptr) readers.smart_cards->cancel();
  if (!outcome->first) return Error{Remedy::retry_later, "card.timeout", "no card came"};
  return std::move(*outcome->first);
}

}  // namespace bianmin::kioskctl
