#include "sync/agent/agent.hpp"

#include <algorithm>

#include "terminal/base/json.hpp"

namespace bianmin::agent {

namespace {

constexpr std::size_t code_size_max = 64;

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

bool Agent::turn() {
  bool more = false;
  const bool asks_served = serve_asks();
  if (!asks_served || parts_.clock.steady_ms() < retry_at_ms_) return false;
  if (!upload_records(more) || !refresh_states()) return false;
  if (parts_.clock.steady_ms() - contact_at_ms_ >= probe_interval_ms) return probe() && more;
  return more;
}

void Agent::nudge() { retry_at_ms_ = std::min(retry_at_ms_, failed_at_ms_ + nudge_least_ms); }

bool Agent::serve_asks() {
  auto asks = parts_.outbox.open_asks(ask_batch, parts_.clock.steady_ms());
  if (!asks) return failed("read-asks", asks.error());
  for (const store::OpenAsk& ask : *asks) {
    auto reply = post("/v1/asks", ask.request, ask_timeout_ms);
    if (!reply) return false;
    Result<void> done;
    if (reply->status == 200) {
      done = parts_.outbox.put_answer(ask.id, reply->body);
    } else if (is_final(reply->status)) {
      done = parts_.outbox.refuse_ask(ask.id, code_in(reply->body));
    } else {
      return refused("ask", *reply);
    }
    if (!done) return failed("write-answer", done.error());
    parts_.changed();
  }
  return true;
}

bool Agent::upload_records(bool& more) {
  auto records = parts_.outbox.pending(upload_batch);
  if (!records) return failed("read-records", records.error());
  for (const store::PendingRecord& record : *records) {
    if (!upload(record) || !serve_asks()) return false;
  }
  if (!records->empty()) {
    parts_.changed();
    states_at_ms_ = 0;
    states_step_ms_ = states_first_ms;
  }
  more = records->size() == static_cast<std::size_t>(upload_batch);
  return true;
}

bool Agent::upload(const store::PendingRecord& record) {
  auto reply = post("/v1/records", record::encode(record.upload));
  if (!reply) return false;
  if (reply->status == 200) {
    auto receipt = parts_.outbox.settle(reply->body);
    if (!receipt) return failed("receipt", receipt.error());
    if (receipt->epoch != record.epoch || receipt->seq != record.seq) {
      return failed("receipt", {Remedy::refuse, "receipt.not_ours", "it is for another record"});
    }
    parts_.log.write(LogLevel::info, "agent", "sent",
                     {{"seq", std::to_string(receipt->seq)}, {"refused", receipt->code}});
    return true;
  }
  if (!is_final(reply->status)) return refused("record", *reply);
  const std::string code = code_in(reply->body);
  if (auto done = parts_.outbox.set_aside(record.epoch, record.seq, code); !done) {
    return failed("set-aside", done.error());
  }
  parts_.log.write(LogLevel::error, "agent", "set-aside",
                   {{"seq", std::to_string(record.seq)}, {"code", code}});
  return true;
}

bool Agent::refresh_states() {
  const std::int64_t now_ms = parts_.clock.steady_ms();
  if (now_ms < states_at_ms_) return true;
  constexpr int batch = static_cast<int>(record::states_per_request_max);
  auto cases = parts_.outbox.unaccepted_cases(batch, states_after_seq_);
  if (!cases) return failed("read-states", cases.error());
  // Round and round, so that cases a department does not take up never hide the ones behind them.
  const bool whole_batch = cases->size() == static_cast<std::size_t>(batch);
  states_after_seq_ = whole_batch ? cases->back().seq : 0;
  const auto wait = [&] {
    states_at_ms_ = now_ms + states_step_ms_;
    states_step_ms_ = std::min(states_step_ms_ * 2, states_most_ms);
    return true;
  };
  if (cases->empty()) return wait();
  std::vector<std::string> case_nos;
  for (const store::SentCase& one : *cases) case_nos.push_back(one.case_no);
  auto reply = post("/v1/states", record::encode_case_list(case_nos));
  if (!reply) return false;
  if (reply->status != 200) return refused("states", *reply);
  auto accepted_count = parts_.outbox.apply_states(reply->body);
  if (!accepted_count) return failed("states", accepted_count.error());
  if (*accepted_count > 0) {
    states_step_ms_ = states_first_ms;
    parts_.changed();
  }
  if (whole_batch || static_cast<std::size_t>(*accepted_count) == cases->size()) return true;
  return wait();
}

bool Agent::probe() {
  auto reply = post("/v1/states", record::encode_case_list({}));
  if (!reply) return false;
  return reply->status == 200 || refused("probe", *reply);
}

Result<HttpReply> Agent::post(const std::string& path, ByteView body, long timeout_ms) {
  auto reply = parts_.hub.post(path, body, timeout_ms);
  if (!reply) {
    (void)failed("hub", reply.error());
  } else if (reply->status == 200 || is_final(reply->status)) {
    reached();
  }
  return reply;
}

bool Agent::failed(std::string_view what, const Error& error) {
  const bool ours = error.code.starts_with("store.");  // then nothing is known of the hub
  if (!ours) (void)parts_.outbox.set_link(false, error.code, parts_.clock.utc_ms());
  if (last_failure_ != error.code) {  // once, not with every attempt
    parts_.log.error("agent", what, error);
    last_failure_ = error.code;
    if (!ours) parts_.changed();
  }
  failed_at_ms_ = parts_.clock.steady_ms();
  retry_at_ms_ = failed_at_ms_ + backoff_.next_ms();
  return false;
}

bool Agent::refused(std::string_view what, const HttpReply& reply) {
  return failed(what, {Remedy::retry_later, "agent.hub_refuses",
                       std::to_string(reply.status) + " " + code_in(reply.body)});
}

void Agent::reached() {
  contact_at_ms_ = parts_.clock.steady_ms();
  retry_at_ms_ = 0;
  backoff_.reset();
  if (!last_failure_.empty()) {
    last_failure_.clear();
    parts_.changed();
  }
  (void)parts_.outbox.set_link(true, "", parts_.clock.utc_ms());
}

}  // namespace bianmin::agent
