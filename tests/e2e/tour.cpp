// kiosk-tour: plays the residents' journeys through the real screen, drivers, journal, agent and hub, and
// leaves pictures of every page, the printed slips and summary.json.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>

#include "terminal/base/arguments.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/files.hpp"
#include "tests/e2e/journeys.hpp"

namespace {

using namespace bianmin;
using namespace bianmin::e2e;
namespace fs = std::filesystem;

constexpr std::string_view usage =
    "usage: kiosk-tour --binaries DIR --source DIR OUT\n"
    "  Leaves OUT/portrait/*.png, OUT/landscape/*.png, OUT/receipt.png and OUT/summary.json;\n  "
    "in the first two the A4 sheet as it came out (sheet.png) and as the hub keeps it (sheet.pdf).\n";

struct Tour {
  fs::path binaries;
  fs::path source;
  fs::path out;
  std::vector<Journey> journeys;
  Json hubs = Json::array();
  bool ok = true;

  // One site with its own hub, agent, terminal and devices, from the first page to the last.
  void play(const std::string& name, const SiteOptions& base, const std::function<void(Stage&)>& acts) {
    SiteOptions options = base;
    options.binaries = binaries;
    options.source = source;
    options.folder = fs::temp_directory_path() / ("bianmin-tour-" + std::to_string(::getpid()) + "-" + name);
    fs::remove_all(options.folder);
    auto site = Site::make(options);
    if (!site) return fail(name, site.error());
    fs::create_directories(out / name);
    Stage stage(**site, out / name);
    acts(stage);
    finish(name, **site, stage);
    if (ok) fs::remove_all(options.folder);
  }

  void finish(const std::string& name, Site& site, Stage& stage) {
    const auto end = site.stop_terminal();
    if (!end || !end->clean()) fail(name, {Remedy::refuse, "tour.terminal", "did not end in order"});
    const auto report = site.hub_report();
    if (!report) return fail(name, report.error());
    hubs.push_back(*report);
    for (Journey& journey : stage.journeys()) {
      if (!journey.ok) fail(name + "/" + journey.service, {Remedy::refuse, "tour.journey", journey.problem});
      journeys.push_back(std::move(journey));
    }
    std::printf("%-10s %zu journeys, %d pictures, hub: %s\n", name.c_str(), stage.journeys().size(),
                stage.pictures(), json_text(*report).c_str());
  }

  void fail(const std::string& where, const Error& error) {
    ok = false;
    std::fprintf(stderr, "kiosk-tour: %s: %s\n", where.c_str(), error.text().c_str());
  }

  Json hub_total() const {
    Json total = {{"records", 0}, {"duplicates", 0}, {"gaps", 0}};
    for (const Json& hub : hubs) {
      for (const char* key : {"records", "duplicates", "gaps"})
        total[key] = total[key].get<int>() + hub.value(key, 0);
    }
    return total;
  }

  void write_summary() {
    Json summary;
    summary["journeys"] = Json::array();
    summary["checks"] = Json::array();
    for (const Journey& journey : journeys) {
      if (journey.check) {
        summary["checks"].push_back(
            {{"name", journey.service}, {"steps", journey.steps}, {"ok", journey.ok}});
        continue;
      }
      summary["journeys"].push_back({{"service", journey.service},
                                     {"case_no", journey.case_no},
                                     {"steps", journey.steps},
                                     {"states", journey.states},
                                     {"ok", journey.ok}});
    }
    summary["hub"] = hub_total();
    summary["ok"] = ok && summary["hub"]["duplicates"] == 0 && summary["hub"]["gaps"] == 0;
    ok = summary["ok"];
    const auto written = write_file_durably(out / "summary.json", view_of(json_text(summary, true) + "\n"));
    if (!written) fail("summary", written.error());
  }
};

void every_page(Stage& stage) {
  stage.online(true);
  stage.welcome_pages();
  stage.confirm_pension({.card = "grandma", .pictures = true, .rating = 1});
  stage.look_up({.pictures = true, .expect = {"saved", "sent", "accepted"}});
  stage.certificate_on_paper();
  stage.refused_card("expired");
  stage.paper_runs_out({.card = "farmer"});
  stage.sheet_on_paper({.card = "farmer"});
  stage.power_goes_out({.card = "farmer"});
  stage.hub_goes_away({.card = "farmer"});
  stage.walks_away();
}

void in_english(Stage& stage) {
  stage.online(true);
  stage.speak_english_on_black();
  stage.confirm_pension({.card = "farmer", .pictures = true, .rating = 2, .english = true});
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments =
      Arguments::parse(argc, argv, {{"binaries", true}, {"source", true}, {"help", false}});
  if (!arguments || arguments->words().size() != 1 || arguments->has("help")) {
    std::fwrite(usage.data(), 1, usage.size(), stderr);
    return 2;
  }
  Tour tour{fs::absolute(arguments->value("binaries", ".")),
            fs::absolute(arguments->value("source", ".")),
            fs::absolute(arguments->words()[0]),
            {},
            Json::array(),
            true};
  fs::create_directories(tour.out);
  const std::map<std::string, std::string> soon_idle{{"idle_ms", "8000"}, {"idle_warning_ms", "4000"}};
  tour.play("portrait", {.family = "a", .size = "1080x1920", .settings = soon_idle}, every_page);
  tour.play("landscape", {.family = "b", .size = "1920x1080", .settings = soon_idle}, every_page);
  tour.play("english", {.family = "a", .size = "1080x1920"}, in_english);
  std::error_code ignored;
  fs::copy_file(tour.out / "portrait/receipt.png", tour.out / "receipt.png",
                fs::copy_options::overwrite_existing, ignored);
  tour.write_summary();
  std::printf("%s: %s\n", tour.ok ? "ok" : "FAILED", (tour.out / "summary.json").c_str());
  return tour.ok ? 0 : 1;
}
