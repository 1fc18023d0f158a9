#include "sync/seal/tls.hpp"

#include <ctime>

#include "sync/seal/openssl.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::seal {

namespace {

constexpr std::size_t read_block_size = 16 * 1024;
constexpr std::size_t kept_buffer_size = 4 * 1024;  // a larger one is given back when it is empty

int choose_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                unsigned offered_size, void* wanted) {
  const auto& ours = *static_cast<const std::string*>(wanted);
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(ours.data()),
                            static_cast<unsigned>(ours.size()), offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// Called for each certificate of the peer's chain that is not good, and for each that is. OpenSSL looks at
// the signature before it looks at the time, so what is only expired is genuine.
int note_expired(int good, X509_STORE_CTX* context) {
  if (good == 1 || X509_STORE_CTX_get_error(context) != X509_V_ERR_CERT_HAS_EXPIRED) return good;
  if (X509_STORE_CTX_get_error_depth(context) != 0) return good;
  const auto* ssl =
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* name = ssl == nullptr ? nullptr : static_cast<std::string*>(SSL_get_app_data(ssl));
  if (name != nullptr) *name = common_name(X509_STORE_CTX_get_current_cert(context));
  return good;
}

std::string wire_form(const std::string& protocols) {
  std::string out;
  for (const auto protocol : split(protocols, ',')) {
    if (protocol.empty()) continue;
    out += static_cast<char>(protocol.size());
    out += protocol;
  }
  return out;
}

BIO* new_buffer() {
  BIO* buffer = BIO_new(BIO_s_mem());
  must(buffer != nullptr);
  return buffer;
}

Error bad_files(const std::string& what) {
  return {Remedy::refuse, "tls.bad_files", what + ": " + openssl_errors()};
}

}  // namespace

Result<TlsContext> TlsContext::make(TlsRole role, const TlsFiles& files, const std::string& alpn) {
  const std::shared_ptr<SSL_CTX> context(
      SSL_CTX_new(role == TlsRole::server ? TLS_server_method() : TLS_client_method()), SSL_CTX_free);
  must(context != nullptr);
  must(SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) == 1);
  // No tickets: every connection shows its certificate, so a terminal on the deny list is out at once.
  must(SSL_CTX_set_num_tickets(context.get(), 0) == 1);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, note_expired);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
    return bad_files(files.certificate.string());
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return bad_files(files.key.string());
  }
  if (SSL_CTX_load_verify_file(context.get(), files.authority.c_str()) != 1) {
    return bad_files(files.authority.string());
  }
  auto wire_alpn = std::make_shared<std::string>(wire_form(alpn));
  if (role == TlsRole::server) {
    SSL_CTX_set_alpn_select_cb(context.get(), choose_alpn, wire_alpn.get());
  } else {
    must(SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(wire_alpn->data()),
                                 static_cast<unsigned>(wire_alpn->size())) == 0);
  }
  return TlsContext(role, context, std::move(wire_alpn));
}

TlsSession::TlsSession(const TlsContext& context, const std::string& host)
    : context_(context), ssl_(SSL_new(context.context_.get())) {
  must(ssl_ != nullptr);
  SSL_set_bio(ssl_, new_buffer(), new_buffer());
  must(SSL_set_app_data(ssl_, &expired_peer_) == 1);
  if (context_.role_ == TlsRole::server) {
    SSL_set_accept_state(ssl_);
    return;
  }
  SSL_set_connect_state(ssl_);
  if (is_ip_address(host)) {
    must(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), host.c_str()) == 1);
  } else {
    must(SSL_set1_host(ssl_, host.c_str()) == 1 && SSL_set_tlsext_host_name(ssl_, host.c_str()) == 1);
  }
  (void)SSL_do_handshake(ssl_);  // queues the first flight
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

Error TlsSession::failed() {
  const long verdict = SSL_get_verify_result(ssl_);
  std::string detail = openssl_errors();
  if (verdict != X509_V_OK) detail += std::string("; ") + X509_verify_cert_error_string(verdict);
  return {Remedy::retry_later, "tls.failed", std::move(detail)};
}

Result<Bytes> TlsSession::receive(ByteView from_network) {
  must(from_network.empty() ||
       BIO_write(SSL_get_rbio(ssl_), from_network.data(), static_cast<int>(from_network.size())) ==
           static_cast<int>(from_network.size()));
  auto plain = read_all();
  const bool large = from_network.size() > kept_buffer_size;
  if (large && BIO_ctrl_pending(SSL_get_rbio(ssl_)) == 0) SSL_set0_rbio(ssl_, new_buffer());
  return plain;
}

Result<Bytes> TlsSession::read_all() {
  Bytes plain;
  for (;;) {
    std::uint8_t block[read_block_size];
    const int got = SSL_read(ssl_, block, sizeof block);
    if (got > 0) {
      append(plain, {block, static_cast<std::size_t>(got)});
      continue;
    }
    switch (SSL_get_error(ssl_, got)) {
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE:
        return plain;
      case SSL_ERROR_ZERO_RETURN:
        peer_closed_ = true;
        return plain;
      default:
        return failed();
    }
  }
}

Result<void> TlsSession::send(ByteView plain) {
  if (!established()) return Error{Remedy::retry_later, "tls.failed", "not established"};
  if (plain.empty()) return {};
  if (SSL_write(ssl_, plain.data(), static_cast<int>(plain.size())) != static_cast<int>(plain.size()))
    return failed();
  return {};
}

void TlsSession::close() {
  if (established()) (void)SSL_shutdown(ssl_);
}

Bytes TlsSession::outgoing() {
  BIO* out = SSL_get_wbio(ssl_);
  Bytes bytes(BIO_ctrl_pending(out));
  if (!bytes.empty()) {
    must(BIO_read(out, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size()));
  }
  if (bytes.size() > kept_buffer_size && established()) SSL_set0_wbio(ssl_, new_buffer());
  return bytes;
}

bool TlsSession::established() const { return SSL_is_init_finished(ssl_) == 1; }

std::string TlsSession::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_, &name, &size);
  return name == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(name), size);
}

std::int64_t TlsSession::peer_until_utc_ms() const {
  const X509* certificate = established() ? SSL_get0_peer_certificate(ssl_) : nullptr;
  std::tm parts{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) return 0;
  return std::int64_t{::timegm(&parts)} * 1000;
}

std::string TlsSession::peer_name() const {
  if (!established() || SSL_get_verify_result(ssl_) != X509_V_OK) return {};
  const X509* certificate = SSL_get0_peer_certificate(ssl_);
  if (certificate == nullptr) return {};
  return common_name(certificate);
}

}  // namespace bianmin::seal
