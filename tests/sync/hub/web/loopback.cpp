#include "tests/sync/hub/web/loopback.hpp"

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "sync/seal/certificates.hpp"

namespace bianmin::test {

using Moment = std::chrono::steady_clock;

void HeldCustody::hold() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

void HeldCustody::release() {
  const std::lock_guard lock(mutex_);
  held_ = asked_ = false;
  changed_.notify_all();
}

void HeldCustody::wait_until_asked() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return asked_; });
}

Result<std::vector<custody::Verdict>> HeldCustody::judge(std::span<const custody::SealedRecord> records) {
  std::unique_lock lock(mutex_);
  asked_ = held_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return !held_; });
  return to_.judge(records);
}

LoopbackHub::LoopbackHub(const hub::ServerLimits& limits, const std::filesystem::path& log)
    : log_file_(std::fopen(log.c_str(), "a"), std::fclose), log_(clock_, log_file_.get()) {
  must(hub::init_hub(folder(), {"127.0.0.1"}, server_database_.url()));
  enrol("T-0001");
  keys_ = std::make_unique<hub::HubKeys>(must(hub::HubKeys::load(folder())));
  database_ = must(hub::open_hub_database(folder()));
  custody_ = must(custody::LocalCustody::load(folder()));
  held_custody_ = std::make_unique<HeldCustody>(*custody_);
  service_ = std::make_unique<hub::HubService>(*database_, *keys_, *held_custody_, clock_, log_);
  service_->count_into(metrics_);
  denials_ = std::make_unique<hub::Denials>(*database_);
  readiness_ = std::make_unique<hub::Readiness>(*database_, folder(), clock_);
  desk_ = std::make_unique<hub::OperatorsDesk>(*database_, metrics_, *readiness_, clock_);
  auto tls = must(seal::TlsContext::make(
      seal::TlsRole::server, {folder() / "server.crt", folder() / "server.key", folder() / "ca.crt"},
      "h2,http/1.1"));
  server_ = std::make_unique<hub::Server>(
      hub::ServerParts{std::move(tls), *service_, *denials_, *readiness_, *desk_, metrics_, clock_, log_},
      limits);
  port_ = must(server_->listen("127.0.0.1:0"));
  operators_port_ = must(server_->listen_operators("127.0.0.1:0"));
  thread_ = std::jthread([this] { server_->run(); });
}

LoopbackHub::~LoopbackHub() {
  held_custody_->release();
  server_->stop();
}

void LoopbackHub::enrol(const std::string& terminal_id) {
  hub::EnrolRequest request;
  request.terminal_id = terminal_id;
  request.out = folder_ / terminal_id;
  request.hub_url = "https://127.0.0.1:1";
  must(hub::enrol_terminal(folder(), request, clock_));
}

std::int64_t LoopbackHub::record_count() const {
  const auto database = must(hub::open_hub_database(folder(), database::Access::read_only));
  return must(hub::make_report(*database)).records;
}

seal::TlsFiles LoopbackHub::terminal(const std::string& terminal_id) const {
  const auto own = terminal_folder(terminal_id);
  return {own / "tls.crt", own / "tls.key", own / "ca.crt"};
}

seal::TlsFiles LoopbackHub::certificate(const std::string& terminal_id, std::int64_t seconds) {
  const auto pem = text_of(must(read_file(folder() / "ca.crt", 10'000)));
  const auto key = seal::PrivateKey::generate();
  seal::CertificateRequest request{terminal_id};
  request.seconds = seconds;
  const auto certificate = must(seal::issue_certificate(
      pem, must(seal::PrivateKey::load(folder() / "ca.key")), key.public_key(), request));
  const seal::TlsFiles files{folder_ / (terminal_id + ".crt"), folder_ / (terminal_id + ".key"),
                             folder() / "ca.crt"};
  must(key.save(files.key));
  must(write_file_durably(files.certificate, view_of(certificate)));
  return files;
}

std::string LoopbackHub::metrics() const { return get(operators_port_, "/metrics"); }

bool LoopbackHub::shows(const std::string& line) const {
  return eventually([&] { return metrics().find("\n" + line + "\n") != std::string::npos; });
}

bool eventually(const std::function<bool()>& reached, int timeout_ms) {
  const auto until = Moment::now() + std::chrono::milliseconds(timeout_ms);
  while (!reached()) {
    if (Moment::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

WireClient::WireClient(int port) {
  socket_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    FAIL("cannot connect");
}

WireClient::WireClient(int port, const seal::TlsFiles& files, const std::string& alpn) : WireClient(port) {
  const auto context = must(seal::TlsContext::make(seal::TlsRole::client, files, alpn));
  tls_ = std::make_unique<seal::TlsSession>(context, "127.0.0.1");
  while (!tls_->established() && !ended_) {
    if (!put(tls_->outgoing()) || !read_some(timeout_ms)) return;
  }
  (void)put(tls_->outgoing());
}

bool WireClient::put(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

bool WireClient::send(ByteView bytes) {
  if (!tls_) return put(bytes);
  return tls_->send(bytes).ok() && put(tls_->outgoing());
}

bool WireClient::delivered() const {
  return eventually([&] {
    int unacknowledged = -1;
    return ::ioctl(socket_.get(), SIOCOUTQ, &unacknowledged) == 0 && unacknowledged == 0;
  });
}

// False: nothing came, or it has ended.
bool WireClient::read_some(int wait_ms) {
  pollfd waiting{socket_.get(), POLLIN, 0};
  if (ended_ || ::poll(&waiting, 1, wait_ms) <= 0) return false;
  std::uint8_t block[16'384];
  const ssize_t got = ::recv(socket_.get(), block, sizeof block, 0);
  if (got <= 0) {
    ended_ = true;
    return false;
  }
  const ByteView bytes(block, static_cast<std::size_t>(got));
  if (!tls_) {
    received_ += text_of(bytes);
    return true;
  }
  const auto plain = tls_->receive(bytes);
  if (plain) received_ += text_of(*plain);
  (void)put(tls_->outgoing());
  return true;
}

std::string WireClient::read_until(const std::function<bool(const std::string&)>& enough) {
  const auto until = Moment::now() + std::chrono::milliseconds(timeout_ms);
  while (!enough(received_) && !ended_ && Moment::now() < until) (void)read_some(100);
  return received_;
}

std::string WireClient::read_until(const std::string& part) {
  return read_until([&](const std::string& text) { return text.find(part) != std::string::npos; });
}

bool WireClient::closed() {
  (void)read_until([](const std::string&) { return false; });
  return ended_;
}

bool WireClient::open_for(int ms) {
  const auto until = Moment::now() + std::chrono::milliseconds(ms);
  while (!ended_ && Moment::now() < until) (void)read_some(10);
  return !ended_;
}

bool WireClient::vanish() {
  const int on = 1;
  if (::setsockopt(socket_.get(), IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) != 0) return false;
  socket_.reset();
  return true;
}

std::string get(int port, const std::string& path) {
  WireClient client(port);
  client.send("GET " + path + " HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n");
  (void)client.closed();
  return client.received();
}

}  // namespace bianmin::test
