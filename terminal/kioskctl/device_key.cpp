// kioskctl device-key DIR [--profile NAME] [--place tpm|machine|plain]
#include <cstdio>

#include "sync/seal/key_file.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/files.hpp"
#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

namespace {

const char* place_name(seal::KeyPlace place) {
  if (place == seal::KeyPlace::tpm) return "tpm";
  return place == seal::KeyPlace::machine ? "machine" : "plain";
}

Result<seal::KeyPlace> place_of(const std::string& text, const seal::Profile& profile) {
  if (text == "best") return seal::best_key_place(profile);
  for (const auto place : {seal::KeyPlace::tpm, seal::KeyPlace::machine, seal::KeyPlace::plain}) {
    if (text == place_name(place)) return place;
  }
  return Error{Remedy::refuse, "kioskctl.bad_place", "tpm, machine or plain"};
}

int device_key(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(argc, argv, {{"profile", true}, {"place", true}});
  if (!arguments) return fail(arguments.error(), exit_usage);
  if (arguments->words().size() != 1) return exit_usage;
  const auto profile = seal::Profile::named(arguments->value("profile", record::profile_international));
  if (!profile) return fail(profile.error(), exit_usage);
  const auto place = place_of(arguments->value("place", "best"), **profile);
  if (!place) return fail(place.error());
  const std::filesystem::path folder = arguments->words()[0];
  std::error_code unknown;
  if (std::filesystem::exists(folder / "device.key", unknown)) {
    return fail(Error{Remedy::refuse, "kioskctl.key_exists", (folder / "device.key").string()});
  }
  const auto key = seal::make_device_key(folder / "device.key", **profile, *place);
  if (!key) return fail(key.error());
  const auto written = write_file_durably(folder / "device.pub", view_of(key->public_key().pem()));
  if (!written) return fail(written.error());
  std::printf("%s\n", place_name(*place));
  return exit_ok;
}

}  // namespace

const Command device_key_command = {
    "device-key", "DIR [--profile intl-1|gm-1] [--place tpm|machine|plain]",
    "make the key that this machine signs its records with", device_key,
    "  Writes device.key and device.pub; device.pub goes to kiosk-hub enrol --device-key. Never replaces a "
    "key.\n"
    "  --place NAME  tpm: in this machine's TPM 2.0 (needs tpm2-openssl); machine: a file that opens on "
    "this\n"
    "                machine alone; plain: a file, for development. Default: tpm, else machine\n"};

}  // namespace bianmin::kioskctl
