#include "drivers/printer/slip_run.hpp"

#include <fmt/format.h>

#include <chrono>

namespace bianmin::printer {

namespace {

using Steady = std::chrono::steady_clock;
constexpr int process_id_max = 9'999;
constexpr int cut_tries_max = 3;  // a word may get lost: once is not never

// ESC @ turns automatic status off: it is asked for again right after it.
Bytes with_automatic_status(Bytes body) {
  constexpr std::ptrdiff_t initialise_byte_count = 2;
  const Bytes ask = escpos_automatic_status();
  body.insert(body.begin() + initialise_byte_count, ask.begin(), ask.end());
  return body;
}

}  // namespace

std::string ProcessIds::next() {
  last_ = last_ % process_id_max + 1;
  return fmt::format("{:04}", last_);
}

SlipRun::SlipRun(EscposLink& link, SlipDesk& desk, const EscposOptions& options,
                 const PrinterProfile& profile, ProcessIds& ids, bool confirms,
                 std::function<void(const PrinterStatus&)> standing)
    : link_(link),
      desk_(desk),
      options_(options),
      format_{options.width, profile, options.raster},
      ids_(ids),
      confirms_(confirms),
      standing_(std::move(standing)) {}

Result<SlipEnd> SlipRun::go_on() {
  if (desk_.begin()) return print_body();
  if (desk_.phase() == SlipPhase::uncut) return finish();
  return SlipEnd::none;
}

Result<SlipEnd> SlipRun::print_body() {
  auto slip = encode_escpos(desk_.document(), format_);
  if (!slip) return begin_anew();  // not possible: it was encoded when it was ordered
  Bytes body = std::move(slip->body);
  if (link_.automatic()) body = with_automatic_status(std::move(body));
  const auto word = send_and_wait(std::move(body));
  if (!word) return word.error();
  if (*word == Word::standing || !desk_.body_sent(*word == Word::printed)) return begin_anew();
  return finish();
}

Result<SlipEnd> SlipRun::finish() {
  for (int i = 0; i < cut_tries_max; ++i) {
    const auto end = cut_off();
    if (!end) return end.error();
    if (*end) return **end;
  }
  desk_.doubt(true);
  return SlipEnd::doubtful;
}

// Empty: it said nothing, and may be asked once more.
Result<std::optional<SlipEnd>> SlipRun::cut_off() {
  const auto tail = encode_escpos({{TextLine{std::string(slip_end_mark), Align::center}}}, format_);
  if (!tail || !desk_.cut_begins()) return std::optional(SlipEnd::none);  // called off: its end is told
  Bytes bytes = tail->body;
  if (link_.automatic()) bytes = with_automatic_status(std::move(bytes));
  append(bytes, tail->cut);
  append(bytes, tail->hand);
  const auto word = send_and_wait(std::move(bytes), true);
  if (!word) return word.error();
  if (*word == Word::standing) {
    const auto end = stopped_in_cut();
    if (!end) return end.error();
    return std::optional(*end);
  }
  if (*word == Word::printed && desk_.body_known()) {
    desk_.printed();
    return std::optional(SlipEnd::printed);
  }
  if (!confirms_ || *word == Word::printed) {
    desk_.doubt(false);
    return std::optional(SlipEnd::doubtful);
  }
  // Half a command may hang there: nothing of it may come out with what follows.
  if (auto cleared = clear(); !cleared) return cleared.error();
  const SlipEnd end = desk_.interrupted();
  return end == SlipEnd::none ? std::nullopt : std::optional(end);
}

// What is cleared now cannot be cut later, so the answer to the clearing settles whether it was.
Result<SlipEnd> SlipRun::stopped_in_cut() {
  if (auto cleared = clear(); !cleared) return cleared.error();
  if (link_.was_printed() && desk_.body_known()) {
    desk_.printed();
    return SlipEnd::printed;
  }
  if (status_.paper_out && link_.was_begun()) {  // the end mark may be on the old roll
    desk_.doubt(true);
    standing_(status_);
    return SlipEnd::doubtful;
  }
  const SlipEnd end = desk_.interrupted();
  if (status_.paper_out) desk_.begin_anew();  // the body is on the old roll, and has no end mark
  standing_(status_);  // not earlier: whoever mends it at once would have the rest printed
  return end;
}

Result<SlipEnd> SlipRun::begin_anew() {
  if (auto cleared = clear(); !cleared) return cleared.error();
  const SlipEnd end = desk_.interrupted();
  if (!status_.can_print()) standing_(status_);
  return end;
}

Result<bool> SlipRun::cut_remains() {
  if (auto cleared = clear(); !cleared) return cleared.error();
  const auto blank = encode_escpos({{Feed{1}}}, format_);
  Bytes bytes = escpos_initialise();
  if (blank) append(bytes, blank->cut);
  // What is damaged is nobody's, and may say whose it was.
  if (blank && !blank->hand.empty())
    append(bytes, format_.profile.presenter.retracts ? escpos_retract() : blank->hand);
  if (link_.automatic()) bytes = with_automatic_status(std::move(bytes));
  const auto word = send_and_wait(std::move(bytes));
  if (!word) return word.error();
  if (*word == Word::standing) {
    if (auto cleared = clear(); !cleared) return cleared.error();
    standing_(status_);
  }
  return *word == Word::printed || (!confirms_ && *word == Word::silence);
}

Result<SlipRun::Word> SlipRun::send_and_wait(Bytes bytes, bool tells_begin) {
  const std::string begun_id = tells_begin ? ids_.next() : std::string();
  const std::string id = ids_.next();
  if (confirms_) {
    Bytes all = tells_begin ? escpos_process_id(begun_id) : Bytes();
    append(all, bytes);
    append(all, escpos_process_id(id));
    bytes = std::move(all);
  }
  link_.expect(id, begun_id);
  status_ = {};
  if (auto sent = link_.send(bytes); !sent) {
    if (sent.error().code != "usb.timeout") return sent.error();
    const auto status = link_.settled_status();
    if (!status) return status.error();
    status_ = *status;
    return Word::standing;
  }
  return wait_for_word();
}

Result<SlipRun::Word> SlipRun::wait_for_word() {
  const auto until = Steady::now() + std::chrono::milliseconds(options_.confirm_timeout_ms);
  auto look_at = Steady::now();
  do {
    if (confirms_) {
      if (auto heard = link_.listen(options_.busy_poll_ms); !heard) return heard.error();
      if (link_.was_printed()) return Word::printed;
    }
    const bool told = link_.stood_still();
    if (link_.automatic() && !told && Steady::now() < look_at) continue;
    look_at = Steady::now() + std::chrono::milliseconds(options_.idle_poll_ms);
    const auto status = link_.settled_status();
    if (!status) return status.error();
    status_ = *status;
    if (link_.was_printed()) return Word::printed;
    if (told || !status_.can_print()) return Word::standing;
  } while (confirms_ && Steady::now() < until);
  return Word::silence;
}

// A printer that stands still and takes nothing has nothing to clear that could come out by itself.
Result<void> SlipRun::clear() {
  auto cleared = link_.clear_buffer();
  if (!cleared && cleared.error().code == "usb.timeout") return {};
  return cleared;
}

}  // namespace bianmin::printer
