#include "tests/bench/swarm.hpp"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <charconv>

namespace bianmin::bench {

namespace {

std::array<std::uint8_t, 32 * 1024> block;  // of the one thread: what has come is used up at once

nghttp2_nv field(std::string_view name, std::string_view value) {
  const auto raw = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {raw(name), raw(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

struct SwarmConnection::Callbacks {
  static SwarmConnection& of(void* user) { return *static_cast<SwarmConnection*>(user); }

  static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t,
                    void* user) {
    const std::string_view key(reinterpret_cast<const char*>(name), name_size);
    const auto found = of(user).requests_.find(frame->hd.stream_id);
    if (key != ":status" || found == of(user).requests_.end()) return 0;
    const char* text = reinterpret_cast<const char*>(value);
    std::from_chars(text, text + value_size, found->second.answer.status);
    return 0;
  }

  static int data(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes,
                  std::size_t size, void* user) {
    const auto found = of(user).requests_.find(stream);
    if (found != of(user).requests_.end()) append(found->second.answer.body, {bytes, size});
    return 0;
  }

  static int closed(nghttp2_session*, std::int32_t stream, std::uint32_t error, void* user) {
    auto node = of(user).requests_.extract(stream);
    if (node.empty()) return 0;
    Request& request = node.mapped();
    if (error != NGHTTP2_NO_ERROR) request.answer.status = 0;
    const std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - request.began;
    request.answer.latency_us = taken.count();
    // Not from inside nghttp2: whoever is told may ask the next thing.
    asio::post(of(user).socket_.get_executor(),
               [done = std::move(request.done), answer = std::move(request.answer)]() mutable {
                 done(std::move(answer));
               });
    return 0;
  }

  static ssize_t body(nghttp2_session*, std::int32_t stream, std::uint8_t* to, std::size_t size,
                      std::uint32_t* flags, nghttp2_data_source*, void* user) {
    const auto found = of(user).requests_.find(stream);
    if (found == of(user).requests_.end()) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    Request& request = found->second;
    const std::size_t count = std::min(size, request.body.size() - request.sent);
    std::copy_n(request.body.begin() + static_cast<std::ptrdiff_t>(request.sent), count, to);
    request.sent += count;
    if (request.sent == request.body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(count);
  }
};

SwarmConnection::SwarmConnection(asio::io_context& io, const seal::TlsContext& context)
    : socket_(io), tls_(context, "127.0.0.1") {}

SwarmConnection::~SwarmConnection() { nghttp2_session_del(session_); }

void SwarmConnection::connect(const asio::ip::tcp::endpoint& server, const asio::ip::address& from,
                              std::function<void(bool)> done) {
  connected_ = std::move(done);
  std::error_code error;
  socket_.open(server.protocol(), error);
  const int late_port = 1;  // the port is chosen when it is known whom to
  ::setsockopt(socket_.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &late_port, sizeof late_port);
  if (!error) socket_.bind({from, 0}, error);
  if (error) return settle(false);
  socket_.async_connect(server, [self = shared_from_this()](std::error_code failed) {
    if (failed) return self->settle(false);
    std::error_code ignored;
    self->socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    (void)self->tls_.receive({});
    self->flush();
    self->read();
  });
}

void SwarmConnection::settle(bool open) {
  if (connected_) std::exchange(connected_, nullptr)(open);
}

void SwarmConnection::close() {
  std::error_code ignored;
  socket_.close(ignored);
  settle(false);
  for (auto& [stream, request] : std::exchange(requests_, {})) request.done({});
  nghttp2_session_del(std::exchange(session_, nullptr));
}

// Waits first, and has no buffer while it waits.
void SwarmConnection::read() {
  socket_.async_wait(asio::ip::tcp::socket::wait_read, [self = shared_from_this()](std::error_code error) {
    if (error) return;
    const std::size_t size = self->socket_.read_some(asio::buffer(block), error);
    if (error) return self->close();
    self->received(ByteView(block).first(size));
  });
}

void SwarmConnection::received(ByteView bytes) {
  auto plain = tls_.receive(bytes);
  if (!plain) return close();
  if (session_ == nullptr && tls_.established()) begin_http();
  if (session_ != nullptr && !plain->empty() &&
      nghttp2_session_mem_recv(session_, plain->data(), plain->size()) < 0) {
    return close();
  }
  flush();
  if (tls_.peer_closed()) return close();
  if (socket_.is_open()) read();
}

void SwarmConnection::begin_http() {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::closed);
  nghttp2_session_client_new(&session_, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
  settle(true);
}

void SwarmConnection::post(const std::string& path, const Bytes& body,
                           std::function<void(SwarmAnswer)> done) {
  if (session_ == nullptr) return done({});
  const std::string length = std::to_string(body.size());
  const nghttp2_nv fields[] = {field(":method", "POST"), field(":scheme", "https"),
                               field(":authority", "127.0.0.1"), field(":path", path),
                               field("content-length", length)};
  nghttp2_data_provider provider{};
  provider.read_callback = Callbacks::body;
  const std::int32_t stream =
      nghttp2_submit_request(session_, nullptr, fields, std::size(fields), &provider, nullptr);
  if (stream < 0) return done({});
  requests_[stream] = {body, 0, {}, std::chrono::steady_clock::now(), std::move(done)};
  flush();
}

void SwarmConnection::flush() {
  while (session_ != nullptr) {
    const std::uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &data);
    if (size <= 0) break;
    if (!tls_.send({data, static_cast<std::size_t>(size)})) return close();
  }
  append(unsent_, tls_.outgoing());
  if (writing_ || unsent_.empty()) return;
  writing_ = true;
  being_sent_ = std::exchange(unsent_, {});
  asio::async_write(socket_, asio::buffer(being_sent_),
                    [self = shared_from_this()](std::error_code error, std::size_t) {
                      self->writing_ = false;
                      self->being_sent_ = {};
                      if (error) return self->close();
                      self->flush();
                    });
}

}  // namespace bianmin::bench
