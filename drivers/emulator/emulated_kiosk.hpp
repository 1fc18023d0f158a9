// The devices of one kiosk on an emulated bus, worked by lines of text.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "drivers/emulator/card_reader_model.hpp"
#include "drivers/emulator/ccid_reader_model.hpp"
#include "drivers/emulator/chip_cards.hpp"
#include "drivers/emulator/lamp_array_model.hpp"
#include "drivers/emulator/mcp2221_model.hpp"
#include "drivers/emulator/pad_model.hpp"
#include "drivers/emulator/page_printer_model.hpp"
#include "drivers/emulator/printer_model.hpp"
#include "drivers/emulator/scanner_model.hpp"
#include "drivers/emulator/testbed.hpp"
#include "drivers/emulator/ups_model.hpp"

namespace bianmin::emulator {

// Thread-safe.
//   card on [NAME] | card off            NAME as in specimen_card()
//   chip on [NAME] | chip off            NAME as in chip_card(); "echo" without one
//   card off-after N                     N more transfers of the reader
//   paper out|in|low | cover open|close
//   paper out-after N | cover open-after N | printer unplug-after N      N more bytes
//   printer pace N                       lines for each time it is asked how it is; 0: all at once
//   cutter block|free                    at the next cut
//   slip presenter                       before the printer is plugged in: it is one that has a presenter
//   slip take | slip mouth               of a printer with a presenter; "waiting" or "empty"
//   page paper out|in | page cover open|close | page jam on|off | page toner ok|low|out
//   page paper out-after N | page cover open-after N | page unplug-after N   N more bytes
//   page receipts                        as receipts, of jobs
//   page save FILE                       the first page of the last whole job, as a PGM picture
//   key previous|next|confirm|back|help  down and up again
//   headset in|out                       by the pad, which has a key for each
//   light card|slip|page|scan|pad        "on" or "off": lamps 0 to 4 of the array
//   door open|close                      pin 0 of the contacts, normally closed
//   tamper begin|end                     pin 1 of the contacts, normally open
//   plug DEVICE | unplug DEVICE          reader, printer, scanner, ups; unplugged at
//                                        first: smartcard, pageprinter, pad, lights, contacts
//   scan TEXT
//   mains on|off | battery PERCENT SECONDS
//   killed                               the programs were killed: their claims go, as with a kernel
//   fault DEVICE INDEX KIND              KIND as in fault_name(); INDEX of the transfer, counted from
//                                        plugging in, or with a + from now
//   receipts                             "whole N partial M"
//   receipt FILE                         writes the bytes of the last whole slip
//   status
class EmulatedKiosk {
 public:
  // Plugs all in but those that are unplugged at first.
  static Result<std::unique_ptr<EmulatedKiosk>> create(Adapter adapter, ReaderFamily family,
                                                       ChipCards chips = chip_card);
  // For the guest of a virtual machine: a socket for each device in `folder`, see RedirServer.
  static Result<std::unique_ptr<EmulatedKiosk>> create_redir(const std::string& folder, ReaderFamily family,
                                                             ChipCards chips = chip_card);

  // The answer, or error "emulator.bad_command" | "file.*".
  Result<std::string> command(std::string_view line);
  const std::string& root_folder() const { return root_folder_; }  // umockdev's; empty without it

 private:
  EmulatedKiosk(std::unique_ptr<EmulatedBus> bus, std::string root_folder, ReaderFamily family,
                ChipCards chips);
  Result<EmulatedBus::Port> port_of(std::string_view name) const;
  Result<std::string> card(std::string_view what);
  Result<std::string> chip(std::string_view what);
  Result<std::string> printer_change(std::string_view part, std::string_view what);
  Result<std::string> slip(std::string_view what);
  Result<std::string> page_printer(std::string_view what);
  Result<std::string> page_printer_after(std::string_view part, std::string_view action,
                                         std::string_view number);
  Result<std::string> save_page(std::string_view path);
  Result<std::string> fault(std::string_view what);
  Result<std::string> key(std::string_view what);
  Result<std::string> headset(std::string_view what);
  Result<std::string> light(std::string_view place);
  Result<std::string> contact(std::string_view which, std::string_view what);
  Result<std::string> power(std::string_view part, std::string_view what);
  Result<std::string> save_receipt(std::string_view path);
  std::string status();

  ChipCards chips_;
  CardReaderModel reader_;
  PrinterModel printer_;
  ScannerModel scanner_;
  CcidReaderModel smartcard_;
  PadModel pad_;
  bool headset_in_ = false;
  LampArrayModel lights_;
  Mcp2221Model contacts_;
  bool door_open_ = false;
  bool tampered_ = false;
  UpsModel ups_;
  PagePrinterModel page_printer_;
  std::string root_folder_;
  std::unique_ptr<EmulatedBus> bus_;  // after the models: it goes first
  EmulatedBus::Port reader_port_;
  EmulatedBus::Port printer_port_;
  EmulatedBus::Port scanner_port_;
  EmulatedBus::Port smartcard_port_;
  EmulatedBus::Port ups_port_;
  EmulatedBus::Port page_printer_port_;
  EmulatedBus::Port pad_port_;
  EmulatedBus::Port lights_port_;
  EmulatedBus::Port contacts_port_;
};

}  // namespace bianmin::emulator
