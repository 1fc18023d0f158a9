#include "sync/hub/web/operators_desk.hpp"

#include <unistd.h>

#include "terminal/base/config.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::hub {

namespace {

constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

double resident_bytes() {
  const auto file = read_file("/proc/self/statm", 1'000);
  if (!file) return 0;
  const std::string text = text_of(*file);
  const auto words = split(text, ' ');
  if (words.size() < 2) return 0;
  const auto pages = parse_number(words[1], 0, INT64_MAX);
  return pages ? static_cast<double>(*pages) * static_cast<double>(::sysconf(_SC_PAGESIZE)) : 0;
}

HttpResponse json(std::string_view text) { return {200, "application/json", bytes_of(text), {}}; }

}  // namespace

OperatorsDesk::OperatorsDesk(database::Database& database, Metrics& metrics, Readiness& readiness,
                             const Clock& clock)
    : database_(database), metrics_(metrics), readiness_(readiness), clock_(clock) {
  metrics_.set(metric::build_info, {BIANMIN_VERSION}, 1);
  metrics_.set(metric::start_seconds, {}, static_cast<double>(clock.utc_ms()) / 1000);
}

HttpResponse OperatorsDesk::metrics() {
  const std::int64_t now_ms = clock_.steady_ms();
  if (now_ms - scraped_at_ms_ >= scrape_pause_ms) {
    scraped_at_ms_ = now_ms;
    const auto backlog = read_backlog(database_, clock_.utc_ms());
    if (backlog) show_backlog(*backlog, clock_.utc_ms(), metrics_);
    metrics_.set(metric::scrape_failed, {}, backlog ? 0 : 1);
  }
  metrics_.set(metric::draining, {}, readiness_.draining() ? 1 : 0);
  metrics_.set(metric::resident_bytes, {}, resident_bytes());
  return {200, std::string(metrics_type), bytes_of(metrics_.text()), {}};
}

HttpResponse OperatorsDesk::handle(const HttpRequest& request) {
  const std::string_view path = std::string_view(request.path).substr(0, request.path.find('?'));
  if (path != "/metrics" && path != "/healthz" && path != "/readyz") return refusal(404, "hub.no_such_path");
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response = refusal(405, "hub.bad_method");
    response.allow = "GET, HEAD";
    return response;
  }
  if (path == "/healthz") return json("{\"alive\":true}");
  if (path == "/metrics") return metrics();
  const auto ready = readiness_.check();
  return ready ? json("{\"ready\":true}") : refusal(503, ready.error().code);
}

}  // namespace bianmin::hub
