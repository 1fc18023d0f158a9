// Carries sealed records from the journal to the hub, and receipts, states and answers back.
//
// Once an hour, and when the hub is back after it was away, it asks how far the hub has this terminal's
// records. A hub that has lost some of what it had signed for gets them again (store/hub_heads.hpp).
//
// It can neither read a record nor make one up: it has no key that opens or signs anything but its own TLS
// connection.
#pragma once

#include <functional>

#include "sync/agent/bandwidth_budget.hpp"
#include "sync/agent/hub_time.hpp"
#include "sync/agent/renewal.hpp"
#include "sync/http/breaker.hpp"
#include "sync/http/transport.hpp"
#include "sync/store/hub_heads.hpp"
#include "sync/store/kept_payloads.hpp"
#include "sync/store/outbox.hpp"
#include "terminal/base/clock.hpp"
#include "terminal/base/log.hpp"

namespace bianmin::agent {

constexpr int upload_batch = 50;
constexpr int ask_batch = 10;
constexpr long request_timeout_ms = 15'000;
constexpr long slowest_line_bytes_per_s = 2'048;       // a large record gets the time it needs on such a line
constexpr long ask_timeout_ms = 3'000;                 // a person is waiting
constexpr long patient_ask_timeout_ms = 30'000;        // at most, where the ask's deadline is further away
constexpr std::int64_t probe_interval_ms = 600'000;    // a sign of life when there is nothing to send
constexpr std::int64_t time_interval_ms = 3'600'000;   // how often the hub is asked for its clock
constexpr std::int64_t heads_interval_ms = 3'600'000;  // how often the hub is asked what it has
// How soon to ask whether what was just sent is accepted, and again after twice as long each time. The hub's
// register takes up to a quarter of a second: sooner would be in vain.
constexpr std::int64_t states_first_ms = 500;
constexpr std::int64_t states_most_ms = 3'600'000;
constexpr http::BreakerLimits ask_breaker{3, 10'000};  // a person is waiting: try soon again

struct AgentParts {
  store::Journal& journal;
  store::Outbox& outbox;
  http::HubTransport& hub;
  const Clock& clock;
  Log& log;
  std::function<std::uint32_t()> random;
  std::function<void()> changed;        // something new for the terminal is in the journal
  std::function<bool()> stopping = {};  // no new request is begun when it says so; null: never
  std::int64_t budget_bytes_per_s = 0;  // of the line, for all but asks; 0: no limit
  // Takes the hub's signed word on its seal key; true: it is a newer one. Null: it is not asked for.
  std::function<Result<bool>(ByteView)> take_seal_key = {};
  Renewal* renewal = nullptr;          // of the own certificate; null: none
  std::function<void()> renewed = {};  // the next request needs a new connection
};

// Thread-bound. Everything in `parts` is borrowed.
class Agent {
 public:
  explicit Agent(AgentParts parts);

  // Does what is due: open asks first, and again between any two records; then the question what the hub has;
  // then records in order; then the states of sent cases. One record the hub will not take is set aside and
  // never holds up the next; one kind of request that fails does not hold up the others, unless there is no
  // connection. Blocks for as long as the hub takes. Returns true when more is due at once.
  bool turn();

  // After a turn that had done all that was due: how long until something is, `most_ms` at most. Records and
  // asks that come meanwhile are due at once.
  std::int64_t idle_ms(std::int64_t most_ms) const;

  // Answers open asks while another request is under way. The transport calls it.
  void while_waiting();

  // Somebody has woken the agent: do not sit out a long back-off, unless the last failure is only a moment
  // old.
  void nudge();

 private:
  // What fails together. A lane's failure is logged once, not with every attempt.
  struct Lane {
    http::Breaker breaker;
    std::string failure = {};
  };
  bool may(const Lane& lane) const { return lane.breaker.lets_through(parts_.clock.steady_ms()); }
  bool stopping() const { return parts_.stopping && parts_.stopping(); }
  bool serve_asks();  // false: the hub cannot be reached
  bool answer_ask(const store::OpenAsk& ask);
  bool upload_records(bool& more);
  bool upload(const store::PendingRecord& record);
  bool refresh_states();
  bool probe();
  bool ask_seal_key();
  bool ask_heads();
  bool ask_head(record::HeadAsk question);
  void tell_past(std::uint64_t epoch, const store::HubPast& past);
  void let_go();
  bool renew();
  void learn_time(std::int64_t hub_utc_ms, std::int64_t asked_at_steady_ms);
  Result<http::HttpReply> post(Lane& lane, const std::string& path, ByteView body, long timeout_ms,
                               const http::TraceContext& trace = http::new_trace());
  bool failed(Lane& lane, std::string_view what, const Error& error);
  bool refused(Lane& lane, std::string_view what, const http::HttpReply& reply);
  void reached(Lane& lane);
  void show_link();

  AgentParts parts_;
  Lane link_;  // the connection, and being let in at all
  Lane asks_;
  Lane records_;
  Lane states_;
  Lane probe_;
  Lane renewal_;
  Lane heads_;
  store::HubHeads hub_heads_;
  BandwidthBudget budget_;
  HubTime time_;
  std::int64_t time_at_ms_ = 0;           // steady; when the hub is asked for its clock again
  std::int64_t heads_at_ms_ = 0;          // steady; when the hub is asked what it has
  std::vector<std::uint64_t> went_back_;  // lives of which the hub has just turned out to have lost something
  bool asking_ = false;
  std::optional<std::string> shown_;    // what the journal says of the link
  std::int64_t states_at_ms_ = 0;       // steady
  std::uint64_t states_after_seq_ = 0;  // where the next question about states goes on
  std::int64_t states_step_ms_ = states_first_ms;
  bool none_open_ = true;                       // as far as is known, each sent case is accepted
  std::int64_t contact_at_ms_ = INT64_MIN / 2;  // steady; of the last reply
};

// The hub's code in a refusal; "agent.bad_reply" when there is none.
std::string code_in(ByteView body);

}  // namespace bianmin::agent
