#include "drivers/device_codes.hpp"

#include <algorithm>
#include <array>

namespace bianmin {

namespace {

constexpr std::uint8_t bit(DeviceCondition condition) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(condition));
}

constexpr std::uint8_t ready = bit(DeviceCondition::ready);
constexpr std::uint8_t absent = bit(DeviceCondition::absent);
constexpr std::uint8_t starting = bit(DeviceCondition::starting);
constexpr std::uint8_t degraded = bit(DeviceCondition::degraded);
constexpr std::uint8_t attention = bit(DeviceCondition::needs_attention);
constexpr std::uint8_t faulted = bit(DeviceCondition::faulted);
// Why serving it ended: told while the ladder is climbed, and when the ladder has come to its end.
constexpr std::uint8_t failure = starting | faulted;
constexpr std::uint8_t any = 0x3F;

constexpr std::array codes = {
    DeviceCode{"ready", ready},
    DeviceCode{"absent", absent},
    DeviceCode{"starting", starting},
    DeviceCode{unlisted_device_code, any},

    DeviceCode{"usb.busy", failure},       // another program holds the interface
    DeviceCode{"usb.no_access", failure},  // this program may not open the device
    DeviceCode{"usb.not_found", failure},  // listed, but without the interface that it had
    DeviceCode{"usb.gone", failure},       // left in the middle, again and again although it is listed
    DeviceCode{"usb.timeout", failure},
    DeviceCode{"usb.stall", failure},
    DeviceCode{"usb.overflow", failure},
    DeviceCode{"usb.io", failure},
    DeviceCode{"usb.cancelled", failure},  // the kernel gave a transfer back unasked
    DeviceCode{"usb.no_memory", failure},

    DeviceCode{"reader.timeout", failure},
    DeviceCode{"reader.bad_frame", failure},
    DeviceCode{"reader.bad_checksum", failure},
    DeviceCode{"reader.bad_length", failure},
    DeviceCode{"reader.bad_command", failure},
    DeviceCode{"reader.unknown_error", failure},
    DeviceCode{"reader.link", failure},
    DeviceCode{"reader.not_an_id_reader", failure},
    DeviceCode{"reader.self_test_failed", failure},
    DeviceCode{"reader.no_authority", failure},
    DeviceCode{"reader.not_authorised", failure},
    DeviceCode{"reader.not_a_ccid", failure},
    DeviceCode{"reader.unsupported", failure},
    DeviceCode{"reader.no_card_power", failure},

    DeviceCode{"printer.cover_open", attention},
    DeviceCode{"printer.paper_out", attention},
    DeviceCode{"printer.offline", attention},
    DeviceCode{"printer.cutter", faulted},
    DeviceCode{"printer.jam", faulted},
    DeviceCode{"printer.broken", faulted},
    DeviceCode{"printer.overheat", faulted},
    DeviceCode{"printer.paper_low", degraded},
    DeviceCode{"printer.tray_empty", attention},
    DeviceCode{"printer.page_jam", attention},
    DeviceCode{"printer.toner_out", attention},
    DeviceCode{"printer.bin_full", attention},
    DeviceCode{"printer.toner_low", degraded},
    DeviceCode{"printer.no_language", failure},

    DeviceCode{"scanner.not_a_scanner", failure},
    DeviceCode{"scanner.no_decoder", failure},

    DeviceCode{"pad.not_a_pad", failure},

    DeviceCode{"lights.no_lamps", failure},

    DeviceCode{"contacts.door_open", attention},
    DeviceCode{"contacts.tampered", attention},
    DeviceCode{"contacts.bad_answer", failure},
    DeviceCode{"contacts.unreadable", failure},
    DeviceCode{"ups.on_battery", degraded},
    DeviceCode{"ups.battery_low", degraded},
    DeviceCode{"ups.replace_battery", degraded},
    DeviceCode{"ups.overload", degraded},
    DeviceCode{"ups.not_a_ups", failure},
};

}  // namespace

std::span<const DeviceCode> device_codes() { return codes; }

const DeviceCode* find_device_code(std::string_view code) {
  const auto found =
      std::find_if(codes.begin(), codes.end(), [code](const DeviceCode& each) { return each.code == code; });
  return found == codes.end() ? nullptr : &*found;
}

bool is_listed(const DeviceState& state) {
  const DeviceCode* const code = find_device_code(state.code);
  return code != nullptr && code->comes_with(state.condition);
}

}  // namespace bianmin
