// Keeps one session process running: a session ends by ending its process, so that nothing of a person can be
// left in memory; the supervisor holds no personal data and starts the next one.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/base/log.hpp"

namespace bianmin {

// How a session process ends, as its exit code.
enum SessionExit : int {
  session_over = 0,                // start the next one at once
  session_over_reader_empty = 65,  // the same, and no card lay on the reader: the next one is told so
  session_power_off = 66,          // the power is out and nobody is served: the machine has to shut down
  session_tampered = 67,           // the cabinet's contact closed it: the next one is told so
  session_closed = 64,             // somebody closed the window: the program ends with it
  session_refused = 78,            // the configuration cannot work (sysexits EX_CONFIG): do not start again
};

// What the supervisor adds to the command of a session when the one before ended with
// session_over_reader_empty. All that is handed from one person's process to the next: whether a card was
// there.
inline constexpr std::string_view reader_empty_option = "--reader-empty";
// Likewise after session_tampered; who starts the supervisor anew opens the terminal.
inline constexpr std::string_view tampered_option = "--tampered";

// Runs `session_command` again and again until SIGTERM or SIGINT (both are passed on to the session), or
// until a session exits with session_refused. A crash is followed by a growing pause of at most 3 s. After
// session_power_off it runs `power_off_command` (program and arguments) and waits for the machine to go down;
// when it is still up after power_off_wait_ms it begins again. Blocks; returns the exit code for the process.
// Call it before any thread is started.
inline constexpr std::int64_t power_off_wait_ms = 60'000;
int supervise(const std::vector<std::string>& session_command,
              const std::vector<std::string>& power_off_command, Log& log);

}  // namespace bianmin
