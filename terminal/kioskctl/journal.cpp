// kioskctl journal verify FILE [--keys DIR] [--json]
#include <cstdio>

#include "sync/store/verify_journal.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/json.hpp"
#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

namespace {

void print_json(const store::JournalReport& report) {
  Json out = {{"clean", report.clean()},
              {"records", report.records},
              {"waiting", report.waiting},
              {"refused", report.refused}};
  out["problems"] = Json::array();
  for (const auto& problem : report.problems) {
    out["problems"].push_back({{"seq", problem.seq}, {"code", std::string(problem.code)}});
  }
  std::printf("%s\n", json_text(out, true).c_str());
}

void print_text(const store::JournalReport& report) {
  for (const auto& problem : report.problems) {
    std::printf("seq %llu\t%.*s\n", static_cast<unsigned long long>(problem.seq),
                static_cast<int>(problem.code.size()), problem.code.data());
  }
  std::printf("%s: %lld records, %lld waiting for the hub, %lld refused by it, %zu problems\n",
              report.clean() ? "clean" : "NOT CLEAN", static_cast<long long>(report.records),
              static_cast<long long>(report.waiting), static_cast<long long>(report.refused),
              report.problems.size());
}

int journal(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(argc, argv, {{"keys", true}, {"json", false}});
  if (!arguments) return fail(arguments.error(), exit_usage);
  if (arguments->words().size() != 2 || arguments->words()[0] != "verify") return exit_usage;
  const std::filesystem::path file = arguments->words()[1];
  const std::filesystem::path keys = arguments->value("keys", file.parent_path().string());
  const auto device_key = seal::PublicKey::load(keys / "device.pub");
  if (!device_key) return fail(device_key.error());
  const auto hub_key = seal::PublicKey::load(keys / "hub-receipt.pub");
  if (!hub_key) return fail(hub_key.error());
  const auto report = store::verify_journal(file, *device_key, *hub_key);
  if (!report) return fail(report.error());
  arguments->has("json") ? print_json(*report) : print_text(*report);
  return report->clean() ? exit_ok : exit_no;
}

}  // namespace

const Command journal_command = {
    "journal", "verify FILE [--keys DIR] [--json]",
    "check the chain, the signatures and the gaps of a journal", journal,
    "  Every record: chain, signatures, gaps, payloads and the hub's receipts. Reads only.\n"
    "  --keys DIR  the enrolment's folder with device.pub and hub-receipt.pub; default: the folder of "
    "FILE\n"};

}  // namespace bianmin::kioskctl
