#include "drivers/printer/page/ipp_page_link.hpp"

#include <algorithm>
#include <chrono>
#include <random>

#include "drivers/printer/page/ipp_message.hpp"
#include "drivers/printer/page/page_stream.hpp"

namespace bianmin::printer {

namespace {

using Steady = std::chrono::steady_clock;
constexpr std::string_view path = "/ipp/print";
constexpr int quiet_ms = 5;
constexpr int drains_max = 64;
constexpr int http_ok = 200;
constexpr int printer_stopped = 5;
enum : int { job_canceled = 7, job_aborted = 8, job_completed = 9 };
constexpr std::uint16_t not_found = 0x0406;

Error wrong(std::string_view why) { return {Remedy::retry_later, "usb.io", std::string(why)}; }

class IppPageLink : public PageLink {
 public:
  IppPageLink(std::unique_ptr<ByteStream> stream, const PageOptions& options)
      : stream_(std::move(stream)), options_(options) {}

  Result<void> begin(bool) override {
    if (auto restarted = stream_->restart(); !restarted) return restarted;
    for (int i = 0; i < drains_max; ++i) {
      const auto stale = stream_->read(quiet_ms);
      if (!stale || stale->empty()) break;
    }
    const auto answer = ask(IppWriter(IppOperation::get_printer_attributes, ++request_id_)
                                .texts(IppTag::keyword, "requested-attributes",
                                       {"document-format-supported", "pwg-raster-document-type-supported",
                                        "pwg-raster-document-resolution-supported"}));
    if (!answer) return answer.error();
    if (!answer->has("document-format-supported", "image/pwg-raster"))
      return Error{Remedy::refuse, "printer.no_language", "it takes no PWG raster"};
    const bool gray = answer->find("pwg-raster-document-type-supported") == nullptr ||
                      answer->has("pwg-raster-document-type-supported", "sgray_8");
    colour_ = gray ? PwgColour::gray : PwgColour::black;
    scale_ = takes_300_dpi(*answer) ? 1 : 2;
    return {};
  }

  Result<PageStatus> status(bool) override {
    const auto answer =
        ask(IppWriter(IppOperation::get_printer_attributes, ++request_id_)
                .texts(IppTag::keyword, "requested-attributes", {"printer-state", "printer-state-reasons"}));
    if (!answer) return answer.error();
    PageStatus status;
    if (const IppAttribute* const reasons = answer->find("printer-state-reasons")) {
      for (const std::string& reason : reasons->values) add_ipp_reason(reason, status);
    }
    if (answer->integer("printer-state") == printer_stopped && status.can_print()) status.offline = true;
    return status;
  }

  Result<bool> send(const PageJob& job, const std::string& name, const SendHooks& hooks) override {
    verdict_ = JobVerdict::open;
    job_.reset();
    Bytes head = bytes_of(http_head(path, std::nullopt));
    append(head, http_chunk(IppWriter(IppOperation::print_job, ++request_id_)
                                .text(IppTag::name, "requesting-user-name", "kiosk")
                                .text(IppTag::name, "job-name", name)
                                .text(IppTag::mime_type, "document-format", "image/pwg-raster")
                                .group(IppTag::job_group)
                                .text(IppTag::keyword, "media", "iso_a4_210x297mm")
                                .text(IppTag::keyword, "sides", "one-sided")
                                .take()));
    reader_ = {};
    auto going_on = put(head, hooks);
    if (!going_on) return going_on;
    const auto stream = pwg_stream(job, colour_, scale_);
    bool whole_page = false;
    for (Bytes piece = stream->next(); *going_on && !piece.empty() && !reader_.done();
         piece = stream->next()) {
      if (!whole_page && stream->finished_pages() > 0) {
        whole_page = true;
        *going_on = hooks.may_finish_page();
      }
      if (!*going_on) break;
      Bytes chunk = http_chunk(piece);
      going_on = put(chunk, hooks);
      wipe(piece.data(), piece.size());
      wipe(chunk.data(), chunk.size());
      if (!going_on) return going_on;
    }
    if (!reader_.done()) {
      if (auto ended = put_all(view_of(http_last_chunk)); !ended) return ended.error();
    }
    if (auto told = take_job(); !told) return told.error();
    if (*going_on) return true;
    if (auto told = call_off(); !told) return told.error();
    return whole_page;
  }

  Result<JobVerdict> look(int wait_ms) override {
    if (verdict_ != JobVerdict::open || !job_) return verdict_;
    // Nothing comes unasked: it is a pause that ends with the connection.
    const auto unasked = stream_->read(wait_ms);
    if (!unasked && unasked.error().code != "usb.timeout") return unasked.error();
    const auto answer = ask(IppWriter(IppOperation::get_job_attributes, ++request_id_)
                                .integer("job-id", *job_)
                                .texts(IppTag::keyword, "requested-attributes",
                                       {"job-state", "job-state-reasons", "job-impressions-completed"}));
    if (!answer) return answer.error();
    if (answer->code == not_found) return verdict_ = JobVerdict::unknown;
    const auto state = answer->integer("job-state");
    const bool none_out = answer->integer("job-impressions-completed") == 0;
    if (state == job_completed) {
      verdict_ = answer->has("job-state-reasons", "job-completed-with-errors") ? JobVerdict::unknown
                                                                               : JobVerdict::printed;
    } else if (state == job_canceled || state == job_aborted) {
      verdict_ = none_out ? JobVerdict::not_printed : JobVerdict::unknown;
    }
    return verdict_;
  }
  bool confirms() const override { return true; }

  Result<void> call_off() override {
    if (!job_) return {};
    const auto answer = ask(IppWriter(IppOperation::cancel_job, ++request_id_).integer("job-id", *job_));
    if (!answer) return answer.error();
    return {};  // too late, perhaps: look() tells
  }

 private:
  static bool takes_300_dpi(const IppMessage& answer) {
    const IppAttribute* const resolutions = answer.find("pwg-raster-document-resolution-supported");
    if (resolutions == nullptr) return true;
    return std::any_of(resolutions->values.begin(), resolutions->values.end(), [](const std::string& value) {
      ByteReader reader(view_of(value));
      const bool across = reader.u32_be() == 300;
      const bool down = reader.u32_be() == 300;
      constexpr std::uint8_t per_inch = 3;
      return across && down && reader.u8() == per_inch && !reader.failed();
    });
  }

  // The answer to a request that has no document.
  Result<IppMessage> ask(IppWriter& writer) {
    const Bytes message = writer.take();
    Bytes request = bytes_of(http_head(path, message.size()));
    append(request, message);
    reader_ = {};
    if (auto sent = put_all(request); !sent) return sent.error();
    return read_answer(options_.answer_timeout_ms);
  }

  Result<IppMessage> read_answer(int timeout_ms) {
    const auto until = Steady::now() + std::chrono::milliseconds(timeout_ms);
    while (!reader_.done()) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Steady::now()).count();
      if (left <= 0) return Error{Remedy::retry_later, "usb.timeout", "no answer"};
      const auto bytes = stream_->read(static_cast<int>(left));
      if (!bytes) return bytes.error();
      if (!reader_.push(*bytes)) return wrong("no HTTP");
    }
    if (reader_.answer().status != http_ok) return wrong("another HTTP status than 200");
    auto message = read_ipp(reader_.answer().body);
    if (!message) return wrong("no IPP");
    if (message->request_id != request_id_) return wrong("the answer to another request");
    return message;
  }

  Result<void> put_all(ByteView bytes) {
    while (!bytes.empty()) {
      const auto taken = stream_->write(bytes, options_.write_timeout_ms);
      if (!taken) return taken.error();
      bytes = bytes.subspan(*taken);
    }
    return {};
  }

  // False: it was called off between two pieces. An answer that comes early ends it, too: reader_ has it.
  Result<bool> put(ByteView bytes, const SendHooks& hooks) {
    if (!hooks.may_go_on()) return false;
    auto progress = Steady::now();
    while (!bytes.empty()) {
      const auto taken = stream_->write(bytes, options_.write_timeout_ms);
      if (taken) {
        bytes = bytes.subspan(*taken);
        progress = Steady::now();
        continue;
      }
      if (taken.error().code != "usb.timeout") return taken.error();
      const auto early = stream_->read(quiet_ms);
      if (early && !reader_.push(*early)) return wrong("no HTTP");
      if (reader_.done()) return true;
      const bool stalled = Steady::now() - progress > std::chrono::milliseconds(options_.stall_limit_ms);
      // In the middle of a chunk nothing but breaking the connection calls it off.
      if (stalled || !hooks.may_go_on()) return taken.error();
    }
    return true;
  }

  Result<void> take_job() {
    const auto answer = read_answer(options_.stall_limit_ms);
    if (!answer) return answer.error();
    const auto id = answer->integer("job-id");
    if (answer->succeeded() && id) {
      job_ = static_cast<std::int32_t>(*id);
    } else {
      verdict_ = JobVerdict::not_printed;  // it did not take it
    }
    return {};
  }

  std::unique_ptr<ByteStream> stream_;
  const PageOptions& options_;
  std::uint32_t request_id_ = std::random_device()() >> 2U;  // so that no answer of an earlier link fits
  PwgColour colour_ = PwgColour::gray;
  int scale_ = 1;
  HttpReader reader_;
  std::optional<std::int32_t> job_;
  JobVerdict verdict_ = JobVerdict::open;
};

class UsbStream : public ByteStream {
 public:
  UsbStream(usb::Channel& channel, std::stop_token stop) : channel_(channel), stop_(std::move(stop)) {
    for (const usb::EndpointInfo& endpoint : channel.interface().endpoints) {
      if (endpoint.kind == usb::EndpointKind::bulk) (endpoint.is_in() ? in_ : out_) = endpoint.address;
    }
  }
  Result<std::size_t> write(ByteView bytes, int timeout_ms) override {
    return channel_.write(out_, bytes.first(std::min(bytes.size(), piece_byte_max)), timeout_ms, stop_);
  }
  Result<Bytes> read(int timeout_ms) override {
    return channel_.read(in_, piece_byte_max, timeout_ms, stop_);
  }
  // Half a request would swallow the next one. A device with one setting may refuse to be set to it.
  Result<void> restart() override {
    const auto chosen = channel_.select_alternate(0);
    return chosen || chosen.error().code != "usb.stall" ? chosen : Result<void>();
  }

 private:
  static constexpr std::size_t piece_byte_max = 16'384;  // of whole packets of any speed
  usb::Channel& channel_;
  std::stop_token stop_;
  std::uint8_t in_ = 0;
  std::uint8_t out_ = 0;
};

}  // namespace

std::unique_ptr<PageLink> ipp_page_link(std::unique_ptr<ByteStream> stream, const PageOptions& options) {
  return std::make_unique<IppPageLink>(std::move(stream), options);
}

std::unique_ptr<ByteStream> usb_stream(usb::Channel& channel, std::stop_token stop) {
  return std::make_unique<UsbStream>(channel, std::move(stop));
}

}  // namespace bianmin::printer
