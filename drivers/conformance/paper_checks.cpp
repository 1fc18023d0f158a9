#include "drivers/conformance/paper_checks.hpp"

#include <fmt/format.h>

namespace bianmin::conformance {

namespace {

using printer::PrintOutcome;

}  // namespace

PaperChecks::PaperChecks(PaperPrinter printer) : printer_(std::move(printer)) {
  printer_.watch([codes = codes_](DeviceState state) { codes->see(state); });
}

void PaperChecks::tidy(Stage& stage) {
  printer_.cancel();
  (void)stage.until([&] { return !under_way_ || under_way_->ended(); });
  under_way_.reset();
}

Result<void> PaperChecks::ready(Stage& stage) {
  for (const Act act : {Act::load_paper, Act::close_cover}) {
    if (auto asked = stage.ask(act); !asked) return asked;
  }
  return become_ready(stage, printer_.state);
}

Result<void> PaperChecks::print(Stage& stage) {
  const auto before = stage.count_slips();
  if (!before) return before.error();
  return expect_one(stage, begin_print(), *before);
}

// Counted once: a person has to do it.
Result<void> PaperChecks::many(Stage& stage, int count) {
  const auto before = stage.count_slips();
  if (!before) return before.error();
  for (int i = 0; i < count; ++i) {
    const Print print = begin_print();
    if (auto ended = wait_for_end(stage, print, a_thing(), printer_.state); !ended) return ended;
    if (!*print->result) return checked(print->result->error());
  }
  stage.note(fmt::format("{} {}s, {} ms each", count, printer_.thing, stage.took_ms() / count));
  const auto after = stage.count_slips();
  if (!after) return after.error();
  if (*after - *before != count)
    return wrong(fmt::format("{} {}s came out", *after - *before, printer_.thing));
  return {};
}

Result<void> PaperChecks::no_paper(Stage& stage) {
  return stopped(stage, Act::remove_paper, Act::load_paper, printer_.paper_out);
}
Result<void> PaperChecks::cover_open(Stage& stage) {
  return stopped(stage, Act::open_cover, Act::close_cover, "printer.cover_open");
}
Result<void> PaperChecks::paper_ends(Stage& stage) {
  return stopped_during(stage, Act::remove_paper_during, Act::load_paper, printer_.paper_out);
}
Result<void> PaperChecks::cover_opened(Stage& stage) {
  return stopped_during(stage, Act::open_cover_during, Act::close_cover, "printer.cover_open");
}

Result<void> PaperChecks::unplugged_during(Stage& stage) {
  const auto before = stage.count_slips();
  if (!before) return before.error();
  if (auto asked = stage.ask(Act::unplug_during); !asked) return asked;
  const Print print = begin_print();
  const auto gone = [&] { return state().condition == DeviceCondition::absent; };
  if (!stage.until([&] { return gone() || print->ended(); })) return too_late("unplugged, not told", state());
  if (auto back = become_ready(stage, printer_.state); !back) return back;
  return expect_one(stage, print, *before);
}

Result<void> PaperChecks::refuses(Stage& stage) {
  const auto bad = std::make_shared<Awaited<PrintOutcome>>();
  printer_.print_nothing([bad](Result<PrintOutcome> outcome) { bad->end(std::move(outcome)); });
  if (auto told = ends_as(stage, bad, "nothing to print", "printer.bad_document"); !told) return told;
  if (auto asked = stage.ask(Act::remove_paper); !asked) return asked;
  if (!stage.until([&] { return !state().usable(); })) return too_late("no paper, not told", state());
  const Print first = begin_print();
  const auto second = std::make_shared<Awaited<PrintOutcome>>();
  printer_.print(last_number_, [second](Result<PrintOutcome> outcome) { second->end(std::move(outcome)); });
  if (auto told = ends_as(stage, second, "a second one", "printer.busy"); !told) return told;
  printer_.cancel();
  if (auto told = ends_as(stage, first, "what was called off", "printer.cancelled"); !told) return told;
  return back_to_ready(stage, Act::load_paper);
}

Result<void> PaperChecks::stopped(Stage& stage, Act spoil, Act mend, std::string_view code) {
  const auto before = stage.count_slips();
  if (!before) return before.error();
  if (auto asked = stage.ask(spoil); !asked) return asked;
  if (!stage.until([&] { return told(code); })) return not_told(stage, mend, code);
  const Print print = begin_print();
  stage.linger(at_once_ms);
  if (print->ended()) {
    (void)stage.ask(mend);
    return wrong(fmt::format("{} ended although nothing can be printed: {}", a_thing(), ending(print)));
  }
  if (auto mended = back_to_ready(stage, mend); !mended) return mended;
  return expect_one(stage, print, *before);
}

Result<void> PaperChecks::stopped_during(Stage& stage, Act spoil, Act mend, std::string_view code) {
  const auto before = stage.count_slips();
  if (!before) return before.error();
  if (auto asked = stage.ask(spoil); !asked) return asked;
  const Print print = begin_print();
  if (!stage.until([&] { return told(code) || print->ended(); })) return not_told(stage, mend, code);
  stage.note(print->ended() ? "it was out before" : "it came anew by itself");
  if (auto asked = stage.ask(mend); !asked) return asked;
  if (auto one = expect_one(stage, print, *before); !one) return one;
  return back_to_ready(stage, mend);
}

// The steps that follow are not to fail for it, too.
Error PaperChecks::not_told(Stage& stage, Act mend, std::string_view code) {
  const Error error = too_late(fmt::format("{} is not told", code), state());
  (void)stage.ask(mend);
  return error;
}

PaperChecks::Print PaperChecks::begin_print() {
  under_way_ = std::make_shared<Awaited<PrintOutcome>>();
  printer_.print(++last_number_,
                 [print = under_way_](Result<PrintOutcome> outcome) { print->end(std::move(outcome)); });
  return under_way_;
}

std::string PaperChecks::ending(const Print& print) {
  if (!*print->result) return std::string(print->result->error().code);
  return **print->result == PrintOutcome::printed ? "printed" : "doubtful";
}

Result<void> PaperChecks::ends_as(Stage& stage, const Print& print, std::string_view what,
                                  std::string_view code) {
  if (!stage.within(at_once_ms, [&] { return print->ended(); })) return too_late(what, state());
  if (ending(print) != code) return wrong(fmt::format("{} ended as {}", what, ending(print)));
  return {};
}

Result<void> PaperChecks::expect_one(Stage& stage, const Print& print, int before) {
  if (auto ended = wait_for_end(stage, print, a_thing(), printer_.state); !ended) return ended;
  if (!*print->result) return checked(print->result->error());
  const auto after = stage.count_slips();
  if (!after) return after.error();
  const int things = *after - before;
  const bool doubtful = **print->result == PrintOutcome::doubtful;
  if (things > 1) return wrong(fmt::format("{} {}s came out for one", things, printer_.thing));
  if (things < 1 && !doubtful) return wrong("told as printed, and nothing whole came out");
  if (doubtful) stage.note("doubtful: the printer does not confirm what it printed");
  return {};
}

Result<void> PaperChecks::back_to_ready(Stage& stage, Act mend) {
  if (auto asked = stage.ask(mend); !asked) return asked;
  if (!stage.until([&] { return state().usable(); })) return too_late("mended, and not ready", state());
  return {};
}

bool PaperChecks::told(std::string_view code) const { return !state().usable() && state().code == code; }

}  // namespace bianmin::conformance
