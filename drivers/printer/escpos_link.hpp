// Requests and answers of an ESC/POS printer over one USB channel.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "drivers/printer/escpos_printer.hpp"
#include "drivers/printer/escpos_status.hpp"
#include "drivers/usb/channel.hpp"

namespace bianmin::printer {

// Thread-bound, blocking. Errors "usb.*".
class EscposLink {
 public:
  EscposLink(usb::Channel& channel, const EscposOptions& options, std::stop_token stop);

  // Its model as its IEEE 1284 id names it; empty: it does not say.
  Result<std::string> model();
  // All bytes taken by the printer. "usb.timeout": it took some or none of them and stands still.
  Result<void> send(ByteView bytes);
  // The state now. Falls back on the USB class's port status when the printer does not take or answer
  // requests.
  Result<PrinterStatus> status();
  // Two readings that agree, because single ones lie; the last one after some tries. A reading that agrees
  // with `known`, the settled one before, needs no second.
  Result<PrinterStatus> settled_status(const std::optional<PrinterStatus>& known = std::nullopt);
  // Throws away what the printer has not printed yet. Afterwards was_printed() is final.
  Result<void> clear_buffer();
  // Whether it answers GS ( H at all.
  Result<bool> supports_process_ids();
  // Waits up to `wait_ms` for answers, or until `news` is requested.
  Result<void> listen(int wait_ms);
  Result<void> listen(int wait_ms, std::stop_token news);
  // Forgets what was said before; from now on the printer's word for `id` counts, unless it says first that
  // it stood still: then what it prints afterwards is in two pieces.
  void expect(std::string_view id, std::string_view begun_id = {});
  bool was_printed() const { return printed_; }
  bool was_begun() const { return begun_; }  // it said so for `begun_id`
  bool stood_still() const { return stood_still_; }
  // From now on the printer is one with a presenter, or is none.
  void expect_presenter(bool there) { answers_.expect_full_status(there); }
  // Whether a slip waits at the mouth; empty: it does not answer.
  Result<std::optional<bool>> slip_at_mouth();
  // Asks for automatic status (GS a). Printers that do not know it may print an "a".
  Result<void> ask_automatic_status();
  bool automatic() const { return automatic_.has_value(); }  // it has sent one
  // The cause of an error is removed, as far as one knows: clear the buffers and go on (DLE ENQ 2).
  Result<void> tell_mended();
  void drain();
  bool stopped() const { return stop_.stop_requested(); }

 private:
  void sort_answers();
  Result<PrinterStatus> port_status();

  usb::Channel& channel_;
  const EscposOptions& options_;
  std::stop_token stop_;
  std::uint8_t out_ = 0;
  std::uint8_t in_ = 0;
  std::size_t packet_byte_count_ = 64;
  AnswerReader answers_;
  std::vector<std::uint8_t> realtime_;
  std::string expected_;
  std::string expected_begun_;
  bool printed_ = false;
  bool begun_ = false;
  bool stood_still_ = false;
  std::optional<PrinterStatus> automatic_;
  bool cleared_ = false;
  std::optional<bool> at_mouth_;
};

}  // namespace bianmin::printer
