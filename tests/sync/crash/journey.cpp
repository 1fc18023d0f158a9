#include "tests/sync/crash/journey.hpp"

#include "sync/hub/filing/filing.hpp"
#include "sync/hub/filing/register.hpp"
#include "sync/hub/ingest/ingest.hpp"
#include "sync/hub/report.hpp"
#include "sync/hub/service/inquiry.hpp"
#include "sync/seal/digest.hpp"
#include "sync/store/outbox.hpp"
#include "sync/store/verify_journal.hpp"

namespace bianmin::test {

namespace {

constexpr const char* journal_file = "terminal/journal.db";
constexpr const char* hub_folder = "hub";
// Small, so that a short journey has many checkpoints.
constexpr const char* pages_per_checkpoint = "PRAGMA wal_autocheckpoint=10";

using store::PrintState;

template <typename T>
Result<void> done_if(const Result<T>& result) {
  return result.ok() ? Result<void>() : Result<void>(result.error());
}

// One call of a store.
template <typename Call>
auto attempt(Told& told, const Call& call) {
  auto result = call();
  if (result) return result;
  told.errors.emplace_back(result.error().code);
  if (told.tries_again) return call();
  return result;
}

}  // namespace

struct Journey::Stores {
  std::unique_ptr<store::Journal> journal;
  std::unique_ptr<database::Database> hub;
  std::unique_ptr<store::RecordWriter> writer;
  std::unique_ptr<store::PrintLedger> ledger;
  std::unique_ptr<store::Outbox> outbox;
};

Journey::Journey() {
  records_ = {sample_case(), sample_rating(""), sample_document("", Bytes(9'000, 7)), sample_case("代办"),
              sample_rating("")};
}

Result<void> Journey::open(Disks& disks, Stores& stores, Told& told) {
  auto journal = attempt(told, [&] {
    return store::Journal::open(journal_file, enrolment_.identity,
                                {.check_integrity = true, .vfs = disks.terminal.name()});
  });
  if (!journal) return journal.error();
  stores.journal = std::move(*journal);
  must(stores.journal->database().execute(pages_per_checkpoint));
  auto hub = attempt(told, [&] {
    return hub::open_hub_database(hub_folder, database::Access::read_write, disks.hub.name());
  });
  if (!hub) return hub.error();
  stores.hub = std::move(*hub);
  must(stores.hub->execute(pages_per_checkpoint));
  const std::string pem = enrolment_.device_key.public_key().pem();
  auto enrolled = attempt(told, [&] {
    auto enrol = stores.hub->prepare(
        "INSERT OR IGNORE INTO enrolment (enrolment_no, terminal_id, epoch, device_key, enrolled_utc_ms) "
        "VALUES (42, 'T-0001', 1, ?, 0)");
    return enrol.bind(std::string_view(pem)).run();
  });
  if (!enrolled) return enrolled;
  stores.writer = std::make_unique<store::RecordWriter>(*stores.journal, enrolment_);
  stores.ledger = std::make_unique<store::PrintLedger>(*stores.journal, clock_);
  stores.outbox = std::make_unique<store::Outbox>(*stores.journal, enrolment_.hub_receipt_key);
  return done_if(attempt(told, [&] { return stores.ledger->recover(); }));
}

Result<store::Saved> Journey::save(Stores& stores, Told& told, int number, const std::string& case_no) {
  record::CaseRecord record = records_[static_cast<std::size_t>(number)];
  record.case_no = case_no;
  told.begun = std::max(told.begun, static_cast<std::size_t>(number) + 1);
  auto saved = attempt(told, [&] { return stores.writer->save(record); });
  if (!saved) return saved;
  const auto [known, fresh] = told.saved.emplace(number, *saved);
  if (!fresh) CHECK((known->second.case_no == saved->case_no && known->second.seq == saved->seq));
  return saved;
}

Result<void> Journey::print(Stores& stores, Told& told, int number, const std::string& case_no) {
  const std::string job = "slip-" + std::to_string(number);
  auto state =
      attempt(told, [&] { return stores.ledger->intend(job, case_no, seal::sha256(bytes_of(case_no))); });
  while (state && *state != PrintState::printed) {
    told.printed[number] = *state;
    const bool again = *state == PrintState::intended || *state == PrintState::failed;
    const PrintState next = again ? PrintState::sending : PrintState::printed;
    if (next == PrintState::printed) told.printing_ended[number] = true;
    const auto advanced = attempt(told, [&] { return stores.ledger->advance(job, next); });
    if (!advanced) return advanced;
    state = next;
  }
  if (state) told.printed[number] = *state;
  return done_if(state);
}

Result<void> Journey::send(Stores& stores, Told& told) {
  hub::Ingest ingest(*stores.hub, *hub_.keys, *hub_.custody, clock_);
  hub::EmbeddedRegister department(*stores.hub, hub_.sealer, clock_);
  hub::Filing filing(*stores.hub, *hub_.custody, department);
  hub::Inquiry inquiry(*stores.hub, *hub_.keys, *hub_.custody);
  auto pending = attempt(told, [&] { return stores.outbox->pending(record_count); });
  if (!pending) return pending.error();
  for (const store::PendingRecord& one : *pending) {
    auto receipt = attempt(told, [&] { return ingest.take("T-0001", record::encode(one.upload)); });
    if (!receipt) return receipt.error();
    auto settled = attempt(told, [&] { return stores.outbox->settle(*receipt); });
    if (!settled) return settled.error();
    CHECK(settled->status == record::ReceiptStatus::stored);
  }
  // One that a department failed on waits for the next round.
  for (int round = 0; round < 2; ++round) {
    if (auto filed = attempt(told, [&] { return filing.file_all(); }); !filed) return filed.error();
  }
  auto cases = attempt(told, [&] { return stores.outbox->unaccepted_cases(record_count); });
  if (!cases) return cases.error();
  std::vector<std::string> case_nos;
  for (const store::SentCase& one : *cases) case_nos.push_back(one.case_no);
  auto states = attempt(told, [&] { return inquiry.states("T-0001", record::encode_case_list(case_nos)); });
  if (!states) return states.error();
  return done_if(attempt(told, [&] { return stores.outbox->apply_states(*states); }));
}

Result<void> Journey::ask(Stores& stores, Told& told, const std::string& case_no) {
  store::Asks asks(*stores.journal, enrolment_, clock_);
  auto id = attempt(told, [&] { return asks.ask(case_no, records_[0].token, 30'000); });
  if (!id) return id.error();
  auto open = attempt(told, [&] { return stores.outbox->open_asks(1, clock_.steady_ms()); });
  if (!open) return open.error();
  REQUIRE(open->size() == 1);
  auto sealed = attempt(told, [&] {
    return hub::Inquiry(*stores.hub, *hub_.keys, *hub_.custody)
        .answer(enrolment_.identity.terminal_id, open->front().request, clock_.utc_ms());
  });
  if (!sealed) return sealed.error();
  auto put = attempt(told, [&] { return stores.outbox->put_answer(*id, *sealed); });
  if (!put) return put;
  auto answer = attempt(told, [&] { return asks.answer(*id); });
  if (!answer) return answer.error();
  CHECK((*answer)->state.stage != record::CaseStage::unknown);
  return {};
}

Result<void> Journey::run(Disks& disks, Told& told) {
  Stores stores;
  if (auto opened = open(disks, stores, told); !opened) return opened;
  auto first = save(stores, told, 0);
  if (!first) return first.error();
  if (auto printed = print(stores, told, 0, first->case_no); !printed) return printed;
  if (auto rated = save(stores, told, 1, first->case_no); !rated) return rated.error();
  if (auto sent = send(stores, told); !sent) return sent;
  if (auto asked = ask(stores, told, first->case_no); !asked) return asked;
  if (auto handed_out = save(stores, told, 2, first->case_no); !handed_out) return handed_out.error();
  auto second = save(stores, told, 3);
  if (!second) return second.error();
  if (auto printed = print(stores, told, 3, second->case_no); !printed) return printed;
  if (auto sent = send(stores, told); !sent) return sent;
  if (auto rated = save(stores, told, 4, second->case_no); !rated) return rated.error();
  return send(stores, told);
}

void Journey::check(Disks& disks, const Told& told) {
  const auto journal = must(store::Journal::open(journal_file, enrolment_.identity,
                                                 {.check_integrity = true, .vfs = disks.terminal.name()}));
  const auto report = must(store::verify_journal(journal_file, enrolment_.device_key.public_key(),
                                                 enrolment_.hub_receipt_key, disks.terminal.name()));
  CHECK(report.clean());
  CHECK(report.refused == 0);
  CHECK(report.records >= static_cast<std::int64_t>(told.saved.size()));
  CHECK(report.records <= static_cast<std::int64_t>(told.begun));
  for (const auto& [number, saved] : told.saved) {
    auto query = journal->database().prepare("SELECT seq, case_no FROM record WHERE record_id = ?");
    CHECK(must(query.bind(ByteView(records_[static_cast<std::size_t>(number)].id)).step()));
    CHECK((query.unsigned_integer(0) == saved.seq && query.text(1) == saved.case_no));
  }
  store::PrintLedger ledger(*journal, clock_);
  for (const auto& [number, state] : told.printed) {
    const auto job = must(ledger.find("slip-" + std::to_string(number)));
    REQUIRE(job);
    const bool ended = told.printing_ended.contains(number);
    if (state == PrintState::printed) CHECK(job->state == PrintState::printed);
    if (!ended) CHECK(job->state != PrintState::printed);
    if (state == PrintState::sending) {
      CHECK(job->state != PrintState::intended);
      CHECK((ended || must(ledger.paper_hangs())));
    }
  }
}

void Journey::check_end(Disks& disks) {
  const auto report = must(store::verify_journal(journal_file, enrolment_.device_key.public_key(),
                                                 enrolment_.hub_receipt_key, disks.terminal.name()));
  CHECK(report.clean());
  CHECK(report.records == record_count);
  CHECK(report.waiting == 0);
  const auto database =
      must(hub::open_hub_database(hub_folder, database::Access::read_write, disks.hub.name()));
  const auto hub = must(hub::make_report(*database));
  CHECK(hub.records == record_count);
  CHECK(hub.accepted == 2);
  CHECK((hub.duplicates == 0 && hub.gaps == 0 && hub.refused == 0 && hub.quarantined == 0));
  CHECK(must(database->prepare("SELECT count(*) FROM department_entry").number()) == record_count);
}

}  // namespace bianmin::test
