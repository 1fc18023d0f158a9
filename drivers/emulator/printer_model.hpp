// An ESC/POS receipt printer as a device model: takes bytes into its buffer, prints them at its own speed,
// runs out of paper, jams, answers.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "drivers/emulator/device_model.hpp"
#include "drivers/emulator/slip_mouth.hpp"
#include "drivers/printer/printed_slip.hpp"

namespace bianmin::emulator {

// What counts as a whole slip is a piece of paper that begins with an initialisation, nothing was printed on
// it before, nothing but end marks came after any later one, its last line is an end mark, and it was cut.
// Every other piece with something on it counts as partial.
//
// Characters wait in the print buffer until their line is ended, as in a printer: what is cleared before that
// is not on paper.
class PrinterModel : public DeviceModel {
 public:
  explicit PrinterModel(std::uint16_t vendor = 0x0416, std::uint16_t product = 0x5011);

  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override;  // what was in the buffer is lost; the paper hangs where it was
  std::size_t take(std::uint8_t endpoint, ByteView bytes) override;
  bool pulls_plug() override { return std::exchange(plug_pulled_, false); }
  std::optional<Bytes> give(std::uint8_t endpoint) override;
  std::optional<Bytes> control(const ControlRequest& request) override;

  void set_paper(bool there);  // taking it away takes the piece under way with it
  void set_paper_low(bool low);
  void set_cover(bool open);
  void set_cutter_failed(bool failed);  // no more than that: the error comes and goes
  void set_overheated(bool hot);
  void set_cutter_blocked(bool blocked);  // an error at the next cut, until it is free and told so (DLE ENQ)
  void set_confirms(bool confirms) { confirms_ = confirms; }  // whether it knows GS ( H
  void lose_next_word() { loses_word_ = true; }               // its answer to the next GS ( H is not sent
  bool will_lose_word() const { return loses_word_; }
  void misread_paper(int count) { misreadings_ = count; }  // the sensor says "out" so many times
  int misreadings_left() const { return misreadings_; }
  // Has a power supply of its own: a plug that is pulled leaves the buffer alone, and it goes on printing.
  void set_own_power(bool own) { own_power_ = own; }
  // Slower than the bus: prints so many lines each time it is asked for its status, not all at once. 0: at
  // once.
  void set_lines_per_look(int lines) { lines_per_look_ = lines; }
  // It is a kiosk printer, a Reliance: what it cuts goes to its mouth. From its next plugging in.
  void fit_presenter();
  SlipMouth& mouth() { return mouth_; }
  void print_all();  // what is left in the buffer, as time does it

  // Something happens when so many more bytes are printed (received).
  void paper_out_after(std::size_t byte_count) { paper_out_at_ = executed_ + byte_count; }
  void change_roll_after(std::size_t byte_count) { roll_changed_at_ = executed_ + byte_count; }  // quickly
  void cover_open_after(std::size_t byte_count) { cover_open_at_ = executed_ + byte_count; }
  void pull_plug_after(std::size_t received) { plug_at_ = received_ + received; }
  void pull_plug_when_printed(std::size_t byte_count) { plug_printed_at_ = executed_ + byte_count; }
  // Its own power goes: with the plug, as a terminal that feeds it sees it.
  void lose_power_after(std::size_t received) { power_at_ = received_ + received; }
  void lose_power_when_printed(std::size_t byte_count) { power_printed_at_ = executed_ + byte_count; }
  // The computer at the other end dies: not a byte more comes or goes until it is another one.
  void lose_host_after(std::size_t received) { host_dies_at_ = received_ + received; }
  void lose_host_when_printed(std::size_t byte_count) { host_dies_printed_at_ = executed_ + byte_count; }
  bool host_died() const { return host_dead_; }
  void get_host();

  int whole_count() const { return whole_count_; }
  int partial_count() const { return partial_count_; }
  std::size_t received_count() const { return received_; }
  std::size_t executed_count() const { return executed_; }
  const Bytes& last_whole_bytes() const { return last_whole_bytes_; }
  const printer::PrintedSlip& last_whole_slip() const { return last_whole_slip_; }
  // All that left it, whole or not, in order.
  const std::vector<printer::PrintedSlip>& pieces() const { return pieces_; }
  void forget_pieces() { pieces_.clear(); }
  bool has_paper() const { return paper_; }
  bool cover_is_open() const { return cover_open_; }

 private:
  bool standing() const { return !paper_ || cover_open_ || cutter_failed_ || overheated_ || unpowered_; }
  bool take_realtime();
  void answer_status(int number);
  void tell_status();
  Bytes automatic_status() const;
  void execute();
  void strike();  // what was to happen by now
  void lose_power();
  void apply(const printer::escpos::Operation& operation, ByteView bytes);
  void drop_line();
  void note_line();
  void note_mark(bool end_mark);
  void cut();
  void tear_off();
  void keep(printer::PrintedSlip piece);
  void begin_piece();

  DeviceSpec spec_;
  Bytes buffer_;
  std::size_t buffer_byte_max_ = 4'096;
  std::deque<Bytes> answers_;
  printer::SlipBuilder builder_;
  struct BeforeLine {
    printer::SlipBuilder builder;
    std::size_t byte_count = 0;
  };
  std::optional<BeforeLine> before_line_;  // what there was before the line in the print buffer
  Bytes piece_bytes_;                      // printed since the last cut
  bool piece_marked_ = false;              // something is printed on it
  bool piece_told_ = false;                // something other than an end mark is
  bool piece_begun_ = false;               // it began with an initialisation
  bool piece_again_ = false;               // another came when something was printed
  bool piece_ended_ = false;               // its last line is an end mark
  bool piece_spoilt_ = false;
  bool paper_ = true;
  bool paper_low_ = false;
  bool cover_open_ = false;
  bool cutter_failed_ = false;
  bool cutter_blocked_ = false;
  bool overheated_ = false;
  bool unpowered_ = false;
  bool own_power_ = false;
  bool host_dead_ = false;
  bool confirms_ = true;
  bool loses_word_ = false;
  bool has_presenter_ = false;
  SlipMouth mouth_;
  bool plug_pulled_ = false;
  bool automatic_ = false;
  int misreadings_ = 0;
  int lines_per_look_ = 0;
  int lines_left_ = 0;
  std::size_t executed_ = 0;
  std::size_t received_ = 0;
  std::optional<std::size_t> paper_out_at_;
  std::optional<std::size_t> roll_changed_at_;
  std::optional<std::size_t> cover_open_at_;
  std::optional<std::size_t> plug_at_;
  std::optional<std::size_t> plug_printed_at_;
  std::optional<std::size_t> power_at_;
  std::optional<std::size_t> power_printed_at_;
  std::optional<std::size_t> host_dies_at_;
  std::optional<std::size_t> host_dies_printed_at_;
  int whole_count_ = 0;
  int partial_count_ = 0;
  Bytes last_whole_bytes_;
  printer::PrintedSlip last_whole_slip_;
  std::vector<printer::PrintedSlip> pieces_;
};

}  // namespace bianmin::emulator
