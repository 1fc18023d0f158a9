// The devices of one kiosk on a testbed, worked by lines of text.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "drivers/emulator/card_reader_model.hpp"
#include "drivers/emulator/ccid_reader_model.hpp"
#include "drivers/emulator/chip_cards.hpp"
#include "drivers/emulator/printer_model.hpp"
#include "drivers/emulator/scanner_model.hpp"
#include "drivers/emulator/testbed.hpp"

namespace bianmin::emulator {

// Thread-safe.
//   card on [NAME] | card off            NAME as in specimen_card()
//   chip on [NAME] | chip off            NAME as in chip_card(); "echo" without one
//   card off-after N                     N more transfers of the reader
//   paper out|in|low | cover open|close
//   paper out-after N | cover open-after N | printer unplug-after N      N more bytes
//   plug DEVICE | unplug DEVICE          reader, printer, scanner, smartcard (unplugged at first)
//   scan TEXT
//   killed                               the programs were killed: their claims go, as the kernel would see
//   to it fault DEVICE INDEX KIND              KIND as in fault_name(); INDEX of the transfer, counted from
//                                        plugging in, or with a + from now
//   receipts                             "whole N partial M"
//   receipt FILE                         writes the bytes of the last whole slip
//   status
class EmulatedKiosk {
 public:
  // Plugs all but the smart card reader in.
  static Result<std::unique_ptr<EmulatedKiosk>> create(Adapter adapter, ReaderFamily family,
                                                       ChipCards chips = chip_card);

  // The answer, or error "emulator.bad_command" | "file.*".
  Result<std::string> command(std::string_view line);
  const std::string& root_folder() const { return testbed_->root_folder(); }

 private:
  EmulatedKiosk(std::unique_ptr<Testbed> testbed, ReaderFamily family, ChipCards chips);
  Result<Testbed::Port> port_of(std::string_view name) const;
  Result<std::string> card(std::string_view what);
  Result<std::string> chip(std::string_view what);
  Result<std::string> printer_change(std::string_view part, std::string_view what);
  Result<std::string> fault(std::string_view what);
  Result<std::string> save_receipt(std::string_view path);
  std::string status();

  ChipCards chips_;
  CardReaderModel reader_;
  PrinterModel printer_;
  ScannerModel scanner_;
  CcidReaderModel smartcard_;
  std::unique_ptr<Testbed> testbed_;  // after the models: it goes first
  Testbed::Port reader_port_;
  Testbed::Port printer_port_;
  Testbed::Port scanner_port_;
  Testbed::Port smartcard_port_;
};

}  // namespace bianmin::emulator
