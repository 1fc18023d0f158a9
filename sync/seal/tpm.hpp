// Signing keys of a TPM 2.0, through the OpenSSL provider "tpm2". Private to this folder: key_file.hpp is for
// others. Each key holds a library context of its own, so that nothing of the process's other work goes to
// the TPM.
#pragma once

#include "sync/seal/profile.hpp"

namespace bianmin::seal {

constexpr std::string_view tpm_pem_name = "TSS2 PRIVATE KEY";

bool has_tpm();
Result<PrivateKey> load_tpm_key(std::string_view pem);
Result<PrivateKey> make_tpm_key(const std::filesystem::path& path, const Profile& profile);

}  // namespace bianmin::seal
