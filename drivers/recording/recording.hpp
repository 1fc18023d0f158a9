// What went over USB between a driver and its device, as a text that people can read too. Pure.
//
//   bianmin usb recording 1
//   # lines like this say what a reader of the file may want to know; programs pass over them
//   descriptors 1201100100000040…
//   0.000 0.213 bulk out 02 aaaaaa9669000312ffee = ok 10
//   0.220 0.101 bulk in 81 64 = ok aaaaaa9669001400009005…
//   0.400 60.127 bulk in 81 64 = usb.timeout
//   1.002 0.350 control in 81 06 2200 0000 4096 = ok 058c0902…
//   1.500 0.350 control out 21 09 0200 0000 0102 = ok 2
//
// A transfer to a line: when it began and how long it took, in ms with three digits after the point; kind,
// direction, endpoint (of a control transfer: request type, request, value, index); to the device its bytes,
// from the device how many were asked for; then how it ended: "ok" with the bytes that came or the number
// that was taken, or the code of the error. Bytes are lower-case hex, no bytes are "-".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::recording {

constexpr std::size_t recording_byte_max = std::size_t{32} * 1024 * 1024;
constexpr std::size_t transfer_count_max = 100'000;
constexpr std::size_t transfer_byte_max = 128 * 1024;

enum class Kind { control, bulk, interrupt };

struct Transfer {
  std::int64_t at_us = 0;
  std::int64_t took_us = 0;
  Kind kind = Kind::bulk;
  std::uint8_t endpoint = 0x80;  // bit 7 set: from the device; of a control transfer nothing else
  Bytes setup;                   // control: request type, request, value and index, six bytes as on the wire
  Bytes sent;                    // to the device
  std::size_t byte_max = 0;      // from the device
  std::string code = "ok";
  Bytes answer;           // from the device, when ok
  std::size_t taken = 0;  // by the device, when ok

  bool is_in() const { return (endpoint & 0x80U) != 0; }
  bool ok() const { return code == "ok"; }
  bool operator==(const Transfer&) const = default;
};

struct Recording {
  Bytes descriptors;  // device, then configuration
  std::vector<Transfer> transfers;

  bool operator==(const Recording&) const = default;
};

// `remarks`: lines of remarks for people, without the marks.
std::string recording_text(const Recording& recording, const std::vector<std::string>& remarks = {});

// Takes nothing but what recording_text() writes. Errors, with the number of the line:
// "recording.bad_header", "recording.bad_descriptors", "recording.bad_transfer", "recording.too_large".
Result<Recording> parse_recording(std::string_view text);

}  // namespace bianmin::recording
