// What a printer says of itself when it is asked: the IEEE 1284 device ID. It tells A4 printers from receipt
// printers, which have the same USB class.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "drivers/usb/channel.hpp"
#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::printer {

struct DeviceId {
  std::string manufacturer;            // MFG
  std::string model;                   // MDL
  std::vector<std::string> languages;  // CMD, in capitals

  bool speaks(std::string_view language) const;  // "PCL" is also PCL5e, but neither PCLXL nor PCL3GUI
};

// "KEY:value;" after two bytes of length, which some printers count wrongly or put the other way round: all
// that is there is read. Whatever the bytes are, what cannot be understood is left out. Pure. Source: IEEE
// 1284-2000, 7.6; USB printer class 1.1, 4.2.1.
DeviceId parse_device_id(ByteView answer);

enum class PrinterKind { unknown, receipt, page };
PrinterKind kind_of(const DeviceId& id);  // unknown: it names no language that tells

// GET_DEVICE_ID, again until two answers agree, four times at most: what is believed decides who drives the
// printer until it is unplugged. One that does not answer it has an empty ID. Errors "usb.*": the device does
// not answer at all.
Result<DeviceId> ask_device_id(usb::Channel& channel, std::stop_token stop);

// Error "usb.other_kind": the printer is none of this kind, for usb::DeviceUser::serve() to return. One that
// does not say what it is counts as a receipt printer.
Result<void> check_printer_kind(usb::Channel& channel, PrinterKind wanted, std::stop_token stop);

}  // namespace bianmin::printer
