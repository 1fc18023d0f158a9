#include "sync/agent/agent.hpp"

#include <algorithm>
#include <utility>

#include "terminal/base/json.hpp"

namespace bianmin::agent {

namespace {

constexpr std::size_t code_size_max = 64;
constexpr int not_admitted = 403;                    // then no request of any kind is
constexpr std::size_t request_overhead_bytes = 200;  // HTTP/2 and TLS around a body

// These say "not this message, ever"; everything else may pass.
bool is_final(int status) { return status == 400 || status == 409 || status == 413 || status == 422; }

}  // namespace

std::string code_in(ByteView body) {
  auto json = parse_json(text_of(body), 4);
  if (json && json->is_object() && json->contains("code") && (*json)["code"].is_string()) {
    std::string code = (*json)["code"];
    const bool plain = std::ranges::all_of(code, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    });
    if (plain && !code.empty() && code.size() <= code_size_max) return code;
  }
  return "agent.bad_reply";
}

namespace {

std::optional<store::ClockOffset> known_offset(store::Journal& journal) {
  auto known = store::read_clock_offset(journal);
  return known ? *known : std::nullopt;
}

// Half of what is left until its deadline: one more try finds time.
long timeout_of(const store::OpenAsk& ask, std::int64_t now_steady_ms) {
  const std::int64_t half_ms = (ask.deadline_steady_ms - now_steady_ms) / 2;
  return static_cast<long>(std::clamp<std::int64_t>(half_ms, ask_timeout_ms, patient_ask_timeout_ms));
}

// The record's id names the trace: the department gets the same one.
http::TraceContext trace_of(const record::Upload& upload) {
  const auto envelope = record::decode_envelope(upload.envelope);
  return envelope ? http::new_trace(envelope->record_id) : http::new_trace();
}

}  // namespace

Agent::Agent(AgentParts parts)
    : parts_(std::move(parts)),
      link_{http::Breaker(parts_.random)},
      asks_{http::Breaker(parts_.random, ask_breaker)},
      records_{http::Breaker(parts_.random)},
      states_{http::Breaker(parts_.random)},
      probe_{http::Breaker(parts_.random)},
      renewal_{http::Breaker(parts_.random)},
      heads_{http::Breaker(parts_.random)},
      hub_heads_(parts_.journal, parts_.outbox.hub_receipt_key()),
      budget_(parts_.budget_bytes_per_s),
      time_(known_offset(parts_.journal)) {}

bool Agent::turn() {
  bool more = false;
  if (!serve_asks() || !may(link_)) return false;
  if (parts_.clock.steady_ms() >= heads_at_ms_ && may(heads_)) (void)ask_heads();
  if (!may(link_) || stopping()) return false;
  (void)upload_records(more);
  if (!may(link_) || stopping()) return false;
  (void)refresh_states();
  if (!may(link_) || stopping()) return false;
  const std::int64_t now_ms = parts_.clock.steady_ms();
  const bool silent = now_ms - contact_at_ms_ >= probe_interval_ms;
  if ((silent || now_ms >= time_at_ms_) && may(probe_)) (void)probe();
  const bool due = parts_.renewal != nullptr && parts_.renewal->due(parts_.clock.utc_ms());
  if (due && may(renewal_) && may(link_) && !stopping()) (void)renew();
  return more;
}

std::int64_t Agent::idle_ms(std::int64_t most_ms) const {
  const std::int64_t left_ms = states_at_ms_ - parts_.clock.steady_ms();
  return left_ms > 0 ? std::min(left_ms, most_ms) : most_ms;  // one that is due and was not asked has failed
}

void Agent::nudge() {
  for (Lane* lane : {&link_, &asks_, &records_, &states_, &probe_, &renewal_, &heads_}) lane->breaker.nudge();
}

void Agent::while_waiting() {
  if (!asking_ && !stopping()) (void)serve_asks();
}

bool Agent::serve_asks() {
  if (!may(asks_)) return true;
  auto asks = parts_.outbox.open_asks(ask_batch, parts_.clock.steady_ms());
  if (!asks) return failed(asks_, "read-asks", asks.error());
  bool connected = true;
  asking_ = true;
  for (const store::OpenAsk& ask : *asks) {
    if (connected && !stopping() && may(asks_)) connected = answer_ask(ask);
  }
  asking_ = false;
  return connected;
}

bool Agent::answer_ask(const store::OpenAsk& ask) {
  auto reply = post(asks_, "/v1/asks", ask.request, timeout_of(ask, parts_.clock.steady_ms()));
  if (!reply) return false;
  Result<void> done;
  if (reply->status == 200) {
    done = parts_.outbox.put_answer(ask.id, reply->body);
  } else if (is_final(reply->status)) {
    done = parts_.outbox.refuse_ask(ask.id, code_in(reply->body));
  } else {
    (void)refused(asks_, "ask", *reply);
    return reply->status != not_admitted;
  }
  if (!done) return failed(asks_, "write-answer", done.error());
  reached(asks_);
  parts_.changed();
  return true;
}

bool Agent::upload_records(bool& more) {
  if (!may(records_)) return true;
  auto records = parts_.outbox.pending(upload_batch);
  if (!records) return failed(records_, "read-records", records.error());
  std::size_t sent_count = 0;
  for (const store::PendingRecord& record : *records) {
    if (stopping() || !budget_.open(parts_.clock.steady_ms())) break;
    if (!upload(record) || !serve_asks()) return false;
    ++sent_count;
  }
  if (sent_count > 0) {
    let_go();
    parts_.changed();
    // A question about earlier cases stays: a long backlog must not put it off again and again.
    const std::int64_t at_ms = parts_.clock.steady_ms() + states_first_ms;
    states_at_ms_ = std::exchange(none_open_, false) ? at_ms : std::min(states_at_ms_, at_ms);
    states_step_ms_ = 2 * states_first_ms;
  }
  more = sent_count == static_cast<std::size_t>(upload_batch);
  return true;
}

bool Agent::upload(const store::PendingRecord& record) {
  const Bytes body = record::encode(record.upload);
  const long timeout_ms =
      request_timeout_ms + static_cast<long>(body.size()) * 1000 / slowest_line_bytes_per_s;
  const auto trace = trace_of(record.upload);
  auto reply = post(records_, "/v1/records", body, timeout_ms, trace);
  if (!reply) return false;
  if (reply->status == 200) {
    auto receipt = parts_.outbox.settle(reply->body);
    if (!receipt) return failed(records_, "receipt", receipt.error());
    if (receipt->epoch != record.epoch || receipt->seq != record.seq) {
      return failed(records_, "receipt", {Remedy::refuse, "receipt.not_ours", "it is for another record"});
    }
    reached(records_);
    parts_.log.write(
        LogLevel::info, "agent", "sent",
        {{"seq", std::to_string(receipt->seq)}, {"refused", receipt->code}, {"trace", trace.trace_id}});
    return true;
  }
  if (!is_final(reply->status)) return refused(records_, "record", *reply);
  const std::string code = code_in(reply->body);
  if (auto done = parts_.outbox.set_aside(record.epoch, record.seq, code); !done) {
    return failed(records_, "set-aside", done.error());
  }
  if (code == "hub.seq_jump") heads_at_ms_ = 0;  // maybe the hub has lost what lies before
  reached(records_);
  parts_.log.write(LogLevel::error, "agent", "set-aside",
                   {{"seq", std::to_string(record.seq)}, {"code", code}, {"trace", trace.trace_id}});
  return true;
}

bool Agent::refresh_states() {
  const std::int64_t now_ms = parts_.clock.steady_ms();
  if (now_ms < states_at_ms_ || !may(states_) || !budget_.open(now_ms)) return true;
  constexpr int batch = static_cast<int>(record::states_per_request_max);
  auto cases = parts_.outbox.unaccepted_cases(batch, states_after_seq_);
  if (!cases) return failed(states_, "read-states", cases.error());
  // Round and round, so that cases a department does not take up never hide the ones behind them.
  const bool whole_batch = cases->size() == static_cast<std::size_t>(batch);
  states_after_seq_ = whole_batch ? cases->back().seq : 0;
  const auto wait = [&] {
    states_at_ms_ = now_ms + states_step_ms_;
    states_step_ms_ = std::min(states_step_ms_ * 2, states_most_ms);
    return true;
  };
  none_open_ = cases->empty();
  if (none_open_) return wait();
  std::vector<std::string> case_nos;
  for (const store::SentCase& one : *cases) case_nos.push_back(one.case_no);
  auto reply = post(states_, "/v1/states", record::encode_case_list(case_nos), request_timeout_ms);
  if (!reply) return false;
  if (reply->status != 200) return refused(states_, "states", *reply);
  auto accepted_count = parts_.outbox.apply_states(reply->body);
  if (!accepted_count) return failed(states_, "states", accepted_count.error());
  reached(states_);
  if (*accepted_count > 0) {
    states_step_ms_ = states_first_ms;
    parts_.changed();
  }
  const bool all_accepted = static_cast<std::size_t>(*accepted_count) == cases->size();
  none_open_ = all_accepted && !whole_batch;
  return whole_batch || all_accepted ? true : wait();
}

// A sign of life that brings the hub's clock back.
bool Agent::probe() {
  const std::int64_t asked_at_ms = parts_.clock.steady_ms();
  auto reply = post(probe_, "/v1/time", {}, request_timeout_ms);
  if (!reply) return false;
  if (reply->status != 200) return refused(probe_, "time", *reply);
  auto hub_utc_ms = parts_.outbox.read_time(reply->body);
  if (!hub_utc_ms) return failed(probe_, "time", hub_utc_ms.error());
  reached(probe_);
  learn_time(*hub_utc_ms, asked_at_ms);
  const bool hour_over = parts_.clock.steady_ms() >= time_at_ms_;
  if (hour_over && parts_.take_seal_key && !ask_seal_key()) return false;
  if (hour_over) time_at_ms_ = parts_.clock.steady_ms() + time_interval_ms;
  return true;
}

bool Agent::ask_seal_key() {
  auto reply = post(probe_, "/v1/key", {}, request_timeout_ms);
  if (!reply) return false;
  if (reply->status != 200) return refused(probe_, "seal-key", *reply);
  auto newer = parts_.take_seal_key(reply->body);
  if (!newer) return failed(probe_, "seal-key", newer.error());
  if (*newer) parts_.log.write(LogLevel::info, "agent", "seal-key-replaced", {});
  return true;
}

bool Agent::renew() {
  auto reply = post(renewal_, "/v1/renew", parts_.renewal->request(), request_timeout_ms);
  if (!reply) return false;
  if (reply->status != 200) return refused(renewal_, "renew", *reply);
  if (auto done = parts_.renewal->install(reply->body); !done) return failed(renewal_, "renew", done.error());
  reached(renewal_);
  parts_.log.write(LogLevel::info, "agent", "certificate-renewed", {});
  if (parts_.renewed) parts_.renewed();
  return true;
}

void Agent::learn_time(std::int64_t hub_utc_ms, std::int64_t asked_at_steady_ms) {
  const auto news =
      time_.take(hub_utc_ms, parts_.clock.utc_ms(), parts_.clock.steady_ms() - asked_at_steady_ms);
  if (!news) return;
  const LogLevel level = news->code.empty() ? LogLevel::info : LogLevel::warning;
  parts_.log.write(level, "agent", "clock",
                   {{"offset_ms", std::to_string(news->offset_ms)}, {"code", news->code}});
  if (auto done = store::write_clock_offset(parts_.journal, *news); !done) {
    parts_.log.error("agent", "clock-not-kept", done.error());
  }
}

Result<http::HttpReply> Agent::post(Lane& lane, const std::string& path, ByteView body, long timeout_ms,
                                    const http::TraceContext& trace) {
  if (&lane != &asks_) budget_.spend(body.size() + request_overhead_bytes, parts_.clock.steady_ms());
  auto reply = parts_.hub.post_traced(path, body, timeout_ms, trace);
  if (reply) {
    contact_at_ms_ = parts_.clock.steady_ms();
    if (reply->status != not_admitted) reached(link_);
  } else if (reply.error().code != "agent.stopping") {
    const bool ended = parts_.renewal != nullptr && parts_.renewal->expired(parts_.clock.utc_ms());
    const Error expired{Remedy::call_staff, "agent.certificate_expired",
                        "the own certificate has ended: enrol this terminal again (kiosk-hub enrol)"};
    (void)failed(link_, "hub", ended ? expired : reply.error());
  }
  return reply;
}

bool Agent::failed(Lane& lane, std::string_view what, const Error& error) {
  if (lane.failure != error.code) {
    parts_.log.error("agent", what, error);
    lane.failure = error.code;
    parts_.changed();
  }
  lane.breaker.failed(parts_.clock.steady_ms());
  show_link();
  return false;
}

bool Agent::refused(Lane& lane, std::string_view what, const http::HttpReply& reply) {
  return failed(
      reply.status == not_admitted ? link_ : lane, what,
      {Remedy::retry_later, "agent.hub_refuses", std::to_string(reply.status) + " " + code_in(reply.body)});
}

void Agent::reached(Lane& lane) {
  lane.breaker.succeeded();
  if (!lane.failure.empty()) {
    if (&lane == &link_) heads_at_ms_ = 0;  // it may be another one, out of a backup
    lane.failure.clear();
    parts_.changed();
  }
  show_link();
}

// The terminal is online when its records arrive. A failure of its own disk says nothing of the hub.
void Agent::show_link() {
  const std::string& code = link_.failure.empty() ? records_.failure : link_.failure;
  const bool known = contact_at_ms_ > INT64_MIN / 2 || !code.empty();
  if (!known || code.starts_with("store.") || shown_ == code) return;
  if (parts_.outbox.set_link(code.empty(), code, parts_.clock.utc_ms())) shown_ = code;
}

}  // namespace bianmin::agent
