#include "tests/bench/idle_connections.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <vector>

#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"
#include "tests/sync/hub/web/http2_frames.hpp"

namespace bianmin::bench {

namespace {

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "idle connections: {}\n", why);
  std::exit(1);
}

std::int64_t resident_bytes_of(pid_t process) {
  const auto file = read_file(fmt::format("/proc/{}/statm", process), 1'000);
  if (!file) give_up("the hub is gone");
  const std::string text = text_of(*file);
  return std::stoll(std::string(split(text, ' ').at(1))) * ::sysconf(_SC_PAGESIZE);
}

class Client {
 public:
  Client(int port, const seal::TlsContext& context)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), tls_(context, "127.0.0.1") {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
      give_up("no connection");
    while (!tls_.established()) read();
    write();
  }
  // One request, to the end of its answer.
  void ask() {
    const bool http2 = tls_.protocol() == "h2";
    Bytes request;
    if (http2) {
      request = test::opening();
      append(request, test::request_headers(1, "/v1/time", test::end_headers | test::end_stream));
    } else {
      request = bytes_of("POST /v1/time HTTP/1.1\r\nHost: hub\r\nContent-Length: 0\r\n\r\n");
    }
    if (!tls_.send(request)) give_up("no handshake");
    write();
    std::string answer;
    const auto whole = [&] {
      return http2 ? !test::data_of(view_of(answer), 1).empty()
                   : answer.find("\r\n\r\n") != std::string::npos;
    };
    while (!whole()) answer += read();
  }

 private:
  void write() {
    const Bytes out = tls_.outgoing();
    if (::send(socket_.get(), out.data(), out.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(out.size())) {
      give_up("the hub has ended a connection");
    }
  }
  std::string read() {
    write();
    std::uint8_t block[16'384];
    const ssize_t got = ::recv(socket_.get(), block, sizeof block, 0);
    if (got <= 0) give_up("the hub has ended a connection");
    auto plain = tls_.receive({block, static_cast<std::size_t>(got)});
    if (!plain) give_up(plain.error().text());
    return text_of(*plain);
  }
  FileDescriptor socket_;
  seal::TlsSession tls_;
};

std::vector<std::unique_ptr<Client>> open_clients(int port, const seal::TlsContext& context, int count) {
  std::vector<std::unique_ptr<Client>> clients;
  for (int at = 0; at < count; ++at) {
    clients.push_back(std::make_unique<Client>(port, context));
    clients.back()->ask();
  }
  return clients;
}

}  // namespace

IdleCost measure_idle_connections(pid_t hub, int port, const seal::TlsFiles& terminal,
                                  const std::string& protocol, int count) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &files);
  }
  const auto context = seal::TlsContext::make(seal::TlsRole::client, terminal, protocol);
  if (!context) give_up(context.error().text());
  IdleCost cost;
  cost.connection_count = count;
  (void)open_clients(port, *context, count / 10);  // what is needed once is not counted
  ::sleep(2);
  cost.before_bytes = resident_bytes_of(hub);
  const auto clients = open_clients(port, *context, count);
  ::sleep(2);
  cost.after_bytes = resident_bytes_of(hub);
  return cost;
}

}  // namespace bianmin::bench
