#include "ui/strings/device_words.hpp"

#include <unistd.h>

#include <fstream>

#include "tests/catch.hpp"

using namespace bianmin;
using namespace bianmin::ui;

namespace {

Result<DeviceWords> load_text(const std::string& content) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("bianmin-device-words-" + std::to_string(::getpid()) + ".json");
  std::ofstream(path) << content;
  auto words = DeviceWords::load(path);
  std::filesystem::remove(path);
  return words;
}

const std::string other_code =
    R"("device.unlisted": {"resident": "{device} is out", "clerk": "call", "technician": "report"})";

std::string file_with(const std::string& devices, const std::string& codes) {
  return R"({"devices": {)" + devices + R"(}, "codes": {)" + codes + "}}";
}

}  // namespace

TEST_CASE("a sentence names the device, for each who is told") {
  const auto words = load_text(
      file_with(R"("pad": "the pad")",
                other_code + R"(, "usb.io": {"resident": "{device} rests.", "clerk": "Look at {device}.",
                                        "technician": "Measure {device}, then {device} again."})"));
  REQUIRE(words.ok());
  CHECK(words->sentence("pad", "usb.io", Listener::resident) == "The pad rests.");
  CHECK(words->sentence("pad", "usb.io", Listener::clerk) == "Look at the pad.");
  CHECK(words->sentence("pad", "usb.io", Listener::technician) == "Measure the pad, then the pad again.");
  CHECK(words->device("pad") == "the pad");
}

TEST_CASE("what has no words of its own is spoken of all the same") {
  const auto words = load_text(file_with("", other_code));
  REQUIRE(words.ok());
  CHECK(words->sentence("lamp", "usb.new", Listener::resident) == "Lamp is out");
  CHECK(words->device("lamp") == "lamp");
  CHECK(DeviceWords().sentence("lamp", "usb.new", Listener::clerk) == "usb.new");
}

TEST_CASE("a file that is not exactly what it should be is refused") {
  CHECK(DeviceWords::load("/nonexistent/devices.json").error().code == "file.missing");
  CHECK(load_text("{").error().code == "json.bad");
  const std::string io_without = R"(, "usb.io": {"resident": "a", "clerk": "b"})";
  const std::string io_with_more =
      R"(, "usb.io": {"resident": "a", "clerk": "b", "technician": "c", "manager": "d"})";
  const std::string io_otherwise = R"(, "usb.io": {"resident": "a", "clerk": "b", "manager": "c"})";
  const std::string io_empty = R"(, "usb.io": {"resident": "a", "clerk": "", "technician": "c"})";
  const std::string io_number = R"(, "usb.io": {"resident": "a", "clerk": 1, "technician": "c"})";
  const std::vector<std::string> broken = {
      "[]",
      R"({"devices": {}, "codes": []})",
      R"({"devices": "x", "codes": {}})",
      R"({"devices": {}})",
      R"({"devices": {}, "codes": {)" + other_code + R"(}, "more": {}})",
      file_with(R"("pad": "")", other_code),
      file_with(R"("pad": 3)", other_code),
      file_with("", ""),
      file_with("", R"("device.unlisted": "text")"),
      file_with("", other_code + io_without),
      file_with("", other_code + io_with_more),
      file_with("", other_code + io_otherwise),
      file_with("", other_code + io_empty),
      file_with("", other_code + io_number),
  };
  for (const std::string& text : broken) {
    INFO(text);
    const auto words = load_text(text);
    REQUIRE_FALSE(words.ok());
    CHECK(words.error().code == "device_words.bad");
  }
}
