#include "terminal/session/slip_job.hpp"

#include <array>

#include "sync/seal/digest.hpp"

namespace bianmin::session {

namespace {

struct LineBytes {
  ByteWriter& out;
  void text(std::string_view value) { out.u32_be(static_cast<std::uint32_t>(value.size())).text(value); }
  void operator()(const printer::TextLine& line) {
    out.u8('T')
        .u8(static_cast<std::uint8_t>(line.align))
        .u8(static_cast<std::uint8_t>(line.scale))
        .u8(line.bold ? 1 : 0);
    text(line.text);
  }
  void operator()(const printer::LabelLine& line) {
    out.u8('L');
    text(line.label);
    text(line.value);
  }
  void operator()(const printer::RuleLine&) { out.u8('R'); }
  void operator()(const printer::QrCode& code) {
    out.u8('Q');
    text(code.text);
  }
  void operator()(const printer::BarCode& code) {
    out.u8('B');
    text(code.text);
  }
  void operator()(const printer::Image& image) {
    out.u8('I').u8(static_cast<std::uint8_t>(image.align));
    out.u32_be(static_cast<std::uint32_t>(image.picture.width));
    text(text_of(image.picture.pixels));
  }
  void operator()(const printer::Feed& feed) { out.u8('F').u32_be(static_cast<std::uint32_t>(feed.lines)); }
};

}  // namespace

record::Digest document_digest(const printer::Document& document) {
  ByteWriter out;
  for (const printer::Line& line : document.lines) std::visit(LineBytes{out}, line);
  return seal::sha256(out.view());
}

SlipJob::SlipJob(printer::ReceiptPrinter& printer, store::PrintLedger& ledger, Log& log,
                 std::function<void()> changed)
    : printer_(printer), ledger_(ledger), log_(log), changed_(std::move(changed)) {}

Result<void> SlipJob::print(const std::string& case_no, printer::Document document) {
  case_no_ = case_no;
  document_ = std::move(document);
  copies_ = 0;
  return send(document_);
}

Result<void> SlipJob::print_duplicate(const std::string& mark) {
  if (phase_ != Phase::doubtful && phase_ != Phase::failed) return {};
  printer::Document copy = document_;
  copy.lines.insert(copy.lines.begin(), printer::TextLine{mark, printer::Align::center, 1, true});
  return send(copy);
}

Result<void> SlipJob::send(const printer::Document& document) {
  ++copies_;
  job_id_ = case_no_ + "-" + std::to_string(copies_);
  const auto intended = ledger_.intend(job_id_, case_no_, document_digest(document));
  if (!intended) return intended.error();
  const auto sending = ledger_.advance(job_id_, store::PrintState::sending);
  if (!sending) return sending.error();
  set(Phase::printing);
  printer_.print(document, [this, alive = alive_](Result<printer::PrintOutcome> outcome) {
    if (*alive) ended(std::move(outcome));
  });
  return {};
}

void SlipJob::ended(Result<printer::PrintOutcome> outcome) {
  if (!outcome) {
    error_code_ = outcome.error().code;
    log_.error("slip", "not-printed", outcome.error());
    record(store::PrintState::failed);
    set(Phase::failed);
  } else if (*outcome == printer::PrintOutcome::printed) {
    record(store::PrintState::printed);
    set(Phase::printed);
  } else {
    record(store::PrintState::doubtful);
    set(Phase::doubtful);
  }
  if (finished_) {
    const auto then = std::move(finished_);
    finished_ = nullptr;
    then();
  }
}

void SlipJob::record(store::PrintState state) {
  const auto advanced = ledger_.advance(job_id_, state);
  if (!advanced) log_.error("slip", "ledger-not-written", advanced.error());
}

void SlipJob::set(Phase phase) {
  static constexpr std::array<std::string_view, 5> names = {"idle", "printing", "printed", "doubtful",
                                                            "failed"};
  phase_ = phase;
  log_.write(LogLevel::info, "slip", "phase",
             {{"job", job_id_}, {"phase", std::string(names.at(static_cast<std::size_t>(phase)))}});
  if (changed_) changed_();
}

void SlipJob::finish(std::function<void()> then) {
  if (phase_ != Phase::printing) return then();
  finished_ = std::move(then);
  printer_.cancel();
}

}  // namespace bianmin::session
