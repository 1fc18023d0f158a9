#include "tests/house/house_rules.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <system_error>

#include "terminal/base/bytes.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::house {

namespace {

constexpr std::size_t source_byte_max = std::size_t{4} * 1024 * 1024;

bool begins(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

bool below_any(std::string_view path, const std::vector<std::string_view>& places) {
  return std::any_of(places.begin(), places.end(),
                     [&](std::string_view place) { return begins(path, place); });
}

// A third-party header, by how its name begins, and the only places that may include it. A place is a folder,
// ending in a slash, or one file. The benches measure against the bare library, so they may see it.
struct Home {
  std::string_view header;
  std::vector<std::string_view> places;
};

const std::vector<Home>& homes() {
  static const std::vector<Home> list = {
      {"nlohmann/", {"terminal/base/json.hpp"}},
      {"openssl/", {"sync/seal/", "tests/sync/simulation/dice.cpp"}},
      {"sqlite3",
       {"sync/database/", "tests/bench/", "tests/fakes/crash_vfs.cpp"}},  // its own way to the disk
      {"libpq-fe.h", {"sync/database/"}},
      {"gcrypt", {"tests/sync/seal/"}},  // what OpenSSL makes, checked by another
      {"libusb", {"drivers/usb/", "tests/bench/"}},
      {"libudev", {"drivers/usb/"}},
      {"ZXing/", {"drivers/scanner/", "tests/bench/", "tests/drivers/slip_pictures.cpp"}},
      {"png.h", {"drivers/scanner/"}},
      {"jpeglib.h", {"drivers/scanner/", "tests/drivers/jpeg_picture.cpp"}},
      {"turbojpeg.h", {"drivers/scanner/"}},
      {"webp/", {"drivers/scanner/"}},
      {"poppler-", {"terminal/pdf/"}},
      {"SDL", {"ui/kit/", "tests/ui/sdl_test.cpp", "tests/e2e/automation.cpp"}},  // those two push its events
      {"cairo", {"ui/kit/"}},
      {"pango", {"ui/kit/"}},
      {"librsvg/", {"ui/kit/"}},
      {"fontconfig/", {"ui/kit/"}},
      {"xf86drm", {"ui/kit/"}},
      {"libdrm/", {"ui/kit/"}},
      {"curl/", {"sync/http/"}},
      {"nghttp2/", {"sync/hub/web/", "tests/bench/"}},
      {"asio", {"sync/hub/web/", "tests/bench/"}},
      {"p11-kit/", {"sync/custody/", "tests/sync/custody/"}},
      {"catch2/", {"tests/catch.hpp"}},
      {"umockdev", {"drivers/emulator/"}},
      {"usbredirparser.h", {"drivers/emulator/redir_peer.cpp", "tests/drivers/redir_client.hpp"}},
      {"zbar", {"tests/bench/", "tests/kioskctl/"}},
      {"benchmark/", {"tests/bench/"}},
      {"mosquitto.h", {"tests/bench/"}},
  };
  return list;
}

const std::vector<std::string_view>& free_for_all() {  // third-party headers that everyone may include
  static const std::vector<std::string_view> list = {"fmt/"};
  return list;
}

// Headers of the system: the C and C++ libraries, the kernel, glib and libudev under the rules of `homes`.
bool system_header(std::string_view header) {
  if (header.find('/') == std::string_view::npos) return true;  // <vector>, <unistd.h>
  return below_any(header, {"sys/", "linux/", "arpa/", "net/", "netinet/", "bits/", "asm/", "sanitizer/"});
}

// The folder that decides: two levels deep, "drivers/usb"; main programs and the rest of terminal/ are
// "main".
std::string area_of(std::string_view path) {
  const auto parts = split(path, '/');
  if (parts[0] == "tests") return "tests";
  if (parts[0] == "terminal" && (parts.size() == 2 || parts[1] == "kioskctl")) {
    return parts.size() > 2 ? "terminal/kioskctl" : "main";
  }
  if (begins(path, "sync/hub/web/")) return "sync/hub/web";  // the hub does not know what speaks for it
  if (parts.size() <= 2) return std::string(parts[0]);       // drivers/device_state.hpp: shared by its layer
  return std::string(parts[0]) + "/" + std::string(parts[1]);
}

std::string layer_of(std::string_view area) { return std::string(area.substr(0, area.find('/'))); }

// Folders of one layer that may use another of it; everything else beside each other is strange to each
// other.
const std::vector<std::pair<std::string_view, std::string_view>>& within_layer() {
  static const std::vector<std::pair<std::string_view, std::string_view>> list = {
      {"drivers/card", "drivers/usb"},
      {"drivers/printer", "drivers/usb"},
      {"drivers/scanner", "drivers/usb"},
      {"drivers/pad", "drivers/usb"},
      {"drivers/cabinet", "drivers/usb"},
      {"drivers/power", "drivers/usb"},
      {"drivers/hid", "drivers/usb"},
      {"drivers/scanner", "drivers/hid"},
      {"drivers/pad", "drivers/hid"},
      {"drivers/cabinet", "drivers/hid"},
      {"drivers/power", "drivers/hid"},
      {"drivers/recording", "drivers/usb"},  // what a transfer is, without libusb
      {"drivers/conformance", "drivers/cabinet"},
      {"drivers/conformance", "drivers/card"},  // the kinds' interfaces alone
      {"drivers/conformance", "drivers/pad"},
      {"drivers/conformance", "drivers/printer"},
      {"drivers/conformance", "drivers/scanner"},
      {"drivers/conformance", "drivers/power"},
      {"ui/pages", "ui/kit"},
      {"ui/pages", "ui/strings"},
      {"ui/sheet", "ui/kit"},
      {"ui/input", "ui/kit"},
      {"ui/input", "ui/strings"},
      {"ui/speech", "ui/kit"},
      {"ui/speech", "ui/strings"},
      {"sync/seal", "sync/record"},
      {"sync/store", "sync/record"},
      {"sync/store", "sync/seal"},
      {"sync/store", "sync/database"},
      {"sync/proof", "sync/record"},
      {"sync/proof", "sync/seal"},
      {"sync/hub", "sync/proof"},
      {"sync/stick", "sync/record"},
      {"sync/stick", "sync/seal"},
      {"sync/store", "sync/stick"},
      {"sync/hub", "sync/stick"},
      {"sync/hub", "sync/database"},
      {"sync/custody", "sync/record"},
      {"sync/custody", "sync/seal"},
      {"sync/hub", "sync/custody"},
      {"sync/agent", "sync/record"},
      {"sync/agent", "sync/seal"},
      {"sync/agent", "sync/store"},
      {"sync/agent", "sync/http"},
      {"sync/departments", "sync/http"},
      {"sync/departments", "sync/record"},
      {"sync/departments", "sync/seal"},
      {"sync/hub", "sync/departments"},
      {"sync/hub", "sync/http"},  // the breaker
      {"sync/hub/web", "sync/hub"},
      {"sync/hub/web", "sync/http"},  // what a trace is
      {"sync/hub/web", "sync/seal"},
      {"sync/agent", "sync/update"},
      {"sync/hub", "sync/record"},
      {"sync/hub", "sync/seal"},
      {"sync/update", "sync/record"},
      {"sync/update", "sync/seal"},
      {"terminal/session", "terminal/services"},
  };
  return list;
}

// The rooms of the hub and which others each may use. Its commands and what stands beside the rooms may use
// all of them, and none of them that.
const std::vector<std::pair<std::string_view, std::string_view>>& within_hub() {
  static const std::vector<std::pair<std::string_view, std::string_view>> list = {
      {"watch", "store"},   {"proof", "store"},   {"filing", "store"},  {"ingest", "store"},
      {"ingest", "watch"},  {"ingest", "filing"}, {"backup", "store"},  {"backup", "proof"},
      {"service", "store"}, {"service", "watch"}, {"service", "proof"}, {"service", "ingest"},
  };
  return list;
}

std::optional<std::string> refused_in_hub(const std::string& path, const std::string& header) {
  const auto room = [](std::string_view file) {
    const auto parts = split(file, '/');
    return parts.size() > 3 ? parts[2] : std::string_view("commands");
  };
  const std::pair<std::string_view, std::string_view> pair(room(path), room(header));
  if (pair.first == pair.second || pair.first == "commands") return std::nullopt;
  const auto& allowed = within_hub();
  if (std::find(allowed.begin(), allowed.end(), pair) != allowed.end()) return std::nullopt;
  return "in the hub, " + std::string(pair.first) + " may not use " + std::string(pair.second);
}

bool is_program(std::string_view path) {  // wires its own process, so it may see all of its layer
  return path.size() >= 8 && path.substr(path.size() - 8) == "main.cpp";
}

// Nothing when `path` may include `header`, else why not.
std::optional<std::string> refused(const std::string& path, const std::string& header) {
  const std::string from = area_of(path);
  const std::string to = area_of(header);
  if (from == "sync/hub" && to == from) return refused_in_hub(path, header);
  if (from == to || to == "terminal/base" || from == "tests") return std::nullopt;
  if (from == "terminal/base") return "terminal/base uses nothing of the house";
  if (to == "tests") return "only tests include tests";
  if (to == "drivers/emulator") {
    if (from == "terminal/kioskctl" && header.find("client") != std::string::npos) return std::nullopt;
    return "the emulator is for tests alone (its client also for terminal/kioskctl)";
  }
  if (from == "main" || from == "terminal/kioskctl") return std::nullopt;
  if (from == "terminal/services") return "terminal/services uses terminal/base alone";
  if (to == "terminal/session" || to == "main" || to == "terminal/kioskctl")
    return "nothing goes up to " + to;
  if (from == "drivers/emulator") {
    // The printer model executes what printer/escpos_reader reads, as a preview does; emulated cards take the
    // same commands apart that readers put together; a recorded device answers what is recorded.
    const bool shared = to == "drivers" || to == "drivers/printer" || to == "drivers/recording";
    if (shared || header == "drivers/card/apdu.hpp") return std::nullopt;
    return "the emulator uses the drivers' shared words, APDUs, recordings and the reader of ESC/POS alone";
  }
  if (from == "terminal/session") return std::nullopt;
  const std::string layer = layer_of(from);
  if (layer != layer_of(to)) return from + " and " + to + " are of different layers";
  if (to == layer || (is_program(path) && from != layer)) return std::nullopt;
  if (from == "drivers/printer" && header == "drivers/scanner/code_writer.hpp") return std::nullopt;
  const auto& allowed = within_layer();
  const std::pair<std::string_view, std::string_view> pair(from, to);
  if (std::find(allowed.begin(), allowed.end(), pair) != allowed.end()) return std::nullopt;
  return from + " may not use " + to;
}

struct Include {
  std::string header;
  bool quoted = false;
};

std::optional<Include> include_of(std::string_view line) {
  std::string_view rest = trim(line);
  if (rest.empty() || rest[0] != '#') return std::nullopt;
  rest = trim(rest.substr(1));
  if (!begins(rest, "include")) return std::nullopt;
  rest = trim(rest.substr(7));
  if (rest.size() < 3 || (rest[0] != '"' && rest[0] != '<')) return std::nullopt;
  const std::size_t end = rest.find(rest[0] == '"' ? '"' : '>', 1);
  if (end == std::string_view::npos) return std::nullopt;
  return Include{std::string(rest.substr(1, end - 1)), rest[0] == '"'};
}

bool of_the_house(std::string_view header) {
  return below_any(header, {"terminal/", "drivers/", "ui/", "sync/", "tests/", "image/"});
}

std::optional<std::string> check_third_party(const std::string& path, const std::string& header) {
  for (const Home& home : homes()) {
    if (!begins(header, home.header)) continue;
    if (below_any(path, home.places)) return std::nullopt;
    return "<" + header + "> lives only in " + std::string(home.places[0]);
  }
  if (below_any(header, free_for_all()) || system_header(header)) return std::nullopt;
  return "<" + header + "> is a third-party header without a home: name one in tests/house/house_rules.cpp";
}

std::optional<std::string> check_include(const std::string& path, const Include& include) {
  if (of_the_house(include.header)) {
    if (!include.quoted) return "the house's own headers stand in quotes";
    if (include.header.find("..") != std::string::npos) return "includes are named from the root";
    return refused(path, include.header);
  }
  if (include.quoted) return "\"" + include.header + "\": the house's own headers are named from the root";
  return check_third_party(path, include.header);
}

}  // namespace

std::vector<Breach> check_file(const std::string& path, std::string_view text) {
  std::vector<Breach> out;
  int number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    const auto include = include_of(line);
    if (!include) continue;
    if (auto why = check_include(path, *include)) out.push_back({path, number, std::move(*why)});
  }
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  if (lines > file_lines_max) {
    out.push_back({path, 0, std::to_string(lines) + " lines; at most " + std::to_string(file_lines_max)});
  }
  return out;
}

Survey check_tree(const std::filesystem::path& root) {
  constexpr std::array<std::string_view, 5> endings = {".hpp", ".cpp", ".h", ".cc", ".c"};
  Survey survey;
  std::vector<std::filesystem::path> files;
  for (const char* top : {"terminal", "drivers", "ui", "sync", "image", "tests"}) {
    std::error_code failed;
    for (std::filesystem::recursive_directory_iterator entry(root / top, failed), end;
         !failed && entry != end; entry.increment(failed)) {
      const std::string ending = entry->path().extension().string();
      if (std::find(endings.begin(), endings.end(), ending) != endings.end()) files.push_back(entry->path());
    }
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    const std::string path = file.lexically_relative(root).generic_string();
    const auto bytes = read_file(file, source_byte_max);
    if (!bytes) {
      survey.breaches.push_back({path, 0, bytes.error().text()});
      continue;
    }
    ++survey.files;
    for (Breach& breach : check_file(path, text_of(*bytes))) survey.breaches.push_back(std::move(breach));
  }
  return survey;
}

}  // namespace bianmin::house
