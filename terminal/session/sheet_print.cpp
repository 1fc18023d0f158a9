#include "terminal/session/sheet_print.hpp"

#include <array>

#include "sync/seal/digest.hpp"
#include "terminal/session/sheet_job.hpp"

namespace bianmin::session {

constexpr int copies_of_a_case_max = 1'000;

namespace {

Result<SheetPrint::Drawn> draw_sheet(const ui::Sheet& sheet, std::int64_t created_utc_ms,
                                     const std::stop_token& stop) {
  ui::Typesetter typesetter;
  const auto laid_out = lay_out_sheet(typesetter, sheet);
  if (!laid_out) return laid_out.error();
  auto pages = sheet_job(typesetter, *laid_out, stop);
  if (!pages) return pages.error();
  auto pdf = sheet_pdf(typesetter, *laid_out, sheet.title, created_utc_ms);
  if (!pdf) return pdf.error();
  SheetPrint::Drawn drawn{std::move(pages).value(), SecretBytes(pdf->begin(), pdf->end())};
  wipe(pdf->data(), pdf->size());
  return drawn;
}

}  // namespace

SheetPrint::SheetPrint(EventLoop& loop, printer::PagePrinter& printer, store::PrintLedger& ledger, Log& log,
                       std::string kind, Keep keep, std::function<void()> changed)
    : loop_(loop),
      printer_(printer),
      ledger_(ledger),
      log_(log),
      kind_(std::move(kind)),
      keep_(std::move(keep)),
      changed_(std::move(changed)) {}

void SheetPrint::print(const std::string& case_no, ui::Sheet sheet, std::int64_t created_utc_ms) {
  print(case_no, [sheet = std::move(sheet), created_utc_ms](const std::stop_token& stop) {
    return draw_sheet(sheet, created_utc_ms, stop);
  });
}

void SheetPrint::print(const std::string& case_no, Draw draw) {
  if (under_way()) return;
  case_no_ = case_no;
  worker_.emplace("sheet", 1);
  const auto queued = worker_->submit(
      [this, &loop = loop_, alive = alive_, draw = std::move(draw)](const std::stop_token& stop) {
        auto drawn = std::make_shared<Result<Drawn>>(draw(stop));
        if (stop.stop_requested()) return;
        loop.post([this, alive, drawn] {
          if (!*alive || phase_ != Phase::drawing) return;
          worker_.reset();
          if (*drawn) return send(drawn->value());
          fail(drawn->error());
        });
      });
  if (!queued) return fail(queued.error());
  set(Phase::drawing);
}

// Of this case, and of this or of an earlier visit.
Result<std::string> SheetPrint::free_name() const {
  for (int number = 1; number <= copies_of_a_case_max; ++number) {
    std::string name = case_no_ + "-" + kind_ + "-" + std::to_string(number);
    auto known = ledger_.find(name);
    if (!known) return known.error();
    if (!*known) return name;
  }
  return Error{Remedy::refuse, "sheet.too_many", "of one case at one terminal"};
}

// In the record first: no sheet is about that the record does not have.
Result<void> SheetPrint::note(ByteView pdf) {
  if (keep_ && !kept_) {
    if (auto kept = keep_(pdf); !kept) return kept;
    kept_ = true;
  }
  auto name = free_name();
  if (!name) return name.error();
  job_id_ = std::move(name).value();
  ++copies_;
  const auto intended = ledger_.intend(job_id_, case_no_, seal::sha256(pdf), store::PrintPaper::sheet);
  if (!intended) return intended.error();
  return ledger_.advance(job_id_, store::PrintState::sending);
}

void SheetPrint::send(Drawn& drawn) {
  if (const auto noted = note(drawn.pdf); !noted) return fail(noted.error());
  page_count_ = drawn.pages.size();
  set(Phase::printing);
  printer_.print(std::move(drawn.pages), [this, alive = alive_](Result<printer::PrintOutcome> outcome) {
    if (*alive) ended(std::move(outcome));
  });
}

void SheetPrint::ended(Result<printer::PrintOutcome> outcome) {
  const bool printed = outcome && *outcome == printer::PrintOutcome::printed;
  const auto state = printed    ? store::PrintState::printed
                     : !outcome ? store::PrintState::failed
                                : store::PrintState::doubtful;
  const auto advanced = ledger_.advance(job_id_, state);
  if (!advanced) log_.error(kind_, "ledger-not-written", advanced.error());
  if (outcome) {
    set(printed ? Phase::printed : Phase::doubtful);
  } else {
    fail(outcome.error());
  }
  if (const auto then = std::exchange(finished_, nullptr)) then();
}

void SheetPrint::fail(const Error& error) {
  log_.error(kind_, "not-printed", error);
  problem_ = error.code;
  set(Phase::failed);
}

void SheetPrint::set(Phase phase) {
  static constexpr std::array<std::string_view, 6> names = {"idle",    "drawing",  "printing",
                                                            "printed", "doubtful", "failed"};
  phase_ = phase;
  log_.write(LogLevel::info, kind_, "phase",
             {{"case", case_no_}, {"phase", std::string(names.at(static_cast<std::size_t>(phase)))}});
  if (changed_) changed_();
}

void SheetPrint::finish(std::function<void()> then) {
  if (phase_ == Phase::drawing) {
    phase_ = Phase::idle;
    worker_.reset();
  }
  if (phase_ != Phase::printing) return then();
  finished_ = std::move(then);
  printer_.cancel();
}

}  // namespace bianmin::session
