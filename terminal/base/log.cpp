#include "terminal/base/log.hpp"

namespace bianmin {

static std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "error";
}

// Values are quoted when they hold anything but plain characters; control characters never reach a log.
static std::string plain(std::string_view value) {
  bool quote = value.empty();
  std::string out;
  for (const char c : value) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if (control || c == ' ' || c == '"' || c == '=') quote = true;
    out.push_back(control ? '?' : c == '"' ? '\'' : c);
  }
  return quote ? "\"" + out + "\"" : out;
}

void Log::write(LogLevel level, std::string_view component, std::string_view event,
                std::initializer_list<LogField> fields) {
  if (level < least_) return;
  std::string line = utc_stamp(clock_.utc_ms());
  line.append(" ").append(level_name(level)).append(" ").append(component).append(" ").append(event);
  for (const LogField& field : fields) line.append(" ").append(field.key).append("=").append(plain(field.value));
  line.push_back('\n');
  const std::lock_guard lock(mutex_);
  std::fwrite(line.data(), 1, line.size(), stream_);
  std::fflush(stream_);
}

void Log::error(std::string_view component, std::string_view event, const Error& error) {
  write(LogLevel::error, component, event,
        {{"code", std::string(error.code)}, {"remedy", std::string(remedy_name(error.remedy))}, {"detail", error.detail}});
}

}  // namespace bianmin
