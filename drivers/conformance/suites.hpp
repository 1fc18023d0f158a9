// The suites of the kinds of devices. Each takes the device's watch() for itself; the device must
// outlive the suite.
#pragma once

#include <functional>

#include "drivers/card/id_card_reader.hpp"
#include "drivers/conformance/suite.hpp"

namespace bianmin::card {
class SmartCardReader;
}
namespace bianmin::printer {
class ReceiptPrinter;
}
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
Suite scanner_suite(scanner::CodeScanner& scanner);
Suite power_suite(power::PowerSupply& ups);

}  // namespace bianmin::conformance
