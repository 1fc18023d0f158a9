// The reports of a HID lamp array. Pure; hostile bytes are safe.
// Source: HID Usage Tables 1.5, chapter 26 (page 0x59, review request HUTRR84): the update of a range of
// lamps, the control of autonomous mode, the attributes of the array.
#pragma once

#include <optional>
#include <vector>

#include "drivers/hid/report_descriptor.hpp"

namespace bianmin::cabinet {

// The lamp array of a report descriptor. All its reports are features.
class LampArray {
 public:
  // Empty: there is none that could be told what to do.
  static std::optional<LampArray> find(const hid::ReportDescriptor& descriptor);

  // What to ask with Get Report to learn how many lamps there are, and how to read the answer: empty when it
  // is another report or too short.
  std::uint8_t attributes_id() const { return count_.report_id; }
  std::size_t attributes_byte_count() const { return attributes_byte_count_; }
  std::optional<int> lamp_count(ByteView report) const;

  // Autonomous: the device plays its own pattern and takes no updates. Begins with the report's number, where
  // there are numbers.
  Bytes control(bool autonomous) const;
  std::uint8_t control_id() const { return autonomous_.report_id; }
  // One lamp white at its brightest, or dark, at once. A number past what the report can hold is cut to it.
  Bytes update(int lamp, bool on) const;
  std::uint8_t update_id() const { return start_.report_id; }

 private:
  Bytes report(std::uint8_t report_id, std::size_t byte_count,
               std::vector<std::pair<hid::Field, std::uint32_t>> values) const;

  bool numbered_ = false;
  hid::Field count_;
  hid::Field autonomous_;
  hid::Field start_;
  hid::Field end_;
  std::optional<hid::Field> flags_;
  std::vector<hid::Field> channels_;  // red, green, blue, intensity: those that there are
  std::size_t attributes_byte_count_ = 0;
  std::size_t control_byte_count_ = 0;
  std::size_t update_byte_count_ = 0;
};

}  // namespace bianmin::cabinet
