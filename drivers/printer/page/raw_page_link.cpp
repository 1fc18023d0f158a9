#include <algorithm>
#include <chrono>

#include "drivers/printer/page/device_id.hpp"
#include "drivers/printer/page/page_link.hpp"
#include "drivers/printer/page/page_stream.hpp"
#include "drivers/printer/page/pjl.hpp"

namespace bianmin::printer {

namespace {

using Steady = std::chrono::steady_clock;
constexpr std::uint8_t class_interface_in = 0xA1;
constexpr std::uint8_t class_interface_out = 0x21;
constexpr std::uint8_t get_port_status = 1;
constexpr std::uint8_t soft_reset = 2;
constexpr int quiet_ms = 5;
constexpr int drains_max = 64;
constexpr int greetings_max = 3;

enum class Language { pcl, pwg };

class RawPageLink : public PageLink {
 public:
  RawPageLink(usb::Channel& channel, const PageOptions& options, Language language, bool job_language,
              std::stop_token stop)
      : channel_(channel),
        options_(options),
        language_(language),
        job_language_(job_language),
        stop_(std::move(stop)) {
    for (const usb::EndpointInfo& endpoint : channel.interface().endpoints) {
      if (endpoint.kind != usb::EndpointKind::bulk) continue;
      if (!endpoint.is_in()) out_ = endpoint.address;
      if (!endpoint.is_in()) continue;
      in_ = endpoint.address;
      if (endpoint.packet_byte_max > 0) packet_byte_count_ = endpoint.packet_byte_max;
    }
    job_language_ = job_language_ && in_ != 0;
  }

  Result<void> begin(bool torn) override {
    drain();
    if (torn) {
      if (auto reset = forget_all(); !reset) return reset;
    }
    // One lost word must not make it a printer that never confirms.
    for (int i = 0; job_language_ && !confirms_ && i < greetings_max; ++i) {
      if (i > 0) drain();
      if (auto sent = say(pjl_greeting()); !sent) return sent;
      if (auto heard = listen_for_status(); !heard) return heard;
      confirms_ = heard_status_;
    }
    return {};
  }

  Result<PageStatus> status(bool in_job) override {
    if (confirms_ && !in_job) {
      if (auto sent = say(pjl_ask_status()); !sent) return sent.error();
      if (auto heard = listen_for_status(); !heard) return heard.error();
    } else if (confirms_) {
      if (auto heard = listen(quiet_ms); !heard) return heard.error();
    }
    return with_port_status();
  }

  Result<bool> send(const PageJob& job, const std::string& name, const SendHooks& hooks) override {
    name_ = name;
    page_count_ = static_cast<int>(job.size());
    verdict_ = JobVerdict::open;
    if (confirms_) {
      const auto started = put(pjl_job_start(name), hooks);
      if (!started || !*started) return started;
    }
    const auto stream = language_ == Language::pwg ? pwg_stream(job, PwgColour::gray, 1) : pcl_stream(job, 1);
    bool whole_page = false;
    for (Bytes piece = stream->next(); !piece.empty(); piece = stream->next()) {
      if (!whole_page && stream->finished_pages() > 0) {
        whole_page = true;
        if (!hooks.may_finish_page()) return called_off();
      }
      const auto taken = put(piece, hooks);
      wipe(piece.data(), piece.size());
      if (!taken) return taken;
      if (!*taken && whole_page) verdict_ = JobVerdict::unknown;
      if (!*taken) return whole_page;
    }
    if (!confirms_) return true;
    const auto ended = put(pjl_job_end(name), hooks);
    if (ended && !*ended) verdict_ = JobVerdict::unknown;
    if (!ended) return ended;
    return true;
  }

  Result<JobVerdict> look(int wait_ms) override {
    if (confirms_ && verdict_ == JobVerdict::open) {
      if (auto heard = listen(wait_ms); !heard) return heard.error();
    }
    return verdict_;
  }
  bool confirms() const override { return confirms_; }

  Result<void> call_off() override {
    verdict_ = JobVerdict::unknown;  // what was on its way may be out
    return forget_all();
  }

 private:
  // SOFT_RESET of the class: its buffers are emptied. Printers that do not know it stall.
  Result<void> forget_all() {
    auto reset = channel_.control_write(class_interface_out, soft_reset, 0, channel_.interface().number, {},
                                        options_.answer_timeout_ms, stop_);
    if (!reset && reset.error().code != "usb.stall" && reset.error().code != "usb.timeout") return reset;
    return {};
  }
  Result<bool> called_off() {
    if (auto reset = forget_all(); !reset) return reset.error();
    return false;
  }

  // False: it was called off.
  Result<bool> put(ByteView bytes, const SendHooks& hooks) {
    auto progress = Steady::now();
    while (!bytes.empty()) {
      if (!hooks.may_go_on()) return called_off();
      const auto taken = channel_.write(out_, bytes, options_.write_timeout_ms, stop_);
      if (taken) {
        bytes = bytes.subspan(*taken);
        progress = Steady::now();
        continue;
      }
      if (taken.error().code != "usb.timeout") return taken.error();
      if (confirms_) {
        if (auto heard = listen(quiet_ms); !heard) return heard.error();
      }
      const auto now = with_port_status();
      if (!now) return now.error();
      hooks.stands(*now);
      if (!now->can_print()) progress = Steady::now();  // it goes on when a person has mended it
      if (Steady::now() - progress > std::chrono::milliseconds(options_.stall_limit_ms)) return taken.error();
    }
    return true;
  }

  // A printer that stands still takes nothing: no error.
  Result<void> say(ByteView bytes) {
    const auto sent = channel_.write(out_, bytes, options_.answer_timeout_ms, stop_);
    if (!sent && sent.error().code != "usb.timeout") return sent.error();
    return {};
  }

  Result<void> listen_for_status() {
    heard_status_ = false;
    const auto until = Steady::now() + std::chrono::milliseconds(options_.answer_timeout_ms);
    while (!heard_status_ && Steady::now() < until) {
      if (auto heard = listen(std::min(options_.answer_timeout_ms, options_.busy_poll_ms)); !heard)
        return heard;
    }
    return {};
  }

  Result<void> listen(int wait_ms) {
    const auto answer = channel_.read(in_, packet_byte_count_, wait_ms, stop_);
    if (!answer && answer.error().code != "usb.timeout") return answer.error();
    if (!answer) return {};
    answers_.push(*answer);
    while (const auto said = answers_.next()) take(*said);
    return {};
  }

  void take(const PjlAnswer& said) {
    if (const auto* state = std::get_if<PjlStatus>(&said)) {
      heard_status_ = true;
      status_ = status_from_pjl(state->codes[0]);
      for (const int code : state->codes)
        status_.toner_low = status_.toner_low || status_from_pjl(code).toner_low;
      return;
    }
    const auto& end = std::get<PjlJobEnd>(said);
    if (end.name != name_) return;  // of an earlier job
    if (end.completed && end.pages >= page_count_) {
      verdict_ = JobVerdict::printed;
    } else {
      verdict_ = end.pages == 0 ? JobVerdict::not_printed : JobVerdict::unknown;
    }
  }

  Result<PageStatus> with_port_status() {
    const auto answer =
        channel_.control_read(class_interface_in, get_port_status, 0, channel_.interface().number, 1,
                              options_.answer_timeout_ms, stop_);
    PageStatus status = confirms_ ? status_ : PageStatus{};
    if (!answer && answer.error().code != "usb.stall") return answer.error();
    if (!answer || answer->size() != 1) return status;
    const PageStatus port = page_status_from_port((*answer)[0]);
    // PJL says more; of the port's byte only the empty tray is news then.
    status.tray_empty = status.tray_empty || port.tray_empty;
    if (!confirms_) status.offline = port.offline;
    return status;
  }

  void drain() {
    for (int i = 0; i < drains_max && in_ != 0; ++i) {
      const auto stale = channel_.read(in_, packet_byte_count_, quiet_ms, stop_);
      if (!stale || stale->empty()) break;
    }
    answers_.clear();
  }

  usb::Channel& channel_;
  const PageOptions& options_;
  Language language_;
  bool job_language_;
  std::stop_token stop_;
  std::uint8_t out_ = 0;
  std::uint8_t in_ = 0;
  std::size_t packet_byte_count_ = 64;
  PjlReader answers_;
  PageStatus status_;
  bool confirms_ = false;
  bool heard_status_ = false;
  std::string name_;
  int page_count_ = 0;
  JobVerdict verdict_ = JobVerdict::open;
};

}  // namespace

Result<std::unique_ptr<PageLink>> raw_page_link(usb::Channel& channel, const PageOptions& options,
                                                std::stop_token stop) {
  const auto id = ask_device_id(channel, stop);
  if (!id) return id.error();
  const bool pcl = id->speaks("PCL");
  const bool pjl = pcl && id->speaks("PJL");
  const bool pwg = id->speaks("PWGRASTER");
  if (!pcl && !pwg) return Error{Remedy::refuse, "printer.no_language", "neither PCL nor PWG raster"};
  const Language language = pwg && !pjl ? Language::pwg : Language::pcl;
  return std::unique_ptr<PageLink>(
      std::make_unique<RawPageLink>(channel, options, language, pjl, std::move(stop)));
}

}  // namespace bianmin::printer
