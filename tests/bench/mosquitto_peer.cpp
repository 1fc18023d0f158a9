#include "tests/bench/mosquitto_peer.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <mosquitto.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>

#include "tests/bench/report.hpp"

namespace bianmin::bench {

namespace {

constexpr const char* broker_program = "/usr/sbin/mosquitto";
constexpr const char* topic = "cases";
constexpr int patience_ms = 120'000;  // a durable broker with 30,000 messages writes all of them for each one

[[noreturn]] void give_up(const char* what) {
  fmt::print(stderr, "bench: mosquitto: {}\n", what);
  std::exit(1);
}

int free_port() {
  const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket.get(), plain, size) != 0 || ::getsockname(socket.get(), plain, &size) != 0) {
    give_up("no port");
  }
  return ntohs(address.sin_port);
}

}  // namespace

Broker::Broker(std::filesystem::path folder) : folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_);
  mosquitto_lib_init();
}

void Broker::start(Durability durability) {
  port_ = free_port();
  std::string settings = fmt::format(
      "user root\nlistener {} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nlog_dest none\n"
      "persistence true\npersistence_location {}/\nmax_queued_messages 0\n",
      port_, folder_.string());
  if (durability == Durability::durable) settings += "autosave_on_changes true\nautosave_interval 1\n";
  const auto file = folder_ / "mosquitto.conf";
  if (!write_file_durably(file, view_of(settings))) give_up("no configuration");
  process_ = test::Process({broker_program, "-c", file.string()}, folder_ / "mosquitto.err");
}

void Broker::stop() { process_.stop(SIGTERM); }
void Broker::kill() { process_.stop(SIGKILL); }

// The library calls back with C types that no header of this folder should show.
struct MqttCallbacks {
  static void on_message(mosquitto*, void* self, const mosquitto_message* message) {
    ByteReader in(
        {static_cast<const std::uint8_t*>(message->payload), static_cast<std::size_t>(message->payloadlen)});
    static_cast<MqttClient*>(self)->received_.insert(in.u64_be());
  }
};

MqttClient::MqttClient(const Broker& broker, const std::string& id, int qos, bool lasting)
    : handle_(mosquitto_new(id.c_str(), !lasting, this)), qos_(qos) {
  if (handle_ == nullptr) give_up("no client");
  mosquitto_connect_callback_set(handle_, on_connect);
  mosquitto_subscribe_callback_set(handle_, on_subscribe);
  mosquitto_publish_callback_set(handle_, on_publish);
  mosquitto_message_callback_set(handle_, MqttCallbacks::on_message);
  mosquitto_int_option(handle_, MOSQ_OPT_TCP_NODELAY, 1);
  constexpr int keepalive_s = 600;
  const auto begun = Steady::now();
  while (mosquitto_connect(handle_, "127.0.0.1", broker.port(), keepalive_s) != MOSQ_ERR_SUCCESS) {
    if (since_us(begun) > patience_ms * 1e3) give_up("it does not start");
    ::usleep(10'000);
  }
  while (!connected_) turn(100);
}

MqttClient::~MqttClient() {
  mosquitto_disconnect(handle_);
  mosquitto_destroy(handle_);
}

void MqttClient::on_connect(mosquitto*, void* self, int code) {
  if (code != 0) give_up("it refuses the connection");
  static_cast<MqttClient*>(self)->connected_ = true;
}

void MqttClient::on_subscribe(mosquitto*, void* self, int, int, const int*) {
  static_cast<MqttClient*>(self)->subscribed_ = true;
}

void MqttClient::on_publish(mosquitto*, void* self, int) { ++static_cast<MqttClient*>(self)->acknowledged_; }

void MqttClient::subscribe() {
  if (mosquitto_subscribe(handle_, nullptr, topic, qos_) != MOSQ_ERR_SUCCESS) give_up("no subscription");
  while (!subscribed_) turn(100);
}

void MqttClient::publish(std::uint64_t number, std::size_t byte_count, int window) {
  ByteWriter out;
  out.u64_be(number);
  Bytes payload = out.take();
  payload.resize(byte_count, 'x');
  if (mosquitto_publish(handle_, nullptr, topic, static_cast<int>(payload.size()), payload.data(), qos_,
                        false) != MOSQ_ERR_SUCCESS) {
    give_up("it takes no message");
  }
  ++sent_;
  const auto begun = Steady::now();
  while (sent_ - acknowledged_ >= static_cast<std::uint64_t>(window)) {
    turn(1'000);
    if (since_us(begun) > patience_ms * 1e3) give_up("it does not acknowledge");
  }
}

void MqttClient::wait_until_acknowledged() {
  while (acknowledged_ < sent_) turn(1'000);
}

void MqttClient::turn(int timeout_ms) {
  if (mosquitto_loop(handle_, timeout_ms, 1) != MOSQ_ERR_SUCCESS) give_up("the connection broke");
}

}  // namespace bianmin::bench
