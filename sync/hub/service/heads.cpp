#include "sync/hub/service/heads.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sync/hub/store/operator_events.hpp"

namespace bianmin::hub {

namespace {

Error refuse_head(std::string_view code) { return {Remedy::refuse, code, {}}; }

// Nothing when the terminal has none.
Result<std::optional<record::HubReceipt>> own_receipt(const seal::PublicKey& key,
                                                      std::string_view terminal_id,
                                                      const record::HeadAsk& ask) {
  if (ask.receipt.empty()) return std::optional<record::HubReceipt>();
  auto outer = record::decode_signed(ask.receipt);
  if (!outer || !key.verify(outer->body, outer->signature)) return refuse_head("hub.bad_request");
  auto receipt = record::decode_receipt(outer->body);
  if (!receipt || receipt->terminal_id != terminal_id || receipt->epoch != ask.epoch) {
    return refuse_head("hub.bad_request");
  }
  return std::optional(std::move(*receipt));
}

}  // namespace

Result<Bytes> Heads::answer(std::string_view terminal_id, ByteView bytes) {
  auto ask = record::decode_head_ask(bytes);
  if (!ask) return refuse_head("hub.bad_request");
  auto life = find_enrolment(database_, terminal_id, ask->epoch);
  if (!life) return life.error();
  if (!*life) return refuse_head("hub.unknown_life");
  const seal::Profile& profile = *keys_.profile(seal::profile_name((*life)->device_key.curve()));
  auto receipt = own_receipt(keys_.receipt_key(profile), terminal_id, *ask);
  if (!receipt) return receipt.error();
  if (*receipt) {
    if (auto done = compare(terminal_id, *ask, **receipt); !done) return done.error();
  }
  auto head = head_of(terminal_id, *ask);
  if (!head) return head.error();
  return keys_.sign(profile, record::encode(*head));
}

Result<record::Head> Heads::head_of(std::string_view terminal_id, const record::HeadAsk& ask) {
  auto reading = database::Transaction::begin_reading(database_);
  if (!reading) return reading.error();
  record::Head head;
  head.terminal_id = terminal_id;
  head.epoch = ask.epoch;
  head.utc_ms = clock_.utc_ms();
  head.nonce = ask.nonce;
  auto life =
      database_.prepare("SELECT head_seq, head_digest FROM enrolment WHERE terminal_id = ? AND epoch = ?");
  auto row = life.bind(terminal_id).bind(ask.epoch).step();
  if (!row) return row.error();
  head.seq = life.unsigned_integer(0);
  const Bytes digest = life.bytes(1);
  std::copy_n(digest.begin(), std::min(digest.size(), head.digest.size()), head.digest.begin());
  auto gaps = database_.prepare(
      "SELECT first_seq, last_seq FROM gap WHERE terminal_id = ? AND epoch = ? ORDER BY first_seq LIMIT ?");
  gaps.bind(terminal_id).bind(ask.epoch).bind(static_cast<int>(record::head_ranges_max));
  for (;;) {
    auto next = gaps.step();
    if (!next) return next.error();
    if (!*next) return head;
    const record::SeqRange range{gaps.unsigned_integer(0), gaps.unsigned_integer(1)};
    // What filled a gap from one side leaves two that touch.
    if (!head.missing.empty() && head.missing.back().last_seq + 1 >= range.first_seq) {
      head.missing.back().last_seq = range.last_seq;
    } else {
      head.missing.push_back(range);
    }
  }
}

Result<void> Heads::compare(std::string_view terminal_id, const record::HeadAsk& ask,
                            const record::HubReceipt& receipt) {
  auto here = remembers(receipt, ask.receipt);
  if (!here) return here.error();
  const EventSubject life{terminal_id, ask.epoch};
  if (!*here) {
    auto noted = note_event(database_, clock_.utc_ms(), life, "went_back",
                            fmt::format("this hub signed for record {} at {} and knows nothing of it: it was "
                                        "restored from an older copy",
                                        receipt.seq, utc_stamp(receipt.received_utc_ms)));
    if (!noted) return noted;
  }
  if (ask.lost.empty()) return {};
  std::uint64_t count = 0;
  for (const record::SeqRange& range : ask.lost) count += range.last_seq - range.first_seq + 1;
  return note_event(
      database_, clock_.utc_ms(), life, "lost_records",
      fmt::format("{} records of {} to {}: this hub has lost them, and the terminal has no contents "
                  "of them any more",
                  count, ask.lost.front().first_seq, ask.lost.back().last_seq));
}

// Who asks with a record gets the same receipt for ever, so any other one in its place means that this one is
// forgotten. Let out of the quarantine it has its receipt there.
Result<bool> Heads::remembers(const record::HubReceipt& receipt, ByteView signed_receipt) {
  auto record =
      database_.prepare("SELECT receipt FROM record WHERE terminal_id = ? AND epoch = ? AND seq = ?");
  record.bind(std::string_view(receipt.terminal_id)).bind(receipt.epoch).bind(receipt.seq);
  auto row = record.step();
  if (!row) return row;
  if (*row && std::ranges::equal(record.bytes(0), signed_receipt)) return true;
  auto released = database_.prepare("SELECT 1 FROM quarantine WHERE digest = ? AND released_utc_ms > 0");
  return released.bind(ByteView(receipt.envelope_digest)).step();
}

}  // namespace bianmin::hub
