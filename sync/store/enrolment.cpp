#include "sync/store/enrolment.hpp"

#include <algorithm>

#include "sync/record/case_no.hpp"
#include "sync/record/terminal_id.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::store {

namespace {

constexpr std::size_t spares_max = 16;

Result<Config> load_terminal_conf(const std::filesystem::path& folder) {
  return Config::load(folder / "terminal.conf", {"terminal_id", "epoch", "enrolment_no", "spares"});
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

Result<std::vector<Identity>> load_lives(const std::filesystem::path& folder) {
  auto first = load_identity(folder);
  if (!first) return first.error();
  auto config = load_terminal_conf(folder);
  if (!config) return config.error();
  std::vector<Identity> lives = {*first};
  const std::string spares = config->text("spares");
  for (const std::string_view spare : split(spares, ' ')) {
    if (spare.empty()) continue;
    const std::size_t colon = std::min(spare.find(':'), spare.size());
    auto epoch = parse_number(spare.substr(0, colon), 1, INT64_MAX);
    auto number = parse_number(spare.substr(std::min(colon + 1, spare.size())), 1, record::enrolment_no_max);
    Identity life = lives.back();
    if (!epoch || !number || static_cast<std::uint64_t>(*epoch) <= life.epoch || lives.size() > spares_max) {
      return Error{Remedy::call_staff, "enrolment.bad_spares", (folder / "terminal.conf").string()};
    }
    life.epoch = static_cast<std::uint64_t>(*epoch);
    life.enrolment_no = static_cast<std::uint32_t>(*number);
    lives.push_back(std::move(life));
  }
  return lives;
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
