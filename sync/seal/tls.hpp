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
  // `alpn`: the one protocol both sides must speak, e.g. "h2". Error "tls.bad_files".
  static Result<TlsContext> make(TlsRole role, const TlsFiles& files, const std::string& alpn);

 private:
  friend class TlsSession;
  TlsContext(TlsRole role, std::shared_ptr<ssl_ctx_st> context, std::shared_ptr<std::string> alpn)
      : role_(role), context_(std::move(context)), alpn_(std::move(alpn)) {}
  TlsRole role_;
  std::shared_ptr<ssl_ctx_st> context_;
  std::shared_ptr<std::string> alpn_;  // length-prefixed, as the callback reads it
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
  bool peer_closed() const { return peer_closed_; }
  std::string peer_name()
      const;  // common name of the peer's verified certificate; empty before established()
  // Who was refused because a certificate, genuine otherwise, has expired; empty: nobody.
  const std::string& expired_peer() const { return expired_peer_; }

 private:
  Error failed();

  TlsContext context_;
  ssl_st* ssl_;
  bool peer_closed_ = false;
  std::string expired_peer_;
};

}  // namespace bianmin::seal
