// HTTP/2 of any bytes behind a good beginning, in pieces as the first byte says: no request behind the end,
// no body that is too long, and floods are counted the same in pieces of any size. Answers come at once, or
// late, the newest first, some when the connection is gone.
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "sync/hub/web/http2_connection.hpp"
#include "tests/fakes/fake_clock.hpp"

using namespace bianmin;

namespace {

Bytes with_opening(ByteView bytes) {
  Bytes out = bytes_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  append(out, Bytes{0, 0, 0, 4, 0, 0, 0, 0, 0});
  append(out, bytes);
  return out;
}

void check_meter(ByteView bytes) {
  const FakeClock clock;
  hub::FloodMeter whole(clock);
  hub::FloodMeter pieces(clock);
  bool good = true;
  for (std::size_t at = 0; at < bytes.size() && good; ++at) good = pieces.accept(bytes.subspan(at, 1));
  if (whole.accept(bytes) != good) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t piece = std::size_t{data[0]} * 8 + 1;
  const Bytes input = with_opening({data + 1, size - 1});
  check_meter(input);
  const bool late = data[0] % 2 == 1;
  FakeClock clock;
  bool ended = false;
  std::vector<hub::Answer> waiting;
  const auto answer_newest = [&] {
    const hub::Answer answer = std::move(waiting.back());
    waiting.pop_back();
    answer({200, "text/plain", Bytes(1'000), {}});
  };
  auto connection = std::make_unique<hub::Http2Connection>(
      "T-0001", hub::HttpCalls{[&](const hub::HttpRequest& request, hub::Answer answer) {
        if (ended || request.trace_id.size() != 32) std::abort();
        if (request.body.size() > hub::request_body_size_max) std::abort();
        waiting.push_back(std::move(answer));
        if (!late) answer_newest();
      }},
      clock);
  for (std::size_t at = 0; at < input.size() && !ended; at += piece) {
    const bool taken =
        connection->receive(ByteView(input).subspan(at, std::min(piece, input.size() - at))).ok();
    (void)connection->outgoing();
    (void)connection->overdue();
    ended = !taken || connection->finished();
    if (!waiting.empty() && at % 3 == 0) answer_newest();
    (void)connection->outgoing();
  }
  if (!ended) {
    connection->announce_end();
    (void)connection->outgoing();
    connection->end();
    (void)connection->outgoing();
    if (connection->owes() && connection->finished()) std::abort();
    while (!waiting.empty() && input.size() % 2 == 0) answer_newest();
    (void)connection->outgoing();
    if (!connection->busy() && !connection->finished()) std::abort();
  }
  connection.reset();
  while (!waiting.empty()) answer_newest();
  return 0;
}
