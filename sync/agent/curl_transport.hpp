// The hub over HTTPS: TLS 1.3 with a client certificate, HTTP/2, one long-lived connection.
#pragma once

#include <filesystem>
#include <memory>

#include "sync/agent/transport.hpp"

namespace bianmin::agent {

constexpr long connect_timeout_ms = 5'000;
constexpr std::size_t reply_size_max = 1024 * 1024;

struct HubAddress {
  std::string url;                    // https://HOST:PORT, no path
  std::filesystem::path certificate;  // own, PEM
  std::filesystem::path key;
  std::filesystem::path authority;  // who has to have signed the hub's
};

class CurlTransport : public HubTransport {
 public:
  // Error "agent.bad_url" (refuse): not https, or with a path.
  static Result<std::unique_ptr<CurlTransport>> make(const HubAddress& address);
  ~CurlTransport() override;
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;
  Result<HttpReply> post(const std::string& path, ByteView body, long timeout_ms) override;

 private:
  CurlTransport(void* handle, void* headers, HubAddress address);
  void* handle_;
  void* headers_;
  HubAddress address_;
};

}  // namespace bianmin::agent
