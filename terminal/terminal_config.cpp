#include "terminal/terminal_config.hpp"

#include "terminal/base/config.hpp"
#include "terminal/base/text.hpp"

namespace bianmin {

namespace {

constexpr int side_px_min = 480;
constexpr int side_px_max = 4096;
constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t day_ms = 24 * hour_ms;
constexpr std::int64_t mib = 1'048'576;

Result<ui::Size> parse_size(const std::string& text) {
  const std::size_t cross = text.find('x');
  const Error bad{Remedy::refuse, "config.bad_size", "screen_size: expected e.g. 1080x1920"};
  if (cross == std::string::npos) return bad;
  const auto width = parse_number(text.substr(0, cross), side_px_min, side_px_max);
  const auto height = parse_number(text.substr(cross + 1), side_px_min, side_px_max);
  if (!width || !height) return bad;
  return ui::Size{static_cast<int>(*width), static_cast<int>(*height)};
}

// Reads numbers one after the other and keeps the first error.
struct Numbers {
  const Config& config;
  Result<void> result = {};
  std::int64_t get(std::string_view key, std::int64_t otherwise, std::int64_t least, std::int64_t most) {
    const auto value = config.number(key, otherwise, least, most);
    if (value) return *value;
    if (result) result = value.error();
    return otherwise;
  }
};

}  // namespace

Result<TerminalConfig> load_terminal_config(const std::filesystem::path& path) {
  std::set<std::string_view> keys = {
      "terminal_id",    "site_name",       "help_phone",    "language",      "state_dir",
      "catalogue_dir",  "resource_dir",    "screen_size",   "screen_ppi",    "full_screen",
      "idle_ms",        "idle_warning_ms", "result_ms",     "ask_ms",        "card_wait_ms",
      "slip_wait_ms",   "photo_decoder",   "eid_trust_dir", "power_wait_ms", "power_off_command",
      "tamper_hold_ms", "journal_mib",     "disk_free_mib", "unsent_max",    "unsent_days"};
  keys.insert(device_setting_keys.begin(), device_setting_keys.end());
  const auto config = Config::load(path, keys);
  if (!config) return config.error();
  for (const std::string_view key :
       {"terminal_id", "site_name", "help_phone", "state_dir", "catalogue_dir", "resource_dir"}) {
    if (config->text(key).empty()) return Error{Remedy::refuse, "config.missing_key", std::string(key)};
  }
  TerminalConfig out;
  out.settings.terminal_id = config->text("terminal_id");
  out.settings.site_name = config->text("site_name");
  out.settings.help_phone = config->text("help_phone");
  out.settings.language = config->text("language", "zh-Hans");
  const auto size = parse_size(config->text("screen_size", "1080x1920"));
  if (!size) return size.error();
  out.settings.canvas = *size;
  Numbers numbers{*config};
  out.settings.ppi = static_cast<double>(numbers.get("screen_ppi", 102, 60, 400));
  if (!config->has("screen_ppi")) out.settings.ppi = ui::default_ppi;
  out.settings.idle.silence_ms = numbers.get("idle_ms", 120'000, 1'000, hour_ms);
  out.settings.idle.warning_ms = numbers.get("idle_warning_ms", 45'000, 1'000, hour_ms);
  out.settings.result_ms = numbers.get("result_ms", 30'000, 1'000, hour_ms);
  out.settings.ask_ms = numbers.get("ask_ms", 3'000, 100, 60'000);
  out.settings.card_wait_ms = numbers.get("card_wait_ms", 20'000, 1'000, hour_ms);
  out.settings.slip_wait_ms = numbers.get("slip_wait_ms", 20'000, 1'000, hour_ms);
  out.settings.tamper_hold_ms = numbers.get("tamper_hold_ms", 600'000, 1'000, hour_ms);
  out.settings.power_wait_ms = numbers.get("power_wait_ms", 120'000, 1'000, hour_ms);
  out.settings.journal = {numbers.get("journal_mib", 1'024, 16, 1'048'576) * mib,
                          numbers.get("disk_free_mib", 64, 16, 1'048'576) * mib,
                          numbers.get("unsent_max", 100'000, 10, 10'000'000),
                          numbers.get("unsent_days", 60, 1, 3'650) * day_ms};
  if (!numbers.result) return numbers.result.error();
  auto devices = read_device_settings(*config);
  if (!devices) return devices.error();
  out.devices = std::move(*devices);
  out.state_dir = config->text("state_dir");
  out.catalogue_dir = config->text("catalogue_dir");
  out.resource_dir = config->text("resource_dir");
  out.eid_trust_dir = config->text("eid_trust_dir");
  out.photo_decoder = config->text("photo_decoder", "");
  for (const std::string_view word : split(config->text("power_off_command", ""), ' ')) {
    if (!word.empty()) out.power_off_command.emplace_back(word);
  }
  out.settings.can_power_off = !out.power_off_command.empty();
  out.full_screen = config->text("full_screen", "yes") != "no";
  return out;
}

}  // namespace bianmin
