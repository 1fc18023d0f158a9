// Carries sealed records from the journal to the hub, and receipts, states and answers back.
//
// It can neither read a record nor make one up: it has no key that opens or signs anything but its own TLS
// connection.
#pragma once

#include <functional>

#include "sync/agent/backoff.hpp"
#include "sync/agent/transport.hpp"
#include "sync/store/outbox.hpp"
#include "terminal/base/clock.hpp"
#include "terminal/base/log.hpp"

namespace bianmin::agent {

constexpr int upload_batch = 50;
constexpr int ask_batch = 10;
constexpr long request_timeout_ms = 15'000;
constexpr long ask_timeout_ms = 3'000;               // a person is waiting
constexpr std::int64_t probe_interval_ms = 600'000;  // a sign of life when there is nothing to send
constexpr std::int64_t nudge_least_ms = 1'000;       // pause between attempts, however often it is woken
constexpr std::int64_t states_first_ms = 2'000;      // how soon to ask again for cases not accepted yet
constexpr std::int64_t states_most_ms = 3'600'000;

struct AgentParts {
  store::Journal& journal;
  store::Outbox& outbox;
  HubTransport& hub;
  const Clock& clock;
  Log& log;
  std::function<std::uint32_t()> random;
  std::function<void()> changed;  // something new for the terminal is in the journal
};

// Thread-bound. Everything in `parts` is borrowed.
class Agent {
 public:
  explicit Agent(AgentParts parts) : parts_(std::move(parts)), backoff_(parts_.random) {}

  // Does what is due: open asks first, and again between any two records; then records in order; then the
  // states of sent cases. One record the hub will not take is set aside and never holds up the next. Blocks
  // for as long as the hub takes. Returns true when more is due at once.
  bool turn();

  // Somebody has woken the agent: do not sit out a long back-off, unless the last failure is only a moment
  // old.
  void nudge();

 private:
  bool serve_asks();  // false: the hub cannot be reached
  bool upload_records(bool& more);
  bool upload(const store::PendingRecord& record);
  bool refresh_states();
  bool probe();
  Result<HttpReply> post(const std::string& path, ByteView body, long timeout_ms = request_timeout_ms);
  bool failed(std::string_view what, const Error& error);
  bool refused(std::string_view what, const HttpReply& reply);
  void reached();

  AgentParts parts_;
  Backoff backoff_;
  std::int64_t retry_at_ms_ = 0;        // steady
  std::int64_t failed_at_ms_ = 0;       // steady
  std::int64_t states_at_ms_ = 0;       // steady
  std::uint64_t states_after_seq_ = 0;  // where the next question about states goes on
  std::int64_t states_step_ms_ = states_first_ms;
  std::int64_t contact_at_ms_ = INT64_MIN / 2;  // steady; of the last reply
  std::string last_failure_;
};

// The hub's code in a refusal; "agent.bad_reply" when there is none.
std::string code_in(ByteView body);

}  // namespace bianmin::agent
