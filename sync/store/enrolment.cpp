#include "sync/store/enrolment.hpp"

#include "sync/record/case_no.hpp"
#include "sync/record/terminal_id.hpp"
#include "terminal/base/config.hpp"

namespace bianmin::store {

Result<Identity> load_identity(const std::filesystem::path& folder) {
  auto config = Config::load(folder / "terminal.conf", {"terminal_id", "epoch", "enrolment_no", "spares"});
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
  auto device = seal::PrivateKey::load(folder / "device.key");
  if (!device) return device.error();
  auto hub_seal = seal::PublicKey::load(folder / "hub-seal.pub");
  if (!hub_seal) return hub_seal.error();
  auto hub_receipt = seal::PublicKey::load(folder / "hub-receipt.pub");
  if (!hub_receipt) return hub_receipt.error();
  return Enrolment{*identity, *device, *hub_seal, *hub_receipt};
}

}  // namespace bianmin::store
