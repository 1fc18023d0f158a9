// What the hub answers to a request, without any network.
//
// Every request comes from a terminal with at least one life that is not denied.
//
//   POST /v1/records  Upload          → 200 signed receipt
//   POST /v1/asks     sealed request  → 200 sealed answer
//   POST /v1/states   case list       → 200 signed states (an empty list is a sign of life)
//   POST /v1/time     anything        → 200 the hub's clock, signed
//   POST /v1/key      anything        → 200 a signed statement of the hub's newest seal key
//   POST /v1/renew    renew request   → 200 a new certificate for the connection
//   POST /v1/proofs   proof ask       → 200 proof that the tree has the record of a slip
//   POST /v1/consistency  consistency ask → 200 proof that the tree only grew
//
// Otherwise {"code":"hub.…"} with 400 (no such message), 403 (this terminal may not), 404 (no such
// path, proof or head), 405, 409
// (contradicts the chain), 413, 422 (not acceptable: sending it again is no use) or 503 (try again later).
#pragma once

#include <functional>
#include <span>

#include "sync/hub/ingest/ingest_batch.hpp"
#include "sync/hub/proof/proofs.hpp"
#include "sync/hub/proof/sequencer.hpp"
#include "sync/hub/service/heads.hpp"
#include "sync/hub/service/inquiry.hpp"
#include "sync/hub/service/renewal.hpp"
#include "sync/hub/watch/connection_watch.hpp"
#include "sync/hub/watch/metrics.hpp"
#include "terminal/base/log.hpp"

namespace bianmin::hub {

struct HttpRequest {
  std::string method;
  std::string path;
  std::string terminal_id;  // from the client's certificate
  Bytes body;
  std::uint64_t connection = 0;  // later ones have larger numbers
  std::string trace_id = {};     // http/trace_context.hpp; it stands in what the log says of the request
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/cbor";
  Bytes body;
  std::string allow = {};  // of a 405: which methods there are
};

// Takes the answer to one request: once, at once or later. It may be called when nobody waits for it any
// more.
using Answer = std::function<void(HttpResponse)>;

constexpr int resume_interval_s = 60;
constexpr std::size_t request_body_size_max = record::upload_size_max;

HttpResponse refusal(int status, std::string_view code);
// The path, when it is one of the above; "other": labels of metrics are not the world's to choose.
std::string_view path_label(std::string_view path);

// Thread-bound. Borrows everything; `book` as for Ingest; no `authority`: no certificates.
class HubService {
 public:
  HubService(database::Database& database, const HubKeys& keys, custody::Custody& custody, const Clock& clock,
             Log& log, const Authority* authority = nullptr,
             const departments::DepartmentBook* book = nullptr)
      : database_(database),
        ingest_(database, keys, custody, clock, book),
        inquiry_(database, keys, custody),
        heads_(database, keys, clock),
        sequencer_(database, keys, clock),
        proofs_(database, keys),
        chain_(database, clock),
        clock_(clock),
        log_(log) {
    if (authority != nullptr) renewal_.emplace(*authority, database, clock);
  }

  // From now on counts what comes of records.
  void count_into(Metrics& metrics) { metrics_ = &metrics; }
  // Makes the coming days' parts of the database, and tells operators of gaps that stay. Call at start and
  // every resume_interval_s.
  void resume();
  // Gives a batch of what was taken in its leaves in the hash tree. Call every sequence_interval_s, and again
  // at once, behind the requests that came meanwhile, when it returns true: more waits.
  bool sequence();
  // A terminal was refused because its certificate has expired.
  void note_expired(const std::string& terminal_id);
  // Blocks for the disk, as the two below do: it is the one and then, for an upload, the other.
  HttpResponse handle(const HttpRequest& request);
  // The answer to what is no upload, or none that is let in. Nothing: it is one, and for take().
  std::optional<HttpResponse> answer(const HttpRequest& request);
  // Takes in what answer() has let in. One answer for each, in their order; ingest_batch_max share a commit.
  std::vector<HttpResponse> take(std::span<const HttpRequest* const> uploads);

 private:
  HttpResponse serve(const HttpRequest& request);
  Result<void> admit(const std::string& terminal_id);
  HttpResponse reply(const HttpRequest& request, const Result<Bytes>& result);
  void count_record(const Result<Bytes>& receipt);
  database::Database& database_;
  IngestBatch ingest_;
  Inquiry inquiry_;
  Heads heads_;
  Sequencer sequencer_;
  Proofs proofs_;
  std::optional<Renewal> renewal_;
  ChainWatch chain_;
  ConnectionWatch connections_;
  const Clock& clock_;
  Log& log_;
  Metrics* metrics_ = nullptr;
};

}  // namespace bianmin::hub
