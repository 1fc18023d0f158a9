// What is said of a device: three sentences for each state code, in one language.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/base/result.hpp"

namespace bianmin::ui {

// Who is told: what happens now and what to do; what to look at; what the code means and what to measure.
enum class Listener { resident, clerk, technician };

// A value: copies are independent. The file: {"devices": {name: word}, "codes": {code: {"resident": text,
// "clerk": text, "technician": text}}}; {device} in a text is the word for the device. Nothing else may be in
// it, and no text may be empty.
class DeviceWords {
 public:
  static constexpr std::size_t file_byte_max = 262'144;
  // Stands for every code that is not in the file; it has to be there.
  static constexpr std::string_view other_code = "device.unlisted";

  // Errors: those of read_file and parse_json; "device_words.bad" with the place that is wrong.
  static Result<DeviceWords> load(const std::filesystem::path& path);

  std::string sentence(std::string_view device, std::string_view code, Listener listener) const;
  std::string device(std::string_view name) const;  // "读卡器"; the name itself when there is no word
  std::vector<std::string> devices() const;
  std::vector<std::string> codes() const;

 private:
  struct Sentences {
    std::string resident;
    std::string clerk;
    std::string technician;
  };
  std::map<std::string, std::string, std::less<>> devices_;
  std::map<std::string, Sentences, std::less<>> sentences_;
};

}  // namespace bianmin::ui
