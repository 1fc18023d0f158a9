#include "drivers/scanner/camera_scanner.hpp"

#include <algorithm>
#include <chrono>

namespace bianmin::scanner {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::uint8_t video_class = 14;
constexpr std::uint8_t control_subclass = 1;
constexpr std::uint8_t streaming_subclass = 2;
constexpr int request_timeout_ms = 2'000;
constexpr int idle_look_ms = 60'000;  // nobody listens for so long: look whether the camera still answers
constexpr std::size_t bulk_read_byte_max = std::size_t{1} << 20U;
constexpr std::uint16_t configuration_byte_max = 4'096;  // the kernel's limit for one answer

Error not_a_scanner(std::string_view why) {
  return {Remedy::call_staff, "scanner.not_a_scanner", std::string(why)};
}

}  // namespace

std::optional<int> camera_interface(const usb::DeviceInfo& device) {
  for (const usb::InterfaceInfo& interface : device.interfaces) {
    if (interface.device_class == video_class && interface.subclass == streaming_subclass)
      return interface.number;
  }
  return std::nullopt;
}

// The camera for as long as it is open.
class CameraScanner::Session {
 public:
  Session(const CameraOptions& options, DecoderChild& decoder, Seen& seen, usb::Channel& channel,
          CodeDesk& desk, std::stop_token stop)
      : options_(options),
        decoder_(decoder),
        seen_(seen),
        channel_(channel),
        desk_(desk),
        stop_(std::move(stop)) {}

  Result<void> open();   // knows what the camera offers
  Result<void> look();   // it still answers
  Result<void> watch();  // while somebody listens
 private:
  Result<CameraAgreement> agree();
  Result<void> stream(const CameraAlternate& alternate, std::size_t payload_byte_max);
  bool take(ByteView payload);  // false: enough
  void decode(ByteView bytes);
  void tell(const std::string& text);
  Result<Bytes> ask(std::uint8_t request, std::uint8_t control, std::size_t byte_count);
  Result<void> set(std::uint8_t control, ByteView bytes);

  const CameraOptions& options_;
  DecoderChild& decoder_;
  Seen& seen_;
  usb::Channel& channel_;
  CodeDesk& desk_;
  std::stop_token stop_;
  CameraDescription camera_;
  CameraFrame frame_;
  std::optional<FrameAssembly> assembly_;
  std::optional<Error> failed_;  // in the middle of a stream
  int begun_at_ = 0;             // who listened when the frame began
  std::size_t next_rung_ = 0;
};

// Requests of the class to the streaming interface; "control" in the upper half of the value.
Result<Bytes> CameraScanner::Session::ask(std::uint8_t request, std::uint8_t control,
                                          std::size_t byte_count) {
  constexpr std::uint8_t class_interface_in = 0xA1;
  return channel_.control_read(class_interface_in, request, static_cast<std::uint16_t>(control << 8U),
                               channel_.interface().number, static_cast<std::uint16_t>(byte_count),
                               request_timeout_ms, stop_);
}

Result<void> CameraScanner::Session::set(std::uint8_t control, ByteView bytes) {
  constexpr std::uint8_t class_interface_out = 0x21;
  constexpr std::uint8_t set_current = 1;
  return channel_.control_write(class_interface_out, set_current, static_cast<std::uint16_t>(control << 8U),
                                channel_.interface().number, bytes, request_timeout_ms, stop_);
}

Result<void> CameraScanner::Session::open() {
  constexpr std::uint8_t standard_device_in = 0x80;
  constexpr std::uint8_t get_descriptor = 6;
  constexpr std::uint16_t configuration = 0x0200;
  for (const usb::InterfaceInfo& interface : channel_.device().interfaces) {
    if (interface.device_class != video_class || interface.subclass != control_subclass) continue;
    if (auto claimed = channel_.claim(interface.number); !claimed) return claimed;
  }
  const auto bytes = channel_.control_read(standard_device_in, get_descriptor, configuration, 0,
                                           configuration_byte_max, request_timeout_ms, stop_);
  if (!bytes) return bytes.error();
  auto camera = parse_camera(*bytes, channel_.interface().number);
  if (!camera) return not_a_scanner(camera.error().detail);
  const auto frame = choose_frame(*camera);
  if (!frame) return not_a_scanner("no picture that can be read");
  camera_ = std::move(*camera);
  frame_ = *frame;
  const auto agreed = agree();
  return agreed ? Result<void>() : agreed.error();
}

Result<CameraAgreement> CameraScanner::Session::agree() {
  constexpr std::uint8_t probe = 1;
  constexpr std::uint8_t commit = 2;
  constexpr std::uint8_t get_current = 0x81;
  const Bytes wanted = pack_probe(camera_, frame_);
  if (auto asked = set(probe, wanted); !asked) return asked.error();
  auto answer = ask(get_current, probe, wanted.size());
  if (!answer) return answer.error();
  const auto agreed = unpack_probe(*answer);
  if (!agreed) return Error{Remedy::retry_later, "usb.io", agreed.error().detail};
  if (agreed->format_index != frame_.format_index || agreed->frame_index != frame_.frame_index)
    return not_a_scanner("the camera will not give what it offers");
  if (auto fixed = set(commit, *answer); !fixed) return fixed.error();
  return *agreed;
}

Result<void> CameraScanner::Session::look() {
  constexpr std::uint8_t probe = 1;
  constexpr std::uint8_t get_current = 0x81;
  const auto answer = ask(get_current, probe, pack_probe(camera_, frame_).size());
  return answer ? Result<void>() : answer.error();
}

Result<void> CameraScanner::Session::watch() {
  const auto agreed = agree();
  if (!agreed) return agreed.error();
  const CameraAlternate* alternate = choose_alternate(camera_, agreed->payload_byte_max);
  if (alternate == nullptr) return not_a_scanner("no endpoint");
  assembly_.emplace(frame_);
  begun_at_ = desk_.listening();
  failed_.reset();
  if (!alternate->bulk) {
    if (auto chosen = channel_.select_alternate(alternate->number); !chosen) return chosen;
  }
  Result<void> ended = stream(*alternate, agreed->payload_byte_max);
  if (!ended && ended.error().code == "usb.gone") return ended;
  // The light goes out, whatever else ended it. The class leaves open how a bulk stream ends; hosts clear its
  // halt.
  const auto dark = alternate->bulk ? channel_.clear_halts() : channel_.select_alternate(0);
  if (failed_) return *failed_;
  if (!ended && ended.error().code == "usb.timeout" && !desk_.wanted()) ended = {};
  if (!ended) return ended;
  return dark;
}

Result<void> CameraScanner::Session::stream(const CameraAlternate& alternate, std::size_t payload_byte_max) {
  if (!alternate.bulk) {
    usb::StreamShape shape;
    shape.endpoint = alternate.endpoint;
    shape.packet_byte_max = alternate.packet_byte_max;
    shape.silence_ms = options_.silence_ms;
    return channel_.read_stream(
        shape, [this](ByteView packet) { return take(packet); }, stop_);
  }
  // A payload ends with a short packet, or is as long as was agreed.
  const std::size_t packets = std::max<std::size_t>(payload_byte_max / alternate.packet_byte_max, 1);
  const std::size_t byte_max =
      std::min(packets * alternate.packet_byte_max +
                   (payload_byte_max % alternate.packet_byte_max != 0 ? alternate.packet_byte_max : 0),
               bulk_read_byte_max);
  for (;;) {
    const auto payload = channel_.read(alternate.endpoint, byte_max, options_.silence_ms, stop_);
    if (!payload) return payload.error();
    if (!payload->empty() && !take(*payload)) return {};
  }
}

bool CameraScanner::Session::take(ByteView payload) {
  if (!desk_.wanted()) return false;
  const auto bytes = assembly_->add(payload);
  if (!bytes) return true;
  desk_.healthy();
  decode(*bytes);
  begun_at_ = desk_.listening();
  return !failed_;
}

void CameraScanner::Session::decode(ByteView bytes) {
  const LadderLimits limits{options_.frame_budget_ms, next_rung_};
  const auto found = [&]() -> Result<LadderResult> {
    if (frame_.kind == PixelKind::mjpeg)
      return decoder_.decode_jpeg(bytes, frame_.width, frame_.height, limits, options_.frame_deadline_ms,
                                  stop_);
    const auto image = gray_of(frame_, bytes);
    if (!image) return image.error();
    return decoder_.decode(*image, limits, options_.frame_deadline_ms, stop_);
  }();
  if (!found && found.error().code == "process.not_started")
    failed_ = Error{Remedy::call_staff, "scanner.no_decoder", found.error().detail};
  if (!found) return;  // this frame is broken or killed it; the next one is another
  next_rung_ = found->next_rung;
  if (!found->codes.empty()) tell(found->codes.front().text);
}

void CameraScanner::Session::tell(const std::string& text) {
  const auto now = Steady::now();
  const bool still = text == seen_.text && begun_at_ == seen_.listening &&
                     now - seen_.at < std::chrono::milliseconds(options_.again_ms);
  seen_ = {text, begun_at_, now};
  if (!still) desk_.tell(text, begun_at_);
}

Error CameraScanner::serve(usb::Channel& channel, CodeDesk& desk, std::stop_token stop) {
  Session session(options_, decoder_, seen_, channel, desk, stop);
  if (auto opened = session.open(); !opened) return opened.error();
  desk.ready();
  for (;;) {
    desk.wait_until_wanted(idle_look_ms, stop);
    const auto done = desk.wanted() && !stop.stop_requested() ? session.watch() : session.look();
    if (!done) return done.error();
  }
}

}  // namespace bianmin::scanner
