// kioskctl journal verify FILE [--keys DIR] [--json], and the others of journal_*.cpp
#include <cstdio>

#include "sync/store/verify_journal.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/json.hpp"
#include "terminal/kioskctl/journal_commands.hpp"

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

int verify(const Arguments& arguments) {
  const std::filesystem::path file = arguments.words()[1];
  const std::filesystem::path keys = arguments.value("keys", file.parent_path().string());
  const auto device_key = seal::PublicKey::load(keys / "device.pub");
  if (!device_key) return fail(device_key.error());
  const auto hub_key = seal::PublicKey::load(keys / "hub-receipt.pub");
  if (!hub_key) return fail(hub_key.error());
  const auto report = store::verify_journal(file, *device_key, *hub_key);
  if (!report) return fail(report.error());
  arguments.has("json") ? print_json(*report) : print_text(*report);
  return report->clean() ? exit_ok : exit_no;
}

int journal(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(argc, argv, {{"keys", true}, {"journal", true}, {"json", false}});
  if (!arguments) return fail(arguments.error(), exit_usage);
  const auto& words = arguments->words();
  if (words.size() == 1 && words[0] == "status") return journal_status(*arguments);
  if (words.size() == 1 && words[0] == "dead") return journal_dead(*arguments);
  if (words.size() != 2) return exit_usage;
  if (words[0] == "verify") return verify(*arguments);
  if (words[0] == "export") return journal_export(*arguments);
  if (words[0] == "import") return journal_import(*arguments);
  if (words[0] == "retry") return journal_retry(*arguments);
  return exit_usage;
}

}  // namespace

const Command journal_command = {
    "journal",
    "verify FILE | status | dead | retry EPOCH:SEQ | export DIR | import FILE  [--journal FILE] [--keys DIR] "
    "[--json]",
    "check a journal, see how it stands, carry it to the hub and back on a USB stick", journal,
    "  verify FILE  every record of a journal.db: chain, signatures, gaps, payloads and receipts. Reads "
    "only.\n"
    "  status       the link to the hub, what waits, how far the clock is from the hub's, and whether this "
    "journal\n"
    "               took the place of a damaged one. Reads only.\n"
    "  dead         what the hub does not take, each with its number and the reason. Reads only.\n"
    "  retry EPOCH:SEQ  lets one of these wait for the hub again\n"
    "  export DIR   writes what waits for the hub into files in DIR, sealed as it is. Interrupted or "
    "repeated,\n"
    "               it goes on where it was. At the hub: kiosk-hub import\n"
    "  import FILE  takes the hub's receipts; the same file again changes nothing\n"
    "  --journal FILE  the terminal's journal; default: journal.db here\n"
    "  --keys DIR      the enrolment's folder; default: the folder of the journal\n"};

}  // namespace bianmin::kioskctl
