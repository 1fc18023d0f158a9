// A certificate on its way from the hub into this process's memory, piece by piece.
#pragma once

#include <functional>
#include <optional>

#include "sync/record/slip.hpp"
#include "sync/store/asks.hpp"
#include "terminal/base/event_loop.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::session {

constexpr std::int64_t piece_wait_ms = 40'000;  // for one answer; on a slow line a piece takes its time

// Thread-bound to the loop. What has come is wiped when it is given up, and is nowhere else: a piece lies in
// the journal sealed to a key of this process, until it is read.
class CertificateFetch {
 public:
  // Runs once, on the loop. Errors: retry later "certificate.offline" (no answer in time); refuse
  // "certificate.changed": it does not have the digest that the hub says, or another one was issued twice
  // while it came; "certificate.refused" by the hub, whose code is in the text; those of Asks.
  using Done = std::function<void(Result<SecretBytes>)>;

  CertificateFetch(EventLoop& loop, store::Asks& asks, std::function<void()> wake_agent)
      : loop_(loop), asks_(asks), wake_agent_(std::move(wake_agent)) {}
  ~CertificateFetch() { stop(); }
  CertificateFetch(const CertificateFetch&) = delete;
  CertificateFetch& operator=(const CertificateFetch&) = delete;

  void start(const record::Slip& slip, Done done);  // what was under way is given up
  void stop();                                      // `done` does not run any more
  bool under_way() const { return done_ != nullptr; }

 private:
  void ask();
  void look();
  void take(store::PieceAnswer answer);
  void end(Result<SecretBytes> result);

  EventLoop& loop_;
  store::Asks& asks_;
  std::function<void()> wake_agent_;
  record::Slip slip_;
  Done done_;
  SecretBytes bytes_;
  std::uint64_t size_ = 0;
  record::Digest digest_{};
  bool began_again_ = false;
  std::optional<store::AskId> asking_;
  EventLoop::TimerId timer_ = 0;
};

}  // namespace bianmin::session
