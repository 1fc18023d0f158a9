// Where the private key of a device lies. What the file is says who can use it:
//
//   PEM "PRIVATE KEY"         whoever has the file: development
//   PEM "BIANMIN SEALED KEY"  this machine (machine.hpp): the key, sealed with AES-256-GCM under a key that
//                             PBKDF2 makes of the machine's traits
//   PEM "TSS2 PRIVATE KEY"    this machine's TPM 2.0, through the OpenSSL provider "tpm2" (Debian:
//   tpm2-openssl);
//                             the key itself never leaves the TPM. Which TPM: $TPM2OPENSSL_TCTI, else the
//                             kernel's
#pragma once

#include "sync/seal/machine.hpp"
#include "sync/seal/profile.hpp"

namespace bianmin::seal {

enum class KeyPlace { plain, machine, tpm };

// Errors: those of read_file, "key.invalid" (refuse), "key.other_machine" (call_staff: another machine's
// file), "key.no_tpm" (call_staff: no provider, or no TPM that answers). Blocks: a TPM takes its time.
Result<PrivateKey> load_device_key(const std::filesystem::path& path,
                                   const MachineFiles& files = read_machine_file);

// Makes a key of the profile and its file: 0600, durable when it returns. A TPM has keys of intl-1 alone.
// Errors: those of write_file_durably, "key.no_tpm", "key.no_traits" (call_staff: this machine has nothing
// that tells it from others).
Result<PrivateKey> make_device_key(const std::filesystem::path& path, const Profile& profile, KeyPlace place,
                                   const MachineFiles& files = read_machine_file);

// The best place this machine has: its TPM, its traits, else "key.no_traits".
Result<KeyPlace> best_key_place(const Profile& profile, const MachineFiles& files = read_machine_file);

// The bytes of a sealed key file's PEM. Error "key.invalid" or "key.other_machine".
Result<PrivateKey> open_sealed_key(ByteView file, const MachineFiles& files);

}  // namespace bianmin::seal
