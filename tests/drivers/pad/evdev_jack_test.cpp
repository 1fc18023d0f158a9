// The sound card's jack, over a folder of FIFOs that stand for input devices.
#include "drivers/pad/evdev_jack.hpp"

#include <fcntl.h>
#include <linux/input.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "terminal/base/files.hpp"
#include "tests/catch.hpp"

namespace bianmin::pad {

namespace {

Bytes event(std::uint16_t type, std::uint16_t code, std::int32_t value) {
  input_event made{};
  made.type = type;
  made.code = code;
  made.value = value;
  Bytes bytes(sizeof made);
  std::memcpy(bytes.data(), &made, sizeof made);
  return bytes;
}

Bytes jack(bool in) { return event(EV_SW, SW_HEADPHONE_INSERT, in ? 1 : 0); }

struct JackRig {
  JackRig() {
    char name[] = "/tmp/bianmin-jack-XXXXXX";
    folder = ::mkdtemp(name);
  }
  ~JackRig() {
    jack.reset();
    std::filesystem::remove_all(folder);
  }
  // The writing end of a device with a jack.
  void plug_card(const std::string& name) {
    const std::filesystem::path path = folder / name;
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    card.reset(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    REQUIRE(card.valid());
  }
  void open() {
    const InputDeviceCalls calls{[this](int) { return has_jack.load(); },
                                 [this](int) -> std::optional<bool> { return first.load(); }};
    jack = std::make_unique<EvdevJack>(loop, log, folder, calls, 5);
    jack->watch_headset([this](bool in) { told.push_back(in); });
  }
  void send(const Bytes& bytes) {
    REQUIRE(::write(card.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  bool until(const std::function<bool()>& is_true) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!is_true()) {
      if (std::chrono::steady_clock::now() >= end) return false;
      loop.run_once(10);
    }
    return true;
  }

  SystemClock clock;
  EventLoop loop{clock};
  Log log{clock, stderr, LogLevel::error};
  std::filesystem::path folder;
  FileDescriptor card;
  std::atomic<bool> has_jack = true;
  std::atomic<bool> first = false;
  std::unique_ptr<EvdevJack> jack;
  std::vector<bool> told;
};

}  // namespace

TEST_CASE("the last word on the jack counts, other events say nothing") {
  CHECK_FALSE(read_jack_events({}).in.has_value());
  Bytes events = jack(true);
  CHECK(read_jack_events(events).in == true);
  append(events, event(EV_SW, SW_MICROPHONE_INSERT, 0));
  append(events, event(EV_KEY, SW_HEADPHONE_INSERT, 0));
  append(events, event(EV_SYN, SYN_REPORT, 0));
  CHECK(read_jack_events(events).in == true);
  append(events, jack(false));
  CHECK(read_jack_events(events).in == false);
  events.pop_back();  // half an event
  CHECK(read_jack_events(events).in == true);
  CHECK_FALSE(read_jack_events(events).dropped);
  CHECK(read_jack_events(event(EV_SYN, SYN_DROPPED, 0)).dropped);
}

TEST_CASE("a plug that goes in and out is told at once, and what was in at first, too") {
  JackRig rig;
  rig.first = true;
  rig.plug_card("event3");
  rig.open();
  REQUIRE(rig.until([&] { return rig.jack->headset_in(); }));
  rig.send(jack(false));
  REQUIRE(rig.until([&] { return !rig.jack->headset_in(); }));
  rig.send(jack(true));
  rig.send(jack(true));
  REQUIRE(rig.until([&] { return rig.jack->headset_in(); }));
  CHECK(rig.told == std::vector<bool>{true, false, true});
}

TEST_CASE("events that were thrown away are made up for by asking") {
  JackRig rig;
  rig.plug_card("event0");
  rig.open();
  rig.send(jack(true));
  REQUIRE(rig.until([&] { return rig.jack->headset_in(); }));
  Bytes events = jack(true);
  append(events, event(EV_SYN, SYN_DROPPED, 0));
  rig.send(events);
  REQUIRE(rig.until([&] { return !rig.jack->headset_in(); }));
}

TEST_CASE("a sound card may come later, and one that goes has no headset in it") {
  JackRig rig;
  rig.has_jack = false;
  rig.plug_card("event1");
  rig.open();
  CHECK_FALSE(rig.jack->headset_in());
  rig.first = true;
  rig.has_jack = true;
  REQUIRE(rig.until([&] { return rig.jack->headset_in(); }));
  rig.has_jack = false;
  std::filesystem::remove(rig.folder / "event1");
  rig.card.reset();  // the FIFO ends, as a device that was unplugged does
  REQUIRE(rig.until([&] { return !rig.jack->headset_in(); }));
}

TEST_CASE("a folder that is not there has no jack, and the thread ends all the same") {
  JackRig rig;
  rig.jack = std::make_unique<EvdevJack>(rig.loop, rig.log, rig.folder / "none");
  rig.loop.run_once(20);
  CHECK_FALSE(rig.jack->headset_in());
}

TEST_CASE("what is no input device has no jack") {
  JackRig rig;
  rig.plug_card("event0");
  const InputDeviceCalls calls = kernel_input_calls();
  CHECK_FALSE(calls.has_jack(rig.card.get()));
  CHECK_FALSE(calls.jack_in(rig.card.get()).has_value());
}

}  // namespace bianmin::pad
