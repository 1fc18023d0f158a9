#include "tests/sync/hub/support.hpp"

#include <fmt/format.h>

#include "sync/seal/digest.hpp"
#include "sync/store/verify_journal.hpp"

namespace bianmin::test {

HubInProcess::HubInProcess() : log_(clock) {
  must(hub::init_hub(folder(), {"127.0.0.1"}, server_database_.url()));
  restart();
}

void HubInProcess::restart() {
  service_.reset();
  filing_.reset();
  department_.reset();
  database_.reset();
  keys_ = std::make_unique<hub::HubKeys>(must(hub::HubKeys::load(folder())));
  database_ = must(hub::open_hub_database(folder()));
  book_ = must(departments::DepartmentBook::load(folder()));
  department_ = std::make_unique<hub::EmbeddedRegister>(*database_, sealer_, clock);
  authority_ = std::make_unique<hub::Authority>(must(hub::load_authority(folder())));
  custody_ = must(custody::LocalCustody::load(folder()));
  filing_ = std::make_unique<hub::Filing>(*database_, *custody_, *department_);
  service_ = std::make_unique<hub::HubService>(*database_, *keys_, *custody_, clock, log_.get(),
                                               authority_.get(), &book_);
  resume();
}

hub::HttpResponse HubInProcess::handle(const hub::HttpRequest& request) {
  auto response = service_->handle(request);
  if (response.status == 200 && request.path == "/v1/records" && !hold_register) (void)filing_->file_new();
  return response;
}

void HubInProcess::resume() {
  service_->resume();
  (void)filing_->file_all();
}

hub::Manifest HubInProcess::restore_from(const std::filesystem::path& backup, bool nothing_lost) {
  hub_name_ += "-restored";
  const hub::RestoreRequest request{backup, folder(), on_postgresql() ? new_database() : std::string(),
                                    nothing_lost};
  auto manifest = must(hub::restore_hub(request, clock, [](std::string_view, std::int64_t, std::int64_t) {}));
  restart();
  return manifest;
}

// On a server the disk is not this test's to fill: a trigger says what the server would, after as many
// records.
void HubInProcess::fill_disk(int pages_left) {
  if (!on_postgresql()) {
    const auto pages = must(database().prepare("PRAGMA page_count").number());
    return must(database().limit_pages(pages + pages_left));
  }
  must(database().execute(fmt::format(
      "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF (SELECT count(*) FROM "
      "payload) "
      ">= {} THEN RAISE EXCEPTION ''could not extend file'' USING ERRCODE = ''53100''; END IF; RETURN NEW; "
      "END'; "
      "CREATE TRIGGER full_disk BEFORE INSERT ON payload FOR EACH ROW EXECUTE FUNCTION full_disk()",
      pages_left / 10)));
}

void HubInProcess::empty_disk() {
  if (!on_postgresql()) return must(database().limit_pages(1'000'000));
  must(database().execute("DROP TRIGGER full_disk ON payload; DROP FUNCTION full_disk"));
}

http::HttpReply FaultyWire::deliver(const std::string& path, ByteView body) {
  const auto response = hub_.handle({"POST", path, terminal_id_, Bytes(body.begin(), body.end())});
  return {response.status, response.body};
}

Result<http::HttpReply> FaultyWire::post(const std::string& path, ByteView body, long timeout_ms) {
  last_timeout_ms = timeout_ms;
  const Error broken{Remedy::retry_later, "agent.hub_unreachable", "the test says so"};
  ++request_count;
  if (in_the_middle) in_the_middle(path);
  if (cut) return broken;
  Fault fault = Fault::none;
  if (!faults.empty()) {
    fault = faults.front();
    faults.pop_front();
  }
  if (fault_at && fault_at->first == path) fault = fault_at->second;
  if (fault == Fault::lost_before) return broken;
  if (fault == Fault::given_up) return Error{Remedy::retry_later, "agent.stopping", "the test says so"};
  if (fault == Fault::unavailable) return http::HttpReply{503, bytes_of("{\"code\":\"hub.unavailable\"}")};
  if (fault == Fault::no_such_path) {
    return http::HttpReply{404, bytes_of("{\"code\":\"hub.no_such_path\"}")};
  }
  const http::HttpReply before = last_reply_;
  if (fault == Fault::twice) (void)deliver(path, body);
  last_reply_ = deliver(path, body);
  if (fault == Fault::lost_after) return broken;
  if (fault == Fault::stale) return before;
  if (fault == Fault::garbage) return http::HttpReply{200, seal::random_bytes(100)};
  if (fault == Fault::truncated) {
    return http::HttpReply{200, Bytes(last_reply_.body.begin(), last_reply_.body.begin() + 20)};
  }
  if (fault == Fault::forged) {
    const FakeHub stranger;
    auto receipt = record::decode_signed(last_reply_.body);
    return http::HttpReply{200, stranger.sign(receipt ? receipt->body : Bytes{1})};
  }
  return last_reply_;
}

EnrolledTerminalInProcess::EnrolledTerminalInProcess(HubInProcess& hub, const std::string& id,
                                                     const std::string& profile)
    : hub_(hub),
      log_(hub.clock),
      enrolment([&] {
        (void)must(
            hub::enrol_terminal(hub.folder(), {id, path(), "https://127.0.0.1:1", profile}, hub.clock));
        return must(store::load_enrolment(path()));
      }()),
      journal(must(store::Journal::open(path() / "journal.db", enrolment.identity))),
      outbox(std::make_unique<store::Outbox>(*journal, enrolment.hub_receipt_key)),
      wire(hub, id),
      own_clock(hub.clock) {
  restart_agent();
}

void EnrolledTerminalInProcess::restart_agent() {
  agent::AgentParts parts{
      *journal, *outbox, wire, own_clock, log_.get(), [] { return 7U; }, [this] { ++changed_count; }};
  parts.stopping = [this] { return stopping; };
  parts.budget_bytes_per_s = budget_bytes_per_s;
  parts.take_seal_key = [this](ByteView told) { return store::replace_hub_seal_key(path(), told); };
  parts.renewal = renewal;
  parts.renewed = [this] { ++renewed_count; };
  agent = std::make_unique<agent::Agent>(std::move(parts));
}

void EnrolledTerminalInProcess::turn_until_quiet(int turns_max) {
  for (int turn = 0; turn < turns_max; ++turn) {
    if (agent->turn()) continue;
    if (must(journal->backlog()).waiting == 0 && must(outbox->unaccepted_cases(1)).empty()) return;
    hub_.clock.advance(http::backoff_most_ms);
  }
  FAIL("the agent does not come to rest");
}

void EnrolledTerminalInProcess::check_clean() {
  const auto report = must(store::verify_journal(path() / "journal.db", enrolment.device_key.public_key(),
                                                 enrolment.hub_receipt_key));
  CHECK(report.clean());
}

}  // namespace bianmin::test
