#include "sync/hub/proof/program_authority.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include "terminal/base/child_process.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::hub {

Result<Bytes> ProgramAuthority::stamp(ByteView request) {
  const auto ask = folder_ / fmt::format("stamp-{}.tsq", ::getpid());
  const auto answer = folder_ / fmt::format("stamp-{}.tsr", ::getpid());
  const auto ask_and_read = [&]() -> Result<Bytes> {
    if (auto written = write_file_durably(ask, request, 0600); !written) return written.error();
    const Error failed{Remedy::retry_later, "stamp.program_failed", program_.string()};
    Command command;
    command.words = {program_.string(), ask.string(), answer.string()};
    command.own_group = true;
    auto program = ChildProcess::start(command);
    if (!program) return failed;
    const auto ended = program->wait(stamp_program_timeout_ms);
    if (!ended || !ended->clean()) return failed;
    return read_file(answer, seal::stamp_response_size_max);
  };
  auto response = ask_and_read();
  std::error_code ignored;
  std::filesystem::remove(ask, ignored);
  std::filesystem::remove(answer, ignored);
  return response;
}

}  // namespace bianmin::hub
