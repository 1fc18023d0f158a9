// One line per event, for operators: time, level, component, event, key=value pairs. Never personal data:
// callers pass codes, counts, states and case numbers only, and the canary test reads every log.
#pragma once

#include <cstdio>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>

#include "terminal/base/clock.hpp"
#include "terminal/base/result.hpp"

namespace bianmin {

enum class LogLevel { debug, info, warning, error };

struct LogField {
  std::string_view key;
  std::string value;
};

// Thread-safe. Writes whole lines to a stream that it does not own (journald reads stderr).
class Log {
 public:
  Log(const Clock& clock, std::FILE* stream, LogLevel least = LogLevel::info)
      : clock_(clock), stream_(stream), least_(least) {}

  // e.g. log.write(LogLevel::warning, "printer", "paper-out", {{"job", "17"}});
  void write(LogLevel level, std::string_view component, std::string_view event,
             std::initializer_list<LogField> fields = {});
  void error(std::string_view component, std::string_view event, const Error& error);

 private:
  const Clock& clock_;
  std::FILE* stream_;
  LogLevel least_;
  std::mutex mutex_;
};

}  // namespace bianmin
