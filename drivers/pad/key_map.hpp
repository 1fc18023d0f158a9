// Which key of a pad means what: data of the site. Pure.
// Source of the usages: HID Usage Tables 1.5, chapter 10 (keyboard, page 0x07) and 15 (consumer, page 0x0C).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "drivers/pad/key_pad.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::pad {

// What a usage that goes on can mean: a key, or that a plug went into the pad's jack or out of it.
enum class PadSignal { previous, next, confirm, back, help, headset_in, headset_out };

std::optional<PadKey> key_of(PadSignal signal);  // empty: it is about the headset

struct KeyMap {
  struct Row {
    std::uint32_t usage = 0;  // the usage page in its upper half
    PadSignal signal = PadSignal::next;
    bool operator==(const Row&) const = default;
  };
  std::vector<Row> rows;

  std::optional<PadSignal> find(std::uint32_t usage) const;
  bool has(PadSignal signal) const;
};

// Up and left, down, right and Tab, Enter and space, Escape and backspace, F1: what a keyboard's keys mean to
// the screen, too.
KeyMap default_key_map();

// "previous=52 next=51,4f confirm=28 back=29 help=3a headset_in=68 headset_out=69": usages in hexadecimal, of
// the keyboard page, or of another page before a colon: "help=c:95". Two switches have next and confirm
// alone.
// Error "pad.bad_key_map": a word or a number that is none, a usage twice, next or confirm missing.
Result<KeyMap> parse_key_map(std::string_view text);

}  // namespace bianmin::pad
