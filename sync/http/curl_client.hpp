// HTTP/1.1 by libcurl: no redirects, no proxy, no cookies, no compression, TLS 1.2 or later.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "sync/http/client.hpp"

namespace bianmin::http {

constexpr std::size_t response_headers_size_max = 32 * 1024;
constexpr std::size_t response_headers_max = 100;

struct ClientSettings {
  std::filesystem::path authority;    // PEM: who has to have signed the server's certificate
  std::filesystem::path certificate;  // own, PEM; empty: none is shown
  std::filesystem::path key;
  long connect_timeout_ms = 5'000;
  long timeout_ms = 20'000;  // of one request, from the beginning of the connection to the end of the answer
  std::size_t body_size_max = 1024 * 1024;
  // Looked at now and then while a request waits: true gives it up. From any thread; null: never.
  std::function<bool()> stopping = {};
};

// https, or http to this machine itself ("localhost", "127.0.0.1", "[::1]"), where a gateway may stand.
bool usable_url(std::string_view url);

class CurlClient : public Client {
 public:
  // Keeps its connection from one request to the next. Error "http.unreachable": no memory for libcurl.
  static Result<std::unique_ptr<CurlClient>> make(ClientSettings settings);
  ~CurlClient() override;
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;
  Result<Response> send(const Request& request) override;

 private:
  struct Transfer;
  CurlClient(void* easy, ClientSettings settings) : easy_(easy), settings_(std::move(settings)) {}
  void set_up(const Request& request, Transfer& transfer);
  void* easy_;
  ClientSettings settings_;
};

}  // namespace bianmin::http
