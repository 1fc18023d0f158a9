#include "ui/strings/device_words.hpp"

#include "terminal/base/files.hpp"
#include "terminal/base/json.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::ui {

namespace {

Error bad(std::string detail) { return {Remedy::refuse, "device_words.bad", std::move(detail)}; }

Result<std::string> text_of(const Json& value, const std::string& place) {
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) return bad(place + " is no text");
  return value.get<std::string>();
}

// The texts of `object` under exactly these keys, in their order.
Result<std::vector<std::string>> texts_of(const Json& object, const std::vector<std::string>& keys,
                                          const std::string& place) {
  if (!object.is_object() || object.size() != keys.size())
    return bad(place + ": exactly " + std::to_string(keys.size()) + " texts belong here");
  std::vector<std::string> texts;
  for (const std::string& key : keys) {
    const auto found = object.find(key);
    if (found == object.end()) return bad(place + ": " + key + " is missing");
    auto text = text_of(*found, place + "." + key);
    if (!text) return text.error();
    texts.push_back(std::move(*text));
  }
  return texts;
}

}  // namespace

Result<DeviceWords> DeviceWords::load(const std::filesystem::path& path) {
  const Result<Bytes> bytes = read_file(path, file_byte_max);
  if (!bytes) return bytes.error();
  const Result<Json> json = parse_json({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  if (!json) return Error{json.error().remedy, json.error().code, path.string() + ": " + json.error().detail};
  const std::string file = path.string();
  if (!json->is_object() || json->size() != 2 || !json->contains("devices") || !json->contains("codes"))
    return bad(file + ": devices and codes belong here");
  if (!(*json)["devices"].is_object() || !(*json)["codes"].is_object())
    return bad(file + ": devices and codes are objects");
  DeviceWords words;
  for (const auto& [name, value] : (*json)["devices"].items()) {
    auto word = text_of(value, file + ": " + name);
    if (!word) return word.error();
    words.devices_.emplace(name, std::move(*word));
  }
  for (const auto& [code, value] : (*json)["codes"].items()) {
    auto texts = texts_of(value, {"resident", "clerk", "technician"}, file + ": " + code);
    if (!texts) return texts.error();
    words.sentences_.emplace(
        code, Sentences{std::move((*texts)[0]), std::move((*texts)[1]), std::move((*texts)[2])});
  }
  if (!words.sentences_.contains(other_code))
    return bad(file + ": " + std::string(other_code) + " is missing");
  return words;
}

std::string DeviceWords::sentence(std::string_view device_name, std::string_view code,
                                  Listener listener) const {
  auto found = sentences_.find(code);
  if (found == sentences_.end()) found = sentences_.find(other_code);
  if (found == sentences_.end()) return std::string(code);  // an empty value: nothing was loaded
  const Sentences& all = found->second;
  const std::string& text = listener == Listener::resident ? all.resident
                            : listener == Listener::clerk  ? all.clerk
                                                           : all.technician;
  std::string filled = replace_all(text, "{device}", device(device_name));
  const unsigned char first = filled.empty() ? 0 : static_cast<unsigned char>(filled.front());
  if (first >= 'a' && first <= 'z') filled.front() = static_cast<char>(first - 'a' + 'A');
  return filled;
}

std::string DeviceWords::device(std::string_view name) const {
  const auto found = devices_.find(name);
  return found == devices_.end() ? std::string(name) : found->second;
}

std::vector<std::string> DeviceWords::devices() const {
  std::vector<std::string> names;
  for (const auto& [name, word] : devices_) names.push_back(name);
  return names;
}

std::vector<std::string> DeviceWords::codes() const {
  std::vector<std::string> codes;
  for (const auto& [code, sentences] : sentences_) codes.push_back(code);
  return codes;
}

}  // namespace bianmin::ui
