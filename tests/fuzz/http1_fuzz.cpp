// HTTP/1.1 of any bytes: the same requests whether they come at once or byte by byte, and whether
// they are answered at once or late; none behind the end, none before the last one is answered, and a body
// that is no longer than it may be. Any bytes as a traceparent, too: what is read is written the same.
#include <cstdlib>

#include "sync/http/trace_context.hpp"
#include "sync/hub/web/http1_connection.hpp"
#include "tests/fakes/fake_clock.hpp"

using namespace bianmin;

namespace {

struct Reader {
  FakeClock clock;
  std::vector<hub::HttpRequest> seen;
  int refused_count = 0;
  bool late = false;
  hub::Answer waiting;
  hub::Http1Connection connection{"T-0001",
                                  {[this](const hub::HttpRequest& request, hub::Answer answer) {
                                     if (connection.finished() || waiting) std::abort();
                                     seen.push_back(request);
                                     waiting = std::move(answer);
                                     if (!late) answer_one();
                                   },
                                   [this](std::string_view) { ++refused_count; }},
                                  clock};
  void give(ByteView bytes) {
    const bool was_finished = connection.finished();
    if (!connection.receive(bytes).ok()) std::abort();
    const Bytes out = connection.outgoing();
    if (was_finished && !out.empty()) std::abort();
    if (connection.owes() != static_cast<bool>(waiting) || connection.owes() == connection.reads_on())
      std::abort();
  }
  void answer_one() {
    const hub::Answer answer = std::exchange(waiting, nullptr);
    answer({200, "text/plain", bytes_of("x"), {}});
    (void)connection.outgoing();
  }
};

// An answer that comes when its connection is gone finds nobody.
void leave_early(ByteView bytes) {
  hub::Answer left;
  {
    Reader reader;
    reader.late = true;
    reader.give(bytes);
    left = std::move(reader.waiting);
  }
  if (left) left({200, "text/plain", bytes_of("x"), {}});
}

bool same(const hub::HttpRequest& a, const hub::HttpRequest& b) {
  return a.method == b.method && a.path == b.path && a.body == b.body;
}

void check_request(const hub::HttpRequest& request) {
  if (!request.path.starts_with('/') || request.path.size() > hub::target_size_max) std::abort();
  if (request.body.size() > hub::request_body_size_max || request.trace_id.size() != 32) std::abort();
  for (const char c : request.method + request.path) {
    if (c <= 0x20 || c >= 0x7f) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  Reader whole;
  whole.give(bytes);
  Reader pieces;
  pieces.late = true;
  for (std::size_t at = 0; at < size; ++at) {
    pieces.give(bytes.subspan(at, 1));
    if (pieces.waiting && at % 3 == 0) pieces.answer_one();
  }
  while (pieces.waiting) pieces.answer_one();
  if (whole.seen.size() != pieces.seen.size() || whole.refused_count != pieces.refused_count) std::abort();
  leave_early(bytes);
  if (whole.connection.finished() != pieces.connection.finished() || whole.refused_count > 1) std::abort();
  for (std::size_t at = 0; at < whole.seen.size(); ++at) {
    if (!same(whole.seen[at], pieces.seen[at])) std::abort();
    check_request(whole.seen[at]);
  }
  const std::string text = text_of(bytes);
  const auto trace = http::parse_traceparent(text);
  if (trace && text.starts_with("00") && trace->header() != text) std::abort();
  return 0;
}
