#include "drivers/power/ups_models.hpp"

#include <algorithm>
#include <array>

namespace bianmin::power {

namespace {

// Numbers and the one oddity: as the hardware database of UPower and the drivers of Network UPS Tools list
// them. Vendors that make other HID devices too stand with the products that are power supplies.
constexpr std::array models = std::to_array<UpsModel>({
    {0x051D, 0x0003, false},  // APC, fifth generation
    {0x051D},                 // APC
    {0x0463},                 // MGE, Eaton
    {0x0764},                 // Cyber Power
    {0x09AE},                 // Tripp Lite
    {0x0D9F},                 // Powercom
    {0x10AF},                 // Liebert
    {0x2B2D},                 // AEG
    {0x2E51},                 // Ever
    {0x2E66},                 // Salicru
    {0x05DD, 0x041B},         // Delta
    {0x05DD, 0xA011},
    {0x05DD, 0xA0A0},
    {0x06DA, 0xFFFF},  // Phoenixtec, sold by many
    {0x0592, 0x0004},  // Powerware
    {0x047C, 0xFFFF},  // Dell
    {0x075D, 0x0300},  // iDowell
    {0x1CB0, 0x0032},  // Legrand
    {0x1CB0, 0x0038},
    {0x4234, 0x0002},  // Powervar
    {0x03F0, 0x1F06},  // Hewlett-Packard
    {0x03F0, 0x1F08},
    {0x03F0, 0x1F09},
    {0x03F0, 0x1F0A},
    {0x03F0, 0x1FE0},
    {0x03F0, 0x1FE1},
    {0x03F0, 0x1FE2},
    {0x03F0, 0x1FE3},
    {0x03F0, 0x1FE5},
    {0x03F0, 0x1FE6},
    {0x03F0, 0x1FE7},
    {0x03F0, 0x1FE8},
    {0x050D, 0x0375},  // Belkin
    {0x050D, 0x0551},
    {0x050D, 0x0750},
    {0x050D, 0x0751},
    {0x050D, 0x0900},
    {0x050D, 0x0910},
    {0x050D, 0x0912},
    {0x050D, 0x0980},
    {0x050D, 0x0F51},
    {0x050D, 0x1100},
});

}  // namespace

const UpsModel* find_ups_model(const usb::DeviceInfo& device) {
  const auto* const found = std::find_if(models.begin(), models.end(), [&device](const UpsModel& model) {
    return model.vendor == device.vendor && (model.product < 0 || model.product == device.product);
  });
  return found == models.end() ? nullptr : found;
}

}  // namespace bianmin::power
