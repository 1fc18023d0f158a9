// An A4 printer as a device model: reads PCL inside PJL, or PWG raster, puts pages out, jams, runs empty.
// Written from the documents of PJL and of the USB printer class.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "drivers/emulator/device_model.hpp"
#include "drivers/emulator/raster_reader.hpp"

namespace bianmin::emulator {

enum class PageLanguage {
  pcl_with_pjl,  // tells its state and the ends of jobs
  pcl,
  pwg,
  postscript,  // which nobody here speaks
};

// A job counts as whole when all its pages came out. It holds what it was sent, and goes on by itself when
// what stopped it is mended; a page that jams is printed again.
class PagePrinterModel : public DeviceModel {
 public:
  explicit PagePrinterModel(PageLanguage language = PageLanguage::pcl_with_pjl);

  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override;  // what it was sent is lost; half a page comes out torn
  std::size_t take(std::uint8_t endpoint, ByteView bytes) override;
  bool pulls_plug() override { return std::exchange(plug_pulled_, false); }
  std::optional<Bytes> give(std::uint8_t endpoint) override;
  std::optional<Bytes> control(const ControlRequest& request) override;

  void set_paper(bool there) {
    change([&] { paper_ = there; });
  }
  void set_cover(bool open) {
    change([&] { cover_open_ = open; });
  }
  void set_jam(bool jammed);  // tears the page under way
  void set_toner_out(bool out) {
    change([&] { toner_out_ = out; });
  }
  void set_toner_low(bool low) {
    change([&] { toner_low_ = low; });
  }
  void lose_next_word() { loses_word_ = true; }        // its answer to the next end of a job is not sent
  void call_off_next_job() { calls_off_job_ = true; }  // as a person at its panel does

  // Something happens when so many more bytes have come.
  void paper_out_after(std::size_t byte_count) { paper_out_at_ = received_ + byte_count; }
  void cover_open_after(std::size_t byte_count) { cover_open_at_ = received_ + byte_count; }
  void jam_after(std::size_t byte_count) { jam_at_ = received_ + byte_count; }
  void pull_plug_after(std::size_t byte_count) { plug_at_ = received_ + byte_count; }

  std::size_t received_count() const { return received_; }  // bytes, with all that is no page
  int whole_count() const { return whole_count_; }
  int partial_count() const { return partial_count_; }
  bool has_paper() const { return paper_; }
  bool cover_is_open() const { return cover_open_; }
  // Of the last whole job: as it was sent, without PJL, and as it looks.
  const Bytes& last_job_bytes() const { return last_job_bytes_; }
  const std::vector<RasterPage>& last_pages() const { return last_pages_; }

 private:
  struct Job {
    std::string name;
    Bytes bytes;
    std::vector<RasterPage> pages;
    std::size_t out = 0;
  };
  bool standing() const { return !paper_ || cover_open_ || jammed_ || toner_out_; }
  int status_code() const;
  template <typename Function>
  void change(Function function) {
    const int before = status_code();
    function();
    if (tells_states_ && status_code() != before) tell_state("USTATUS DEVICE");
    print();
  }
  void apply_pending();
  void take_byte(std::uint8_t byte);
  void job_language_line(std::string line);
  void tell_state(std::string_view head);
  void tell_end(const std::string& name, std::size_t pages, bool completed);
  void end_of_data();
  void print();
  void tear_off();

  PageLanguage language_;
  DeviceSpec spec_;
  std::deque<Bytes> answers_;
  bool in_data_ = false;  // of a page language; else PJL
  std::string line_;
  Bytes data_;
  Bytes job_bytes_;  // of the PJL job under way
  std::string job_name_;
  std::deque<Job> jobs_;  // with everything, waiting to come out
  bool tells_states_ = false;
  bool tells_jobs_ = false;
  bool paper_ = true;
  bool cover_open_ = false;
  bool jammed_ = false;
  bool toner_out_ = false;
  bool toner_low_ = false;
  bool loses_word_ = false;
  bool calls_off_job_ = false;
  bool plug_pulled_ = false;
  std::size_t received_ = 0;
  std::optional<std::size_t> paper_out_at_;
  std::optional<std::size_t> cover_open_at_;
  std::optional<std::size_t> jam_at_;
  std::optional<std::size_t> plug_at_;
  int whole_count_ = 0;
  int partial_count_ = 0;
  Bytes last_job_bytes_;
  std::vector<RasterPage> last_pages_;
};

}  // namespace bianmin::emulator
