#include "sync/hub/web/http2_connection.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstdlib>

#include "sync/http/trace_context.hpp"

namespace bianmin::hub {

namespace {

// nghttp2 fails here only without memory, or when it is used wrongly.
void must(int code) {
  if (code < 0) std::abort();
}

nghttp2_nv header(std::string_view name, const std::string& value) {
  const auto raw = [](std::string_view text) {
    return const_cast<std::uint8_t*>(
        reinterpret_cast<const std::uint8_t*>(text.data()));  // nghttp2 copies it
  };
  return {raw(name), raw(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

struct Http2Connection::Callbacks {
  static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    auto& self = *static_cast<Http2Connection*>(user);
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
      Stream& stream = self.streams_[frame->hd.stream_id];
      stream.request.terminal_id = self.terminal_id_;
      stream.began_ms = self.clock_.steady_ms();
    }
    return 0;
  }

  static int header_field(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                          std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                          std::uint8_t, void* user) {
    auto& self = *static_cast<Http2Connection*>(user);
    const auto found = self.streams_.find(frame->hd.stream_id);
    if (found == self.streams_.end()) return 0;
    Stream& stream = found->second;
    stream.header_size += name_size + value_size;
    if (stream.header_size > header_size_max) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    const std::string_view key(reinterpret_cast<const char*>(name), name_size);
    const std::string text(reinterpret_cast<const char*>(value), value_size);
    if (key == ":method") stream.request.method = text;
    if (key == ":path") stream.request.path = text;
    if (key == http::traceparent_header) stream.traceparent = ++stream.traceparent_count == 1 ? text : "";
    return 0;
  }

  static int data_chunk(nghttp2_session*, std::uint8_t, std::int32_t stream_id, const std::uint8_t* data,
                        std::size_t size, void* user) {
    auto& self = *static_cast<Http2Connection*>(user);
    const auto found = self.streams_.find(stream_id);
    if (found == self.streams_.end()) return 0;
    Stream& stream = found->second;
    stream.received += size;
    if (stream.step != Step::receiving) return 0;
    if (stream.request.body.size() + size > request_body_size_max) {
      self.refuse_size(stream_id, stream);
    } else {
      append(stream.request.body, {data, size});
    }
    return 0;
  }

  static int frame_received(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    auto& self = *static_cast<Http2Connection*>(user);
    const bool request_part = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (!request_part || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
    const auto found = self.streams_.find(frame->hd.stream_id);
    if (found == self.streams_.end() || found->second.step != Step::receiving) return 0;
    self.ask(found->first, found->second);
    return 0;
  }

  static int stream_closed(nghttp2_session*, std::int32_t stream_id, std::uint32_t error_code, void* user) {
    auto& self = *static_cast<Http2Connection*>(user);
    self.streams_.erase(stream_id);
    if (error_code != NGHTTP2_NO_ERROR && !self.flood_.stream_reset()) self.flooded_ = true;
    return 0;
  }

  static ssize_t body_part(nghttp2_session*, std::int32_t, std::uint8_t* to, std::size_t size,
                           std::uint32_t* flags, nghttp2_data_source* source, void*) {
    auto& stream = *static_cast<Stream*>(source->ptr);
    const std::size_t count = std::min(size, stream.response.body.size() - stream.sent);
    std::copy_n(stream.response.body.begin() + static_cast<std::ptrdiff_t>(stream.sent), count, to);
    stream.sent += count;
    if (stream.sent == stream.response.body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(count);
  }
};

Http2Connection::Http2Connection(std::string terminal_id, HttpCalls calls, const Clock& clock,
                                 const RequestPace& pace)
    : terminal_id_(std::move(terminal_id)),
      calls_(std::move(calls)),
      clock_(clock),
      pace_(pace),
      flood_(clock) {
  nghttp2_session_callbacks* callbacks = nullptr;
  must(nghttp2_session_callbacks_new(&callbacks));
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Callbacks::begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::header_field);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::data_chunk);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::frame_received);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::stream_closed);
  must(nghttp2_session_server_new(&session_, callbacks, this));
  nghttp2_session_callbacks_del(callbacks);
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, concurrent_streams_max},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, header_size_max}};
  must(nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings)));
  // One stream's window does not fill the connection's: a small request gets past a large one.
  must(nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, connection_window_bytes));
}

Http2Connection::~Http2Connection() { nghttp2_session_del(session_); }

Error Http2Connection::too_much() {
  must(nghttp2_session_terminate_session(session_, NGHTTP2_ENHANCE_YOUR_CALM));
  if (calls_.refused) calls_.refused("hub.http2_flood");
  return {Remedy::refuse, "hub.http2_flood", {}};
}

Result<void> Http2Connection::receive(ByteView from_peer) {
  if (!flood_.accept(from_peer)) return too_much();
  const ssize_t used = nghttp2_session_mem_recv(session_, from_peer.data(), from_peer.size());
  if (flooded_) return too_much();
  if (used >= 0 && static_cast<std::size_t>(used) == from_peer.size()) return {};
  if (calls_.refused) calls_.refused("hub.bad_http2");
  return Error{Remedy::refuse, "hub.bad_http2",
               used < 0 ? nghttp2_strerror(static_cast<int>(used)) : "stopped"};
}

Bytes Http2Connection::outgoing() {
  Bytes out;
  for (;;) {
    const std::uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &data);
    if (size <= 0) return out;
    append(out, {data, static_cast<std::size_t>(size)});
  }
}

bool Http2Connection::finished() const {
  return nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
}

bool Http2Connection::owes() const {
  return std::ranges::any_of(streams_, [](const auto& one) { return one.second.step == Step::asked; });
}

bool Http2Connection::overdue() const {
  const std::int64_t now_ms = clock_.steady_ms();
  return std::ranges::any_of(streams_, [&](const auto& one) {
    return one.second.step != Step::asked &&
           now_ms - one.second.began_ms > pace_.allowed_ms(one.second.received + one.second.sent);
  });
}

// RFC 9113, 6.8: first a GOAWAY that names no stream, then one that names the last that was taken.
void Http2Connection::announce_end() { must(nghttp2_submit_shutdown_notice(session_)); }

void Http2Connection::end() {
  must(nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_),
                             NGHTTP2_NO_ERROR, nullptr, 0));
}

void Http2Connection::refuse_size(std::int32_t stream_id, Stream& stream) {
  if (calls_.refused) calls_.refused("hub.too_large");
  stream.request.body = {};
  send(stream_id, stream, refusal(413, "hub.too_large"));
}

void Http2Connection::ask(std::int32_t stream_id, Stream& stream) {
  const auto trace = http::parse_traceparent(stream.traceparent);
  stream.request.trace_id = trace ? trace->trace_id : http::new_trace().trace_id;
  stream.step = Step::asked;
  stream.asked_ms = clock_.steady_ms();
  calls_.handle(std::move(stream.request), [self = std::weak_ptr(self_), stream_id](HttpResponse response) {
    if (const auto there = self.lock()) (*there)->answer(stream_id, std::move(response));
  });
}

// The stream may have been reset meanwhile.
void Http2Connection::answer(std::int32_t stream_id, HttpResponse response) {
  const auto found = streams_.find(stream_id);
  if (found == streams_.end()) return;
  Stream& stream = found->second;
  stream.began_ms += clock_.steady_ms() - stream.asked_ms;
  send(stream_id, stream, std::move(response));
}

void Http2Connection::send(std::int32_t stream_id, Stream& stream, HttpResponse response) {
  stream.step = Step::answered;
  stream.response = std::move(response);
  const std::string status = std::to_string(stream.response.status);
  const std::string length = std::to_string(stream.response.body.size());
  const nghttp2_nv headers[] = {header(":status", status),
                                header("content-type", stream.response.content_type),
                                header("content-length", length)};
  nghttp2_data_provider body{};
  body.source.ptr = &stream;  // a map does not move its elements
  body.read_callback = Callbacks::body_part;
  if (nghttp2_submit_response(session_, stream_id, headers, std::size(headers), &body) != 0) {
    (void)nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream_id, NGHTTP2_INTERNAL_ERROR);
  }
}

}  // namespace bianmin::hub
