// The hub over HTTPS: TLS 1.3 with a client certificate, HTTP/2, one long-lived connection.
//
// Requests share the connection as streams: one that is made from within another's wait overtakes it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "sync/http/transport.hpp"

namespace bianmin::http {

constexpr long connect_timeout_ms = 5'000;
constexpr int while_waiting_ms = 50;            // how often a wait looks up
constexpr int unsent_in_kernel_bytes = 16'384;  // what an ask has to wait for on a slow line
constexpr long upload_buffer_bytes = 16'384;    // and in libcurl
constexpr unsigned unacknowledged_ms = 20'000;  // then the line is dead
constexpr std::size_t reply_size_max = 1024 * 1024;

struct HubAddress {
  std::string url;                    // https://HOST:PORT, no path
  std::filesystem::path certificate;  // own, PEM
  std::filesystem::path key;
  std::filesystem::path authority;  // who has to have signed the hub's
  std::int64_t bytes_per_s = 0;     // no request is sent faster; 0: no limit
};

class CurlTransport : public HubTransport {
 public:
  // Error "agent.bad_url" (refuse): not https, or with a path.
  static Result<std::unique_ptr<CurlTransport>> make(const HubAddress& address);
  ~CurlTransport() override;
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  // Called every while_waiting_ms while post() waits; it may post() itself. False: give the request up, error
  // "agent.stopping" (retry later).
  void on_wait(std::function<bool()> go_on) { go_on_ = std::move(go_on); }
  // From the next request on, over a new connection with these files.
  void use(const HubAddress& address);
  Result<HttpReply> post(const std::string& path, ByteView body, long timeout_ms) override;
  Result<HttpReply> post_traced(const std::string& path, ByteView body, long timeout_ms,
                                const TraceContext& trace) override;

 private:
  struct Transfer;
  CurlTransport(void* multi, HubAddress address);
  void set_up(void* easy, const std::string& url, ByteView body, long timeout_ms, Transfer& transfer);
  Result<void> wait_for(Transfer& transfer);
  void collect();
  void* multi_;
  HubAddress address_;
  std::function<bool()> go_on_;
  Transfer* newest_ = nullptr;  // of those under way, each made while the one before waits
  bool reconnect_ = false;
};

}  // namespace bianmin::http
