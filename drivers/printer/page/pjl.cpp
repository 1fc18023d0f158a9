#include "drivers/printer/page/pjl.hpp"

#include <fmt/format.h>

#include "terminal/base/config.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::printer {

namespace {

constexpr std::size_t buffer_byte_max = 8'192;
constexpr std::size_t codes_max = 8;
constexpr std::int64_t number_max = 99'999;

std::optional<int> number_of(std::string_view text) {
  const auto number = parse_number(trim(text), 0, number_max);
  if (!number) return std::nullopt;
  return static_cast<int>(*number);
}

std::string_view without_quotes(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  return text;
}

std::optional<PjlAnswer> read_answer(std::string_view block) {
  // Whatever noise came before it, an answer begins with the last line that names a command.
  const std::size_t start = block.rfind("@PJL ");
  if (start == std::string_view::npos) return std::nullopt;
  const auto lines = split(block.substr(start), '\n');
  const std::string_view head = trim(lines[0]);
  const bool status = head == "@PJL INFO STATUS" || head == "@PJL USTATUS DEVICE";
  if (!status && head != "@PJL USTATUS JOB") return std::nullopt;
  PjlStatus state;
  PjlJobEnd end;
  bool ended = false;
  for (const std::string_view raw : lines) {
    const std::string_view line = trim(raw);
    ended = ended || line == "END";
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view key = trim(line.substr(0, equals));
    const std::string_view value = line.substr(equals + 1);
    const auto number = number_of(value);
    if (key.starts_with("CODE") && number && state.codes.size() < codes_max) state.codes.push_back(*number);
    if (key == "NAME") end.name = without_quotes(value);
    if (key == "PAGES" && number) end.pages = *number;
    if (key == "RESULT") end.completed = trim(value) == "OK";
  }
  if (status && !state.codes.empty()) return state;
  if (!status && ended) return end;
  return std::nullopt;
}

}  // namespace

void PjlReader::push(ByteView bytes) {
  buffer_ += text_of(bytes);
  if (buffer_.size() > buffer_byte_max) buffer_.erase(0, buffer_.size() - buffer_byte_max);
}

std::optional<PjlAnswer> PjlReader::next() {
  for (;;) {
    const std::size_t end = buffer_.find('\f');
    if (end == std::string::npos) return std::nullopt;
    const std::string block = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    if (auto answer = read_answer(block)) return answer;
  }
}

Bytes pjl_greeting() {
  return bytes_of(
      fmt::format("{0}@PJL\r\n@PJL USTATUSOFF\r\n@PJL USTATUS DEVICE = ON\r\n@PJL USTATUS JOB = ON\r\n"
                  "@PJL INFO STATUS\r\n{0}",
                  pjl_exit));
}

Bytes pjl_ask_status() { return bytes_of(fmt::format("{0}@PJL INFO STATUS\r\n{0}", pjl_exit)); }

Bytes pjl_job_start(std::string_view name) {
  return bytes_of(fmt::format("{}@PJL JOB NAME = \"{}\"\r\n@PJL ENTER LANGUAGE = PCL\r\n", pjl_exit, name));
}

Bytes pjl_job_end(std::string_view name) {
  return bytes_of(fmt::format("{0}@PJL EOJ NAME = \"{1}\"\r\n{0}", pjl_exit, name));
}

}  // namespace bianmin::printer
