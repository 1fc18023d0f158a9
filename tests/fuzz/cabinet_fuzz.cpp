// A report descriptor that may be a lamp array's and a report that claims to be its attributes; then answers
// of the contacts' chip. The first byte says how long the descriptor is.
#include "drivers/cabinet/contact_wiring.hpp"
#include "drivers/cabinet/lamp_array.hpp"

using namespace bianmin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView input(data + 1, size - 1);
  const std::size_t cut = std::min<std::size_t>(data[0], input.size());
  const ByteView report = input.subspan(cut);
  const auto descriptor = hid::parse_report_descriptor(input.first(cut));
  if (const auto array = descriptor ? cabinet::LampArray::find(*descriptor) : std::nullopt) {
    if (const auto count = array->lamp_count(report); count && *count < 0) __builtin_trap();
    for (const int lamp : {0, 7, 65'534}) {
      const Bytes update = array->update(lamp, true);
      if (update.empty() || update.size() != array->update(lamp, false).size()) __builtin_trap();
    }
    if (array->control(true).empty()) __builtin_trap();
  }
  const auto wiring = cabinet::parse_contact_wiring({reinterpret_cast<const char*>(data), size});
  cabinet::ContactReadings readings(wiring ? *wiring : cabinet::ContactWiring{{{0, true}}, {{3, false}}});
  if (const auto pins = cabinet::mcp2221::read_pins(report)) {
    (void)readings.take(*pins);
    (void)readings.take(*pins);
  }
  (void)cabinet::mcp2221::read_settings(report);
  return 0;
}
