#include "sync/http/curl_transport.hpp"

#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

namespace bianmin::http {

namespace {

std::size_t take_body(char* data, std::size_t, std::size_t size, void* user) {
  auto& body = *static_cast<Bytes*>(user);
  if (body.size() + size > reply_size_max) return 0;  // makes curl fail
  append(body, view_of(std::string_view(data, size)));
  return size;
}

Error error_of(CURLcode code, const char* detail) {
  const std::string text = *detail != '\0' ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return {Remedy::call_staff, "agent.hub_untrusted", text};
    case CURLE_OPERATION_TIMEDOUT:
      return {Remedy::retry_later, "agent.timeout", text};
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
      return {Remedy::call_staff, "agent.bad_files", text};
    default:
      return {Remedy::retry_later, "agent.hub_unreachable", text};
  }
}

bool valid_url(const std::string& url) {
  constexpr std::string_view scheme = "https://";
  return url.starts_with(scheme) && url.size() > scheme.size() &&
         url.find_first_of("/?#@ ", scheme.size()) == std::string::npos;
}

// What one request may leave in the kernel is what the next has to wait for.
int tune_socket(void*, curl_socket_t socket, curlsocktype) {
  const int unsent = unsent_in_kernel_bytes;
  const unsigned timeout = unacknowledged_ms;
  (void)::setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
  (void)::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
  return CURL_SOCKOPT_OK;
}

CURLM* new_multi() {
  CURLM* multi = curl_multi_init();
  if (multi == nullptr) return nullptr;
  curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 1L);
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
  return multi;
}

}  // namespace

struct CurlTransport::Transfer {
  Transfer() = default;
  ~Transfer() { curl_slist_free_all(headers); }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  // Out of memory shows itself as a header that is missing; then there is no request.
  bool add_header(const std::string& line) {
    curl_slist* longer = curl_slist_append(headers, line.c_str());
    if (longer != nullptr) headers = longer;
    return longer != nullptr;
  }

  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  bool done = false;
  CURLcode code = CURLE_OK;
  HttpReply reply;
  char detail[CURL_ERROR_SIZE] = {};
};

Result<std::unique_ptr<CurlTransport>> CurlTransport::make(const HubAddress& address) {
  if (!valid_url(address.url))
    return Error{Remedy::refuse, "agent.bad_url", address.url + " is not https://HOST:PORT"};
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return Error{Remedy::call_staff, "agent.hub_unreachable", "libcurl does not start"};
  }
  CURLM* multi = new_multi();
  std::unique_ptr<CurlTransport> transport(new CurlTransport(multi, address));
  if (multi == nullptr) {
    return Error{Remedy::call_staff, "agent.hub_unreachable", "libcurl has no memory"};
  }
  return transport;
}

CurlTransport::CurlTransport(void* multi, HubAddress address) : multi_(multi), address_(std::move(address)) {}

CurlTransport::~CurlTransport() {
  curl_multi_cleanup(multi_);
  curl_global_cleanup();
}

void CurlTransport::use(const HubAddress& address) {
  address_ = address;
  reconnect_ = true;
}

void CurlTransport::set_up(void* easy, const std::string& url, ByteView body, long timeout_ms,
                           Transfer& transfer) {
  CURL* curl = easy;
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_3));
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(curl, CURLOPT_PIPEWAIT, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_CAINFO, address_.authority.c_str());
  curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(curl, CURLOPT_SSLCERT, address_.certificate.c_str());
  curl_easy_setopt(curl, CURLOPT_SSLKEY, address_.key.c_str());
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION, tune_socket);
  curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, upload_buffer_bytes);
  curl_easy_setopt(curl, CURLOPT_MAX_SEND_SPEED_LARGE, static_cast<curl_off_t>(address_.bytes_per_s));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer.headers);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer.reply.body);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer.detail);
  curl_easy_setopt(curl, CURLOPT_PRIVATE, &transfer);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.empty() ? "" : reinterpret_cast<const char*>(body.data()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
}

// Each finished transfer learns of it, whoever waits.
void CurlTransport::collect() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    transfer->code = message->data.result;
    transfer->done = true;
  }
}

Result<void> CurlTransport::wait_for(Transfer& transfer) {
  for (;;) {
    int running = 0;
    if (curl_multi_perform(multi_, &running) != CURLM_OK) break;
    collect();
    if (transfer.done) return {};
    if (go_on_ && !go_on_()) return Error{Remedy::retry_later, "agent.stopping", "given up"};
    if (transfer.done) return {};  // while something else was waited for
    if (curl_multi_poll(multi_, nullptr, 0, while_waiting_ms, nullptr) != CURLM_OK) break;
  }
  return Error{Remedy::retry_later, "agent.hub_unreachable", "libcurl cannot go on"};
}

Result<HttpReply> CurlTransport::post(const std::string& path, ByteView body, long timeout_ms) {
  return post_traced(path, body, timeout_ms, new_trace());
}

Result<HttpReply> CurlTransport::post_traced(const std::string& path, ByteView body, long timeout_ms,
                                             const TraceContext& trace) {
  Transfer transfer;
  transfer.easy = curl_easy_init();
  const bool has_headers = transfer.add_header("Content-Type: application/cbor") &&
                           transfer.add_header("Expect:") &&
                           transfer.add_header(std::string(traceparent_header) + ": " + trace.header());
  if (!has_headers) curl_easy_cleanup(std::exchange(transfer.easy, nullptr));
  if (transfer.easy == nullptr) return Error{Remedy::retry_later, "agent.hub_unreachable", "no memory"};
  set_up(transfer.easy, address_.url + path, body, timeout_ms, transfer);
  if (std::exchange(reconnect_, false)) curl_easy_setopt(transfer.easy, CURLOPT_FRESH_CONNECT, 1L);
  // libcurl gives the socket to the oldest transfer first, which would fill it each time it drains.
  Transfer* const overtaken = std::exchange(newest_, &transfer);
  if (overtaken != nullptr) curl_easy_pause(overtaken->easy, CURLPAUSE_SEND);
  curl_multi_add_handle(multi_, transfer.easy);
  auto waited = wait_for(transfer);
  newest_ = overtaken;
  if (overtaken != nullptr) curl_easy_pause(overtaken->easy, CURLPAUSE_CONT);
  long status = 0;
  curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
  curl_multi_remove_handle(multi_, transfer.easy);
  curl_easy_cleanup(transfer.easy);
  if (!waited) return waited.error();
  // A connection that kept a request waiting too long may be dead without anybody having said so.
  if (transfer.code == CURLE_OPERATION_TIMEDOUT) reconnect_ = true;
  if (transfer.code != CURLE_OK) return error_of(transfer.code, transfer.detail);
  transfer.reply.status = static_cast<int>(status);
  return std::move(transfer.reply);
}

}  // namespace bianmin::http
