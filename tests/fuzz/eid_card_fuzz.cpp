// An eID of any answers, and records of any bytes: a whole person with a number that checks, or a coded
// error. The first byte chooses the card.
#include <cstdlib>

#include "drivers/card/eid/eid_records.hpp"
#include "drivers/card/eid/personal_code.hpp"
#include "drivers/emulator/eid_card_model.hpp"
#include "terminal/base/text.hpp"
#include "tests/fakes/direct_card.hpp"
#include "tests/fuzz/hostile_card.hpp"

using namespace bianmin;
using namespace bianmin::card;

namespace {

void check(const Result<EidPerson>& person) {
  if (!person) {
    if (person.error().code.empty()) std::abort();
    return;
  }
  for (const std::string* text : {&person->surname, &person->given_names, &person->birth_place}) {
    if (!valid_utf8(*text)) std::abort();
  }
  if (!parse_personal_code(person->personal_code) || !person->birth.valid() || !person->valid_to.valid())
    std::abort();
}

void work(ElectronicId& eid) {
  const SecretBytes pin = {'1', '2', '3', '4', '5'};
  const Bytes digest(eid_digest_byte_count, 7);
  check(eid.person());
  for (const EidKey key : {EidKey::authentication, EidKey::signing}) {
    (void)eid.certificate(key);
    if (const auto state = eid.pin_state(key); state && (state->tries_left < 0 || state->tries_left > 15))
      std::abort();
    const auto signature = eid.sign(key, pin, digest);
    if (signature && signature->size() != eid_signature_byte_count) std::abort();
  }
  (void)eid.unblock_pin(EidKey::signing, {8, '1'}, pin);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto generation = static_cast<emulator::EidGeneration>(data[0] % 3);
  const ByteView bytes(data + 1, size - 1);
  HostileCard model(emulator::EidCardModel(generation, {}, {}).atr(), bytes);
  DirectCard card(model);
  const auto eid = open_electronic_id(card);
  if (!eid) std::abort();
  work(**eid);
  ByteReader reader(bytes);
  EidRecords records;
  for (SecretBytes& record : records) {
    const ByteView text = reader.take(std::min<std::size_t>(reader.u8(), reader.left()));
    record.assign(text.begin(), text.end());
  }
  check(parse_eid_records(records));
  return 0;
}
