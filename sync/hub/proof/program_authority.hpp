// A time stamp authority behind a program: `PROGRAM REQUEST RESPONSE` reads the one file, has it answered and
// writes the other. With curl that is one line; where there is no network, somebody carries the files.
#pragma once

#include <filesystem>

#include "sync/hub/proof/stamping.hpp"

namespace bianmin::hub {

constexpr std::int64_t stamp_program_timeout_ms = 30'000;

// Thread-bound. `folder`: for the two files; they are gone again afterwards.
class ProgramAuthority : public TimeStampAuthority {
 public:
  ProgramAuthority(std::filesystem::path program, std::filesystem::path folder)
      : program_(std::move(program)), folder_(std::move(folder)) {}
  // Errors: "stamp.program_failed" (retry later: it could not be started, said no, or was too slow), those of
  // files.
  Result<Bytes> stamp(ByteView request) override;

 private:
  std::filesystem::path program_;
  std::filesystem::path folder_;
};

}  // namespace bianmin::hub
