// HTTP/2 of any bytes behind a good beginning, in pieces as the first byte says: no request behind the end,
// no body that is too long, and floods are counted the same in pieces of any size.
#include <algorithm>
#include <cstdlib>

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
  FakeClock clock;
  bool ended = false;
  hub::Http2Connection connection("T-0001", {[&](const hub::HttpRequest& request) {
                                    if (ended || request.trace_id.size() != 32) std::abort();
                                    if (request.body.size() > hub::request_body_size_max) std::abort();
                                    return hub::HttpResponse{200, "text/plain", Bytes(1'000), {}};
                                  }},
                                  clock);
  for (std::size_t at = 0; at < input.size() && !ended; at += piece) {
    const bool taken =
        connection.receive(ByteView(input).subspan(at, std::min(piece, input.size() - at))).ok();
    (void)connection.outgoing();
    (void)connection.overdue();
    ended = !taken || connection.finished();
  }
  if (!ended) {
    connection.announce_end();
    (void)connection.outgoing();
    connection.end();
    (void)connection.outgoing();
    if (!connection.busy() && !connection.finished()) std::abort();
  }
  return 0;
}
