// The suites of the kinds of devices. Each takes the device's watch() for itself; the device must
// outlive the suite.
#pragma once

#include <functional>

#include "drivers/cabinet/cabinet_contacts.hpp"
#include "drivers/cabinet/guide_lights.hpp"
#include "drivers/card/id_card_reader.hpp"
#include "drivers/conformance/suite.hpp"
#include "drivers/pad/key_pad.hpp"

namespace bianmin::card {
class SmartCardReader;
}
namespace bianmin::printer {
class PagePrinter;
class ReceiptPrinter;
}  // namespace bianmin::printer
namespace bianmin::power {
class PowerSupply;
}
namespace bianmin::scanner {
class CodeScanner;
}

namespace bianmin::conformance {

// Asks a reader about itself; without, that step is skipped.
using AskModule = std::function<void(std::function<void(Result<card::IdCardModule>)> done)>;

Suite id_card_suite(card::IdCardReader& reader, AskModule ask_module = {});
Suite smart_card_suite(card::SmartCardReader& reader);
Suite printer_suite(printer::ReceiptPrinter& printer);
Suite page_printer_suite(printer::PagePrinter& printer);
// `camera`: it sees a code for as long as that lies there; with steps of its own.
Suite scanner_suite(scanner::CodeScanner& scanner, bool camera = false);
// `keys`: those that this pad has.
Suite pad_suite(pad::KeyPad& pad, const std::vector<pad::PadKey>& keys);
// `places`: those that have a light.
Suite lights_suite(cabinet::GuideLights& lights, std::vector<cabinet::LightPlace> places);
Suite contacts_suite(cabinet::CabinetContacts& contacts, bool with_door, bool with_tamper);
Suite power_suite(power::PowerSupply& ups);

}  // namespace bianmin::conformance
