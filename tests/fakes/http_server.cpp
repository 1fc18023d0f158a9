#include "tests/fakes/http_server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "terminal/base/config.hpp"
#include "terminal/base/text.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::test {

namespace {

constexpr int line_tick_ms = 20;

}  // namespace

// Plain bytes both ways, whatever lies below.
class HttpServer::Line {
 public:
  Line(FileDescriptor socket, const std::optional<seal::TlsContext>& tls, std::stop_token stop)
      : socket_(std::move(socket)), stop_(std::move(stop)) {
    if (tls) session_.emplace(*tls);
  }
  // Nothing: the line has ended.
  std::optional<std::string> read() {
    while (!stop_.stop_requested()) {
      pollfd waiting{socket_.get(), POLLIN, 0};
      if (::poll(&waiting, 1, line_tick_ms) <= 0) continue;
      char block[16'384];
      const ssize_t got = ::recv(socket_.get(), block, sizeof block, 0);
      if (got <= 0) return std::nullopt;
      const std::string_view bytes(block, static_cast<std::size_t>(got));
      if (!session_) return std::string(bytes);
      auto plain = session_->receive(view_of(bytes));
      const bool sent = put(session_->outgoing());
      if (!plain || !sent) return std::nullopt;
      if (!plain->empty()) return text_of(*plain);
    }
    return std::nullopt;
  }
  bool write(ByteView bytes) {
    if (!session_) return put(bytes);
    return session_->send(bytes).ok() && put(session_->outgoing());
  }
  void hang() {
    while (read()) {
    }
  }

 private:
  bool put(ByteView bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return true;
  }
  FileDescriptor socket_;
  std::stop_token stop_;
  std::optional<seal::TlsSession> session_;
};

HttpServer::HttpServer(Handler handler, std::optional<seal::TlsFiles> tls)
    : handler_(std::move(handler)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (tls) tls_ = must(seal::TlsContext::make(seal::TlsRole::server, *tls, "http/1.1"));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_.get(), 16) != 0 ||
      ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    FAIL("no server");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

HttpServer::~HttpServer() {
  thread_.request_stop();
  thread_.join();
  connections_.clear();
}

std::string HttpServer::url(const std::string& path) const {
  return fmt::format("{}://127.0.0.1:{}{}", tls_ ? "https" : "http", port_, path);
}

void HttpServer::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd waiting{listener_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, line_tick_ms) <= 0) continue;
    FileDescriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket.valid()) continue;
    ++connection_count_;
    connections_.emplace_back([this, taken = std::move(socket)](const std::stop_token& ending) mutable {
      serve(std::move(taken), ending);
    });
  }
}

void HttpServer::serve(FileDescriptor socket, const std::stop_token& stop) {
  Line line(std::move(socket), tls_, stop);
  std::string text;
  for (;;) {
    std::size_t head_end = text.find("\r\n\r\n");
    while (head_end == std::string::npos) {
      auto more = line.read();
      if (!more) return;
      text += *more;
      head_end = text.find("\r\n\r\n");
    }
    http::Request request;
    std::size_t body_size = 0;
    const std::string head = text.substr(0, head_end);
    for (const auto raw : split(head, '\n')) {
      const auto one = trim(raw);
      const std::size_t colon = one.find(':');
      if (request.url.empty()) {
        const auto words = split(one, ' ');
        request.method = words.at(0);
        request.url = url(std::string(words.at(1)));
      } else if (colon != std::string_view::npos) {
        request.headers.push_back(
            {std::string(one.substr(0, colon)), std::string(trim(one.substr(colon + 1)))});
        if (request.headers.back().name == "Content-Length") {
          body_size =
              static_cast<std::size_t>(must(parse_number(request.headers.back().value, 0, INT32_MAX)));
        }
      }
    }
    while (text.size() < head_end + 4 + body_size) {
      auto more = line.read();
      if (!more) return;
      text += *more;
    }
    request.body = bytes_of(text.substr(head_end + 4, body_size));
    text.erase(0, head_end + 4 + body_size);
    if (!answer(line, handler_(request))) return;
  }
}

bool HttpServer::answer(Line& line, const PlayedAnswer& played) {
  if (played.delivery == Delivery::nothing) return false;
  if (played.delivery == Delivery::hang) {
    line.hang();
    return false;
  }
  const bool endless = played.delivery == Delivery::endless;
  std::string head = fmt::format("HTTP/1.1 {} Played\r\n", played.response.status);
  for (const auto& header : played.response.headers)
    head += fmt::format("{}: {}\r\n", header.name, header.value);
  if (!endless) head += fmt::format("Content-Length: {}\r\n", played.response.body.size());
  if (!line.write(view_of(head + "\r\n"))) return false;
  if (endless) {
    while (line.write(Bytes(65'536, 'x'))) {
    }
    return false;
  }
  const ByteView body(played.response.body);
  const bool half = played.delivery == Delivery::half;
  return line.write(half ? body.first(body.size() / 2) : body) && !half;
}

}  // namespace bianmin::test
