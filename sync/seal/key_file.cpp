#include "sync/seal/key_file.hpp"

#include <openssl/core_names.h>
#include <openssl/pem.h>

#include <algorithm>

#include "sync/record/cbor.hpp"
#include "sync/seal/algorithms.hpp"
#include "sync/seal/tpm.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::seal {

namespace {

constexpr std::size_t key_file_size_max = 16 * 1024;
constexpr std::string_view sealed_name = "BIANMIN SEALED KEY";
constexpr std::string_view sealed_format = "bm-sealed-key-1";
constexpr std::size_t salt_size = 16;
constexpr std::size_t sealed_nonce_size = 12;
constexpr std::size_t traits_max = 16;
constexpr std::size_t trait_name_size_max = 64;
constexpr int derivation_rounds = 100'000;  // guessing serial numbers shall cost something

Error invalid_file(const char* detail) { return {Remedy::refuse, "key.invalid", detail}; }

Error no_traits() { return {Remedy::call_staff, "key.no_traits", "nothing tells this machine from others"}; }

struct SealedHead {
  std::string profile;
  std::vector<std::string> traits;
  Bytes salt;
  Bytes nonce;
};

// The head of the file's map, which is authenticated with the key.
record::CborWriter begin_file(const SealedHead& head) {
  record::CborWriter out;
  out.map(6).uint(0).text(sealed_format).uint(1).text(head.profile).uint(2).array(head.traits.size());
  for (const std::string& name : head.traits) out.text(name);
  out.uint(3).bytes(head.salt).uint(4).bytes(head.nonce);
  return out;
}

SecretBytes machine_key(const std::vector<MachineTrait>& traits, ByteView salt) {
  ByteWriter all;
  for (const MachineTrait& trait : traits) {
    all.u32_be(static_cast<std::uint32_t>(trait.name.size())).text(trait.name);
    all.u32_be(static_cast<std::uint32_t>(trait.value.size())).text(trait.value);
  }
  SecretBytes key(digest_size);
  must(PKCS5_PBKDF2_HMAC(reinterpret_cast<const char*>(all.view().data()),
                         static_cast<int>(all.view().size()), salt.data(), static_cast<int>(salt.size()),
                         derivation_rounds, EVP_sha256(), static_cast<int>(key.size()), key.data()) == 1);
  return key;
}

SecretBytes scalar_of(const PrivateKey& key) {
  BIGNUM* number = nullptr;
  must(EVP_PKEY_get_bn_param(key.handle(), OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1);
  const BignumPtr owned(number);
  SecretBytes scalar(scalar_size);
  must(BN_bn2binpad(number, scalar.data(), static_cast<int>(scalar.size())) == static_cast<int>(scalar_size));
  return scalar;
}

Result<Bytes> seal_key(const PrivateKey& key, const Profile& profile, const MachineFiles& files) {
  const auto traits = machine_traits(files);
  if (traits.empty()) return no_traits();
  SealedHead head{std::string(profile.name()), {}, random_bytes(salt_size), random_bytes(sealed_nonce_size)};
  for (const MachineTrait& trait : traits) head.traits.emplace_back(trait.name);
  record::CborWriter out = begin_file(head);
  const Bytes aad = begin_file(head).take();
  const Bytes sealed =
      gcm_encrypt(Cipher("AES-256-GCM"), machine_key(traits, head.salt), head.nonce, aad, scalar_of(key));
  return out.uint(5).bytes(sealed).take();
}

Result<void> write_pem(const std::filesystem::path& path, std::string_view name, ByteView bytes) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  must(bio != nullptr && PEM_write_bio(bio.get(), std::string(name).c_str(), "", bytes.data(),
                                       static_cast<long>(bytes.size())) > 0);
  return write_file_durably(path, view_of(bio_text(bio.get())), 0600);
}

// The bytes of the first PEM block when it has this name.
std::optional<Bytes> pem_block(std::string_view text, std::string_view wanted) {
  const BioPtr bio = memory_bio(text);
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  std::optional<Bytes> block;
  if (PEM_read_bio(bio.get(), &name, &header, &data, &size) == 1 && name == wanted)
    block.emplace(data, data + size);
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_free(data);
  (void)openssl_errors();
  return block;
}

}  // namespace

Result<PrivateKey> open_sealed_key(ByteView file, const MachineFiles& files) {
  record::CborReader in(file);
  SealedHead head;
  in.map_exactly(6);
  in.key(0);
  const bool ours = in.text(trait_name_size_max) == sealed_format;
  in.key(1);
  head.profile = in.text(trait_name_size_max);
  in.key(2);
  head.traits.resize(in.array(traits_max));
  for (std::string& name : head.traits) name = in.text(trait_name_size_max);
  in.key(3);
  const ByteView salt = in.bytes_exactly(salt_size);
  in.key(4);
  const ByteView nonce = in.bytes_exactly(sealed_nonce_size);
  in.key(5);
  const ByteView sealed = in.bytes_exactly(scalar_size + gcm_tag_size);
  if (!in.finished() || !ours || head.traits.empty()) return invalid_file("no sealed key");
  const auto profile = Profile::named(head.profile);
  if (!profile) return invalid_file("a key of an unknown profile");
  const Error other{Remedy::call_staff, "key.other_machine", "sealed on another machine"};
  head.salt.assign(salt.begin(), salt.end());
  head.nonce.assign(nonce.begin(), nonce.end());
  std::vector<MachineTrait> traits;
  const auto here = machine_traits(files);
  for (const std::string& name : head.traits) {
    const auto trait = std::ranges::find(here, name, &MachineTrait::name);
    if (trait == here.end()) return other;
    traits.push_back(*trait);
  }
  const auto scalar = gcm_decrypt(Cipher("AES-256-GCM"), machine_key(traits, head.salt), head.nonce,
                                  begin_file(head).take(), sealed);
  if (!scalar) return other;
  return (*profile)->key_from_scalar(*scalar);
}

Result<PrivateKey> load_device_key(const std::filesystem::path& path, const MachineFiles& files) {
  auto bytes = read_file(path, key_file_size_max);
  if (!bytes) return bytes.error();
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  const auto key = [&]() -> Result<PrivateKey> {
    if (const auto sealed = pem_block(text, sealed_name)) return open_sealed_key(*sealed, files);
    if (text.find(tpm_pem_name) != std::string_view::npos) return load_tpm_key(text);
    return PrivateKey::load(path);
  }();
  wipe(bytes->data(), bytes->size());
  return key;
}

Result<PrivateKey> make_device_key(const std::filesystem::path& path, const Profile& profile, KeyPlace place,
                                   const MachineFiles& files) {
  if (place == KeyPlace::tpm) return make_tpm_key(path, profile);
  PrivateKey key = profile.generate_key();
  if (place == KeyPlace::plain) {
    if (auto saved = key.save(path); !saved) return saved.error();
    return key;
  }
  const auto sealed = seal_key(key, profile, files);
  if (!sealed) return sealed.error();
  if (auto written = write_pem(path, sealed_name, *sealed); !written) return written.error();
  return key;
}

Result<KeyPlace> best_key_place(const Profile& profile, const MachineFiles& files) {
  if (profile.name() == record::profile_international && has_tpm()) return KeyPlace::tpm;
  if (!machine_traits(files).empty()) return KeyPlace::machine;
  return no_traits();
}

}  // namespace bianmin::seal
