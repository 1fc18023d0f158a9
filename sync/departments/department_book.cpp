#include "sync/departments/department_book.hpp"

#include <algorithm>

#include "terminal/base/files.hpp"
#include "terminal/base/json.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::departments {

namespace {

constexpr std::size_t book_text_size_max = 2'000;
constexpr std::size_t book_body_size_max = 8 * 1024 * 1024;  // a page of states has certificates

// Takes an object apart, member by member; the first thing that is wrong stays.
class BookReader {
 public:
  BookReader(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object_.is_object()) fail("is no object");
  }

  std::string text(const char* key, const std::string& otherwise) {
    const Json* value = member(key);
    if (value == nullptr) return otherwise;
    if (!value->is_string() || value->get_ref<const std::string&>().size() > book_text_size_max) {
      fail(std::string(key) + " is no text");
      return otherwise;
    }
    return value->get<std::string>();
  }
  std::string needed_text(const char* key) {
    auto value = text(key, {});
    if (value.empty()) fail(std::string(key) + " is missing");
    return value;
  }
  std::int64_t number(const char* key, std::int64_t otherwise, std::int64_t least, std::int64_t most) {
    const Json* value = member(key);
    if (value == nullptr) return otherwise;
    const bool whole =
        value->is_number_unsigned() && value->get<std::uint64_t>() <= static_cast<std::uint64_t>(most);
    if (!whole || value->get<std::int64_t>() < least) {
      fail(std::string(key) + " is not from " + std::to_string(least) + " to " + std::to_string(most));
      return otherwise;
    }
    return value->get<std::int64_t>();
  }
  XRoadId id(const char* key) {
    const Json* value = member(key);
    XRoadId parts;
    if (value == nullptr) return parts;
    constexpr std::size_t parts_max = 5;
    const bool list = value->is_array() && value->size() <= parts_max &&
                      std::ranges::all_of(*value, [](const Json& part) { return part.is_string(); });
    if (!list) {
      fail(std::string(key) + " is no list of parts");
      return parts;
    }
    for (const Json& part : *value) parts.push_back(part.get<std::string>());
    return parts;
  }
  void fail(const std::string& what) {
    if (problem_.empty()) problem_ = where_ + ": " + what;
  }
  // What is wrong: a member that nobody asked for, too.
  std::string finish() {
    if (problem_.empty() && object_.is_object()) {
      for (const auto& [key, value] : object_.items()) {
        if (std::ranges::find(asked_, key) == asked_.end()) fail("an unknown member");
      }
    }
    return problem_;
  }

 private:
  const Json* member(const char* key) {
    asked_.emplace_back(key);
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }
  const Json& object_;
  std::string where_;
  std::vector<std::string> asked_;
  std::string problem_;
};

Error bad_book(std::string detail) { return {Remedy::refuse, "departments.bad_book", std::move(detail)}; }

bool valid_name(std::string_view name) {
  return !name.empty() && name.size() <= department_name_size_max && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

void read_connection(BookReader& in, DepartmentSettings& to, const std::filesystem::path& folder) {
  const auto file = [&](const char* key) {
    const auto name = in.text(key, {});
    return name.empty() ? std::filesystem::path() : folder / name;
  };
  const auto url = in.needed_text("url");
  if (!http::usable_url(url)) in.fail("url is not https://…");
  to.rest.url = url;
  to.x_road.url = url;
  to.client.authority = file("ca");
  to.client.certificate = file("certificate");
  to.client.key = file("key");
  if (url.starts_with("https://") && to.client.authority.empty()) in.fail("ca is missing");
  if (to.client.certificate.empty() != to.client.key.empty()) in.fail("certificate and key belong together");
  to.client.connect_timeout_ms = static_cast<long>(in.number("connect_timeout_ms", 5'000, 100, 60'000));
  to.client.timeout_ms = static_cast<long>(in.number("timeout_ms", 20'000, 100, 300'000));
  to.client.body_size_max = book_body_size_max;
  to.per_second = in.number("per_second", 20, 1, 1'000);
  to.parallel = in.number("parallel", 1, 1, 16);
  to.states_interval_s = in.number("states_interval_s", 60, 1, 86'400);
}

void read_x_road(BookReader& in, XRoadSettings& to) {
  to.client = in.id("client");
  to.service = in.id("service");
  to.path = in.text("path", {});
  to.states_path = in.text("states_path", {});
  to.security_server = in.id("security_server");
  to.represented_party = in.id("represented_party");
  to.user_id = in.text("user_id", {});
  const auto hash = in.text("request_hash", "checked");
  to.check_hash = hash != "carried";
  if (hash != "checked" && hash != "carried") in.fail("request_hash is checked or carried");
  if (const auto problem = problem_of(to)) in.fail(*problem);
}

Result<DepartmentSettings> read_department(const std::string& name, const Json& object,
                                           const std::filesystem::path& folder) {
  if (!valid_name(name)) return bad_book("a department is named with a-z, 0-9 and '-'");
  BookReader in(object, name);
  DepartmentSettings settings;
  settings.name = name;
  const auto kind = in.needed_text("kind");
  if (kind == "rest") {
    settings.kind = DepartmentKind::rest;
    read_connection(in, settings, folder);
    settings.rest.states_url = in.text("states_url", {});
    if (!settings.rest.states_url.empty() && !http::usable_url(settings.rest.states_url)) {
      in.fail("states_url is not https://…");
    }
  } else if (kind == "x-road") {
    settings.kind = DepartmentKind::x_road;
    read_connection(in, settings, folder);
    read_x_road(in, settings.x_road);
  } else if (kind != "register") {
    in.fail("kind is rest, x-road or register");
  }
  const auto problem = in.finish();
  if (!problem.empty()) return bad_book(problem);
  return settings;
}

}  // namespace

Result<DepartmentBook> DepartmentBook::parse(std::string_view text, const std::filesystem::path& folder) {
  constexpr std::size_t depth_max = 5;
  const auto json = parse_json(text, depth_max);
  if (!json) return bad_book(json.error().detail);
  if (!json->is_object() || json->size() != 2 || !json->contains("departments") ||
      !json->contains("services")) {
    return bad_book("it has departments and services, and nothing else");
  }
  const Json& departments = (*json)["departments"];
  const Json& services = (*json)["services"];
  if (!departments.is_object() || departments.size() > departments_max) return bad_book("departments");
  if (!services.is_object() || services.size() > services_max) return bad_book("services");
  DepartmentBook book;
  for (const auto& [name, object] : departments.items()) {
    auto settings = read_department(name, object, folder);
    if (!settings) return settings.error();
    book.departments_.emplace(name, std::move(settings).value());
  }
  for (const auto& [service, department] : services.items()) {
    if (!department.is_string() || !book.departments_.contains(department.get<std::string>())) {
      return bad_book("a service with an unknown department");
    }
    const std::size_t star = service.find('*');
    const bool whole = star == std::string::npos;
    if (service.empty() || (!whole && star + 1 != service.size()))
      return bad_book("'*' stands at the end alone");
    auto& to = whole ? book.services_ : book.beginnings_;
    to.emplace(whole ? service : service.substr(0, star), department.get<std::string>());
  }
  return book;
}

Result<DepartmentBook> DepartmentBook::load(const std::filesystem::path& folder) {
  auto text = read_file(folder / department_book_file, department_book_size_max);
  if (!text && text.error().code == "file.missing") return DepartmentBook();
  if (!text) return text.error();
  return parse(text_of(*text), folder);
}

const DepartmentSettings* DepartmentBook::named(std::string_view name) const {
  const auto found = departments_.find(name);
  return found == departments_.end() ? nullptr : &found->second;
}

const DepartmentSettings* DepartmentBook::find(std::string_view service_id) const {
  auto found = services_.find(service_id);
  for (std::size_t size = service_id.size() + 1; found == services_.end() && size-- > 0;) {
    const auto beginning = beginnings_.find(service_id.substr(0, size));
    if (beginning != beginnings_.end()) {
      const auto* settings = named(beginning->second);
      return settings != nullptr && settings->kind != DepartmentKind::reg ? settings : nullptr;
    }
  }
  if (found == services_.end()) return nullptr;
  const auto* settings = named(found->second);
  return settings != nullptr && settings->kind != DepartmentKind::reg ? settings : nullptr;
}

}  // namespace bianmin::departments
