// TLS requests a second: the hub, and nghttp2's own server, each asked by the same client.
#include <fmt/format.h>

#include <thread>

#include "tests/bench/serving_hub.hpp"
#include "tests/bench/swarm.hpp"

namespace bianmin::bench {

namespace {

constexpr int wire_connections = 4;
constexpr int wire_streams = 32;
constexpr std::size_t wire_body_bytes = 2'048;

struct Rate {
  double per_s = 0;
  double cpu_us = 0;  // of the server, for each
};

// Keeps so many streams of each connection busy for a while.
Rate ask(int port, const seal::TlsContext& context, const std::string& path, int expected, double seconds,
         const std::function<double()>& cpu_us) {
  asio::io_context io;
  const Bytes body(wire_body_bytes, 0x41);
  std::vector<std::shared_ptr<SwarmConnection>> connections;
  std::int64_t answered = 0;
  bool over = false;
  std::function<void(SwarmConnection&)> next = [&](SwarmConnection& connection) {
    connection.post(path, body, [&](SwarmAnswer answer) {
      if (over) return;
      if (answer.status != expected) {
        fmt::print(stderr, "bench: {} answered {} instead of {}\n", path, answer.status, expected);
        std::exit(1);
      }
      ++answered;
      next(connection);
    });
  };
  int open = 0;
  for (int count = 0; count < wire_connections; ++count) {
    connections.push_back(std::make_shared<SwarmConnection>(io, context));
    connections.back()->connect({asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(port)},
                                asio::ip::make_address("127.0.0.1"), [&](bool good) {
                                  if (!good)
                                    must(Result<void>(Error{Remedy::refuse, "bench.no_connection", {}}));
                                  ++open;
                                });
  }
  while (open < wire_connections) io.run_one();
  for (const auto& connection : connections) {
    for (int stream = 0; stream < wire_streams; ++stream) next(*connection);
  }
  const auto run_for = [&](double duration) {
    const auto began = Steady::now();
    while (since_us(began) < duration * 1e6) io.run_one_for(std::chrono::milliseconds(100));
  };
  run_for(seconds / 4);  // warm
  const std::int64_t before = answered;
  const double cpu_before = cpu_us();
  const auto began = Steady::now();
  run_for(seconds);
  const double took_s = since_us(began) / 1e6;
  const auto count = static_cast<double>(answered - before);
  const Rate rate{count / took_s, (cpu_us() - cpu_before) / count};
  over = true;
  for (const auto& connection : connections) connection->close();
  io.poll();
  return rate;
}

void wait_for_port(int port) {
  asio::io_context io;
  for (int tries = 0; tries < 100; ++tries) {
    asio::ip::tcp::socket socket(io);
    std::error_code refused;
    socket.connect({asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(port)}, refused);
    if (!refused) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  must(Result<void>(Error{Remedy::refuse, "bench.no_peer", "nghttpd does not listen"}));
}

}  // namespace

void measure_wire(bool quick) {
  const WorkFolder folder;
  BenchHub hub(folder / "hub", "");
  hub.enrol(1);
  const auto context = BenchCertificates(hub, folder / "").of(BenchHub::terminal_id(1));
  const ServingHub ours(hub);
  const int port = ours.port();
  const int peer_port = port + 1;
  // It asks for a certificate, and believes any.
  test::Process peer({"/usr/sbin/nghttpd", "--echo-upload", "--verify-client", "--address=127.0.0.1",
                      std::to_string(peer_port), (hub.folder() / "server.key").string(),
                      (hub.folder() / "server.crt").string()},
                     folder / "peer.log");
  wait_for_port(peer_port);
  const double seconds = quick ? 2 : 6;
  const auto cpu_of = [](const auto& process) { return [pid = process.pid()] { return cpu_us_of(pid); }; };
  const Rate bare = ask(peer_port, context, "/", 200, seconds, cpu_of(peer));
  for (const auto& [what, path, status] : {std::tuple{"refused by its path", "/v1/nothing", 404},
                                           std::tuple{"a signed time", "/v1/time", 200}}) {
    const Rate rate = ask(port, context, path, status, seconds, cpu_of(ours));
    print_rate(fmt::format("TLS requests of 2 KiB, {} x {} streams, {}: against nghttpd --echo-upload",
                           wire_connections, wire_streams, what),
               rate.per_s, bare.per_s, 0.5);
    print({"of each of these, the server's CPU", microseconds(rate.cpu_us), microseconds(bare.cpu_us)});
  }
}

}  // namespace bianmin::bench
