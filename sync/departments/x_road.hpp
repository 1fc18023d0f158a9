// X-Road's message protocol for REST (PR-REST 1.0.4 of the Nordic Institute for Interoperability Solutions):
// requests, and what has to be true of an answer. Everything in an answer is hostile. Pure.
//
// The case goes to the security server beside the hub, which signs it, sends it to the provider's security
// server and gives the provider's answer back. Numbers in parentheses are the protocol's chapters.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sync/http/client.hpp"

namespace bianmin::departments {

constexpr std::size_t x_road_part_size_max = 255;
constexpr std::size_t x_road_target_size_max = 2'000;  // (4.2)

// The parts of an identifier, each as it is spoken: instance, member class, member code, subsystem …
using XRoadId = std::vector<std::string>;

// The parts, each percent-encoded by itself, with '/' between them (4.2): of a path, and of a header.
std::string x_road_text(const XRoadId& id);

struct XRoadSettings {
  std::string url;            // of the security server: https://HOST[:PORT], no path
  XRoadId client;             // instance, class, member[, subsystem]
  XRoadId service;            // instance, class, member[, subsystem], service code
  std::string path;           // "/cases": behind the service, as it is
  std::string states_path;    // empty: it tells of no states
  XRoadId security_server;    // the provider's, four parts; empty: any
  XRoadId represented_party;  // [class,] member; empty: none
  std::string user_id;        // country and number, "EE12345678901"; empty: none
  bool check_hash = true;     // false: the security server alone does (it has to, 4.3)
};

// Nothing when all is well, else what is wrong.
std::optional<std::string> problem_of(const XRoadSettings& settings);

// One message to a service. `id`: a UUID, new for each message.
struct XRoadMessage {
  std::string method = "GET";
  std::string path;   // the service's own
  std::string query;  // without '?'
  std::string id;
  std::string issue;                  // X-Road-Issue; empty: none
  std::vector<http::Header> headers;  // besides X-Road's
  Bytes body;
};

// (4.1), (4.3)
http::Request x_road_request(const XRoadSettings& settings, XRoadMessage message);

// base64(SHA512(SHA512(headers) + SHA512(body))), or base64(SHA512(headers)) without a body (4.3).
std::string request_hash(ByteView headers, ByteView body);

// What stands for "headers" in it. The text does not say byte by byte; the security server's own program
// hashes the method, the path with its query, and each header that is not filtered as "Name:value", every
// line with CRLF behind it, and as the last header the number that it gave the request. No answer of a real
// server has confirmed it here: hence XRoadSettings::check_hash.
Bytes hashed_headers(const http::Request& request, std::string_view request_id);

// An answer of X-Road itself, not of the department (4.6). `type` is what the header says and the body
// repeats: "Server.ServerProxy.NetworkError". Never in words: those may repeat what was sent.
struct XRoadFault {
  std::string type;
  std::string detail;  // a number for the operators of the security server; may be empty
};
// Nothing: the department has answered. Error "x-road.bad_fault" (retry later): X-Road says that there is
// one, but it has not the form of one.
Result<std::optional<XRoadFault>> fault_in(const http::Response& response);

// That this answer belongs to this request. Errors (retry later): "x-road.no_id", "x-road.wrong_id",
// "x-road.no_hash", "x-road.wrong_hash", "x-road.wrong_service", "x-road.wrong_client".
Result<void> check_answer(const XRoadSettings& settings, const http::Request& request,
                          const http::Response& response);

}  // namespace bianmin::departments
