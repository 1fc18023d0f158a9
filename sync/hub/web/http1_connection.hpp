// HTTP/1.1 for simple clients (RFC 9112): a Content-Length or no body, keep-alive, requests behind each other
// handled and answered one after the other, "Expect: 100-continue". What is malformed is answered with its
// code and ends the connection (http1_head.hpp has the codes; a head beyond its size is hub.header_too_large,
// 431).
#pragma once

#include <memory>
#include <optional>

#include "sync/hub/web/http1_head.hpp"
#include "sync/hub/web/http_connection.hpp"

namespace bianmin::hub {

// Request line, lines and their ends.
constexpr std::size_t http1_head_size_max = header_size_max + target_size_max;

// Thread-bound.
class Http1Connection : public HttpConnection {
 public:
  Http1Connection(std::string terminal_id, HttpCalls calls, const Clock& clock, const RequestPace& pace = {})
      : terminal_id_(std::move(terminal_id)), calls_(std::move(calls)), clock_(clock), pace_(pace) {}
  Http1Connection(const Http1Connection&) = delete;
  Http1Connection& operator=(const Http1Connection&) = delete;

  // Never an error: what is wrong is answered, and then it is finished.
  Result<void> receive(ByteView from_peer) override;
  bool reads_on() const override { return !asked_; }
  Bytes outgoing() override { return std::exchange(outgoing_, {}); }
  bool finished() const override { return finished_; }
  bool busy() const override { return head_.has_value() || !unread_.empty(); }
  bool owes() const override { return asked_; }
  bool overdue() const override;
  void announce_end() override { ending_ = true; }
  void end() override;

 private:
  void read_on();
  bool take_head();  // false: more bytes are needed, or it ended badly
  bool take_body();
  std::optional<std::size_t> find_head_end();
  void ask();
  void answer(const HttpResponse& response);
  void refuse(std::string_view code);
  void write(const HttpResponse& response, bool with_body);

  std::string terminal_id_;
  HttpCalls calls_;
  const Clock& clock_;
  RequestPace pace_;
  Bytes unread_;
  std::size_t looked_at_ = 0;  // of unread_, in search of the head's end
  bool skipped_line_ = false;  // an empty one, before the request
  std::optional<Http1Head> head_;
  std::int64_t began_ms_ = 0;  // steady; the request that is on its way
  std::size_t received_ = 0;
  Bytes outgoing_;
  bool asked_ = false;    // the handler, and it has not answered
  bool reading_ = false;  // in read_on()
  bool ending_ = false;
  bool finished_ = false;
  std::shared_ptr<Http1Connection*> self_ = std::make_shared<Http1Connection*>(this);  // for late answers
};

}  // namespace bianmin::hub
