// The bench with an electronic ID: a real engine over an emulated card, keys from made-up authorities.
#pragma once

#include "sync/record/messages.hpp"
#include "sync/record/statement.hpp"
#include "sync/seal/digest.hpp"
#include "sync/seal/hpke.hpp"
#include "tests/e2e/eid_canary.hpp"
#include "tests/fakes/direct_card.hpp"
#include "tests/fakes/fake_smart_card_reader.hpp"
#include "tests/fakes/specimen_keys.hpp"
#include "tests/session/kiosk_bench.hpp"

namespace bianmin {

using e2e::canary_pin1;
using e2e::canary_pin2;

inline emulator::SpecimenEid canary_specimen() {
  emulator::SpecimenEid specimen;
  specimen.pin1 = canary_pin1;
  specimen.pin2 = canary_pin2;
  return specimen;
}

struct EidCard {
  EidCard(const seal::TestEid& eid, const emulator::SpecimenEid& specimen,
          emulator::EidGeneration generation = emulator::EidGeneration::idemia_2018)
      : EidCard(specimen_keys(eid), specimen, generation) {}
  EidCard(emulator::EidKeys keys, const emulator::SpecimenEid& specimen,
          emulator::EidGeneration generation = emulator::EidGeneration::idemia_2018)
      : model(generation, specimen, std::move(keys)) {}
  emulator::EidCardModel model;
  DirectCard card{model};
};

struct EidBench : KioskBench {
  seal::TestEid identity = seal::make_test_eid(clock.utc_ms());
  seal::TrustList trust = seal::TrustList::from_pem(identity.root.pem() + identity.authority.pem()).value();
  FakeSmartCardReader slot;
  session::EidParts parts{slot, trust};

  EidBench() {
    catalogue = services::load_catalogue("tests/catalogue").value();
    REQUIRE(catalogue.broken.empty());
    eid = &parts;
  }
  ~EidBench() { session.reset(); }  // it watches the slot

  void insert(EidCard& card) {
    slot.insert(card.card);
    turn();
    if (slot.has_job()) work();
  }
  void work() {
    slot.work();
    turn();
  }
  void type(const std::string& digits) {
    for (const char digit : digits) touch(std::string("key.") + digit);
  }
  void enter(const std::string& pin) {
    type(pin);
    touch("done");
    REQUIRE(page() == "busy");
    work();
  }
  // From the welcome page to the step that signs.
  void come_to_signing(EidCard& card) {
    start();
    touch("choice.0");
    insert(card);
    REQUIRE(page() == "pin-sign-in");
    enter(canary_pin1);
    touch("choice.0");
    REQUIRE(page() == "review");
    touch("submit");
  }
  int waiting_records() const { return static_cast<int>(journal->backlog().value().waiting); }
  record::CaseRecord saved_record() {
    store::Outbox outbox(*journal, enrolment.hub_receipt_key);
    const auto upload = outbox.pending(1).value().at(0).upload;
    const auto id = record::decode_envelope(upload.envelope).value().record_id;
    const auto plain = seal::open_with(hub_seal_key, record::seal_info_record, id, upload.payload).value();
    return record::decode_case_record(plain).value();
  }
};

}  // namespace bianmin
