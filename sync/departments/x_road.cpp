#include "sync/departments/x_road.hpp"

#include <algorithm>

#include "sync/seal/digest.hpp"
#include "terminal/base/json.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::departments {

namespace {

Error not_ours(std::string_view code) { return {Remedy::retry_later, code, {}}; }

bool valid_part(const std::string& part) {
  const bool printable =
      std::ranges::none_of(part, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return !part.empty() && part.size() <= x_road_part_size_max && valid_utf8(part) && printable &&
         part != "." && part != "..";
}

bool valid_id(const XRoadId& id, std::size_t least, std::size_t most) {
  return id.size() >= least && id.size() <= most && std::ranges::all_of(id, valid_part);
}

// As it goes into the request line: no blanks, no query, nothing that climbs.
bool valid_path(std::string_view path) {
  if (path.empty()) return true;
  const bool plain =
      std::ranges::all_of(path, [](char c) { return c > 0x20 && c < 0x7F && c != '?' && c != '#'; });
  const auto parts = split(path, '/');
  const bool climbs =
      std::ranges::any_of(parts, [](std::string_view part) { return part == "." || part == ".."; });
  return path.front() == '/' && plain && !climbs;
}

bool valid_user(std::string_view user) {
  constexpr std::size_t user_size_max = 64;
  return user.size() <= user_size_max &&
         std::ranges::all_of(user, [](char c) { return c > 0x20 && c < 0x7F; });
}

std::string target_of(const http::Request& request) {
  const std::size_t scheme = request.url.find("://");
  const std::size_t begin = request.url.find('/', scheme == std::string::npos ? 0 : scheme + 3);
  return begin == std::string::npos ? "/" : request.url.substr(begin);
}

std::string_view header_of(const http::Request& request, std::string_view name) {
  for (const auto& header : request.headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

bool valid_type(std::string_view type) {
  constexpr std::size_t type_size_max = 128;
  const bool known = type.starts_with("Client.") || type.starts_with("Server.ClientProxy.") ||
                     type.starts_with("Server.ServerProxy.");
  return known && type.back() != '.' && type.size() <= type_size_max && std::ranges::all_of(type, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
                  c == '_';
         });
}

// A UUID, or nothing that is worth keeping.
std::string number_of(const Json& fault) {
  constexpr std::size_t uuid_size = 36;
  const auto found = fault.find("detail");
  if (found == fault.end() || !found->is_string()) return {};
  auto text = found->get<std::string>();
  const bool uuid = text.size() == uuid_size && std::ranges::all_of(text, [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
                    });
  return uuid ? text : std::string();
}

}  // namespace

std::string x_road_text(const XRoadId& id) {
  std::string out;
  for (const auto& part : id) {
    if (!out.empty()) out.push_back('/');
    out += http::percent_encode(part);
  }
  return out;
}

std::optional<std::string> problem_of(const XRoadSettings& settings) {
  if (!valid_id(settings.client, 3, 4))
    return "client: instance, class, member and, if there is one, subsystem";
  if (!valid_id(settings.service, 4, 5)) return "service: instance, class, member, subsystem, service code";
  const bool server = settings.security_server.empty() || valid_id(settings.security_server, 4, 4);
  if (!server) return "security_server: instance, class, member, server code";
  const bool party = settings.represented_party.empty() || valid_id(settings.represented_party, 1, 2);
  if (!party) return "represented_party: class and member, or member";
  if (!valid_path(settings.path) || !valid_path(settings.states_path))
    return "path and states_path begin with /";
  if (!valid_user(settings.user_id)) return "user_id: country and number";
  const std::size_t slash = settings.url.find('/', settings.url.find("://") + 3);
  if (slash != std::string::npos || settings.url.find('?') != std::string::npos) return "url: no path";
  if (x_road_text(settings.service).size() + settings.path.size() > x_road_target_size_max)
    return "service: too long";
  return std::nullopt;
}

http::Request x_road_request(const XRoadSettings& settings, XRoadMessage message) {
  http::Request request{std::move(message.method),
                        settings.url + "/r1/" + x_road_text(settings.service) + message.path,
                        std::move(message.headers), std::move(message.body)};
  if (!message.query.empty()) request.url += "?" + message.query;
  const auto add = [&](const char* name, std::string value) {
    if (!value.empty()) request.headers.push_back({name, std::move(value)});
  };
  add("X-Road-Client", x_road_text(settings.client));
  add("X-Road-Id", std::move(message.id));
  add("X-Road-UserId", settings.user_id);
  add("X-Road-Issue", std::move(message.issue));
  add("X-Road-Security-Server", x_road_text(settings.security_server));
  add("X-Road-Represented-Party", x_road_text(settings.represented_party));
  return request;
}

std::string request_hash(ByteView headers, ByteView body) {
  const auto of_headers = seal::sha512(headers);
  if (body.empty()) return to_base64(of_headers);
  Bytes both(of_headers.begin(), of_headers.end());
  append(both, seal::sha512(body));
  return to_base64(seal::sha512(both));
}

Bytes hashed_headers(const http::Request& request, std::string_view request_id) {
  std::string text = request.method + "\r\n" + target_of(request) + "\r\n";
  for (const auto& header : request.headers) text += header.name + ":" + header.value + "\r\n";
  text.append("x-road-request-id:").append(request_id).append("\r\n");
  return bytes_of(text);
}

Result<std::optional<XRoadFault>> fault_in(const http::Response& response) {
  const bool told =
      std::ranges::any_of(response.headers, [](const auto& one) { return one.name == "x-road-error"; });
  if (!told) return std::optional<XRoadFault>();
  const auto type = response.header("x-road-error");
  if (!type || !valid_type(*type)) return not_ours("x-road.bad_fault");
  XRoadFault fault{std::string(*type), {}};
  const auto json = parse_json(text_of(response.body), 4);
  if (!json || !json->is_object()) return std::optional(fault);  // the header alone says enough
  const auto repeated = json->find("type");
  if (repeated != json->end() && *repeated != fault.type) return not_ours("x-road.bad_fault");
  fault.detail = number_of(*json);
  return std::optional(std::move(fault));
}

Result<void> check_answer(const XRoadSettings& settings, const http::Request& request,
                          const http::Response& response) {
  const auto id = response.header("x-road-id");
  if (!id) return not_ours("x-road.no_id");
  if (*id != header_of(request, "X-Road-Id")) return not_ours("x-road.wrong_id");
  const auto client = response.header("x-road-client");
  if (client && *client != x_road_text(settings.client)) return not_ours("x-road.wrong_client");
  const auto service = response.header("x-road-service");
  if (service && *service != x_road_text(settings.service)) return not_ours("x-road.wrong_service");
  const auto hash = response.header("x-road-request-hash");
  if (!hash) return not_ours("x-road.no_hash");
  const auto bytes = from_base64(*hash);
  if (!bytes || bytes->size() != sizeof(seal::Digest512)) return not_ours("x-road.wrong_hash");
  if (!settings.check_hash) return {};
  const auto request_id = response.header("x-road-request-id");
  const bool same = request_id && *hash == request_hash(hashed_headers(request, *request_id), request.body);
  return same ? Result<void>() : not_ours("x-road.wrong_hash");
}

}  // namespace bianmin::departments
