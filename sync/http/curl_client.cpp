#include "sync/http/curl_client.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>

#include "terminal/base/clock.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::http {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
}

Error failure_of(CURLcode code, const char* detail) {
  const std::string text = *detail != '\0' ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return {Remedy::call_staff, "http.untrusted", text};
    case CURLE_OPERATION_TIMEDOUT:
      return {Remedy::retry_later, "http.timeout", text};
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
      return {Remedy::retry_later, "http.incomplete", text};
    case CURLE_ABORTED_BY_CALLBACK:
      return {Remedy::retry_later, "http.stopping", "given up"};
    case CURLE_FILESIZE_EXCEEDED:
      return {Remedy::retry_later, "http.too_large", text};
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
      return {Remedy::call_staff, "http.bad_files", text};
    default:
      return {Remedy::retry_later, "http.unreachable", text};
  }
}

struct HeaderList {
  ~HeaderList() { curl_slist_free_all(list); }
  bool add(const std::string& line) {
    curl_slist* longer = curl_slist_append(list, line.c_str());
    if (longer == nullptr) return false;
    list = longer;
    return true;
  }
  curl_slist* list = nullptr;
};

}  // namespace

std::optional<std::string_view> Response::header(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const Header& header : headers) {
    if (header.name != name) continue;
    if (found) return std::nullopt;
    found = header.value;
  }
  return found;
}

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

bool usable_url(std::string_view url) {
  if (!one_line(url) || url.find_first_of(" \t#@") != std::string_view::npos) return false;
  const auto host_after = [&](std::string_view scheme) {
    return url.starts_with(scheme)
               ? url.substr(scheme.size(), url.find_first_of("/?", scheme.size()) - scheme.size())
               : std::string_view();
  };
  if (!host_after("https://").empty()) return true;
  const std::string_view near = host_after("http://");
  for (const std::string_view self : {"localhost", "127.0.0.1", "[::1]"}) {
    if (near == self || (near.starts_with(self) && near.size() > self.size() && near[self.size()] == ':'))
      return true;
  }
  return false;
}

struct CurlClient::Transfer {
  Response response;
  std::size_t headers_size = 0;
  std::size_t body_size_max = 0;
  bool too_large = false;
  const std::function<bool()>* stopping = nullptr;
  HeaderList headers;
  char detail[CURL_ERROR_SIZE] = {};

  static std::size_t take_body(char* data, std::size_t, std::size_t size, void* user) {
    auto& self = *static_cast<Transfer*>(user);
    if (self.response.body.size() + size > self.body_size_max) {
      self.too_large = true;
      return 0;
    }
    append(self.response.body, view_of(std::string_view(data, size)));
    return size;
  }

  static std::size_t take_header(char* data, std::size_t, std::size_t size, void* user) {
    auto& self = *static_cast<Transfer*>(user);
    const std::string_view line = trim(std::string_view(data, size));
    if (line.starts_with("HTTP/")) self.response.headers.clear();  // what came before was "continue"
    self.headers_size += size;
    if (self.headers_size > response_headers_size_max ||
        self.response.headers.size() >= response_headers_max) {
      self.too_large = true;
      return 0;
    }
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && !line.starts_with("HTTP/")) {
      self.response.headers.push_back(
          {lower(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))});
    }
    return size;
  }

  static int go_on(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const auto& self = *static_cast<Transfer*>(user);
    return *self.stopping && (*self.stopping)() ? 1 : 0;
  }
};

Result<std::unique_ptr<CurlClient>> CurlClient::make(ClientSettings settings) {
  const Error failed{Remedy::retry_later, "http.unreachable", "libcurl does not start"};
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return failed;
  CURL* easy = curl_easy_init();
  if (easy == nullptr) {
    curl_global_cleanup();
    return failed;
  }
  return std::unique_ptr<CurlClient>(new CurlClient(easy, std::move(settings)));
}

CurlClient::~CurlClient() {
  curl_easy_cleanup(easy_);
  curl_global_cleanup();
}

void CurlClient::set_up(const Request& request, Transfer& transfer) {
  CURL* curl = easy_;
  curl_easy_reset(curl);  // not its connections
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, request.url.starts_with("https://") ? "https" : "http");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_CAINFO, settings_.authority.c_str());
  curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  if (!settings_.certificate.empty()) {
    curl_easy_setopt(curl, CURLOPT_SSLCERT, settings_.certificate.c_str());
    curl_easy_setopt(curl, CURLOPT_SSLKEY, settings_.key.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, settings_.connect_timeout_ms);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, settings_.timeout_ms);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer.headers.list);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Transfer::take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Transfer::take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &Transfer::go_on);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer.detail);
  if (request.method != "POST") return;
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS,
                   request.body.empty() ? "" : reinterpret_cast<const char*>(request.body.data()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
}

Result<Response> CurlClient::send(const Request& request) {
  const Error bad{Remedy::refuse, "http.bad_request", "method, address or header"};
  if ((request.method != "GET" && request.method != "POST") || !usable_url(request.url)) return bad;
  Transfer transfer;
  transfer.body_size_max = settings_.body_size_max;
  transfer.stopping = &settings_.stopping;
  for (const Header& header : request.headers) {
    if (header.name.empty() || header.value.empty() || !one_line(header.name) || !one_line(header.value))
      return bad;
    if (!transfer.headers.add(header.name + ": " + header.value)) return bad;
  }
  if (!transfer.headers.add("Expect:")) return bad;
  set_up(request, transfer);
  const CURLcode code = curl_easy_perform(easy_);
  if (transfer.too_large)
    return Error{Remedy::retry_later, "http.too_large", "the answer is beyond its limit"};
  if (code != CURLE_OK) return failure_of(code, transfer.detail);
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  transfer.response.arrived_utc_ms = SystemClock().utc_ms();
  return std::move(transfer.response);
}

}  // namespace bianmin::http
