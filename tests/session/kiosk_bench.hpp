// A whole session on one bench: real pages, real engine, real journal in a temporary folder; devices and time
// by hand.
#pragma once

#include <cstdio>
#include <filesystem>

#include "drivers/card/id_card.hpp"
#include "sync/record/envelope.hpp"
#include "sync/record/messages.hpp"
#include "sync/seal/digest.hpp"
#include "sync/seal/hpke.hpp"
#include "sync/store/outbox.hpp"
#include "terminal/base/files.hpp"
#include "terminal/session/session.hpp"
#include "tests/catch.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/fake_devices.hpp"
#include "tests/session/temporary_folder.hpp"
#include "ui/kit/offscreen_presenter.hpp"

namespace bianmin {

// The published specimen number, an invented name.
inline card::IdCard specimen_card() {
  card::IdCard card;
  card.name = "张某某";
  card.sex = '2';
  card.ethnicity = "01";
  card.birth = {1949, 12, 31};
  card.address = "柳溪镇东河村12号";
  card.number = "11010519491231002X";
  card.issuer = "柳溪镇公安局";
  card.valid_from = {2010, 1, 1};
  return card;
}

struct KioskBench {
  TemporaryFolder folder;
  FakeClock clock;
  EventLoop loop{clock};
  std::FILE* log_file = std::fopen((folder.path() / "log").c_str(), "w+");
  Log log{clock, log_file};
  session::Settings settings{
      .terminal_id = "T0000001", .site_name = "柳溪镇便民服务中心", .help_phone = "12345"};
  services::Catalogue catalogue = services::load_catalogue("terminal/catalogue").value();
  session::Languages languages = {{"zh-Hans", session::load_language("ui/strings", "zh-Hans").value()},
                                  {"en", session::load_language("ui/strings", "en").value()}};
  seal::PrivateKey hub_seal_key = seal::PrivateKey::generate();
  seal::PrivateKey hub_receipt_key = seal::PrivateKey::generate();
  store::Enrolment enrolment{{"T0000001", 1, 42},
                             seal::PrivateKey::generate(),
                             hub_seal_key.public_key(),
                             hub_receipt_key.public_key()};
  std::unique_ptr<store::Journal> journal =
      store::Journal::open(folder.path() / "journal.db", enrolment.identity).value();
  store::RecordWriter writer{*journal, enrolment};
  store::Asks asks{*journal, enrolment, clock};
  store::PrintLedger ledger{*journal, clock};
  FakeReader reader;
  FakePrinter printer;
  FakePagePrinter page_printer;
  bool has_page_printer = false;
  FakeScanner scanner;
  FakePad pad;
  FakeLights lights;
  FakeContacts contacts;
  FakeJack jack;
  FakePowerSupply ups;
  ui::OffscreenPresenter presenter;
  ui::Screen screen{presenter, clock, "ui/kit/icons", settings.canvas};
  const session::EidParts* eid = nullptr;
  int wakes = 0;
  int overs = 0;
  const card::PhotoDecoder* photos = nullptr;
  bool reader_was_empty = true;
  bool left_empty = false;
  bool was_tampered = false;
  bool left_tampered = false;
  bool powered_off = false;
  std::unique_ptr<session::Session> session;

  ~KioskBench() {
    session.reset();
    std::fclose(log_file);
  }

  void start() {
    const session::Parts parts{loop,
                               log,
                               settings,
                               catalogue,
                               reader,
                               printer,
                               scanner,
                               *journal,
                               writer,
                               asks,
                               ledger,
                               [this] { ++wakes; },
                               photos,
                               reader_was_empty,
                               eid,
                               &ups,
                               {&pad, &lights, &contacts, &jack},
                               was_tampered,
                               has_page_printer ? &page_printer : nullptr};
    session = std::make_unique<session::Session>(parts, screen, languages, [this](session::SessionEnd end) {
      ++overs;
      left_empty = end.reader_empty;
      powered_off = end.power_off;
      left_tampered = end.tampered;
    });
    session->start();
    turn();
  }
  void turn() {
    for (int i = 0; i < 3; ++i) loop.run_once(0);
  }
  void pass(std::int64_t ms) {
    for (std::int64_t done = 0; done < ms; done += 250) {
      clock.advance(250);
      loop.run_once(0);
    }
  }
  // Turns until `is_true`, for as long as a worker may need.
  bool until(const std::function<bool()>& is_true) {
    constexpr int turns_max = 3'000;
    for (int i = 0; i < turns_max && !is_true(); ++i) loop.run_once(20);
    return is_true();
  }
  void touch(const std::string& id) {
    INFO("touching " << id << " on\n" << screen.semantic_dump());
    REQUIRE(screen.activate(id));
    turn();
  }
  std::string page() const { return screen.page()->id; }
  bool shows(const std::string& text) const { return screen.semantic_dump().find(text) != std::string::npos; }
  std::string log_text() {
    std::fflush(log_file);
    return text_of(read_file(folder.path() / "log", 1 << 20).value());
  }

  // Answers the ask that is open as the hub would.
  void answer_ask(const record::CaseState& state) {
    store::Outbox outbox(*journal, enrolment.hub_receipt_key);
    const auto open = outbox.open_asks(10, clock.steady_ms()).value();
    REQUIRE(open.size() == 1);
    const auto plain = seal::open_with(hub_seal_key, record::seal_info_ask, {}, open[0].request).value();
    const auto reply_key =
        seal::PublicKey::from_point(record::decode_ask_request(plain).value().reply_key).value();
    const Bytes sealed = seal::seal_to(reply_key, record::seal_info_answer, seal::sha256(open[0].request),
                                       record::encode_third(state))
                             .value();
    REQUIRE(outbox.put_answer(open[0].id, sealed).ok());
  }

  // Answers the open ask for a piece of that certificate.
  void answer_piece(const Bytes& certificate, const record::Digest& digest) {
    store::Outbox outbox(*journal, enrolment.hub_receipt_key);
    const auto open = outbox.open_asks(10, clock.steady_ms()).value();
    REQUIRE(open.size() == 1);
    const auto plain = seal::open_with(hub_seal_key, record::seal_info_ask, {}, open[0].request).value();
    const auto request = record::decode_ask_request(plain).value();
    REQUIRE(request.form == record::AskForm::piece);
    REQUIRE(request.offset < certificate.size());
    const ByteView rest = ByteView(certificate).subspan(request.offset);
    const ByteView part = rest.first(std::min(rest.size(), record::certificate_piece_size));
    const record::CertificatePiece piece{certificate.size(), digest, request.offset,
                                         Bytes(part.begin(), part.end())};
    const auto reply_key = seal::PublicKey::from_point(request.reply_key).value();
    REQUIRE(outbox
                .put_answer(open[0].id, seal::seal_to(reply_key, record::seal_info_answer,
                                                      seal::sha256(open[0].request), record::encode(piece))
                                            .value())
                .ok());
  }

  // A record that waits, the first or a later one, as the hub opens it.
  record::CaseRecord record_at_hub(std::size_t index = 0) {
    store::Outbox outbox(*journal, enrolment.hub_receipt_key);
    const auto pending = outbox.pending(10).value();
    const auto envelope = record::decode_envelope(pending.at(index).upload.envelope).value();
    const auto plain = seal::open_with(hub_seal_key, record::seal_info_record, envelope.record_id,
                                       pending.at(index).upload.payload);
    REQUIRE(plain.ok());
    return record::decode_case_record(*plain).value();
  }

  // From the welcome page to the check of the answers.
  void fill_in() {
    touch("choice.0");
    reader.answer(specimen_card());
    turn();
    touch("next");
    touch("choice.0");
    touch("skip");
    REQUIRE(page() == "review");
  }
};

}  // namespace bianmin
