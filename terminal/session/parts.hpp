// What a session is composed of: lent by main, which owns everything.
#pragma once

#include <functional>

#include "drivers/card/id_card_reader.hpp"
#include "drivers/card/photo_decoder.hpp"
#include "drivers/power/power_supply.hpp"
#include "drivers/printer/page_printer.hpp"
#include "drivers/printer/receipt_printer.hpp"
#include "drivers/scanner/code_scanner.hpp"
#include "sync/store/asks.hpp"
#include "sync/store/journal.hpp"
#include "sync/store/print_ledger.hpp"
#include "sync/store/record_writer.hpp"
#include "terminal/base/event_loop.hpp"
#include "terminal/base/log.hpp"
#include "terminal/services/catalogue.hpp"
#include "terminal/session/cabinet.hpp"
#include "terminal/session/eid_dialog.hpp"
#include "terminal/session/settings.hpp"

namespace bianmin::session {

struct Parts {
  EventLoop& loop;
  Log& log;
  const Settings& settings;
  const services::Catalogue& catalogue;
  card::IdCardReader& reader;
  printer::ReceiptPrinter& printer;
  scanner::CodeScanner& scanner;
  store::Journal& journal;
  store::RecordWriter& writer;
  store::Asks& asks;
  store::PrintLedger& ledger;
  std::function<void()> wake_agent;            // new work lies in the journal
  const card::PhotoDecoder* photos = nullptr;  // null: none, a silhouette is shown
  bool reader_was_empty = false;               // when the session before ended; false: nobody knows
  const EidParts* eid = nullptr;               // null: this terminal takes no electronic IDs
  power::PowerSupply* ups = nullptr;           // null: nobody tells of power cuts
  CabinetParts cabinet = {};
  bool was_tampered = false;                     // the session before ended for it, or was closed for it
  printer::PagePrinter* page_printer = nullptr;  // null: nobody prints A4
};

}  // namespace bianmin::session
