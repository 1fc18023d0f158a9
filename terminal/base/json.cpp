#include "terminal/base/json.hpp"

#include <set>
#include <vector>

namespace bianmin {

namespace {

// Counts levels and refuses repeated keys while nlohmann parses.
class StrictCheck {
 public:
  explicit StrictCheck(std::size_t depth_max) : depth_max_(depth_max) {}

  bool operator()(int, Json::parse_event_t event, Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      keys_.emplace_back();
      if (keys_.size() > depth_max_) problem = "too deep";
    } else if (event == Event::object_end || event == Event::array_end) {
      if (!keys_.empty()) keys_.pop_back();
    } else if (event == Event::key && !keys_.empty()) {
      if (!keys_.back().insert(parsed.get<std::string>()).second) problem = "repeated key";
    }
    return true;
  }
  std::string problem;

 private:
  std::size_t depth_max_;
  std::vector<std::set<std::string>> keys_;
};

// nlohmann parses by recursion on the nesting: refuse deep text before it starts.
bool too_deep(std::string_view text, std::size_t depth_max) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > depth_max) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::size_t depth_max) {
  if (text.find('\0') != std::string_view::npos) return Error{Remedy::refuse, "json.bad", "a NUL byte"};
  if (too_deep(text, depth_max)) return Error{Remedy::refuse, "json.bad", "too deep"};
  StrictCheck check(depth_max);
  try {
    Json value = Json::parse(text.begin(), text.end(),
                             [&check](int d, Json::parse_event_t e, Json& p) { return check(d, e, p); });
    if (!check.problem.empty()) return Error{Remedy::refuse, "json.bad", check.problem};
    return value;
  } catch (const Json::parse_error& failed) {
    return Error{Remedy::refuse, "json.bad", "syntax error at byte " + std::to_string(failed.byte)};
  } catch (const Json::exception&) {
    return Error{Remedy::refuse, "json.bad", "a number out of range"};
  }
}

std::string json_text(const Json& value, bool indented) {
  return value.dump(indented ? 2 : -1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace bianmin
