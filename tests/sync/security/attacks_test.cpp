// What somebody can do to records on their way, or with a terminal that lies: each attempt is refused with a
// code, and what the residents handed in arrives all the same, once.
#include <algorithm>

#include "sync/hub/report.hpp"
#include "tests/sync/hub/support.hpp"

namespace bianmin {

using test::must;

namespace {

constexpr int honest_records = 4;

// A terminal with records that wait, and somebody between it and the hub.
struct Attack {
  test::HubInProcess hub;
  test::EnrolledTerminalInProcess terminal{hub};
  std::vector<record::Upload> uploads;

  Attack() {
    for (int count = 0; count < honest_records; ++count) terminal.save();
    for (auto& pending : must(terminal.outbox->pending(100))) uploads.push_back(std::move(pending.upload));
  }

  // The hub's code; "ok" when it took it.
  std::string send(const Bytes& body, const std::string& who = "T-0001") {
    hub::HttpRequest request;
    request.method = "POST";
    request.path = "/v1/records";
    request.terminal_id = who;
    request.body = body;
    const auto response = hub.handle(request);
    last_reply = response.body;
    return response.status == 200 ? "ok" : agent::code_in(response.body);
  }
  std::string send(const record::Upload& upload, const std::string& who = "T-0001") {
    return send(record::encode(upload), who);
  }

  // As the device itself would sign it: a terminal in the wrong hands.
  template <typename Change>
  record::Upload lie(record::Upload upload, Change change) const {
    auto envelope = must(record::decode_envelope(upload.envelope));
    change(envelope);
    upload.envelope = record::encode(envelope);
    upload.signature = terminal.enrolment.device_key.sign(upload.envelope);
    return upload;
  }

  void check_nothing_taken() { CHECK(hub.report().records == 0); }
  void check_all_arrive() {
    terminal.turn_until_quiet();
    const auto report = hub.report();
    CHECK(report.records == honest_records);
    CHECK(report.accepted == honest_records);
    CHECK(report.duplicates == 0);
    CHECK(report.refused == 0);
    CHECK(must(terminal.journal->backlog()).refused == 0);
    terminal.check_clean();
  }

  Bytes last_reply;
};

}  // namespace

TEST_CASE("attack: pieces of two records swapped") {
  Attack attack;
  for (std::size_t at = 0; at + 1 < attack.uploads.size(); ++at) {
    const auto& one = attack.uploads[at];
    const auto& other = attack.uploads[at + 1];
    CHECK(attack.send(record::Upload{one.envelope, one.signature, other.payload}) == "hub.bad_payload");
    CHECK(attack.send(record::Upload{one.envelope, other.signature, one.payload}) == "hub.bad_signature");
    CHECK(attack.send(record::Upload{other.envelope, one.signature, one.payload}) == "hub.bad_signature");
  }
  attack.check_nothing_taken();
  attack.check_all_arrive();
}

TEST_CASE("attack: records replayed, also after they are settled") {
  Attack attack;
  std::vector<Bytes> receipts;
  for (const auto& upload : attack.uploads) {
    REQUIRE(attack.send(upload) == "ok");
    receipts.push_back(attack.last_reply);
  }
  attack.check_all_arrive();
  for (int round = 0; round < 3; ++round) {
    for (std::size_t at = attack.uploads.size(); at-- > 0;) {
      REQUIRE(attack.send(attack.uploads[at]) == "ok");
      CHECK(attack.last_reply == receipts[at]);
    }
  }
  attack.check_all_arrive();
}

TEST_CASE("attack: a record cut off anywhere, or with something behind it") {
  Attack attack;
  const Bytes whole = record::encode(attack.uploads[0]);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string code =
        attack.send(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    if (code != "hub.bad_upload") FAIL("cut to " << size << " bytes: " << code);
  }
  Bytes longer = whole;
  longer.push_back(0);
  CHECK(attack.send(longer) == "hub.bad_upload");
  auto shorter = attack.uploads[0];
  shorter.payload.pop_back();
  CHECK(attack.send(shorter) == "hub.bad_payload");
  attack.check_nothing_taken();
  attack.check_all_arrive();
}

TEST_CASE("attack: records in another order") {
  Attack attack;
  std::vector<std::size_t> order = {0, 1, 2, 3};
  do {
    Attack each;
    for (const std::size_t at : order) CHECK(each.send(each.uploads[at]) == "ok");
    CHECK(each.hub.report().gaps == 0);
    CHECK(each.hub.report().quarantined == 0);
    each.check_all_arrive();
    std::next_permutation(order.begin(), order.end());  // every second one is enough
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("attack: records of one terminal through the certificate of another") {
  Attack attack;
  const test::EnrolledTerminalInProcess other(attack.hub, "T-0002");
  for (const auto& upload : attack.uploads) CHECK(attack.send(upload, "T-0002") == "hub.wrong_terminal");
  const auto renamed = attack.lie(attack.uploads[0], [](auto& envelope) { envelope.terminal_id = "T-0002"; });
  CHECK(attack.send(renamed, "T-0002") == "hub.bad_signature");
  CHECK(attack.send(attack.uploads[0], "T-9999") == "hub.unknown_terminal");
  attack.check_nothing_taken();
  attack.check_all_arrive();
}

TEST_CASE("attack: another profile") {
  Attack attack;
  for (const char* profile : {"", "intl-0", "intl-2", "none"}) {
    const auto lie = attack.lie(attack.uploads[0], [&](auto& envelope) { envelope.profile = profile; });
    CHECK(attack.send(lie) == "hub.unknown_profile");
  }
  // One that the hub speaks, but not with this terminal: it is kept for operators, and not believed.
  const auto other = must(seal::Profile::named("gm-1"));
  const auto lie = attack.lie(attack.uploads[0], [&](auto& envelope) {
    envelope.profile = other->name();
    envelope.payload_digest = other->digest(attack.uploads[0].payload);
  });
  CHECK(attack.send(lie) == "hub.downgraded_profile");
  attack.check_nothing_taken();
  attack.check_all_arrive();
}

TEST_CASE("attack: a terminal that lies about its place in the chain") {
  Attack attack;
  const auto lie = [&](std::size_t at, auto change) {
    return attack.send(attack.lie(attack.uploads[at], change));
  };
  CHECK(lie(0, [](auto& envelope) { envelope.seq = 0; }) == "hub.bad_envelope");
  CHECK(lie(0, [](auto& envelope) { envelope.seq = 5'000'000; }) == "hub.seq_jump");
  CHECK(lie(0, [](auto& envelope) { envelope.seq = INT64_MAX; }) == "hub.seq_jump");
  CHECK(lie(0, [](auto& envelope) { envelope.epoch = 99; }) == "hub.unknown_terminal");
  CHECK(lie(0, [](auto& envelope) { envelope.previous.fill(1); }) == "hub.broken_chain");
  attack.check_nothing_taken();
  REQUIRE(attack.send(attack.uploads[0]) == "ok");
  CHECK(lie(1, [](auto& envelope) { envelope.seq = 1; }) == "hub.fork");
  CHECK(lie(1, [](auto& envelope) { envelope.previous.fill(1); }) == "hub.broken_chain");
  CHECK(lie(2, [](auto& envelope) { envelope.seq = 2; }) == "hub.broken_chain");
  attack.check_all_arrive();
  CHECK(attack.hub.report().quarantined == 6);  // kept, for operators to look at
}

TEST_CASE("attack: an envelope that says something else than its record") {
  Attack attack;
  const auto refused_with = [&](std::size_t at, auto change) {
    REQUIRE(attack.send(attack.lie(attack.uploads[at], change)) ==
            "ok");  // it is in its place, so it is kept
    return must(record::decode_receipt(must(record::decode_signed(attack.last_reply)).body)).code;
  };
  CHECK(refused_with(0, [](auto& envelope) { envelope.record_id.fill(9); }) == "hub.cannot_open");
  CHECK(attack.hub.report().records == 0);
  CHECK(attack.hub.report().refused == 1);
  Attack again;
  REQUIRE(again.send(again.lie(again.uploads[0],
                               [](auto& envelope) { envelope.case_no = "00000420000178"; })) == "ok");
  CHECK(must(record::decode_receipt(must(record::decode_signed(again.last_reply)).body)).code ==
        "hub.record_mismatch");
}

}  // namespace bianmin
