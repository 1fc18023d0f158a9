#include <fmt/format.h>

#include <algorithm>

#include "drivers/card/id_card_reader.hpp"
#include "drivers/conformance/public_codes.hpp"
#include "drivers/conformance/suites.hpp"

namespace bianmin::conformance {

namespace {

using card::CardPresence;
using card::IdCard;
using Read = std::shared_ptr<Awaited<IdCard>>;

constexpr std::int64_t read_limit_ms = 10'000;  // with a card on the reader
constexpr int reads_in_a_row = 50;
constexpr std::size_t photo_byte_count = 1'024;

class IdCardChecks {
 public:
  IdCardChecks(card::IdCardReader& reader, AskModule ask_module)
      : reader_(reader), ask_module_(std::move(ask_module)) {
    reader_.watch([codes = codes_](DeviceState state) { codes->see(state); });
  }
  ~IdCardChecks() {
    reader_.watch(nullptr);
    reader_.watch_presence(nullptr);
  }
  IdCardChecks(const IdCardChecks&) = delete;
  IdCardChecks& operator=(const IdCardChecks&) = delete;

  DeviceState state() const { return reader_.state(); }
  std::optional<std::string> stray_code() { return codes_->take(); }
  void tidy(Stage& stage) {
    reader_.cancel();
    reader_.watch_presence(nullptr);
    stage.linger(0);
  }

  Result<void> ready(Stage& stage) { return become_ready(stage, state_); }

  Result<void> read(Stage& stage) {
    const auto card = read_one(stage);
    if (!card) return card.error();
    if (card->number.empty() || card::display_name(*card).empty())
      return wrong("a card without name or number");
    if (!card->birth.valid() || !card->valid_from.valid()) return wrong("a card without its days");
    if (card->photo.size() != photo_byte_count) return wrong("a card without its photo");
    return {};
  }

  Result<void> module(Stage& stage) {
    if (!ask_module_)
      return Error{Remedy::refuse, "conformance.skipped", "this driver tells nothing of its reader"};
    const auto told = std::make_shared<Awaited<card::IdCardModule>>();
    ask_module_([told](Result<card::IdCardModule> module) { told->end(std::move(module)); });
    if (auto ended = wait_for_end(stage, told, "the module's report", state_); !ended) return ended;
    if (!*told->result) return checked(told->result->error());
    const card::IdCardModule& module = **told->result;
    if (module.driver.empty() || module.id.empty()) return wrong("a report without driver or number");
    stage.note(fmt::format("{}, module {}, {}", module.driver, module.id, module.status));
    return module.status == "ready" ? Result<void>() : Result<void>(wrong(std::string(module.status)));
  }

  Result<void> everything(Stage& stage) {
    const auto card = read_one(stage, {.fingerprints = true, .further_address = true});
    if (!card) return card.error();
    stage.note(fmt::format("{} bytes of fingerprints, {} further address", card->fingerprints.size(),
                           card->further_address.empty() ? "no" : "a"));
    return {};
  }

  Result<void> presence(Stage& stage) {
    reader_.watch_presence([](CardPresence) {});  // so that it looks
    for (const bool there : {false, true, false}) {
      if (auto asked = stage.ask(there ? Act::put_card : Act::take_card); !asked) return asked;
      const CardPresence wanted = there ? CardPresence::present : CardPresence::none;
      if (!stage.until([&] { return reader_.presence() == wanted; })) {
        return too_late(there ? "a card is not seen" : "a card is seen that is not there", state());
      }
    }
    return {};
  }

  Result<void> same_card_again(Stage& stage) {
    const auto first = read_one(stage);
    if (!first) return first.error();
    const auto second = read_one(stage);
    if (!second) return second.error();
    if (first->number != second->number || first->photo != second->photo)
      return wrong("another card was read");
    return {};
  }

  Result<void> waits(Stage& stage) {
    if (auto asked = stage.ask(Act::take_card); !asked) return asked;
    const Read read = begin_read();
    stage.linger(wait_ms);
    if (read->ended()) return wrong("a read without a card ended: " + ending(read));
    if (!state().usable()) return too_late("not ready while it waits for a card", state());
    return cancel_at_once(stage, read);
  }

  Result<void> card_comes_later(Stage& stage) {
    if (auto asked = stage.ask(Act::take_card); !asked) return asked;
    const Read read = begin_read();
    stage.linger(at_once_ms);
    if (read->ended()) return wrong("a read without a card ended: " + ending(read));
    if (auto asked = stage.ask(Act::put_card); !asked) return asked;
    return expect_card(stage, read);
  }

  Result<void> second_refused(Stage& stage) {
    if (auto asked = stage.ask(Act::take_card); !asked) return asked;
    const Read first = begin_read();
    const Read second = begin_read();
    if (!stage.within(at_once_ms, [&] { return second->ended(); })) {
      return too_late("a second read is not refused at once", state());
    }
    if (*second->result || second->result->error().code != "card.busy") {
      return wrong("a second read ended as " + ending(second));
    }
    if (first->ended()) return wrong("the first read was ended by a second one");
    return cancel_at_once(stage, first);
  }

  Result<void> taken_during(Stage& stage) {
    if (auto asked = stage.ask(Act::put_card); !asked) return asked;
    if (auto asked = stage.ask(Act::take_card_during); !asked) return asked;
    const Read read = begin_read();
    // Taken before it was found: the read goes on waiting, and the card is put back.
    if (stage.within(read_limit_ms / 2, [&] { return read->ended(); })) {
      const Error* error = *read->result ? nullptr : &read->result->error();
      if (error != nullptr && (!error->code.starts_with("card.") || error->code == "card.busy")) {
        return checked(*error);
      }
      if (error != nullptr && checked(*error).code != error->code) return checked(*error);
      stage.note(ending(read));
    }
    if (auto asked = stage.ask(Act::put_card); !asked) return asked;
    if (!read->ended()) return expect_card(stage, read);
    const auto card = read_one(stage);
    return card ? Result<void>() : Result<void>(card.error());
  }

  Result<void> unplugged_waiting(Stage& stage) {
    if (auto asked = stage.ask(Act::take_card); !asked) return asked;
    const Read read = begin_read();
    if (auto back = unplug_and_replug(stage, state_); !back) return back;
    if (read->ended()) return wrong("the plug ended a waiting read: " + ending(read));
    if (auto asked = stage.ask(Act::put_card); !asked) return asked;
    return expect_card(stage, read);
  }

  Result<void> unplugged_during(Stage& stage) {
    if (auto asked = stage.ask(Act::put_card); !asked) return asked;
    if (auto asked = stage.ask(Act::unplug_during); !asked) return asked;
    const Read read = begin_read();
    const auto gone = [&] { return state().condition == DeviceCondition::absent; };
    if (!stage.until([&] { return gone() || read->ended(); }))
      return too_late("unplugged, not told", state());
    stage.note(read->ended() ? "read before the plug was out" : "the read went on by itself");
    if (auto back = become_ready(stage, state_); !back) return back;
    return expect_card(stage, read);
  }

  Result<void> many(Stage& stage) {
    std::vector<std::int64_t> times_ms;
    std::string number;
    for (int i = 0; i < reads_in_a_row; ++i) {
      const std::int64_t before_ms = stage.took_ms();
      const auto card = read_one(stage);
      if (!card) return card.error();
      times_ms.push_back(stage.took_ms() - before_ms);
      if (i > 0 && number != card->number) return wrong("another card was read");
      number = card->number;
    }
    std::sort(times_ms.begin(), times_ms.end());
    stage.note(fmt::format("{} reads, median {} ms, longest {} ms", times_ms.size(),
                           times_ms[times_ms.size() / 2], times_ms.back()));
    return {};
  }

 private:
  Read begin_read(card::IdCardRequest request = {}) {
    auto read = std::make_shared<Awaited<IdCard>>();
    reader_.read(request, [read](Result<IdCard> card) { read->end(std::move(card)); });
    return read;
  }
  static std::string ending(const Read& read) {
    return *read->result ? "a card" : std::string(read->result->error().code);
  }
  Result<void> expect_card(Stage& stage, const Read& read) {
    if (auto ended = wait_for_end(stage, read, "a read with a card on the reader", state_); !ended)
      return ended;
    return *read->result ? Result<void>() : Result<void>(checked(read->result->error()));
  }
  Result<IdCard> read_one(Stage& stage, card::IdCardRequest request = {}) {
    if (auto asked = stage.ask(Act::put_card); !asked) return asked.error();
    const Read read = begin_read(request);
    if (auto ended = expect_card(stage, read); !ended) return ended.error();
    return std::move(*read->result);
  }
  Result<void> cancel_at_once(Stage& stage, const Read& read) {
    reader_.cancel();
    if (!stage.within(at_once_ms, [&] { return read->ended(); }))
      return too_late("a cancelled read goes on", state());
    if (*read->result || read->result->error().code != "card.cancelled") {
      return wrong("a cancelled read ended as " + ending(read));
    }
    return {};
  }

  card::IdCardReader& reader_;
  AskModule ask_module_;
  std::shared_ptr<CodeWatch> codes_ = std::make_shared<CodeWatch>();
  std::function<DeviceState()> state_ = [this] { return state(); };
};

}  // namespace

Suite id_card_suite(card::IdCardReader& reader, AskModule ask_module) {
  const auto checks = std::make_shared<IdCardChecks>(reader, std::move(ask_module));
  const auto step = [&](std::string_view name, std::string_view what, std::int64_t limit_ms,
                        Result<void> (IdCardChecks::*check)(Stage&)) {
    return Step{name, what, limit_ms, [checks, check](Stage& stage) { return (*checks.*check)(stage); }};
  };
  Suite suite;
  suite.device = "id-card-reader";
  suite.steps = {
      step("ready", "It becomes ready after it was plugged in.", start_limit_ms, &IdCardChecks::ready),
      step("module", "It tells the number of its security module.", read_limit_ms, &IdCardChecks::module),
      step("read", "It reads a card: text and photo.", read_limit_ms, &IdCardChecks::read),
      step("read-everything", "It reads fingerprints and the further address where the card has them.",
           read_limit_ms, &IdCardChecks::everything),
      step("presence", "A card put down and taken away is seen without a read.", read_limit_ms,
           &IdCardChecks::presence),
      step("read-again", "It reads a card that still lies on it.", 2 * read_limit_ms,
           &IdCardChecks::same_card_again),
      step("waits", "Without a card a read waits, and ends at once when it is called off.", read_limit_ms,
           &IdCardChecks::waits),
      step("card-comes", "A read that waits goes on when a card comes.", read_limit_ms,
           &IdCardChecks::card_comes_later),
      step("second-refused", "A second read at the same time is refused, and the first goes on.",
           read_limit_ms, &IdCardChecks::second_refused),
      step("taken-during", "A card taken away in the middle of a read ends it, and the next read works.",
           3 * read_limit_ms, &IdCardChecks::taken_during),
      step("unplugged-waiting", "Unplugged while it waits: absent; plugged in: ready, and the read goes on.",
           replug_limit_ms, &IdCardChecks::unplugged_waiting),
      step("unplugged-during",
           "Unplugged in the middle of a read: it ends well after it was plugged in again.", replug_limit_ms,
           &IdCardChecks::unplugged_during),
      step("fifty", "Fifty reads in a row give the same card.", row_limit_ms, &IdCardChecks::many),
  };
  suite.tidy = [checks](Stage& stage) { checks->tidy(stage); };
  suite.stray_code = [checks] { return checks->stray_code(); };
  return suite;
}

}  // namespace bianmin::conformance
