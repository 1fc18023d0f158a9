#include "sync/hub/web/http1_connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "sync/http/trace_context.hpp"

namespace bianmin::hub {

namespace {

constexpr std::string_view head_end = "\r\n\r\n";

// RFC 9110, 5.6.7: in English whatever the machine speaks.
std::string http_date(std::int64_t utc_ms) {
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = utc_ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[parts.tm_wday], parts.tm_mday,
                     months[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace

Result<void> Http1Connection::receive(ByteView from_peer) {
  if (finished_ || from_peer.empty()) return {};
  if (!busy()) {
    began_ms_ = clock_.steady_ms();
    received_ = 0;
  }
  received_ += from_peer.size();
  append(unread_, from_peer);
  read_on();
  return {};
}

void Http1Connection::read_on() {
  reading_ = true;
  while (!finished_ && !asked_ && (head_ ? take_body() : take_head())) {
  }
  reading_ = false;
  if (unread_.empty()) unread_ = {};  // an idle connection holds no memory
}

// The place behind the head. A control character, or a line end that is not CRLF, is refused where it stands.
std::optional<std::size_t> Http1Connection::find_head_end() {
  for (; looked_at_ < unread_.size(); ++looked_at_) {
    const std::uint8_t byte = unread_[looked_at_];
    const bool after_cr = looked_at_ > 0 && unread_[looked_at_ - 1] == '\r';
    const bool control = (byte < 0x20 && byte != '\t' && byte != '\r' && byte != '\n') || byte == 0x7f;
    if (control || (byte == '\n') != after_cr) {
      refuse("hub.bad_header");
      return std::nullopt;
    }
    if (looked_at_ >= http1_head_size_max) {
      refuse("hub.header_too_large");
      return std::nullopt;
    }
    const auto at = static_cast<std::ptrdiff_t>(looked_at_ + 1);
    const bool ends = at >= 4 && std::equal(head_end.begin(), head_end.end(), unread_.begin() + at - 4);
    if (ends) return looked_at_ + 1;
  }
  return std::nullopt;
}

bool Http1Connection::take_head() {
  // One empty line before a request is let pass (RFC 9112, 2.2).
  if (!skipped_line_ && unread_.size() >= 2 && unread_[0] == '\r' && unread_[1] == '\n') {
    unread_.erase(unread_.begin(), unread_.begin() + 2);
    looked_at_ = 0;
    skipped_line_ = true;
  }
  const auto end = find_head_end();
  if (!end) return false;
  const auto size = static_cast<std::ptrdiff_t>(*end);
  auto head = parse_http1_head(text_of(ByteView(unread_).first(*end - 2)));
  unread_.erase(unread_.begin(), unread_.begin() + size);
  looked_at_ = 0;
  skipped_line_ = false;
  if (!head) {
    refuse(head.error().code);
    return false;
  }
  head_ = std::move(head).value();
  if (head_->expects_continue && unread_.size() < head_->content_length) {
    append(outgoing_, view_of(std::string_view("HTTP/1.1 100 Continue\r\n\r\n")));
  }
  return true;
}

bool Http1Connection::take_body() {
  if (unread_.size() < head_->content_length) return false;
  ask();
  return true;
}

void Http1Connection::ask() {
  const auto size = static_cast<std::ptrdiff_t>(head_->content_length);
  HttpRequest request{head_->method, head_->path, terminal_id_,
                      Bytes(unread_.begin(), unread_.begin() + size)};
  unread_.erase(unread_.begin(), unread_.begin() + size);
  const auto trace = http::parse_traceparent(head_->traceparent);
  request.trace_id = trace ? trace->trace_id : http::new_trace().trace_id;
  asked_ = true;
  calls_.handle(std::move(request), [self = std::weak_ptr(self_)](const HttpResponse& response) {
    if (const auto there = self.lock()) (*there)->answer(response);
  });
}

void Http1Connection::answer(const HttpResponse& response) {
  asked_ = false;
  if (!head_->keeps_alive) ending_ = true;
  finished_ = ending_;
  write(response, head_->method != "HEAD");
  head_.reset();
  began_ms_ = clock_.steady_ms();  // what is behind it begins now
  received_ = unread_.size();
  if (!reading_) read_on();
}

void Http1Connection::refuse(std::string_view code) {
  if (calls_.refused) calls_.refused(code);
  ending_ = finished_ = true;
  write(refusal(http1_status(code), code), true);
  unread_ = {};
  looked_at_ = 0;
  head_.reset();
}

void Http1Connection::write(const HttpResponse& response, bool with_body) {
  std::string head = fmt::format(
      "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n",
      response.status, http1_reason(response.status), http_date(clock_.utc_ms()), response.content_type,
      response.body.size());
  if (!response.allow.empty()) head += "Allow: " + response.allow + "\r\n";
  if (ending_) head += "Connection: close\r\n";
  head += "\r\n";
  append(outgoing_, view_of(head));
  if (with_body) append(outgoing_, response.body);
}

bool Http1Connection::overdue() const {
  return busy() && !asked_ && clock_.steady_ms() - began_ms_ > pace_.allowed_ms(received_);
}

void Http1Connection::end() {
  ending_ = true;
  if (!busy()) finished_ = true;
}

}  // namespace bianmin::hub
