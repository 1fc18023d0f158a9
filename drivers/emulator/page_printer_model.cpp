#include "drivers/emulator/page_printer_model.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bianmin::emulator {

namespace {

constexpr std::string_view exit_language = "\x1b%-12345X";
constexpr std::size_t buffer_byte_max = 65'536;  // while it stands still
constexpr std::size_t line_byte_max = 1'024;
constexpr std::uint8_t in_endpoint = 0x82;

bool ends_with(const Bytes& bytes, std::string_view end) {
  return bytes.size() >= end.size() &&
         std::equal(end.begin(), end.end(), bytes.end() - static_cast<std::ptrdiff_t>(end.size()),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

std::string quoted_in(std::string_view line) {
  const std::size_t first = line.find('"');
  const std::size_t last = line.rfind('"');
  if (first == std::string_view::npos || last <= first) return {};
  return std::string(line.substr(first + 1, last - first - 1));
}

std::string_view languages(PageLanguage language) {
  switch (language) {
    case PageLanguage::pcl_with_pjl:
      return "PJL,MLC,PCL,PCLXL,POSTSCRIPT";
    case PageLanguage::pcl:
      return "PCL5e";
    case PageLanguage::pwg:
      return "PWGRaster,URF";
    case PageLanguage::postscript:
      break;
  }
  return "POSTSCRIPT";
}

}  // namespace

PagePrinterModel::PagePrinterModel(PageLanguage language) : language_(language) {
  spec_.vendor = 0x1209;
  spec_.product = 0xA401;
  spec_.manufacturer = "Bianmin Emulator";
  spec_.product_name = "A4 page printer";
  spec_.serial = "EMU0011";
  InterfaceSpec interface;
  interface.device_class = 7;
  interface.subclass = 1;
  interface.protocol = 2;
  interface.endpoints = {{0x01}, {in_endpoint}};
  interface.kernel_driver = "usblp";
  spec_.interfaces = {interface};
  in_data_ = language_ != PageLanguage::pcl_with_pjl;
}

void PagePrinterModel::power_on() {
  tear_off();
  answers_.clear();
  jobs_.clear();
  line_.clear();
  job_name_.clear();
  job_bytes_.clear();
  tells_states_ = tells_jobs_ = plug_pulled_ = false;
  in_data_ = language_ != PageLanguage::pcl_with_pjl;
}

// What it has of a page comes out as it is.
void PagePrinterModel::tear_off() {
  if (!data_.empty()) ++partial_count_;
  data_.clear();
}

int PagePrinterModel::status_code() const {
  if (cover_open_) return 40'021;
  if (jammed_) return 42'202;
  if (!paper_) return 41'202;
  if (toner_out_) return 40'600;
  if (toner_low_) return 10'006;
  return 10'001;
}

std::size_t PagePrinterModel::take(std::uint8_t, ByteView bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    if (standing() && data_.size() >= buffer_byte_max) break;
    take_byte(bytes[taken++]);
    ++received_;
    apply_pending();
    if (plug_at_ && received_ >= *plug_at_) {
      plug_at_.reset();
      plug_pulled_ = true;
      break;
    }
  }
  // Without PJL nothing but the pages themselves says that they are whole.
  const bool pwg = language_ == PageLanguage::pwg && data_.size() > 1'800;
  if (pwg || (language_ == PageLanguage::pcl && ends_with(data_,
                                                          "\f\x1b"
                                                          "E")))
    end_of_data();
  return taken;
}

void PagePrinterModel::apply_pending() {
  const auto is_due = [this](std::optional<std::size_t>& at) {
    if (!at || received_ < *at) return false;
    at.reset();
    return true;
  };
  if (is_due(paper_out_at_)) set_paper(false);
  if (is_due(cover_open_at_)) set_cover(true);
  if (is_due(jam_at_)) set_jam(true);
}

void PagePrinterModel::take_byte(std::uint8_t byte) {
  if (in_data_) {
    data_.push_back(byte);
    if (language_ != PageLanguage::pcl_with_pjl || !ends_with(data_, exit_language)) return;
    data_.resize(data_.size() - exit_language.size());
    append(job_bytes_, data_);
    data_.clear();
    in_data_ = false;
    return;
  }
  line_ += static_cast<char>(byte);
  if (line_.ends_with(exit_language)) line_.clear();
  if (line_.size() > line_byte_max) line_.clear();
  if (byte == '\n') job_language_line(std::exchange(line_, {}));
}

void PagePrinterModel::job_language_line(std::string line) {
  std::erase(line, '\r');
  std::erase(line, '\n');
  if (line == "@PJL INFO STATUS") tell_state("INFO STATUS");
  if (line == "@PJL USTATUSOFF") tells_states_ = tells_jobs_ = false;
  if (line == "@PJL USTATUS DEVICE = ON") tells_states_ = true;
  if (line == "@PJL USTATUS JOB = ON") tells_jobs_ = true;
  if (line.starts_with("@PJL JOB ")) {
    job_name_ = quoted_in(line);
    job_bytes_.clear();
  }
  if (line == "@PJL ENTER LANGUAGE = PCL") in_data_ = true;
  if (line.starts_with("@PJL EOJ ") && quoted_in(line) == job_name_) {
    data_ = std::exchange(job_bytes_, {});
    end_of_data();
    print();
  }
}

void PagePrinterModel::tell_state(std::string_view head) {
  const bool online = !standing();
  answers_.push_back(
      bytes_of(fmt::format("@PJL {}\r\nCODE={}\r\nDISPLAY=\"{}\"\r\nONLINE={}\r\n\f", head, status_code(),
                           online ? "Ready" : "Attention", online ? "TRUE" : "FALSE")));
}

void PagePrinterModel::tell_end(const std::string& name, std::size_t pages, bool completed) {
  if (!tells_jobs_ || std::exchange(loses_word_, false)) return;
  answers_.push_back(
      bytes_of(fmt::format("@PJL USTATUS JOB\r\nEND\r\nNAME=\"{}\"\r\nPAGES={}\r\nRESULT={}\r\n\f", name,
                           pages, completed ? "OK" : "USER_CANCELED")));
}

void PagePrinterModel::end_of_data() {
  const bool pwg = language_ == PageLanguage::pwg;
  auto pages = pwg ? read_pwg(data_) : read_pcl(data_);
  if (pwg && !pages) return;  // more of it is on the way
  if (std::exchange(calls_off_job_, false)) {
    data_.clear();
    tell_end(job_name_, 0, false);
    return;
  }
  if (!pages || pages->empty()) {
    tear_off();
    tell_end(job_name_, 0, true);
    return;
  }
  jobs_.push_back({job_name_, std::exchange(data_, {}), std::move(*pages), 0});
  print();
}

void PagePrinterModel::print() {
  while (!jobs_.empty() && !standing()) {
    Job& job = jobs_.front();
    if (++job.out < job.pages.size()) continue;
    ++whole_count_;
    tell_end(job.name, job.pages.size(), true);
    last_job_bytes_ = std::move(job.bytes);
    last_pages_ = std::move(job.pages);
    jobs_.pop_front();
  }
}

void PagePrinterModel::set_jam(bool jammed) {
  if (jammed && !jammed_) ++partial_count_;
  change([&] { jammed_ = jammed; });
}

std::optional<Bytes> PagePrinterModel::give(std::uint8_t endpoint) {
  if (endpoint != in_endpoint || answers_.empty()) return std::nullopt;
  Bytes next = std::move(answers_.front());
  answers_.pop_front();
  return next;
}

std::optional<Bytes> PagePrinterModel::control(const ControlRequest& request) {
  constexpr std::uint8_t get_device_id = 0;
  constexpr std::uint8_t get_port_status = 1;
  constexpr std::uint8_t soft_reset = 2;
  if (request.request_type == 0x21 && request.request == soft_reset) {
    const bool states = tells_states_;
    const bool jobs = tells_jobs_;
    power_on();
    tells_states_ = states;
    tells_jobs_ = jobs;
    return Bytes{};
  }
  if (request.request_type != 0xA1) return std::nullopt;
  if (request.request == get_port_status)
    return Bytes{static_cast<std::uint8_t>((paper_ ? 0 : 0x20) | (standing() ? 0 : 0x18))};
  if (request.request == get_device_id) {
    const std::string id =
        fmt::format("MFG:Bianmin;CMD:{};MDL:Emulated A4;CLS:PRINTER;", languages(language_));
    ByteWriter answer;
    return answer.u16_be(static_cast<std::uint16_t>(id.size() + 2)).text(id).take();
  }
  return std::nullopt;
}

}  // namespace bianmin::emulator
