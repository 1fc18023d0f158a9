// A recording that is taken is written and read again as the same; a device made of it stands any question.
#include <cstdlib>

#include "drivers/emulator/replay_model.hpp"

using namespace bianmin;
using namespace bianmin::recording;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t transfer_count_played = 200;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto recording = parse_recording(text);
  if (!recording) {
    if (!recording.error().code.starts_with("recording.")) std::abort();
    (void)emulator::spec_from_descriptors(ByteView(data, size));
    return 0;
  }
  const auto again = parse_recording(recording_text(*recording));
  if (!again || !(*again == *recording)) std::abort();
  if (recording->transfers.size() > transfer_count_played) return 0;
  const auto model = emulator::ReplayModel::create(*recording);
  if (!model) return 0;
  (*model)->power_on();
  for (const Transfer& transfer : recording->transfers) {
    if (transfer.kind == Kind::control) continue;
    if (!transfer.is_in()) (void)(*model)->take(transfer.endpoint, transfer.sent);
    if (transfer.is_in()) (void)(*model)->give(transfer.endpoint);
  }
  if (!(*model)->mismatches().empty()) std::abort();  // it was asked what it was asked
  return 0;
}
