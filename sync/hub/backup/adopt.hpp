// Lets a terminal in again that this hub has forgotten: it was enrolled after the copy that the hub was
// restored from.
#pragma once

#include <filesystem>
#include <string>

#include "terminal/base/clock.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::hub {

// `terminal_folder`: what enrol_terminal() wrote; terminal.conf, device.pub and tls.crt of it are enough.
// Enters its lives under their old numbers, so that what is in its journal can arrive. Returns the terminal's
// id. Errors, refuse: "hub.not_ours": its certificate is not of this hub's authority, or names another
// terminal; "hub.life_exists": one of its lives or numbers is in use here, nothing was changed;
// "hub.bad_terminal" (call staff): terminal.conf does not say who it is; those of files, Config, the key
// files, database::Database.
Result<std::string> adopt_terminal(const std::filesystem::path& hub_folder,
                                   const std::filesystem::path& terminal_folder, const Clock& clock);

}  // namespace bianmin::hub
