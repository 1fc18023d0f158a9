#include <fmt/format.h>

#include <atomic>

#include "drivers/card/smart_card_reader.hpp"
#include "drivers/conformance/public_codes.hpp"
#include "drivers/conformance/suites.hpp"

namespace bianmin::conformance {

namespace {

using card::CardPresence;
using card::CommandApdu;
using card::ResponseApdu;
using card::SmartCard;
using Use = std::shared_ptr<Awaited<int>>;  // the value says nothing: Result<void> has none

constexpr std::int64_t use_limit_ms = 15'000;
constexpr std::int64_t exchange_end_ms = 5'000;  // a job called off ends with the exchange under way
constexpr int exchanges_in_a_row = 200;
constexpr int uses_in_a_row = 20;
constexpr int endless = 1'000'000;

// Any card knows SELECT of the master file, if only to refuse it.
CommandApdu select_master_file(std::optional<std::size_t> expected) {
  return {0x00, 0xA4, 0x00, 0x00, SecretBytes{0x3F, 0x00}, expected};
}

// ISO 7816-4 reserves odd codes like FF: no card may know it.
constexpr std::uint8_t unknown_instruction = 0xFF;

Result<void> only_status(const Result<ResponseApdu>& answer) {
  if (!answer) return answer.error();
  const std::uint8_t sw1 = answer->sw1();
  if (sw1 >> 4U != 6 && sw1 >> 4U != 9)
    return wrong(fmt::format("status word {:04x} is none", answer->status));
  return {};
}

class SmartCardChecks {
 public:
  explicit SmartCardChecks(card::SmartCardReader& reader) : reader_(reader) {
    reader_.watch([codes = codes_](DeviceState state) { codes->see(state); });
    reader_.watch_presence([](CardPresence) {});  // so that it is looked for
  }
  ~SmartCardChecks() {
    reader_.watch(nullptr);
    reader_.watch_presence(nullptr);
  }
  SmartCardChecks(const SmartCardChecks&) = delete;
  SmartCardChecks& operator=(const SmartCardChecks&) = delete;

  DeviceState state() const { return reader_.state(); }
  std::optional<std::string> stray_code() { return codes_->take(); }
  void tidy(Stage& stage) {
    reader_.cancel();
    (void)stage.until([&] { return !under_way_ || under_way_->ended(); });
    under_way_.reset();
  }

  Result<void> ready(Stage& stage) { return become_ready(stage, state_); }

  Result<void> presence(Stage& stage) {
    for (const bool there : {false, true, false, true}) {
      if (auto asked = stage.ask(there ? Act::put_card : Act::take_card); !asked) return asked;
      const CardPresence wanted = there ? CardPresence::present : CardPresence::none;
      if (!stage.until([&] { return reader_.presence() == wanted; })) {
        return too_late(there ? "a card is not seen" : "a card is seen that is not there", state());
      }
    }
    return {};
  }

  Result<void> atr(Stage& stage) {
    const auto atr = std::make_shared<Bytes>();
    auto used = use_card(stage, [atr](SmartCard& card, const std::stop_token&) -> Result<void> {
      atr->assign(card.atr().begin(), card.atr().end());
      return {};
    });
    if (!used) return used;
    constexpr std::size_t atr_byte_max = 33;  // ISO 7816-3
    const bool begins = !atr->empty() && (atr->front() == 0x3B || atr->front() == 0x3F);
    if (!begins || atr->size() < 2 || atr->size() > atr_byte_max)
      return wrong("the ATR is none: " + to_hex(*atr));
    stage.note("ATR " + to_hex(*atr));
    return {};
  }

  Result<void> select(Stage& stage) {
    return use_card(stage, [](SmartCard& card, const std::stop_token&) {
      return only_status(card.transmit(select_master_file(std::nullopt)));
    });
  }

  Result<void> unknown(Stage& stage) {
    const auto status = std::make_shared<std::uint16_t>();
    auto used = use_card(stage, [status](SmartCard& card, const std::stop_token&) -> Result<void> {
      const auto answer = card.transmit({0x00, unknown_instruction, 0x00, 0x00, {}, std::nullopt});
      if (auto fine = only_status(answer); !fine) return fine;
      *status = answer->status;
      return {};
    });
    if (!used) return used;
    stage.note(fmt::format("status word {:04x}", *status));
    if (*status >> 12U == 9) return wrong("an unknown instruction succeeded");
    return {};
  }

  // All four cases, short and as long as the card and the reader can; what is too long is said to be.
  Result<void> lengths(Stage& stage) {
    const auto longest = std::make_shared<std::size_t>(0);
    auto used = use_card(stage, [longest](SmartCard& card, const std::stop_token&) -> Result<void> {
      for (const std::size_t sent : {0U, 1U, 16U, 254U, 255U, 256U, 1'000U, 4'000U}) {
        for (const std::size_t expected : {0U, 1U, 256U, 65'536U}) {
          CommandApdu command{0x00, unknown_instruction, 0x00, 0x00, SecretBytes(sent, 0x5A), std::nullopt};
          if (expected > 0) command.expected = expected;
          const auto answer = card.transmit(command);
          if (!answer && answer.error().code == "card.too_long" && (sent > 255 || expected > 256)) continue;
          if (auto fine = only_status(answer); !fine) return fine;
          *longest = std::max(*longest, sent);
        }
      }
      return {};
    });
    stage.note(fmt::format("commands of up to {} bytes of data", *longest));
    return used;
  }

  Result<void> reset(Stage& stage) {
    return use_card(stage, [](SmartCard& card, const std::stop_token&) -> Result<void> {
      const Bytes before(card.atr().begin(), card.atr().end());
      if (auto done = card.reset(); !done) return done;
      if (card.atr().empty()) return wrong("no ATR after a reset");
      return only_status(card.transmit(select_master_file(256)));
    });
  }

  Result<void> waits(Stage& stage) {
    if (auto asked = stage.ask(Act::take_card); !asked) return asked;
    const Use use = begin_use([](SmartCard&, const std::stop_token&) { return Result<void>(); });
    stage.linger(wait_ms);
    if (use->ended()) return wrong("a use without a card ended: " + ending(use));
    return cancel_within(stage, use, at_once_ms);
  }

  Result<void> second_refused(Stage& stage) {
    if (auto asked = stage.ask(Act::take_card); !asked) return asked;
    const auto nothing = [](SmartCard&, const std::stop_token&) { return Result<void>(); };
    const Use first = begin_use(nothing);
    const Use second = begin_use(nothing);
    if (!stage.within(at_once_ms, [&] { return second->ended(); })) return too_late("a second use", state());
    if (*second->result || second->result->error().code != "card.busy") {
      return wrong("a second use ended as " + ending(second));
    }
    under_way_ = first;
    return cancel_within(stage, first, at_once_ms);
  }

  Result<void> job_cancelled(Stage& stage) {
    if (auto asked = stage.ask(Act::put_card); !asked) return asked;
    const auto count = std::make_shared<std::atomic<int>>(0);
    const Use use = begin_use(exchanges(endless, count));
    if (!stage.until([&] { return *count > 0 || use->ended(); })) return too_late("no exchange", state());
    return cancel_within(stage, use, exchange_end_ms);
  }

  Result<void> taken_during(Stage& stage) {
    if (auto asked = stage.ask(Act::put_card); !asked) return asked;
    const auto count = std::make_shared<std::atomic<int>>(0);
    const Use use = begin_use(exchanges(endless, count));
    if (!stage.until([&] { return *count > 0 || use->ended(); })) return too_late("no exchange", state());
    if (auto asked = stage.ask(Act::take_card); !asked) return asked;
    if (auto ended = wait_for_end(stage, use, "a use of a card that was taken", state_); !ended) return ended;
    if (*use->result || use->result->error().code != "card.removed") {
      return wrong("a card that was taken ended the use as " + ending(use));
    }
    return select(stage);
  }

  Result<void> unplugged_during(Stage& stage) {
    if (auto asked = stage.ask(Act::put_card); !asked) return asked;
    const auto count = std::make_shared<std::atomic<int>>(0);
    const Use use = begin_use(exchanges(endless, count));
    if (!stage.until([&] { return *count > 0 || use->ended(); })) return too_late("no exchange", state());
    if (auto asked = stage.ask(Act::unplug); !asked) return asked;
    if (auto ended = wait_for_end(stage, use, "a use of a reader that is gone", state_); !ended) return ended;
    if (*use->result) return wrong("a use of a reader that is gone succeeded");
    stage.note(ending(use));
    if (const Error error = checked(use->result->error()); error.code == "conformance.unknown_code")
      return error;
    if (auto back = become_ready(stage, state_); !back) return back;
    return select(stage);
  }

  Result<void> replug(Stage& stage) {
    if (auto asked = stage.ask(Act::take_card); !asked) return asked;
    const Use use = begin_use([](SmartCard&, const std::stop_token&) { return Result<void>(); });
    if (auto back = unplug_and_replug(stage, state_); !back) return back;
    if (use->ended()) return wrong("the plug ended a waiting use: " + ending(use));
    if (auto asked = stage.ask(Act::put_card); !asked) return asked;
    return expect_good(stage, use);
  }

  Result<void> many_exchanges(Stage& stage) {
    const auto count = std::make_shared<std::atomic<int>>(0);
    auto used = use_card(stage, exchanges(exchanges_in_a_row, count));
    stage.note(fmt::format("{} exchanges in {} ms", count->load(), stage.took_ms()));
    return used;
  }

  Result<void> many_uses(Stage& stage) {
    for (int i = 0; i < uses_in_a_row; ++i) {
      if (auto used = select(stage); !used) return used;
    }
    stage.note(fmt::format("{} uses, {} ms each", uses_in_a_row, stage.took_ms() / uses_in_a_row));
    return {};
  }

 private:
  using Job = card::SmartCardReader::Job;

  static Job exchanges(int wanted, const std::shared_ptr<std::atomic<int>>& count) {
    return [wanted, count](SmartCard& card, const std::stop_token& stop) -> Result<void> {
      for (int i = 0; i < wanted; ++i) {
        if (stop.stop_requested()) return Error{Remedy::retry_later, "card.cancelled", "in between"};
        if (auto fine = only_status(card.transmit(select_master_file(256))); !fine) return fine;
        ++*count;
      }
      return {};
    };
  }
  Use begin_use(Job job) {
    auto use = std::make_shared<Awaited<int>>();
    under_way_ = use;
    reader_.use(std::move(job),
                [use](Result<void> ended) { use->end(ended ? Result<int>(0) : Result<int>(ended.error())); });
    return use;
  }
  static std::string ending(const Use& use) {
    return *use->result ? "done" : std::string(use->result->error().code);
  }
  Result<void> expect_good(Stage& stage, const Use& use) {
    if (auto ended = wait_for_end(stage, use, "a use of a card", state_); !ended) return ended;
    if (*use->result) return {};
    const Error& error = use->result->error();
    return error.code.starts_with("conformance.") ? error : checked(error);
  }
  Result<void> use_card(Stage& stage, Job job) {
    if (auto asked = stage.ask(Act::put_card); !asked) return asked;
    return expect_good(stage, begin_use(std::move(job)));
  }
  Result<void> cancel_within(Stage& stage, const Use& use, std::int64_t limit_ms) {
    reader_.cancel();
    if (!stage.within(limit_ms, [&] { return use->ended(); }))
      return too_late("a cancelled use goes on", state());
    if (*use->result || use->result->error().code != "card.cancelled") {
      return wrong("a cancelled use ended as " + ending(use));
    }
    return {};
  }

  card::SmartCardReader& reader_;
  Use under_way_;
  std::shared_ptr<CodeWatch> codes_ = std::make_shared<CodeWatch>();
  std::function<DeviceState()> state_ = [this] { return state(); };
};

}  // namespace

Suite smart_card_suite(card::SmartCardReader& reader) {
  const auto checks = std::make_shared<SmartCardChecks>(reader);
  const auto step = [&](std::string_view name, std::string_view what, std::int64_t limit_ms,
                        Result<void> (SmartCardChecks::*check)(Stage&)) {
    return Step{name, what, limit_ms, [checks, check](Stage& stage) { return (*checks.*check)(stage); }};
  };
  Suite suite;
  suite.device = "smart-card-reader";
  suite.steps = {
      step("ready", "It becomes ready after it was plugged in.", start_limit_ms, &SmartCardChecks::ready),
      step("presence", "A card put in and taken out is seen, twice.", use_limit_ms,
           &SmartCardChecks::presence),
      step("atr", "A card is powered and answers to reset.", use_limit_ms, &SmartCardChecks::atr),
      step("select", "SELECT of the master file gets a status word.", use_limit_ms, &SmartCardChecks::select),
      step("unknown", "An instruction that no card has gets the card's refusal.", use_limit_ms,
           &SmartCardChecks::unknown),
      step("lengths", "Commands without and with data, short and long, are answered or said to be too long.",
           2 * use_limit_ms, &SmartCardChecks::lengths),
      step("reset", "A warm reset, and the card answers again.", use_limit_ms, &SmartCardChecks::reset),
      step("waits", "Without a card a use waits, and ends at once when it is called off.", use_limit_ms,
           &SmartCardChecks::waits),
      step("second-refused", "A second use at the same time is refused.", use_limit_ms,
           &SmartCardChecks::second_refused),
      step("job-cancelled", "A job called off ends with the exchange under way.", use_limit_ms,
           &SmartCardChecks::job_cancelled),
      step("taken-during", "A card taken out in the middle of a job ends it as removed.", 2 * use_limit_ms,
           &SmartCardChecks::taken_during),
      step("replug", "Unplugged while it waits: absent; plugged in: ready, and the use goes on.",
           replug_limit_ms, &SmartCardChecks::replug),
      step("unplugged-during",
           "Unplugged in the middle of a job: the job ends, the next one works after plugging in.",
           replug_limit_ms, &SmartCardChecks::unplugged_during),
      step("exchanges", "Two hundred exchanges in one job.", row_limit_ms, &SmartCardChecks::many_exchanges),
      step("twenty", "Twenty uses in a row.", row_limit_ms, &SmartCardChecks::many_uses),
  };
  suite.tidy = [checks](Stage& stage) { checks->tidy(stage); };
  suite.stray_code = [checks] { return checks->stray_code(); };
  return suite;
}

}  // namespace bianmin::conformance
