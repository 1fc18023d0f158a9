#include "drivers/emulator/ipp_printer_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace bianmin::emulator {

namespace {

constexpr std::uint8_t in_endpoint = 0x82;
constexpr std::uint8_t out_endpoint = 0x01;
constexpr std::size_t request_byte_max = std::size_t{16} * 1024 * 1024;
enum : int { pending = 3, canceled = 7, aborted = 8, completed = 9 };
enum : std::uint16_t { ok = 0x0000, bad_request = 0x0400, gone = 0x0406, not_accepting = 0x0506 };

class Answer {
 public:
  Answer(std::uint16_t status, std::uint32_t request_id) {
    writer_.u16_be(0x0200).u16_be(status).u32_be(request_id).u8(0x01);
    add(0x47, "attributes-charset", "utf-8").add(0x48, "attributes-natural-language", "en");
  }
  Answer& group(std::uint8_t tag) {
    writer_.u8(tag);
    return *this;
  }
  Answer& add(std::uint8_t tag, std::string_view name, std::string_view value) {
    writer_.u8(tag).u16_be(static_cast<std::uint16_t>(name.size())).text(name);
    writer_.u16_be(static_cast<std::uint16_t>(value.size())).text(value);
    return *this;
  }
  Answer& number(std::uint8_t tag, std::string_view name, int value) {
    writer_.u8(tag).u16_be(static_cast<std::uint16_t>(name.size())).text(name).u16_be(4);
    writer_.u32_be(static_cast<std::uint32_t>(value));
    return *this;
  }
  Answer& resolution(std::string_view name, std::uint32_t dpi) {
    writer_.u8(0x32).u16_be(static_cast<std::uint16_t>(name.size())).text(name).u16_be(9);
    writer_.u32_be(dpi).u32_be(dpi).u8(3);
    return *this;
  }
  Bytes take() { return writer_.u8(0x03).take(); }

 private:
  ByteWriter writer_;
};

std::size_t find(const Bytes& bytes, std::string_view what, std::size_t from) {
  const auto start = bytes.begin() + static_cast<std::ptrdiff_t>(std::min(from, bytes.size()));
  const auto found = std::search(start, bytes.end(), what.begin(), what.end(),
                                 [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); });
  return found == bytes.end() ? std::string_view::npos : static_cast<std::size_t>(found - bytes.begin());
}

// A chunked body and where it ends; empty: it is not all there.
std::optional<std::pair<Bytes, std::size_t>> read_chunks(const Bytes& bytes, std::size_t at) {
  Bytes body;
  for (;;) {
    const std::size_t line_end = find(bytes, "\r\n", at);
    if (line_end == std::string_view::npos) return std::nullopt;
    const std::string line = text_of(ByteView(bytes).subspan(at, line_end - at));
    std::size_t size = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), size, 16).ec != std::errc()) size = 0;
    at = line_end + 2;
    if (size > request_byte_max || bytes.size() < at + size + 2) return std::nullopt;
    append(body, ByteView(bytes).subspan(at, size));
    at += size + 2;
    if (size == 0) return std::pair{std::move(body), at};
  }
}

}  // namespace

IppPrinterModel::IppPrinterModel() {
  spec_.vendor = 0x1209;
  spec_.product = 0xA404;
  spec_.manufacturer = "Bianmin Emulator";
  spec_.product_name = "A4 page printer, IPP over USB";
  spec_.serial = "EMU0012";
  InterfaceSpec interface;
  interface.device_class = 7;
  interface.subclass = 1;
  interface.protocol = 4;
  interface.endpoints = {{out_endpoint}, {in_endpoint}};
  spec_.interfaces = {interface};
}

void IppPrinterModel::power_on() {
  buffer_.clear();
  answers_.clear();
  plug_pulled_ = false;
}

void IppPrinterModel::select(unsigned, unsigned) {
  buffer_.clear();
  answers_.clear();
}

bool IppPrinterModel::standing() const {
  return std::any_of(reasons_.begin(), reasons_.end(),
                     [](const std::string& reason) { return reason.ends_with("-error"); });
}

void IppPrinterModel::set_reasons(std::vector<std::string> reasons) {
  reasons_ = std::move(reasons);
  print();
}

std::size_t IppPrinterModel::take(std::uint8_t, ByteView bytes) {
  std::size_t taken = bytes.size();
  if (plug_at_ && received_ + taken >= *plug_at_) {
    taken = *plug_at_ - received_;
    plug_at_.reset();
    plug_pulled_ = true;
  }
  append(buffer_, bytes.first(taken));
  received_ += taken;
  while (const auto request = take_request()) answer(*request);
  if (buffer_.size() > request_byte_max) buffer_.clear();
  return taken;
}

std::optional<Bytes> IppPrinterModel::take_request() {
  const std::size_t head_end = find(buffer_, "\r\n\r\n", 0);
  if (head_end == std::string_view::npos) return std::nullopt;
  const std::string head = text_of(ByteView(buffer_).first(head_end));
  std::size_t end = head_end + 4;
  Bytes body;
  if (head.find("Transfer-Encoding: chunked") != std::string::npos) {
    auto chunks = read_chunks(buffer_, end);
    if (!chunks) return std::nullopt;
    body = std::move(chunks->first);
    end = chunks->second;
  } else {
    constexpr std::string_view key = "Content-Length: ";
    const std::size_t at = head.find(key);
    std::size_t length = 0;
    if (at != std::string::npos)
      (void)std::from_chars(head.data() + at + key.size(), head.data() + head.size(), length);
    if (length > request_byte_max || buffer_.size() < end + length) return std::nullopt;
    const ByteView whole = ByteView(buffer_).subspan(end, length);
    body.assign(whole.begin(), whole.end());
    end += length;
  }
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(end));
  return body;
}

void IppPrinterModel::answer(const Bytes& request) {
  const auto message = printer::read_ipp(request);
  Bytes body;
  if (!message) {
    body = Answer(bad_request, 0).take();
  } else if (message->code == 0x0002) {
    body = print_job(*message, ByteView(request).subspan(message->byte_count));
  } else if (message->code == 0x0008 || message->code == 0x0009) {
    body = job_answer(*message, message->code == 0x0008);
  } else {
    body = printer_answer(*message);
  }
  Bytes out = bytes_of(fmt::format(
      "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\n\r\n", body.size()));
  append(out, body);
  answers_.push_back(std::move(out));
}

Bytes IppPrinterModel::print_job(const printer::IppMessage& message, ByteView document) {
  if (refuses_jobs_) return Answer(not_accepting, message.request_id).take();
  auto pages = read_pwg(document);
  Job job;
  job.state = pages && !pages->empty() ? pending : aborted;
  if (pages) job.pages = std::move(*pages);
  jobs_[++last_job_] = std::move(job);
  print();
  return Answer(ok, message.request_id)
      .group(0x02)
      .number(0x21, "job-id", last_job_)
      .number(0x23, "job-state", jobs_[last_job_].state)
      .take();
}

Bytes IppPrinterModel::job_answer(const printer::IppMessage& message, bool cancels) {
  const auto id = message.integer("job-id");
  const auto found = jobs_.find(static_cast<int>(id.value_or(0)));
  if (found == jobs_.end()) return Answer(gone, message.request_id).take();
  if (cancels && found->second.state == pending) found->second.state = canceled;
  return Answer(ok, message.request_id)
      .group(0x02)
      .number(0x23, "job-state", found->second.state)
      .add(0x44, "job-state-reasons", "none")
      .number(0x21, "job-impressions-completed", found->second.impressions)
      .take();
}

Bytes IppPrinterModel::printer_answer(const printer::IppMessage& message) const {
  Answer answer(ok, message.request_id);
  answer.group(0x04).number(0x23, "printer-state", standing() ? 5 : 3);
  for (std::size_t i = 0; i < reasons_.size(); ++i)
    answer.add(0x44, i == 0 ? "printer-state-reasons" : "", reasons_[i]);
  answer.add(0x49, "document-format-supported", "application/octet-stream").add(0x49, "", "image/pwg-raster");
  answer.add(0x44, "pwg-raster-document-type-supported", "sgray_8");
  answer.resolution("pwg-raster-document-resolution-supported", 300);
  return answer.take();
}

void IppPrinterModel::print() {
  if (standing()) return;
  for (auto& [id, job] : jobs_) {
    if (job.state != pending) continue;
    job.state = completed;
    job.impressions = static_cast<int>(job.pages.size());
    last_pages_ = std::move(job.pages);
    ++whole_count_;
  }
}

std::optional<Bytes> IppPrinterModel::give(std::uint8_t endpoint) {
  if (endpoint != in_endpoint || answers_.empty()) return std::nullopt;
  Bytes next = std::move(answers_.front());
  answers_.pop_front();
  return next;
}

}  // namespace bianmin::emulator
