#include "sync/agent/curl_transport.hpp"

#include <curl/curl.h>

#include <algorithm>

namespace bianmin::agent {

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

}  // namespace

Result<std::unique_ptr<CurlTransport>> CurlTransport::make(const HubAddress& address) {
  if (!valid_url(address.url))
    return Error{Remedy::refuse, "agent.bad_url", address.url + " is not https://HOST:PORT"};
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return Error{Remedy::call_staff, "agent.hub_unreachable", "libcurl does not start"};
  }
  CURL* handle = curl_easy_init();
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/cbor");
  headers = curl_slist_append(headers, "Expect:");
  std::unique_ptr<CurlTransport> transport(new CurlTransport(handle, headers, address));
  if (handle == nullptr || headers == nullptr) {
    return Error{Remedy::call_staff, "agent.hub_unreachable", "libcurl has no memory"};
  }
  return transport;
}

CurlTransport::CurlTransport(void* handle, void* headers, HubAddress address)
    : handle_(handle), headers_(headers), address_(std::move(address)) {
  if (handle_ == nullptr) return;
  CURL* curl = handle_;
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_3));
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_CAINFO, address_.authority.c_str());
  curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(curl, CURLOPT_SSLCERT, address_.certificate.c_str());
  curl_easy_setopt(curl, CURLOPT_SSLKEY, address_.key.c_str());
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, static_cast<curl_slist*>(headers_));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
}

CurlTransport::~CurlTransport() {
  curl_easy_cleanup(handle_);
  curl_slist_free_all(static_cast<curl_slist*>(headers_));
  curl_global_cleanup();
}

Result<HttpReply> CurlTransport::post(const std::string& path, ByteView body, long timeout_ms) {
  CURL* curl = handle_;
  HttpReply reply;
  char detail[CURL_ERROR_SIZE] = {};
  const std::string url = address_.url + path;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.empty() ? "" : reinterpret_cast<const char*>(body.data()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
  const CURLcode code = curl_easy_perform(curl);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
  if (code != CURLE_OK) return error_of(code, detail);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<int>(status);
  return reply;
}

}  // namespace bianmin::agent
