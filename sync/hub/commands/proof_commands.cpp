#include "sync/hub/commands/proof_commands.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "sync/hub/commands/operator_commands.hpp"
#include "sync/hub/proof/program_authority.hpp"
#include "sync/hub/proof/proofs.hpp"
#include "sync/hub/proof/sequencer.hpp"
#include "sync/proof/check.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::hub {

namespace {

int failed_proof(const Error& error) {
  fmt::print(stderr, "kiosk-hub: {}\n", error.text());
  return 1;
}

// The hub's folder, with everything that waits in its tree.
struct ProofDesk {
  SystemClock clock;
  std::optional<HubKeys> keys;
  std::unique_ptr<database::Database> database;
  std::optional<Proofs> proofs;

  Result<void> open(const std::string& folder) {
    auto loaded = HubKeys::load(folder);
    if (!loaded) return loaded.error();
    keys.emplace(std::move(loaded).value());
    auto opened = open_hub_database(folder);
    if (!opened) return opened.error();
    database = std::move(opened).value();
    auto sequenced = Sequencer(*database, *keys, clock).run();
    if (!sequenced) return sequenced.error();
    proofs.emplace(*database, *keys);
    return {};
  }
  // A slip does not say in which profile its terminal was.
  Result<proof::Proof> prove(const record::Slip& slip) {
    for (const std::string_view name : seal::profile_names) {
      const seal::Profile& profile = *keys->profile(name);
      auto proof = proofs->prove(profile, proof::slip_mark(profile, slip));
      if (proof || proof.error().code != "hub.no_proof") return proof;
    }
    return Error{Remedy::refuse, "hub.no_proof", "no record of this slip is in the tree"};
  }
};

}  // namespace

int run_proof(const std::vector<std::string>& words) {
  if (words.size() != 4) return exit_misuse;
  auto slip = record::parse_slip(words[2]);
  if (!slip) return failed_proof(slip.error());
  ProofDesk desk;
  if (auto opened = desk.open(words[1]); !opened) return failed_proof(opened.error());
  auto proof = desk.prove(*slip);
  if (!proof) return failed_proof(proof.error());
  if (auto done = write_file_durably(words[3], proof::encode(*proof)); !done)
    return failed_proof(done.error());
  fmt::print("leaf {}, {}\n", proof->index, proof->stamp.empty() ? "no time stamp yet" : "time-stamped");
  return 0;
}

int run_consistency(const std::vector<std::string>& words, const Arguments& arguments) {
  if (words.size() != 5) return exit_misuse;
  const auto earlier = parse_number(words[2], 1, INT64_MAX);
  const auto later = parse_number(words[3], 0, INT64_MAX);
  if (!earlier || !later) return exit_misuse;
  ProofDesk desk;
  if (auto opened = desk.open(words[1]); !opened) return failed_proof(opened.error());
  const std::string name = arguments.value("profile", record::profile_international);
  const seal::Profile* profile = desk.keys->profile(name);
  if (profile == nullptr) return failed_proof(Error{Remedy::refuse, "hub.unknown_profile", name});
  auto consistency = desk.proofs->prove_consistency(*profile, static_cast<std::uint64_t>(*earlier),
                                                    static_cast<std::uint64_t>(*later));
  if (!consistency) return failed_proof(consistency.error());
  auto done = write_file_durably(words[4], proof::encode(*consistency));
  return done ? 0 : failed_proof(done.error());
}

int run_stamp(const std::vector<std::string>& words, const Arguments& arguments) {
  if (words.size() != 2 || !arguments.has("authority") || !arguments.has("program")) return exit_misuse;
  auto trust = seal::StampTrust::load(arguments.value("authority"));
  if (!trust) return failed_proof(trust.error());
  ProofDesk desk;
  if (auto opened = desk.open(words[1]); !opened) return failed_proof(opened.error());
  ProgramAuthority authority(arguments.value("program"), words[1]);
  auto stamped = Stamper(*desk.database, authority, *trust, desk.clock, arguments.value("policy")).run();
  if (!stamped) return failed_proof(stamped.error());
  fmt::print("{} heads stamped\n", *stamped);
  return 0;
}

}  // namespace bianmin::hub
