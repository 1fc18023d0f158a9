// What the agent does about a hub that has lost something.
#include <algorithm>

#include "sync/agent/agent.hpp"
#include "sync/seal/digest.hpp"

namespace bianmin::agent {

namespace {

constexpr int no_such_path = 404;

}  // namespace

// At the start before anything is sent. What has moved the head on does no harm: the hub says what is missing
// before it.
bool Agent::ask_heads() {
  let_go();
  // What turned out to be lost is told at once.
  for (const bool news_alone : {false, true}) {
    auto questions = hub_heads_.questions();
    if (!questions) return failed(heads_, "read-receipts", questions.error());
    for (record::HeadAsk& question : *questions) {
      if (news_alone && std::ranges::find(went_back_, question.epoch) == went_back_.end()) continue;
      if (!ask_head(std::move(question))) return false;
    }
  }
  went_back_.clear();
  heads_at_ms_ = parts_.clock.steady_ms() + heads_interval_ms;
  return true;
}

bool Agent::ask_head(record::HeadAsk question) {
  question.nonce = seal::random_bytes(record::head_nonce_size);
  auto reply = post(heads_, "/v1/head", record::encode(question), request_timeout_ms);
  if (!reply) return false;
  // A hub of before this question.
  const bool unknown = reply->status == no_such_path && code_in(reply->body) == "hub.no_such_path";
  if (reply->status != 200 && !unknown) return refused(heads_, "head", *reply);
  auto past = unknown ? Result<store::HubPast>(store::HubPast()) : hub_heads_.take(question, reply->body);
  if (!past) return failed(heads_, "head", past.error());
  reached(heads_);
  if (past->code.empty()) return true;
  went_back_.push_back(question.epoch);
  tell_past(question.epoch, *past);
  return true;
}

void Agent::tell_past(std::uint64_t epoch, const store::HubPast& past) {
  const bool contradicts = past.code == "hub.contradicts";
  parts_.log.write(LogLevel::error, "agent", contradicts ? "hub-contradicts" : "hub-went-back",
                   {{"code", std::string(past.code)},
                    {"epoch", std::to_string(epoch)},
                    {"head", std::to_string(past.head_seq)},
                    {"queued", std::to_string(past.queued)},
                    {"lost", std::to_string(past.lost)}});
  parts_.changed();
}

void Agent::let_go() {
  auto gone = store::let_go_of_kept(parts_.journal, {}, parts_.clock.utc_ms());
  if (!gone) parts_.log.error("agent", "not-let-go", gone.error());
}

}  // namespace bianmin::agent
