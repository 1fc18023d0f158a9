// The suites of the four kinds of devices. Each takes the device's watch() for itself; the device must
// outlive the suite.
#pragma once

#include "drivers/conformance/suite.hpp"

namespace bianmin::card {
class IdCardReader;
class SmartCardReader;
}  // namespace bianmin::card
namespace bianmin::printer {
class ReceiptPrinter;
}
namespace bianmin::scanner {
class CodeScanner;
}

namespace bianmin::conformance {

Suite id_card_suite(card::IdCardReader& reader);
Suite smart_card_suite(card::SmartCardReader& reader);
Suite printer_suite(printer::ReceiptPrinter& printer);
Suite scanner_suite(scanner::CodeScanner& scanner);

}  // namespace bianmin::conformance
