// kioskctl proof SLIP FILE, kioskctl proof consistency FILE
#include <cstdio>

#include "drivers/scanner/decoder_child.hpp"
#include "drivers/scanner/image_file.hpp"
#include "sync/proof/check.hpp"
#include "sync/record/case_no.hpp"
#include "sync/seal/timestamp.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/clock.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/json.hpp"
#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr std::size_t proof_file_size_max = 64 * 1024;
constexpr int picture_deadline_ms = 10'000;
constexpr scanner::LadderLimits picture_ladder{.budget_ms = 3'000};

// The text of a slip's code, or a picture of it.
Result<record::Slip> slip_of(const std::string& word) {
  std::error_code unknown;
  if (!std::filesystem::exists(word, unknown)) return record::parse_slip(word);
  const auto image = scanner::load_image(word);
  if (!image) return image.error();
  scanner::DecoderChild decoder;
  const auto found = decoder.decode(*image, picture_ladder, picture_deadline_ms);
  if (!found) return found.error();
  if (found->codes.empty()) return Error{Remedy::ask_resident, "slip.no_code", "no code in the picture"};
  return record::parse_slip(found->codes.front().text);
}

// A "no" of the checks is an answer, not a failure.
int answer_of(const Error& error) {
  const bool said_no = error.code.starts_with("proof.") || error.code.starts_with("stamp.");
  if (said_no) std::printf("NOT PROVEN\n");
  return fail(error, said_no ? exit_no : exit_failed);
}

Json json_of(const proof::TreeHead& head) {
  return Json{{"profile", head.profile},
              {"size", head.tree.size},
              {"root", to_hex(head.tree.root)},
              {"utc_ms", head.utc_ms}};
}

void print_proof(const record::Slip& slip, const proof::CheckedProof& proof,
                 const std::optional<seal::Stamp>& stamp) {
  std::printf("proven\nThe hub has signed that it holds the record of case %s:\n",
              record::format_case_no(slip.case_no).c_str());
  std::printf("  received   %s from terminal %s, record %llu\n",
              utc_stamp(proof.receipt.received_utc_ms).c_str(), proof.receipt.terminal_id.c_str(),
              static_cast<unsigned long long>(proof.receipt.seq));
  std::printf("  envelope   %s\n", to_hex(proof.receipt.envelope_digest).c_str());
  std::printf("  in a tree  leaf %llu of %llu, head of %s\n", static_cast<unsigned long long>(proof.index),
              static_cast<unsigned long long>(proof.head.tree.size), utc_stamp(proof.head.utc_ms).c_str());
  if (stamp) {
    std::printf("  stamped    %s by a time stamp authority (number %s)\n", utc_stamp(stamp->utc_ms).c_str(),
                stamp->serial.c_str());
  } else {
    std::printf("  stamped    %s\n",
                proof.stamp.empty() ? "not yet" : "there is a time stamp: --authority checks it");
  }
  std::printf(
      "It does not say what is in the record, nor that a department has accepted it. That the hub shows\n"
      "everybody the same tree is seen by comparing heads: kioskctl proof consistency.\n");
}

int prove(const Arguments& arguments, const seal::PublicKey& key) {
  const auto slip = slip_of(arguments.words()[0]);
  if (!slip) return fail(slip.error());
  const auto bytes = read_file(arguments.words()[1], proof_file_size_max);
  if (!bytes) return fail(bytes.error());
  const auto proof = proof::check_proof(*bytes, *slip, key);
  if (!proof) return answer_of(proof.error());
  std::optional<seal::Stamp> stamp;
  if (arguments.has("authority")) {
    const auto trust = seal::StampTrust::load(arguments.value("authority"));
    if (!trust) return fail(trust.error());
    auto checked = seal::check_stamp(proof->stamp, {seal::sha256(proof->signed_head)}, *trust);
    if (!checked) return answer_of(checked.error());
    stamp = std::move(checked).value();
  }
  if (!arguments.has("json")) {
    print_proof(*slip, *proof, stamp);
    return exit_ok;
  }
  Json out{{"proven", true},
           {"case_no", slip->case_no},
           {"terminal", proof->receipt.terminal_id},
           {"epoch", proof->receipt.epoch},
           {"seq", proof->receipt.seq},
           {"envelope", to_hex(proof->receipt.envelope_digest)},
           {"received_utc_ms", proof->receipt.received_utc_ms},
           {"leaf", proof->index},
           {"head", json_of(proof->head)}};
  if (stamp) out["stamp"] = {{"utc_ms", stamp->utc_ms}, {"policy", stamp->policy}, {"serial", stamp->serial}};
  std::printf("%s\n", json_text(out, true).c_str());
  return exit_ok;
}

int compare_heads(const Arguments& arguments, const seal::PublicKey& key) {
  const auto bytes = read_file(arguments.words()[1], proof_file_size_max);
  if (!bytes) return fail(bytes.error());
  const auto both = proof::check_consistency(*bytes, key);
  if (!both) return answer_of(both.error());
  const Json out{{"consistent", true}, {"earlier", json_of(both->earlier)}, {"later", json_of(both->later)}};
  if (arguments.has("json")) {
    std::printf("%s\n", json_text(out, true).c_str());
    return exit_ok;
  }
  std::printf("consistent\n");
  for (const proof::TreeHead* head : {&both->earlier, &both->later}) {
    std::printf("  %llu leaves at %s, root %s\n", static_cast<unsigned long long>(head->tree.size),
                utc_stamp(head->utc_ms).c_str(), to_hex(head->tree.root).c_str());
  }
  std::printf("The later tree begins with everything that the earlier one held.\n");
  return exit_ok;
}

int proof_of(int argc, const char* const* argv) {
  const auto arguments =
      Arguments::parse(argc, argv, {{"hub-key", true}, {"authority", true}, {"json", false}});
  if (!arguments) return fail(arguments.error(), exit_usage);
  if (arguments->words().size() != 2 || !arguments->has("hub-key")) return exit_usage;
  const auto key = seal::PublicKey::load(arguments->value("hub-key"));
  if (!key) return fail(key.error());
  if (arguments->words()[0] == "consistency") return compare_heads(*arguments, *key);
  return prove(*arguments, *key);
}

}  // namespace

const Command proof_command = {
    "proof", "SLIP FILE | consistency FILE  --hub-key PEM [--authority PEM] [--json]",
    "check a hub's proof that it has the record of a slip, without the hub", proof_of,
    "  SLIP              the text of the slip's code (BM1:...), or a picture of it\n"
    "  FILE              from kiosk-hub proof or kiosk-hub consistency\n"
    "  consistency FILE  that the hub's tree only ever grew between two heads\n"
    "  --hub-key PEM     the hub's receipt key: receipt.pub of the hub, hub-receipt.pub of a terminal\n"
    "  --authority PEM   the roots of time stamp authorities: the proof must have a stamp of one of them\n"};

}  // namespace bianmin::kioskctl
