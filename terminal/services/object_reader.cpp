#include "terminal/services/object_reader.hpp"

#include <algorithm>

namespace bianmin::services {

namespace {

constexpr std::size_t name_length_max = 64;

std::string child(std::string_view place, std::string_view key) {
  std::string out(place);
  out.push_back('/');
  for (const char c : key.substr(0, name_length_max)) {
    if (c == '~') {
      out.append("~0");
    } else if (c == '/') {
      out.append("~1");
    } else {
      out.push_back(static_cast<unsigned char>(c) < 0x20 ? '?' : c);
    }
  }
  return out;
}

}  // namespace

bool valid_name(std::string_view text) {
  if (text.empty() || text.size() > name_length_max || text[0] < 'a' || text[0] > 'z') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

void Findings::add(std::string_view code, std::string_view place, std::string_view what) {
  if (error_) return;
  std::string detail = file_;
  detail.append(" ").append(place.empty() ? "/" : place).append(": ").append(what);
  error_ = Error{Remedy::refuse, code, std::move(detail)};
}

Result<void> Findings::result() const {
  if (error_) return *error_;
  return {};
}

ObjectReader::ObjectReader(const Json& value, std::string place, Findings& findings)
    : object_(value.is_object() ? &value : nullptr), place_(std::move(place)), findings_(findings) {
  if (object_ == nullptr) findings_.add("package.bad_value", place_, "an object is expected");
}

void ObjectReader::fail(std::string_view code, std::string_view key, std::string_view what) {
  findings_.add(code, key.empty() ? place_ : child(place_, key), what);
}

bool ObjectReader::has(std::string_view key) const {
  return object_ != nullptr && object_->contains(std::string(key));
}

const Json* ObjectReader::take(std::string_view key, Need need) {
  asked_.emplace(key);
  if (object_ == nullptr) return nullptr;
  const auto found = object_->find(std::string(key));
  if (found != object_->end()) return &*found;
  if (need == Need::required) fail("package.missing_key", key, "this key is required");
  return nullptr;
}

std::string ObjectReader::text(std::string_view key, Need need, std::size_t byte_max) {
  const Json* value = take(key, need);
  if (value == nullptr) return {};
  if (!value->is_string()) {
    fail("package.bad_value", key, "a text is expected");
    return {};
  }
  const auto& text = value->get_ref<const std::string&>();
  if (text.empty() || text.size() > byte_max) {
    fail("package.bad_value", key, "a text of 1 to " + std::to_string(byte_max) + " bytes is expected");
    return {};
  }
  return text;
}

std::string ObjectReader::name(std::string_view key, Need need, std::string_view bad_code) {
  std::string value = text(key, need);
  if (value.empty()) return value;
  if (!valid_name(value)) {
    fail(bad_code, key, "a lower case letter and then at most 63 of a-z 0-9 - _ . are expected");
    return {};
  }
  return value;
}

int ObjectReader::number(std::string_view key, int least, int most, std::optional<int> otherwise) {
  const Json* value = take(key, otherwise ? Need::optional : Need::required);
  if (value == nullptr) return otherwise.value_or(least);
  // Compared as 64 bit of its own sign: a huge number must not wrap into the range.
  const bool fits =
      value->is_number_unsigned() ? value->get<std::uint64_t>() <= static_cast<std::uint64_t>(most) &&
                                        static_cast<int>(value->get<std::uint64_t>()) >= least
      : value->is_number_integer() ? value->get<std::int64_t>() >= least && value->get<std::int64_t>() <= most
                                   : false;
  if (!fits) {
    fail("package.bad_value", key,
         "a whole number from " + std::to_string(least) + " to " + std::to_string(most) + " is expected");
    return least;
  }
  return value->get<int>();
}

bool ObjectReader::flag(std::string_view key, bool otherwise) {
  const Json* value = take(key, Need::optional);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) {
    fail("package.bad_value", key, "true or false is expected");
    return otherwise;
  }
  return value->get<bool>();
}

std::vector<ObjectReader::Element> ObjectReader::array(std::string_view key, Need need,
                                                       std::size_t count_max) {
  const Json* value = take(key, need);
  if (value == nullptr) return {};
  if (!value->is_array() || value->size() > count_max || (need == Need::required && value->empty())) {
    fail("package.bad_value", key, "a list of at most " + std::to_string(count_max) + " is expected");
    return {};
  }
  std::vector<Element> out;
  for (const Json& item : *value)
    out.push_back({&item, child(child(place_, key), std::to_string(out.size()))});
  return out;
}

std::vector<std::string> ObjectReader::texts(std::string_view key, Need need, std::size_t count_max) {
  std::vector<std::string> out;
  for (const Element& item : array(key, need, count_max)) {
    if (!item.value->is_string() || item.value->get_ref<const std::string&>().empty()) {
      findings_.add("package.bad_value", item.place, "a text is expected");
      return {};
    }
    const auto& text = item.value->get_ref<const std::string&>();
    if (std::find(out.begin(), out.end(), text) != out.end()) {
      findings_.add("package.repeated_id", item.place, "it stands there twice");
      return {};
    }
    out.push_back(text);
  }
  return out;
}

std::optional<ObjectReader::Element> ObjectReader::object(std::string_view key) {
  const Json* value = take(key, Need::optional);
  if (value == nullptr) return std::nullopt;
  return Element{value, child(place_, key)};
}

void ObjectReader::finish() {
  if (object_ == nullptr) return;
  for (const auto& item : object_->items()) {
    if (asked_.find(item.key()) == asked_.end())
      fail("package.unknown_key", item.key(), "this key has no meaning here");
  }
}

}  // namespace bianmin::services
