// A whole server on loopback in this process, with limits short enough to reach, and clients that do what no
// library would.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "sync/custody/local_custody.hpp"
#include "sync/hub/setup.hpp"
#include "sync/hub/web/server.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/hub/support.hpp"

namespace bianmin::test {

// Whoever asks it for a verdict waits while it is held: the hub's thread then reads nothing.
class HeldCustody : public custody::Custody {
 public:
  explicit HeldCustody(custody::Custody& to) : to_(to) {}
  void hold();
  void release();
  void wait_until_asked();  // while it is held
  Result<std::vector<custody::Verdict>> judge(std::span<const custody::SealedRecord> records) override;
  Result<custody::OpenedAsk> open_ask(ByteView sealed) override { return to_.open_ask(sealed); }
  Result<Bytes> hand_out(ByteView ask, ByteView certificate, std::string_view whom) override {
    return to_.hand_out(ask, certificate, whom);
  }

 private:
  custody::Custody& to_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  bool asked_ = false;
};

class LoopbackHub {
 public:
  explicit LoopbackHub(const hub::ServerLimits& limits = {}, const std::filesystem::path& log = "/dev/null");
  ~LoopbackHub();

  int port() const { return port_; }
  int operators_port() const { return operators_port_; }
  seal::TlsFiles terminal(const std::string& terminal_id = "T-0001") const;
  std::filesystem::path terminal_folder(const std::string& terminal_id) const {
    return folder_ / terminal_id;
  }
  HeldCustody& custody() { return *held_custody_; }
  std::int64_t record_count() const;  // that are stored
  // A certificate of that terminal that ends in so many seconds.
  seal::TlsFiles certificate(const std::string& terminal_id, std::int64_t seconds);
  void enrol(const std::string& terminal_id);
  std::filesystem::path folder() const { return folder_ / "hub"; }
  std::string metrics() const;                // as a scrape gives them
  bool shows(const std::string& line) const;  // a line of them, before long
  double cut(std::string_view reason) const { return metrics_.value(hub::metric::connections_cut, {reason}); }
  void begin_drain() { server_->stop(); }
  void join() { thread_.join(); }

 private:
  TempFolder folder_;
  TestDatabase server_database_;
  SystemClock clock_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> log_file_;
  Log log_;
  std::unique_ptr<hub::HubKeys> keys_;
  std::unique_ptr<database::Database> database_;
  std::unique_ptr<custody::LocalCustody> custody_;
  std::unique_ptr<HeldCustody> held_custody_;
  std::unique_ptr<hub::HubService> service_;
  hub::Metrics metrics_;
  std::unique_ptr<hub::Denials> denials_;
  std::unique_ptr<hub::Readiness> readiness_;
  std::unique_ptr<hub::OperatorsDesk> desk_;
  std::unique_ptr<hub::Server> server_;
  int port_ = 0;
  int operators_port_ = 0;
  std::jthread thread_;
};

bool eventually(const std::function<bool()>& reached, int timeout_ms = 20'000);

// A connection to a port of this machine, plain or with TLS. All waits end after timeout_ms.
class WireClient {
 public:
  static constexpr int timeout_ms = 20'000;
  explicit WireClient(int port);
  WireClient(int port, const seal::TlsFiles& files, const std::string& alpn);  // shakes hands

  bool send(ByteView bytes);  // false: the other side is gone
  bool send(std::string_view text) { return send(view_of(text)); }
  bool delivered() const;  // all that was sent lies in the other side's kernel, before long
  // What has come so far, when `enough` says so of it, or at its end.
  std::string read_until(const std::function<bool(const std::string&)>& enough);
  std::string read_until(const std::string& part);
  bool closed();          // reads on until the other side has ended it
  bool open_for(int ms);  // nothing ends it meanwhile
  bool established() const { return tls_ && tls_->established(); }
  std::string protocol() const { return tls_ ? tls_->protocol() : std::string(); }
  const std::string& received() const { return received_; }
  int descriptor() const { return socket_.get(); }
  // As if its machine had lost power: no word to the other side. False: this needs CAP_NET_ADMIN.
  bool vanish();

 private:
  bool read_some(int wait_ms);
  bool put(ByteView bytes);
  FileDescriptor socket_;
  std::unique_ptr<seal::TlsSession> tls_;
  std::string received_;
  bool ended_ = false;
};

std::string get(int port, const std::string& path);  // plain HTTP/1.1: status line, head, body

}  // namespace bianmin::test
