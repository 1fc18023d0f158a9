// Which machine this is, by what its maker wrote into it. A key that is sealed with that opens on no other
// machine; it is no secret from somebody who has this one in hand. A TPM is better.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::seal {

// Reads a small file of /sys or /proc; given by tests.
using MachineFiles = std::function<Result<Bytes>(const std::filesystem::path&)>;
Result<Bytes> read_machine_file(const std::filesystem::path& path);

struct MachineTrait {
  std::string_view name;
  std::string value;
};

// All that this process may read and that says something: "To be filled by O.E.M." and the like do not. The
// DMI's numbers are root's alone: systemd hands them to a service by LoadCredential=.
std::vector<MachineTrait> machine_traits(const MachineFiles& files);

}  // namespace bianmin::seal
