#include "drivers/recording/recording.hpp"

#include <fmt/format.h>

namespace bianmin::recording {

namespace {

std::string hex_or_none(ByteView bytes) { return bytes.empty() ? "-" : to_hex(bytes); }

std::string milliseconds(std::int64_t us) { return fmt::format("{}.{:03}", us / 1'000, us % 1'000); }

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::control:
      return "control";
    case Kind::bulk:
      return "bulk";
    case Kind::interrupt:
      break;
  }
  return "interrupt";
}

std::string place(const Transfer& transfer) {
  if (transfer.kind != Kind::control) return fmt::format("{:02x}", transfer.endpoint);
  ByteReader reader(transfer.setup);
  const unsigned type = reader.u8();
  const unsigned request = reader.u8();
  const unsigned value = reader.u16_le();
  const unsigned index = reader.u16_le();
  return fmt::format("{:02x} {:02x} {:04x} {:04x}", type, request, value, index);
}

}  // namespace

std::string recording_text(const Recording& recording, const std::vector<std::string>& remarks) {
  std::string text = "bianmin usb recording 1\n";
  for (const std::string& remark : remarks) text += "# " + remark + "\n";
  text += "descriptors " + to_hex(recording.descriptors) + "\n";
  for (const Transfer& transfer : recording.transfers) {
    const bool in = transfer.is_in();
    text +=
        fmt::format("{} {} {} {} {} {} = {}", milliseconds(transfer.at_us), milliseconds(transfer.took_us),
                    kind_name(transfer.kind), in ? "in" : "out", place(transfer),
                    in ? std::to_string(transfer.byte_max) : hex_or_none(transfer.sent), transfer.code);
    if (transfer.ok()) text += in ? " " + hex_or_none(transfer.answer) : fmt::format(" {}", transfer.taken);
    text += '\n';
  }
  return text;
}

}  // namespace bianmin::recording
