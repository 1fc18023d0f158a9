// Messages over a stream socket: a length, u32 big-endian, and as many bytes. And how two processes come to
// such a socket:
//
//  - by a path, as usual, for an installation whose processes are different users;
//  - through a *door*, a pair of packet sockets that their common parent has made: whoever wants to talk
//  makes
//    a pair of stream sockets and sends one end through it. There is no path to it, so only who was given the
//    door can come in.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>

#include "terminal/base/bytes.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/secret.hpp"

namespace bianmin::custody {

constexpr std::size_t frame_size_max = 8U << 20U;

// Blocks up to `timeout_ms`. Error "custody.away": the other end is gone or does not take it.
Result<void> send_frame(int fd, ByteView bytes, int timeout_ms);
// Waits `wait_ms` for its first byte (-1: as long as it takes) and `timeout_ms` for the rest. Nothing when
// the other end has closed in order. Errors "custody.away", "custody.bad_message" (refuse): too long.
Result<std::optional<SecretBytes>> receive_frame(int fd, int wait_ms, int timeout_ms);

using Connect = std::function<Result<FileDescriptor>()>;
// Error of both: "custody.away" (retry later).
Connect connect_to(const std::filesystem::path& socket);
Connect connect_through(int door);  // borrows it

// Readable by its owner and its folder's group; the folder is made, for its owner alone, when it is missing.
// Error "custody.cannot_listen" (call staff): somebody listens there already, too.
Result<FileDescriptor> listen_at(const std::filesystem::path& socket);

struct DoorEnds {
  FileDescriptor outside;  // for who connects
  FileDescriptor inside;   // for custody
};
Result<DoorEnds> make_door();
// What came in, or nothing: through a door, or at a listening socket.
FileDescriptor take_in(int listening, bool door);

struct Peer {
  uid_t uid = 0;
  pid_t pid = 0;
};
Peer peer_of(int fd);  // who has made the other end

}  // namespace bianmin::custody
