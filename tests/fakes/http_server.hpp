// A web server on loopback that a test plays: HTTP/1.1, plain or with TLS and client certificates, and every
// way in which an answer can go wrong on its way.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

#include "sync/http/client.hpp"
#include "sync/seal/tls.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::test {

enum class Delivery {
  whole,
  nothing,  // the connection ends without a word
  half,     // the connection ends in the middle of the body
  endless,  // the body does not end
  hang,     // nothing comes, and the connection stays
};

struct PlayedAnswer {
  http::Response response;
  Delivery delivery = Delivery::whole;
};

class HttpServer {
 public:
  using Handler = std::function<PlayedAnswer(const http::Request&)>;  // from several threads
  explicit HttpServer(Handler handler, std::optional<seal::TlsFiles> tls = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const { return port_; }
  std::string url(const std::string& path) const;
  int connection_count() const { return connection_count_; }

 private:
  class Line;
  void run(const std::stop_token& stop);
  void serve(FileDescriptor socket, const std::stop_token& stop);
  bool answer(Line& line, const PlayedAnswer& played);
  Handler handler_;
  std::optional<seal::TlsContext> tls_;
  FileDescriptor listener_;
  int port_ = 0;
  std::atomic<int> connection_count_ = 0;
  std::mutex mutex_;
  std::list<std::jthread> connections_;
  std::jthread thread_;  // last: it uses all the others
};

}  // namespace bianmin::test
