// TLS 1.3 without sockets: bytes in, bytes out. Both sides show a certificate of the same authority.
//
// Nothing blocks. Thread-bound: a session belongs to the thread that feeds it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace bianmin::seal {

struct TlsFiles {
  std::filesystem::path certificate;  // PEM, with intermediates if there are any
  std::filesystem::path key;          // PEM
  std::filesystem::path authority;    // PEM: who may have signed the other side
};

enum class TlsRole { server, client };

// Thread-safe once made; sessions keep it alive.
class TlsContext {
 public:
  // `alpn`: the protocols to speak, the best first: "h2", "h2,http/1.1"; "" offers none. A peer that knows
  // none of them is refused; one that names none may come (TlsSession::protocol). Error "tls.bad_files".
  static Result<TlsContext> make(TlsRole role, const TlsFiles& files, const std::string& alpn);

 private:
  friend class TlsSession;
  TlsContext(TlsRole role, std::shared_ptr<ssl_ctx_st> context, std::shared_ptr<std::string> alpn)
      : role_(role), context_(std::move(context)), alpn_(std::move(alpn)) {}
  TlsRole role_;
  std::shared_ptr<ssl_ctx_st> context_;
  std::shared_ptr<std::string> alpn_;  // each behind its length, as the callback reads it
};

class TlsSession {
 public:
  // `host`: the name or address the server's certificate must hold; a server gives nothing.
  TlsSession(const TlsContext& context, const std::string& host = {});
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // Feeds what came from the network and returns what it means in plain bytes, maybe nothing yet.
  // Error "tls.failed" (not to be used any more; still send what outgoing() gives: it tells the peer why).
  Result<Bytes> receive(ByteView from_network);
  // Encrypts. Error "tls.failed" before established() or after the end.
  Result<void> send(ByteView plain);
  void close();      // queues the goodbye
  Bytes outgoing();  // what has to go to the network now

  bool established() const;
  std::string protocol() const;  // what both have agreed on; empty: the client has named none
  bool peer_closed() const { return peer_closed_; }
  std::string peer_name()
      const;  // common name of the peer's verified certificate; empty before established()
  // When the peer's certificate ends; 0 before established().
  std::int64_t peer_until_utc_ms() const;
  // Who was refused because a certificate, genuine otherwise, has expired; empty: nobody.
  const std::string& expired_peer() const { return expired_peer_; }

 private:
  Result<Bytes> read_all();
  Error failed();

  TlsContext context_;
  ssl_st* ssl_;
  bool peer_closed_ = false;
  std::string expired_peer_;
};

}  // namespace bianmin::seal
