// Bad packages, a foreign hub, disks that are full or read-only: a clear code on the screen or on stderr,
// nothing lost.
#include <sys/mount.h>
#include <unistd.h>

#include <fstream>

#include "terminal/base/text.hpp"
#include "tests/e2e/e2e_support.hpp"

using namespace bianmin;
using namespace bianmin::e2e;

namespace fs = std::filesystem;

namespace {

std::string text_of_file(const fs::path& file) {
  const auto bytes = read_file(file, 16 << 20);
  return bytes ? text_of(*bytes) : std::string();
}

void write_text(const fs::path& file, std::string_view text) {
  REQUIRE(write_file_durably(file, view_of(text)).ok());
}

// A small file system of its own over a folder, keeping what the folder holds.
class SmallDisk {
 public:
  SmallDisk(const fs::path& folder, const char* options) : folder_(folder) {
    const fs::path aside = folder.string() + ".aside";
    fs::rename(folder, aside);
    fs::create_directory(folder);
    mounted_ = ::mount("tmpfs", folder.c_str(), "tmpfs", 0, options) == 0;
    for (const auto& entry : fs::directory_iterator(aside))
      fs::copy(entry.path(), folder / entry.path().filename());
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  void fill() {
    std::ofstream filler(folder_ / "filler", std::ios::binary);
    const std::string block(4096, 'x');
    while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  void make_room() { fs::remove(folder_ / "filler"); }
  bool read_only() {
    return ::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr) == 0;
  }

 private:
  fs::path folder_;
  bool mounted_ = false;
};

// To the check of the answers, without a hand.
void fill_in(Site& site) {
  REQUIRE(site.act("choice.0").ok());
  REQUIRE(site.wait_for("page-id card\n").ok());
  REQUIRE(site.device("card on grandma").ok());
  REQUIRE(site.wait_for("page-id question.2\n").ok());
  for (const char* id : {"next", "choice.0", "skip"}) REQUIRE(site.act(id).ok());
  REQUIRE(site.wait_for("page-id review\n").ok());
}

}  // namespace

TEST_CASE("a broken service package is left out and named in the log; the others stay open") {
  const TemporaryFolder folder;
  SiteOptions options = options_in(folder);
  const fs::path catalogue = folder.path() / "catalogue";
  fs::copy(fs::path(BIANMIN_SOURCE) / "terminal/catalogue", catalogue, fs::copy_options::recursive);
  options.settings["catalogue_dir"] = catalogue.string();
  write_text(catalogue / "pension-confirmation/service.json", "{\"id\": \"pension-confirmation\", ");
  auto site = Site::make(options).value();
  REQUIRE(site->start_terminal().ok());
  const std::string page = site->dump().value();
  CHECK(page.find("查办理进度") != std::string::npos);
  CHECK(page.find("养老待遇资格认证") == std::string::npos);
  CHECK(text_of_file(site->path("terminal.log")).find("code=package.bad_json") != std::string::npos);
  REQUIRE(site->stop_terminal().ok());

  write_text(catalogue / "case-progress/service.json", "[]");
  REQUIRE(site->start_terminal().ok());
  CHECK(site->wait_for("catalogue.empty").ok());  // nothing to offer, said on the screen with its code
}

TEST_CASE("a hub with a foreign certificate gets nothing, the agent says so, the resident's record is safe") {
  const TemporaryFolder folder;
  const TemporaryFolder other_folder;
  auto site = Site::make(options_in(folder)).value();
  auto other = Site::make(options_in(other_folder)).value();
  fs::copy_file(other->path("terminal/ca.crt"), site->path("terminal/ca.crt"),
                fs::copy_options::overwrite_existing);
  Stage stage(*site, {});
  stage.online(true);
  stage.confirm_pension({.card = "farmer", .offline = true, .quick = true});
  check_journeys(stage);
  CHECK(text_of_file(site->path("agent.log")).find("agent.hub_untrusted") != std::string::npos);
  CHECK(site->hub_report().value()["records"] == 0);
  CHECK(journal_clean(*site));
}

TEST_CASE("a wrong setting is told on stderr with its code, and the terminal does not go on") {
  const TemporaryFolder folder;
  for (const auto& [text, code] :
       std::map<std::string, std::string>{{"terminal_id = T1\n", "config.missing_key"},
                                          {"no such line\n", "config.bad_line"},
                                          {"x = 1\n", "config.unknown_key"}}) {
    write_text(folder.path() / "kiosk.conf", text);
    auto terminal = ChildProcess::start({{std::string(BIANMIN_BINARIES) + "/kiosk-terminal", "--config",
                                          (folder.path() / "kiosk.conf").string()},
                                         {{"SDL_VIDEODRIVER", "dummy"}},
                                         folder.path() / "log",
                                         false});
    const auto end = terminal.value().wait(30'000);
    REQUIRE(end.has_value());
    CHECK(end->value == 78);
    CHECK(text_of_file(folder.path() / "log").find(code) != std::string::npos);
  }
}

TEST_CASE("a full disk: not saved is said with its code, and with room again the same tap saves it") {
  const TemporaryFolder folder;
  SiteOptions options = options_in(folder);
  options.settings["disk_free_mib"] = "16";
  auto site = Site::make(options).value();
  SmallDisk disk(site->path("terminal"), "size=40m");
  if (!disk.mounted()) {
    WARN("SKIPPED: cannot mount a small disk here (needs root)");
    return;
  }
  REQUIRE(site->start_terminal().ok());
  fill_in(*site);
  disk.fill();
  REQUIRE(site->act("submit").ok());
  CHECK(site->wait_for("store.disk_full").ok());
  CHECK(site->device("receipts").value() == "whole 0 partial 0");
  disk.make_room();
  REQUIRE(site->act("act").ok());
  CHECK(site->wait_for("已存在本机，已完成").ok());
  CHECK(site->wait_for("打好了").ok());
  CHECK(journal_clean(*site));
}

TEST_CASE("a read-only disk: the terminal is out of service and says why") {
  const TemporaryFolder folder;
  auto site = Site::make(options_in(folder)).value();
  SmallDisk disk(site->path("terminal"), "size=4m");
  if (!disk.mounted()) {
    WARN("SKIPPED: cannot mount a small disk here (needs root)");
    return;
  }
  REQUIRE(disk.read_only());
  REQUIRE(site->start_terminal("notice").ok());
  CHECK(site->dump().value().find("store.read_only") != std::string::npos);
}
