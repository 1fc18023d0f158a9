// The other end of usb-redir, as a virtual machine has it: for tests of the server.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <usbredirparser.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/files.hpp"

namespace bianmin {

inline FileDescriptor connect_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const bool connected =
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  return connected ? std::move(socket) : FileDescriptor();
}

class RedirClient {
 public:
  struct Answer {
    int status = -1;
    std::size_t length = 0;  // as the header says
    Bytes data;
  };
  struct Device {
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
    int speed = -1;
  };

  explicit RedirClient(const std::string& path)
      : socket_(connect_socket(path)), parser_(usbredirparser_create()) {
    set_callbacks();
    std::array<std::uint32_t, USB_REDIR_CAPS_SIZE> capabilities{};
    for (const int capability :
         {usb_redir_cap_connect_device_version, usb_redir_cap_ep_info_max_packet_size,
          usb_redir_cap_64bits_ids, usb_redir_cap_32bits_bulk_length, usb_redir_cap_device_disconnect_ack}) {
      usbredirparser_caps_set_cap(capabilities.data(), capability);
    }
    usbredirparser_init(parser_.get(), "test", capabilities.data(), USB_REDIR_CAPS_SIZE, 0);
  }

  // Sends what is queued, so that it is under way before the other side does anything else.
  void send() {
    while (usbredirparser_has_data_to_write(parser_.get()) > 0 &&
           usbredirparser_do_write(parser_.get()) == 0) {
    }
  }

  // Sends what is queued and hears until `is_true`; false: the other side hung up, or it took too long.
  bool until(const std::function<bool()>& is_true) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!is_true()) {
      while (usbredirparser_has_data_to_write(parser_.get()) > 0) {
        if (usbredirparser_do_write(parser_.get()) != 0) return false;
      }
      pollfd wait{socket_.get(), POLLIN, 0};
      if (std::chrono::steady_clock::now() >= end) return false;
      if (::poll(&wait, 1, 100) > 0 && usbredirparser_do_read(parser_.get()) != 0) return false;
    }
    return true;
  }
  bool until_answered(std::uint64_t id) {
    return until([&] { return answers.contains(id); });
  }
  bool until_hung_up() {
    return !until([] { return false; });
  }

  void control(std::uint64_t id, std::uint8_t type, std::uint8_t request, std::uint16_t value,
               std::uint16_t index, std::uint16_t length, Bytes data = {}) {
    usb_redir_control_packet_header header{};
    header.endpoint = type & 0x80U;
    header.request = request;
    header.requesttype = type;
    header.value = value;
    header.index = index;
    header.length = length;
    usbredirparser_send_control_packet(parser_.get(), id, &header, data.data(),
                                       static_cast<int>(data.size()));
  }
  void bulk_out(std::uint64_t id, std::uint8_t endpoint, Bytes data) {
    usb_redir_bulk_packet_header header{};
    header.endpoint = endpoint;
    header.length = static_cast<std::uint16_t>(data.size());
    usbredirparser_send_bulk_packet(parser_.get(), id, &header, data.data(), static_cast<int>(data.size()));
  }
  void bulk_in(std::uint64_t id, std::uint8_t endpoint, std::uint16_t length) {
    usb_redir_bulk_packet_header header{};
    header.endpoint = endpoint;
    header.length = length;
    usbredirparser_send_bulk_packet(parser_.get(), id, &header, nullptr, 0);
  }
  void start_interrupts(std::uint8_t endpoint) {
    usb_redir_start_interrupt_receiving_header header{endpoint};
    usbredirparser_send_start_interrupt_receiving(parser_.get(), 0, &header);
  }
  void stop_interrupts(std::uint8_t endpoint) {
    usb_redir_stop_interrupt_receiving_header header{endpoint};
    usbredirparser_send_stop_interrupt_receiving(parser_.get(), 0, &header);
  }
  void cancel(std::uint64_t id) { usbredirparser_send_cancel_data_packet(parser_.get(), id); }
  void reset() { usbredirparser_send_reset(parser_.get()); }
  usbredirparser* parser() { return parser_.get(); }
  int fd() const { return socket_.get(); }

  int connects = 0;
  int disconnects = 0;
  Device device;
  std::map<std::uint64_t, Answer> answers;  // by the id of their packet
  int answer_count = 0;
  std::vector<Bytes> reports;           // of interrupt endpoints
  std::vector<int> receiving_statuses;  // of interrupt endpoints
  std::map<std::uint8_t, int> endpoint_types;
  int interfaces = -1;
  int configuration = -1;
  int alternate_status = -1;
  int iso_status = -1;
  int streams_status = -1;

 private:
  struct Destroy {
    void operator()(usbredirparser* parser) const { usbredirparser_destroy(parser); }
  };
  static RedirClient& of(void* self) { return *static_cast<RedirClient*>(self); }
  void note(std::uint64_t id, std::uint8_t status, std::size_t length, std::uint8_t* data, int count) {
    answers[id] = {status, length, Bytes(data, data + count)};
    ++answer_count;
    usbredirparser_free_packet_data(parser_.get(), data);
  }
  void set_callbacks();

  FileDescriptor socket_;
  std::unique_ptr<usbredirparser, Destroy> parser_;
};

inline void RedirClient::set_callbacks() {
  parser_->priv = this;
  parser_->log_func = [](void*, int, const char*) {};
  parser_->read_func = [](void* self, std::uint8_t* to, int count) -> int {
    const ssize_t got = ::recv(of(self).fd(), to, static_cast<std::size_t>(count), MSG_DONTWAIT);
    if (got > 0) return static_cast<int>(got);
    return got < 0 && errno == EAGAIN ? 0 : -1;
  };
  parser_->write_func = [](void* self, std::uint8_t* from, int count) -> int {
    return static_cast<int>(::send(of(self).fd(), from, static_cast<std::size_t>(count), MSG_NOSIGNAL));
  };
  parser_->hello_func = [](void*, usb_redir_hello_header*) {};
  parser_->device_connect_func = [](void* self, usb_redir_device_connect_header* of_device) {
    of(self).device = {of_device->vendor_id, of_device->product_id, of_device->speed};
    ++of(self).connects;
  };
  parser_->device_disconnect_func = [](void* self) { ++of(self).disconnects; };
  parser_->interface_info_func = [](void* self, usb_redir_interface_info_header* info) {
    of(self).interfaces = static_cast<int>(info->interface_count);
  };
  parser_->ep_info_func = [](void* self, usb_redir_ep_info_header* info) {
    of(self).endpoint_types.clear();
    for (unsigned i = 0; i < 32; ++i) {
      if (info->type[i] == usb_redir_type_invalid) continue;
      of(self).endpoint_types[static_cast<std::uint8_t>((i & 0x10U) << 3U | (i & 0x0FU))] = info->type[i];
    }
  };
  parser_->configuration_status_func = [](void* self, std::uint64_t,
                                          usb_redir_configuration_status_header* status) {
    of(self).configuration = status->configuration;
  };
  parser_->alt_setting_status_func = [](void* self, std::uint64_t,
                                        usb_redir_alt_setting_status_header* status) {
    of(self).alternate_status = status->status;
  };
  parser_->interrupt_receiving_status_func = [](void* self, std::uint64_t,
                                                usb_redir_interrupt_receiving_status_header* status) {
    of(self).receiving_statuses.push_back(status->status);
  };
  parser_->iso_stream_status_func = [](void* self, std::uint64_t,
                                       usb_redir_iso_stream_status_header* status) {
    of(self).iso_status = status->status;
  };
  parser_->bulk_streams_status_func = [](void* self, std::uint64_t,
                                         usb_redir_bulk_streams_status_header* status) {
    of(self).streams_status = status->status;
  };
  parser_->control_packet_func = [](void* self, std::uint64_t id, usb_redir_control_packet_header* header,
                                    std::uint8_t* data, int count) {
    of(self).note(id, header->status, header->length, data, count);
  };
  parser_->bulk_packet_func = [](void* self, std::uint64_t id, usb_redir_bulk_packet_header* header,
                                 std::uint8_t* data, int count) {
    of(self).note(id, header->status, std::size_t{header->length_high} << 16U | header->length, data, count);
  };
  parser_->interrupt_packet_func = [](void* self, std::uint64_t id, usb_redir_interrupt_packet_header* header,
                                      std::uint8_t* data, int count) {
    if ((header->endpoint & 0x80U) == 0)
      return of(self).note(id, header->status, header->length, data, count);
    of(self).reports.emplace_back(data, data + count);
    usbredirparser_free_packet_data(of(self).parser(), data);
  };
}

}  // namespace bianmin
