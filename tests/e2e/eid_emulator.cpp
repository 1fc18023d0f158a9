// kiosk-emulator-eid: kiosk-emulator with electronic IDs among its chips. Their authorities are made up at
// each start; what has to be believed for them goes into the file that BIANMIN_EID_TRUST names.
#include <cstdlib>

#include "drivers/emulator/kiosk_emulator.hpp"
#include "terminal/base/clock.hpp"
#include "terminal/base/files.hpp"
#include "tests/e2e/eid_canary.hpp"
#include "tests/fakes/specimen_keys.hpp"

using namespace bianmin;

int main(int argc, char** argv) {
  const seal::TestEid identity = seal::make_test_eid(SystemClock().utc_ms());
  const char* trust = std::getenv("BIANMIN_EID_TRUST");
  if (trust == nullptr ||
      !write_file_durably(trust, view_of(identity.root.pem() + identity.authority.pem()))) {
    return EXIT_FAILURE;
  }
  return emulator::kiosk_emulator(
      argc, argv, [&](std::string_view name) -> std::shared_ptr<emulator::CardModel> {
        emulator::SpecimenEid specimen;
        specimen.pin1 = e2e::canary_pin1;
        specimen.pin2 = e2e::canary_pin2;
        if (name == "eid-2018")
          return std::make_shared<emulator::EidCardModel>(emulator::EidGeneration::idemia_2018, specimen,
                                                          specimen_keys(identity));
        if (name == "eid-2025")
          return std::make_shared<emulator::EidCardModel>(emulator::EidGeneration::thales_2025, specimen,
                                                          specimen_keys(identity));
        return emulator::chip_card(name);
      });
}
