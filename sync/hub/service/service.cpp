#include "sync/hub/service/service.hpp"

#include <algorithm>

#include "sync/hub/store/operator_events.hpp"
#include "sync/hub/store/payload_parts.hpp"
#include "terminal/base/json.hpp"

namespace bianmin::hub {

namespace {

constexpr std::string_view upload_path = "/v1/records";
constexpr std::string_view known_paths[] = {upload_path,       "/v1/asks", "/v1/states",
                                            "/v1/time",        "/v1/key",  "/v1/proofs",
                                            "/v1/consistency", "/v1/head", "/v1/renew"};

// What was kept in quarantine; the other codes without a receipt are of what was not.
bool is_contradiction(std::string_view code) {
  return code == "hub.fork" || code == "hub.broken_chain" || code == "hub.seq_jump" ||
         code == "hub.downgraded_profile";
}

int status_of(const Error& error) {
  if (!error.code.starts_with("hub.")) return 503;
  if (error.code == "hub.wrong_terminal" || error.code == "hub.unknown_terminal" ||
      error.code == "hub.denied") {
    return 403;
  }
  if (error.code == "hub.fork" || error.code == "hub.broken_chain" || error.code == "hub.seq_jump")
    return 409;
  if (error.code == "hub.no_proof" || error.code == "hub.no_such_head") return 404;
  return 422;
}

}  // namespace

HttpResponse refusal(int status, std::string_view code) {
  Json body;
  body["code"] = std::string(code);
  return {status, "application/json", bytes_of(json_text(body)), {}};
}

std::string_view path_label(std::string_view path) {
  const auto* known = std::ranges::find(known_paths, path);
  return known == std::end(known_paths) ? "other" : *known;
}

void HubService::resume() {
  if (auto made = prepare_payload_parts(database_, clock_.utc_ms()); !made) {
    log_.error("hub", "no-parts-ahead", made.error());
  }
  if (auto looked = chain_.look(); !looked) log_.error("hub", "gaps-unknown", looked.error());
}

bool HubService::sequence() {
  const auto count = sequencer_.run(1);
  if (!count) log_.error("hub", "sequencing-failed", count.error());
  return count && *count == sequence_batch_max;
}

Result<void> HubService::admit(const std::string& terminal_id) {
  auto query = database_.prepare(
      "SELECT count(*), count(CASE WHEN state = 'active' THEN 1 END) FROM enrolment WHERE terminal_id = ?");
  auto row = query.bind(std::string_view(terminal_id)).step();
  if (!row) return row.error();
  if (query.integer(0) == 0) return Error{Remedy::refuse, "hub.unknown_terminal", {}};
  if (query.integer(1) == 0) return Error{Remedy::refuse, "hub.denied", {}};
  return {};
}

HttpResponse HubService::handle(const HttpRequest& request) {
  auto response = answer(request);
  if (response) return std::move(*response);
  const HttpRequest* const one[] = {&request};
  return std::move(take(one).front());
}

std::optional<HttpResponse> HubService::answer(const HttpRequest& request) {
  if (auto admitted = admit(request.terminal_id); !admitted) return reply(request, admitted.error());
  if (connections_.takes_turns(request.terminal_id, request.connection)) {
    auto noted =
        note_event(database_, clock_.utc_ms(), {request.terminal_id}, "clone", "two connections take turns");
    if (!noted) log_.error("hub", "event-lost", noted.error());
  }
  const bool known = path_label(request.path) == request.path && (request.path != "/v1/renew" || renewal_);
  if (!known) return refusal(404, "hub.no_such_path");
  if (request.method != "POST") {
    HttpResponse response = refusal(405, "hub.bad_method");
    response.allow = "POST";
    return response;
  }
  if (request.body.size() > request_body_size_max) return refusal(413, "hub.too_large");
  if (request.path == upload_path) return std::nullopt;
  return serve(request);
}

std::vector<HttpResponse> HubService::take(std::span<const HttpRequest* const> uploads) {
  std::vector<Arriving> arriving;
  for (const HttpRequest* one : uploads) arriving.push_back({one->terminal_id, one->body});
  const auto receipts = ingest_.take(arriving);
  std::vector<HttpResponse> responses;
  for (std::size_t at = 0; at < uploads.size(); ++at) {
    count_record(receipts[at]);
    responses.push_back(reply(*uploads[at], receipts[at]));
  }
  return responses;
}

HttpResponse HubService::serve(const HttpRequest& request) {
  if (request.path == "/v1/asks") {
    return reply(request, inquiry_.answer(request.terminal_id, request.body, clock_.utc_ms()));
  }
  if (request.path == "/v1/states") return reply(request, inquiry_.states(request.terminal_id, request.body));
  if (request.path == "/v1/time") {
    return reply(request, inquiry_.time(request.terminal_id, clock_.utc_ms()));
  }
  if (request.path == "/v1/head") return reply(request, heads_.answer(request.terminal_id, request.body));
  if (request.path == "/v1/key") return reply(request, inquiry_.seal_key(request.terminal_id));
  if (request.path == "/v1/proofs") return reply(request, proofs_.answer_proof(request.body));
  if (request.path == "/v1/consistency") return reply(request, proofs_.answer_consistency(request.body));
  return reply(request, renewal_->renew(request.terminal_id, request.body));
}

void HubService::note_expired(const std::string& terminal_id) {
  auto noted = note_event(database_, clock_.utc_ms(), {terminal_id}, "certificate_expired",
                          "it cannot connect: enrol it again (kiosk-hub enrol)");
  if (!noted) log_.error("hub", "event-lost", noted.error());
}

void HubService::count_record(const Result<Bytes>& receipt) {
  if (metrics_ == nullptr) return;
  if (!receipt) {
    const std::string_view code = receipt.error().code;
    const std::string_view outcome = is_contradiction(code)     ? "quarantined"
                                     : code.starts_with("hub.") ? "not_taken"
                                                                : "failed";
    return metrics_->add(metric::records, {outcome, code});
  }
  const auto signed_one = record::decode_signed(*receipt);
  const auto body = signed_one ? record::decode_receipt(signed_one->body) : signed_one.error();
  if (!body) return;
  const bool stored = body->status == record::ReceiptStatus::stored;
  metrics_->add(metric::records, {stored ? "stored" : "refused", body->code});
}

HttpResponse HubService::reply(const HttpRequest& request, const Result<Bytes>& result) {
  if (result) {
    const bool changes = request.path == upload_path || request.path == "/v1/renew";
    if (changes) {
      log_.write(LogLevel::info, "hub", "served",
                 {{"path", request.path}, {"terminal", request.terminal_id}, {"trace", request.trace_id}});
    }
    return {200, "application/cbor", *result, {}};
  }
  const int status = status_of(result.error());
  log_.write(LogLevel::warning, "hub", "refused",
             {{"path", request.path},
              {"terminal", request.terminal_id},
              {"status", std::to_string(status)},
              {"trace", request.trace_id},
              {"error", result.error().text()}});
  return refusal(status, status == 503 ? "hub.unavailable" : result.error().code);
}

}  // namespace bianmin::hub
