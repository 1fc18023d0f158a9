// An A4 printer with IPP over USB as a device model: HTTP and IPP on one bulk pair. Written from RFC 8011 and
// RFC 9112; tests/e2e/ipp_printer.sh tries the same driver on a printer that is not ours.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "drivers/emulator/device_model.hpp"
#include "drivers/emulator/raster_reader.hpp"
#include "drivers/printer/page/ipp_message.hpp"

namespace bianmin::emulator {

// Takes jobs while it stands still, and prints them when it can.
class IppPrinterModel : public DeviceModel {
 public:
  IppPrinterModel();

  const DeviceSpec& spec() const override { return spec_; }
  void power_on() override;  // half a request is forgotten; jobs that are whole are kept
  std::size_t take(std::uint8_t endpoint, ByteView bytes) override;
  bool pulls_plug() override { return std::exchange(plug_pulled_, false); }
  std::optional<Bytes> give(std::uint8_t endpoint) override;
  std::optional<Bytes> control(const ControlRequest&) override { return std::nullopt; }
  void select(unsigned interface, unsigned alternate) override;  // forgets what is under way

  // Keywords of printer-state-reasons that end in "-error" stop it.
  void set_reasons(std::vector<std::string> reasons);
  void refuse_jobs(bool refuses) { refuses_jobs_ = refuses; }
  void pull_plug_after(std::size_t byte_count) { plug_at_ = received_ + byte_count; }

  int whole_count() const { return whole_count_; }
  const std::vector<RasterPage>& last_pages() const { return last_pages_; }

 private:
  struct Job {
    int state = 3;  // pending
    std::vector<RasterPage> pages;
    int impressions = 0;
  };
  bool standing() const;
  std::optional<Bytes> take_request();
  void answer(const Bytes& request);
  Bytes print_job(const printer::IppMessage& message, ByteView document);
  Bytes job_answer(const printer::IppMessage& message, bool cancels);
  Bytes printer_answer(const printer::IppMessage& message) const;
  void print();

  DeviceSpec spec_;
  Bytes buffer_;
  std::deque<Bytes> answers_;
  std::vector<std::string> reasons_ = {"none"};
  bool refuses_jobs_ = false;
  bool plug_pulled_ = false;
  std::size_t received_ = 0;
  std::optional<std::size_t> plug_at_;
  std::map<int, Job> jobs_;
  int last_job_ = 0;
  int whole_count_ = 0;
  std::vector<RasterPage> last_pages_;
};

}  // namespace bianmin::emulator
