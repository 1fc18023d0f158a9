// Makes a hub's folder, and a terminal's folder out of it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "terminal/base/clock.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::hub {

// Keys, authority, server certificate for `hosts`, and an empty database: hub.db, or the one of
// `database_url`, which goes into hub.conf. Error "hub.exists" (refuse) when the folder, or that database,
// already is a hub's: nothing is overwritten. Another hub over the same database gets a copy of the folder.
// "hub.password_in_url" (refuse): others see a command line; the password has a file of its own. What fails
// leaves nothing in the folder and can be done again.
Result<void> init_hub(const std::filesystem::path& folder, const std::vector<std::string>& hosts,
                      const std::string& database_url = {});

struct EnrolRequest {
  std::string terminal_id;
  std::filesystem::path out;  // is made; must be empty or missing, and is empty again when it fails
  std::string hub_url;
  std::string profile = "intl-1";  // seal/profile.hpp
  // The terminal's own device.pub. Empty: the hub makes the key, for development.
  std::filesystem::path device_key = {};
};

constexpr int spare_lives = 4;  // more journals than that are not damaged between two visits of staff

struct Life {
  std::uint32_t enrolment_no = 0;
  std::uint64_t epoch = 0;
};

struct Enrolled {
  std::uint32_t enrolment_no = 0;
  std::uint64_t epoch = 0;
  std::vector<Life> spares;  // lives that begin with their first record
};

// The next life of a terminal: a new epoch, a new enrolment number, new keys; its earlier lives stay known,
// so that what they still had in their journals can arrive. With it come spare_lives more, for journals that
// are damaged; terminal.conf lists them as "spares = EPOCH:ENROLMENT_NO …". Writes the folder described in
// store/enrolment.hpp. Errors: "hub.bad_terminal_id", "hub.out_not_empty", "hub.unknown_profile" (refuse),
// "key.other_profile", those of files and of database::Database.
Result<Enrolled> enrol_terminal(const std::filesystem::path& hub_folder, const EnrolRequest& request,
                                const Clock& clock);

// Shuts all lives of a terminal out, at once: a running hub looks at each request. A later enrolment of the
// same id is let in again. Error "hub.unknown_terminal" (refuse).
Result<void> deny_terminal(const std::filesystem::path& hub_folder, const std::string& terminal_id);

}  // namespace bianmin::hub
