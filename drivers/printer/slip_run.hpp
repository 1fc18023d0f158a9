// The printer's own thread prints one slip over one connection.
#pragma once

#include <functional>
#include <string>

#include "drivers/printer/escpos_link.hpp"
#include "drivers/printer/slip_desk.hpp"

namespace bianmin::printer {

// Four digits, another for each thing the printer is to report.
class ProcessIds {
 public:
  std::string next();

 private:
  int last_ = 0;
};

// Thread-bound, blocking. Errors "usb.*": the connection, or the printer, has to be recovered; the desk is
// told by whoever gets them.
class SlipRun {
 public:
  // `confirms`: it answers GS ( H. `standing` gets each reading that says it cannot print. All must outlive
  // it.
  SlipRun(EscposLink& link, SlipDesk& desk, const EscposOptions& options, const PrinterProfile& profile,
          ProcessIds& ids, bool confirms, std::function<void(const PrinterStatus&)> standing);

  // As far as the slip on the desk can be brought now. none: it has not ended.
  Result<SlipEnd> go_on();
  // Cuts off what hangs in the printer. False: it has not said that this was done.
  Result<bool> cut_remains();

 private:
  enum class Word { printed, standing, silence };
  Result<SlipEnd> print_body();
  Result<SlipEnd> finish();
  Result<std::optional<SlipEnd>> cut_off();
  Result<SlipEnd> stopped_in_cut();
  Result<SlipEnd> begin_anew();
  Result<Word> send_and_wait(Bytes bytes, bool tells_begin = false);
  Result<Word> wait_for_word();
  Result<void> clear();

  EscposLink& link_;
  SlipDesk& desk_;
  const EscposOptions& options_;
  SlipFormat format_;
  ProcessIds& ids_;
  bool confirms_;
  std::function<void(const PrinterStatus&)> standing_;
  PrinterStatus status_;
};

}  // namespace bianmin::printer
