// ipp_walk PORT FILE: prints a page on an IPP printer at 127.0.0.1:PORT, with the driver's own client, and
// writes what it should have got into FILE. Ends with 0 when the printer said that the page is out. See
// ipp_peer.sh.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "drivers/printer/page/ipp_page_link.hpp"
#include "drivers/printer/page/page_stream.hpp"
#include "terminal/base/files.hpp"
#include "tests/drivers/drawn_page.hpp"

namespace bianmin {

namespace {

class SocketStream : public printer::ByteStream {
 public:
  explicit SocketStream(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);  // NOLINT
  }
  ~SocketStream() override { ::close(socket_); }
  SocketStream(const SocketStream&) = delete;
  SocketStream& operator=(const SocketStream&) = delete;

  Result<std::size_t> write(ByteView bytes, int timeout_ms) override {
    if (!wait(POLLOUT, timeout_ms)) return Error{Remedy::retry_later, "usb.timeout", "takes nothing"};
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return Error{Remedy::retry_later, "usb.gone", "closed"};
    return static_cast<std::size_t>(count);
  }
  Result<Bytes> read(int timeout_ms) override {
    if (!wait(POLLIN, timeout_ms)) return Error{Remedy::retry_later, "usb.timeout", "says nothing"};
    Bytes bytes(16'384);
    const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (count <= 0) return Error{Remedy::retry_later, "usb.gone", "closed"};
    bytes.resize(static_cast<std::size_t>(count));
    return bytes;
  }

 private:
  bool wait(short events, int timeout_ms) const {
    pollfd waiting{socket_, events, 0};
    return ::poll(&waiting, 1, timeout_ms) == 1;
  }
  int socket_;
};

int fail(const char* what, const Error& error) {
  std::fprintf(stderr, "ipp_walk: %s: %s\n", what, error.text().c_str());
  return 1;
}

int walk(std::uint16_t port, const char* path) {
  printer::PageOptions options;
  options.answer_timeout_ms = 10'000;
  const auto link = printer::ipp_page_link(std::make_unique<SocketStream>(port), options);
  if (auto begun = link->begin(false); !begun) return fail("begin", begun.error());
  const auto status = link->status(false);
  if (!status) return fail("status", status.error());
  const DeviceState state = status->state();
  std::printf("state: %.*s\n", static_cast<int>(state.code.size()), state.code.data());
  const printer::PageJob job = drawn_job(2);
  Bytes wanted;
  const auto stream = printer::pwg_stream(job, printer::PwgColour::gray, 1);
  for (Bytes piece = stream->next(); !piece.empty(); piece = stream->next()) append(wanted, piece);
  if (auto written = write_file_durably(path, wanted); !written) return fail("file", written.error());
  const auto sent = link->send(job, "bianmin test",
                               {[] { return true; }, [] { return true; }, [](const printer::PageStatus&) {}});
  if (!sent) return fail("send", sent.error());
  constexpr int looks_max = 60;
  for (int i = 0; i < looks_max; ++i) {
    const auto verdict = link->look(500);
    if (!verdict) return fail("look", verdict.error());
    if (*verdict == printer::JobVerdict::open) continue;
    std::puts(*verdict == printer::JobVerdict::printed ? "printed" : "not printed");
    return *verdict == printer::JobVerdict::printed ? 0 : 1;
  }
  std::puts("no end");
  return 1;
}

}  // namespace

}  // namespace bianmin

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  return bianmin::walk(static_cast<std::uint16_t>(std::atoi(argv[1])), argv[2]);
}
