// An ESC/POS receipt printer as a device model: executes what it is sent, runs out of paper, answers.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "drivers/emulator/device_model.hpp"
#include "drivers/printer/printed_slip.hpp"

namespace bianmin::emulator {

// A piece of paper counts as a whole slip when it begins with an initialisation, nothing was printed on it
// before, none came in between, and it was cut. Every other piece with something on it counts as partial.
class PrinterModel : public DeviceModel {
 public:
  PrinterModel();

  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override;  // what was in the buffer is lost; the paper hangs where it was
  std::size_t take(std::uint8_t endpoint, ByteView bytes) override;
  bool pulls_plug() override { return std::exchange(plug_pulled_, false); }
  std::optional<Bytes> give(std::uint8_t endpoint) override;
  std::optional<Bytes> control(const ControlRequest& request) override;

  void set_paper(bool there);  // taking it away takes the piece under way with it
  void set_paper_low(bool low) { paper_low_ = low; }
  void set_cover(bool open);
  void set_cutter_failed(bool failed);
  void set_confirms(bool confirms) { confirms_ = confirms; }  // whether it knows GS ( H
  void lose_next_word() { loses_word_ = true; }               // its answer to the next GS ( H is not sent
  bool will_lose_word() const { return loses_word_; }
  void misread_paper(int count) { misreadings_ = count; }  // the sensor says "out" so many times
  int misreadings_left() const { return misreadings_; }

  // Something happens when so many more bytes are printed (received, for the plug).
  void paper_out_after(std::size_t byte_count) { paper_out_at_ = executed_ + byte_count; }
  void cover_open_after(std::size_t byte_count) { cover_open_at_ = executed_ + byte_count; }
  void pull_plug_after(std::size_t byte_count) { plug_at_ = received_ + byte_count; }

  int whole_count() const { return whole_count_; }
  int partial_count() const { return partial_count_; }
  const Bytes& last_whole_bytes() const { return last_whole_bytes_; }
  const printer::PrintedSlip& last_whole_slip() const { return last_whole_slip_; }
  bool has_paper() const { return paper_; }
  bool cover_is_open() const { return cover_open_; }

 private:
  bool standing() const { return !paper_ || cover_open_ || cutter_failed_; }
  bool take_realtime();
  void answer_status(int number);
  void execute();
  void apply(const printer::escpos::Operation& operation, ByteView bytes);
  void cut();
  void tear_off();

  DeviceSpec spec_;
  Bytes buffer_;
  std::deque<Bytes> answers_;
  printer::SlipBuilder builder_;
  Bytes piece_bytes_;          // executed since the last cut
  bool piece_marked_ = false;  // something is printed on it
  bool piece_begun_ = false;   // it began with an initialisation
  bool piece_spoilt_ = false;
  bool paper_ = true;
  bool paper_low_ = false;
  bool cover_open_ = false;
  bool cutter_failed_ = false;
  bool confirms_ = true;
  bool loses_word_ = false;
  bool plug_pulled_ = false;
  int misreadings_ = 0;
  std::size_t executed_ = 0;
  std::size_t received_ = 0;
  std::optional<std::size_t> paper_out_at_;
  std::optional<std::size_t> cover_open_at_;
  std::optional<std::size_t> plug_at_;
  int whole_count_ = 0;
  int partial_count_ = 0;
  Bytes last_whole_bytes_;
  printer::PrintedSlip last_whole_slip_;
};

}  // namespace bianmin::emulator
