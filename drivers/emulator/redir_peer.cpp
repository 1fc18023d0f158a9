#include "drivers/emulator/redir_peer.hpp"

#include <sys/socket.h>
#include <usbredirparser.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <set>

namespace bianmin::emulator {

namespace {

constexpr int place_count = 32;  // of endpoints: 16 out, then 16 in

struct ParserDeleter {
  void operator()(usbredirparser* parser) const { usbredirparser_destroy(parser); }
};

std::size_t place_of(std::uint8_t endpoint) { return (endpoint & 0x80U) >> 3U | (endpoint & 0x0FU); }

// Of the transfer that waits for the next report of an interrupt endpoint; packets have other keys.
constexpr std::uint64_t receiving_keys = ~std::uint64_t{0xFF};
std::uint64_t receiving_key(std::uint8_t endpoint) { return receiving_keys | endpoint; }

std::uint8_t status_of(int urb_status) {
  switch (urb_status) {
    case 0:
      return usb_redir_success;
    case -ENOENT:
      return usb_redir_cancelled;
    case -EINVAL:
    case -EBUSY:
      return usb_redir_inval;
    case -EPIPE:
      return usb_redir_stall;
    case -EOVERFLOW:
      return usb_redir_babble;
    default:
      return usb_redir_ioerror;
  }
}

}  // namespace

struct RedirPeer::Native {
  FileDescriptor socket;
  std::unique_ptr<usbredirparser, ParserDeleter> parser{usbredirparser_create()};
  UsbfsNode* plugged = nullptr;
  UsbfsNode* node = nullptr;  // the one plugged in, once the peer knows of it
  const DeviceSpec* spec = nullptr;
  bool greeted = false;
  bool leaving = false;  // the peer may still speak to the device that has gone; what it says is nobody's
  bool broken = false;
  std::size_t under_way = 0;
  std::set<std::uint8_t> receiving;  // interrupt endpoints whose reports the peer wants as they come

  static Native& of(void* self) { return *static_cast<Native*>(self); }
  void set_callbacks();
  void set_refusals();
  void announce();
  void describe_endpoints();
  const EndpointSpec* find(std::uint8_t endpoint, std::uint8_t attributes) const;
  void submit(Urb urb);
  void answer(const Urb& urb);
  void control(std::uint64_t id, const usb_redir_control_packet_header& asked, ByteView data);
  void receive_on(std::uint8_t endpoint);
  void stop_receiving(std::uint8_t endpoint);
  void received(Urb urb);
  bool revive();
};

void RedirPeer::Native::announce() {
  if (!greeted || leaving || plugged == nullptr) return;
  node = plugged;
  describe_endpoints();
  const Bytes descriptors = spec->descriptors();
  usb_redir_device_connect_header device{};
  device.speed = usb_redir_speed_full;
  device.device_class = descriptors[4];
  device.device_subclass = descriptors[5];
  device.device_protocol = descriptors[6];
  device.vendor_id = spec->vendor;
  device.product_id = spec->product;
  device.device_version_bcd = spec->release;
  usbredirparser_send_device_connect(parser.get(), &device);
}

void RedirPeer::Native::describe_endpoints() {
  usb_redir_interface_info_header interfaces{};
  usb_redir_ep_info_header endpoints{};
  std::memset(endpoints.type, usb_redir_type_invalid, sizeof endpoints.type);
  for (const std::size_t control : {place_of(0x00), place_of(0x80)}) {
    endpoints.type[control] = usb_redir_type_control;
    endpoints.max_packet_size[control] = 64;
  }
  interfaces.interface_count = static_cast<std::uint32_t>(spec->interfaces.size());
  for (std::size_t i = 0; i < spec->interfaces.size() && i < place_count; ++i) {
    const InterfaceSpec& interface = spec->interfaces[i];
    interfaces.interface[i] = static_cast<std::uint8_t>(i);
    interfaces.interface_class[i] = interface.device_class;
    interfaces.interface_subclass[i] = interface.subclass;
    interfaces.interface_protocol[i] = interface.protocol;
    for (const EndpointSpec& endpoint : interface.endpoints) {
      const std::size_t place = place_of(endpoint.address);
      endpoints.type[place] = endpoint.attributes & 3U;
      endpoints.interval[place] = 10;
      endpoints.interface[place] = static_cast<std::uint8_t>(i);
      endpoints.max_packet_size[place] = endpoint.packet_byte_max;
    }
  }
  usbredirparser_send_interface_info(parser.get(), &interfaces);
  usbredirparser_send_ep_info(parser.get(), &endpoints);
}

const EndpointSpec* RedirPeer::Native::find(std::uint8_t endpoint, std::uint8_t attributes) const {
  if (node == nullptr) return nullptr;
  for (const InterfaceSpec& interface : spec->interfaces) {
    for (const EndpointSpec& own : interface.endpoints) {
      if (own.address == endpoint && (own.attributes & 3U) == attributes) return &own;
    }
  }
  return nullptr;
}

// A transfer that cannot even begin is answered here, all others by deliver().
void RedirPeer::Native::submit(Urb urb) {
  if (node == nullptr) return;  // it does not know yet that the device is gone
  const std::uint8_t attributes = urb.type == 1 ? 3 : 2;
  int code = urb.key < receiving_keys ? 0 : -EINVAL;
  if (urb.type != 2 && find(urb.endpoint, attributes) == nullptr) code = -EINVAL;
  if (++under_way > transfers_max) broken = true;
  Urb refused;
  refused.key = urb.key;
  refused.type = urb.type;
  refused.endpoint = urb.endpoint;
  if (urb.type == 2) refused.out.assign(urb.out.begin(), urb.out.begin() + 8);
  if (code == 0) code = node->submit(client, std::move(urb));
  if (code == 0) return;
  refused.status = code;
  answer(refused);
}

void RedirPeer::Native::answer(const Urb& urb) {
  --under_way;
  Bytes data = urb.in;
  const int data_count = static_cast<int>(data.size());
  const auto actual = static_cast<std::uint32_t>(urb.actual);
  if (urb.type == 2) {
    ByteReader setup(urb.out);
    usb_redir_control_packet_header header{};
    header.requesttype = setup.u8();
    header.request = setup.u8();
    header.value = setup.u16_le();
    header.index = setup.u16_le();
    header.endpoint = header.requesttype & 0x80U;
    header.status = status_of(urb.status);
    header.length = static_cast<std::uint16_t>(actual);
    usbredirparser_send_control_packet(parser.get(), urb.key, &header, data.data(), data_count);
  } else if (urb.type == 1) {
    usb_redir_interrupt_packet_header header{urb.endpoint, status_of(urb.status),
                                             static_cast<std::uint16_t>(actual)};
    usbredirparser_send_interrupt_packet(parser.get(), urb.key, &header, data.data(), data_count);
  } else {
    usb_redir_bulk_packet_header header{};
    header.endpoint = urb.endpoint;
    header.status = status_of(urb.status);
    header.length = static_cast<std::uint16_t>(actual);
    header.length_high = static_cast<std::uint16_t>(actual >> 16U);
    usbredirparser_send_bulk_packet(parser.get(), urb.key, &header, data.data(), data_count);
  }
}

void RedirPeer::Native::control(std::uint64_t id, const usb_redir_control_packet_header& asked,
                                ByteView data) {
  constexpr std::uint8_t to_endpoint = 0x02;
  constexpr std::uint8_t clear_feature = 1;
  Urb urb;
  urb.key = id;
  urb.type = 2;
  ByteWriter setup;
  setup.u8(asked.requesttype).u8(asked.request).u16_le(asked.value).u16_le(asked.index).u16_le(asked.length);
  urb.out = setup.bytes(data).take();
  urb.in_byte_max = (asked.requesttype & 0x80U) != 0 ? asked.length : 0;
  if (node != nullptr && asked.requesttype == to_endpoint && asked.request == clear_feature) {
    ++under_way;
    urb.status = node->clear_halt(static_cast<std::uint8_t>(asked.index));
    answer(urb);
    return;
  }
  submit(std::move(urb));
}

void RedirPeer::Native::receive_on(std::uint8_t endpoint) {
  const EndpointSpec* spec_of_endpoint = find(endpoint, 3);
  if (spec_of_endpoint == nullptr || !receiving.contains(endpoint)) return;
  Urb urb;
  urb.key = receiving_key(endpoint);
  urb.type = 1;
  urb.endpoint = endpoint;
  urb.in_byte_max = spec_of_endpoint->packet_byte_max;
  (void)node->submit(client, std::move(urb));
}

void RedirPeer::Native::stop_receiving(std::uint8_t endpoint) {
  if (receiving.erase(endpoint) == 0 || node == nullptr) return;
  (void)node->discard(client, receiving_key(endpoint));
}

// One report: it goes to the peer, and the next one is waited for. A halted endpoint is not asked again until
// the peer starts anew.
void RedirPeer::Native::received(Urb urb) {
  if (!receiving.contains(urb.endpoint) || urb.status == -ENOENT) return;
  if (urb.status == -EPIPE) {
    receiving.erase(urb.endpoint);
    usb_redir_interrupt_receiving_status_header stopped{usb_redir_stall, urb.endpoint};
    usbredirparser_send_interrupt_receiving_status(parser.get(), 0, &stopped);
    return;
  }
  if (urb.status != -ESHUTDOWN) {  // a reset ends it without a report
    ++under_way;
    urb.key = 0;
    answer(urb);
  }
  receive_on(urb.endpoint);
}

// A report that a fault swallowed is lost; nobody over there gives up waiting for it, so the next one is
// asked for at once. False: nothing was swallowed.
bool RedirPeer::Native::revive() {
  for (const std::uint8_t endpoint : receiving) {
    if (!node->swallowed(client, receiving_key(endpoint))) continue;
    (void)node->discard(client, receiving_key(endpoint));
    receive_on(endpoint);
    return true;
  }
  return false;
}

void RedirPeer::Native::set_callbacks() {
  parser->priv = this;
  parser->log_func = [](void*, int, const char*) {};
  parser->read_func = [](void* self, std::uint8_t* to, int count) -> int {
    const ssize_t got = ::recv(of(self).socket.get(), to, static_cast<std::size_t>(count), 0);
    if (got > 0) return static_cast<int>(got);
    return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
  };
  parser->write_func = [](void* self, std::uint8_t* from, int count) -> int {
    const ssize_t put = ::send(of(self).socket.get(), from, static_cast<std::size_t>(count), MSG_NOSIGNAL);
    if (put >= 0) return static_cast<int>(put);
    return errno == EAGAIN || errno == EINTR ? 0 : -1;
  };
  parser->hello_func = [](void* self, usb_redir_hello_header*) {
    of(self).greeted = true;
    of(self).announce();
  };
  parser->device_disconnect_ack_func = [](void* self) {
    of(self).leaving = false;
    of(self).announce();
  };
  parser->reset_func = [](void* self) {
    if (of(self).node != nullptr) (void)of(self).node->reset();
  };
  parser->set_configuration_func = [](void* self, std::uint64_t id,
                                      usb_redir_set_configuration_header* asked) {
    usb_redir_configuration_status_header status{usb_redir_success, asked->configuration};
    usbredirparser_send_configuration_status(of(self).parser.get(), id, &status);
  };
  parser->get_configuration_func = [](void* self, std::uint64_t id) {
    usb_redir_configuration_status_header status{usb_redir_success, 1};
    usbredirparser_send_configuration_status(of(self).parser.get(), id, &status);
  };
  parser->set_alt_setting_func = [](void* self, std::uint64_t id, usb_redir_set_alt_setting_header* asked) {
    const std::uint8_t code = asked->alt == 0 ? usb_redir_success : usb_redir_inval;
    usb_redir_alt_setting_status_header status{code, asked->interface, 0};
    usbredirparser_send_alt_setting_status(of(self).parser.get(), id, &status);
  };
  parser->get_alt_setting_func = [](void* self, std::uint64_t id, usb_redir_get_alt_setting_header* asked) {
    usb_redir_alt_setting_status_header status{usb_redir_success, asked->interface, 0};
    usbredirparser_send_alt_setting_status(of(self).parser.get(), id, &status);
  };
  parser->start_interrupt_receiving_func = [](void* self, std::uint64_t id,
                                              usb_redir_start_interrupt_receiving_header* asked) {
    Native& native = of(self);
    const bool known = native.find(asked->endpoint, 3) != nullptr && (asked->endpoint & 0x80U) != 0;
    const std::uint8_t code = known ? usb_redir_success : usb_redir_inval;
    usb_redir_interrupt_receiving_status_header status{code, asked->endpoint};
    usbredirparser_send_interrupt_receiving_status(native.parser.get(), id, &status);
    if (known && native.receiving.insert(asked->endpoint).second) native.receive_on(asked->endpoint);
  };
  parser->stop_interrupt_receiving_func = [](void* self, std::uint64_t id,
                                             usb_redir_stop_interrupt_receiving_header* asked) {
    of(self).stop_receiving(asked->endpoint);
    usb_redir_interrupt_receiving_status_header status{usb_redir_success, asked->endpoint};
    usbredirparser_send_interrupt_receiving_status(of(self).parser.get(), id, &status);
  };
  parser->cancel_data_packet_func = [](void* self, std::uint64_t id) {
    if (of(self).node != nullptr && id < receiving_keys) (void)of(self).node->discard(client, id);
  };
  parser->control_packet_func = [](void* self, std::uint64_t id, usb_redir_control_packet_header* asked,
                                   std::uint8_t* data, int count) {
    of(self).control(id, *asked, ByteView(data, static_cast<std::size_t>(count)));
    usbredirparser_free_packet_data(of(self).parser.get(), data);
  };
  parser->bulk_packet_func = [](void* self, std::uint64_t id, usb_redir_bulk_packet_header* asked,
                                std::uint8_t* data, int count) {
    Urb urb;
    urb.key = id;
    urb.endpoint = asked->endpoint;
    urb.in_byte_max = std::size_t{asked->length_high} << 16U | asked->length;
    urb.out.assign(data, data + count);
    usbredirparser_free_packet_data(of(self).parser.get(), data);
    of(self).submit(std::move(urb));
  };
  parser->interrupt_packet_func = [](void* self, std::uint64_t id, usb_redir_interrupt_packet_header* asked,
                                     std::uint8_t* data, int count) {
    Urb urb;
    urb.key = id;
    urb.type = 1;
    urb.endpoint = asked->endpoint;
    urb.out.assign(data, data + count);
    usbredirparser_free_packet_data(of(self).parser.get(), data);
    of(self).submit(std::move(urb));
  };
}

// What no device here has: isochronous endpoints, streams, buffered bulk input, filters.
void RedirPeer::Native::set_refusals() {
  parser->start_iso_stream_func = [](void* self, std::uint64_t id, usb_redir_start_iso_stream_header* asked) {
    usb_redir_iso_stream_status_header status{usb_redir_inval, asked->endpoint};
    usbredirparser_send_iso_stream_status(of(self).parser.get(), id, &status);
  };
  parser->stop_iso_stream_func = [](void*, std::uint64_t, usb_redir_stop_iso_stream_header*) {};
  parser->iso_packet_func = [](void* self, std::uint64_t, usb_redir_iso_packet_header*, std::uint8_t* data,
                               int) { usbredirparser_free_packet_data(of(self).parser.get(), data); };
  parser->alloc_bulk_streams_func = [](void* self, std::uint64_t id,
                                       usb_redir_alloc_bulk_streams_header* asked) {
    usb_redir_bulk_streams_status_header status{asked->endpoints, 0, usb_redir_inval};
    usbredirparser_send_bulk_streams_status(of(self).parser.get(), id, &status);
  };
  parser->free_bulk_streams_func = [](void*, std::uint64_t, usb_redir_free_bulk_streams_header*) {};
  parser->start_bulk_receiving_func = [](void*, std::uint64_t, usb_redir_start_bulk_receiving_header*) {};
  parser->stop_bulk_receiving_func = [](void*, std::uint64_t, usb_redir_stop_bulk_receiving_header*) {};
  parser->filter_reject_func = [](void*) {};
  parser->filter_filter_func = [](void*, usbredirfilter_rule* rules, int) { std::free(rules); };
}

RedirPeer::RedirPeer(FileDescriptor socket) : native_(std::make_unique<Native>()) {
  native_->socket = std::move(socket);
  native_->set_callbacks();
  native_->set_refusals();
  std::array<std::uint32_t, USB_REDIR_CAPS_SIZE> capabilities{};
  for (const int capability :
       {usb_redir_cap_connect_device_version, usb_redir_cap_ep_info_max_packet_size, usb_redir_cap_64bits_ids,
        usb_redir_cap_32bits_bulk_length, usb_redir_cap_device_disconnect_ack}) {
    usbredirparser_caps_set_cap(capabilities.data(), capability);
  }
  usbredirparser_init(native_->parser.get(), "bianmin emulator", capabilities.data(), USB_REDIR_CAPS_SIZE,
                      usbredirparser_fl_usb_host);
}

RedirPeer::~RedirPeer() = default;

int RedirPeer::fd() const { return native_->socket.get(); }

void RedirPeer::connect(UsbfsNode& node, const DeviceSpec& spec) {
  native_->plugged = &node;
  native_->spec = &spec;
  native_->announce();
}

void RedirPeer::disconnect() {
  const bool known = native_->node != nullptr;
  native_->plugged = native_->node = nullptr;
  native_->receiving.clear();
  native_->under_way = 0;
  if (!known) return;
  usbredirparser* parser = native_->parser.get();
  native_->leaving = usbredirparser_peer_has_cap(parser, usb_redir_cap_device_disconnect_ack) != 0;
  usbredirparser_send_device_disconnect(parser);
}

bool RedirPeer::receive() { return usbredirparser_do_read(native_->parser.get()) == 0 && !native_->broken; }

void RedirPeer::deliver() {
  while (native_->node != nullptr) {
    if (auto done = native_->node->reap(client)) {
      done->key >= receiving_keys ? native_->received(std::move(*done)) : native_->answer(*done);
    } else if (!native_->revive()) {
      return;
    }
  }
}

bool RedirPeer::flush() {
  usbredirparser* parser = native_->parser.get();
  if (usbredirparser_has_data_to_write(parser) > 0 && usbredirparser_do_write(parser) != 0) return false;
  return usbredirparser_get_bufferered_output_size(parser) <= unsent_byte_max;
}

bool RedirPeer::wants_to_send() const { return usbredirparser_has_data_to_write(native_->parser.get()) > 0; }

}  // namespace bianmin::emulator
