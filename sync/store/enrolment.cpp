#include "sync/store/enrolment.hpp"

#include <fmt/format.h>

#include "sync/record/case_no.hpp"
#include "sync/record/terminal_id.hpp"
#include "sync/seal/key_file.hpp"
#include "sync/seal/numbered_key.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::store {

namespace {

Result<Config> load_terminal_conf(const std::filesystem::path& folder) {
  return Config::load(folder / "terminal.conf", {"terminal_id", "epoch", "enrolment_no", "profile", "spares"});
}

constexpr std::size_t key_file_size_max = 16 * 1024;

Result<seal::ProfilePtr> load_profile(const std::filesystem::path& folder) {
  auto config = load_terminal_conf(folder);
  if (!config) return config.error();
  return seal::Profile::named(config->text("profile", record::profile_international));
}

Result<seal::NumberedKey> load_hub_seal_key(const std::filesystem::path& folder) {
  auto text = read_file(folder / "hub-seal.pub", key_file_size_max);
  if (!text) return text.error();
  return seal::numbered_key_from_pem(text_of(*text));
}

}  // namespace

Result<Identity> load_identity(const std::filesystem::path& folder) {
  auto config = load_terminal_conf(folder);
  if (!config) return config.error();
  auto epoch = config->number("epoch", 0, 0, INT64_MAX);
  if (!epoch) return epoch.error();
  auto enrolment_no = config->number("enrolment_no", 0, 0, record::enrolment_no_max);
  if (!enrolment_no) return enrolment_no.error();
  Identity identity{config->text("terminal_id"), static_cast<std::uint64_t>(*epoch),
                    static_cast<std::uint32_t>(*enrolment_no)};
  if (!record::valid_terminal_id(identity.terminal_id) || identity.epoch == 0 || identity.enrolment_no == 0) {
    return Error{Remedy::call_staff, "enrolment.incomplete", (folder / "terminal.conf").string()};
  }
  return identity;
}

Result<Enrolment> load_enrolment(const std::filesystem::path& folder) {
  auto identity = load_identity(folder);
  if (!identity) return identity.error();
  auto profile = load_profile(folder);
  if (!profile) return profile.error();
  auto device = seal::load_device_key(folder / "device.key");
  if (!device) return device.error();
  auto hub_seal = load_hub_seal_key(folder);
  if (!hub_seal) return hub_seal.error();
  auto hub_receipt = seal::PublicKey::load(folder / "hub-receipt.pub");
  if (!hub_receipt) return hub_receipt.error();
  const seal::Profile& of = **profile;
  if (!of.check(*device) || !of.check(hub_seal->key) || !of.check(*hub_receipt)) {
    return Error{Remedy::call_staff, "key.other_profile", "not all keys are of " + std::string(of.name())};
  }
  return Enrolment{*identity, *device, hub_seal->key, *hub_receipt, *profile};
}

Result<bool> replace_hub_seal_key(const std::filesystem::path& folder, ByteView signed_statement) {
  auto profile = load_profile(folder);
  if (!profile) return profile.error();
  auto receipt_key = seal::PublicKey::load(folder / "hub-receipt.pub");
  if (!receipt_key) return receipt_key.error();
  if (auto right = (*profile)->check(*receipt_key); !right) return right.error();
  auto told = seal::read_key_statement(signed_statement, *receipt_key);
  if (!told) return told.error();
  auto now = load_hub_seal_key(folder);
  if (!now) return now.error();
  const bool same = told->number == now->number && told->key.point() == now->key.point();
  if (same) return false;
  if (told->number <= now->number) {
    return Error{Remedy::refuse, "key.rolled_back", fmt::format("{} after {}", told->number, now->number)};
  }
  auto written = write_file_durably(folder / "hub-seal.pub", view_of(seal::numbered_pem(*told)), 0644);
  if (!written) return written.error();
  return true;
}

}  // namespace bianmin::store
