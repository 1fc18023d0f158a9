// kioskctl ccid-descriptor [--json] FILE...
#include <fmt/format.h>

#include <cstdio>

#include "drivers/card/ccid/ccid_dump.hpp"
#include "terminal/base/arguments.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/json.hpp"
#include "terminal/kioskctl/commands.hpp"

namespace bianmin::kioskctl {

namespace {

std::string joined(const Json& words) {
  std::string all;
  for (const Json& word : words) all += (all.empty() ? "" : ", ") + word.get<std::string>();
  return all.empty() ? "-" : all;
}

Json protocols_of(const card::CcidDescriptor& reader) {
  Json protocols = Json::array();
  if (reader.t0) protocols.push_back("T=0");
  if (reader.t1) protocols.push_back("T=1");
  return protocols;
}

Json pin_of(const card::CcidDescriptor& reader) {
  Json pin = Json::array();
  if (reader.pin_verification) pin.push_back("verification");
  if (reader.pin_modification) pin.push_back("modification");
  return pin;
}

Json voltages_of(const card::CcidDescriptor& reader) {
  Json voltages = Json::array();
  if (reader.volt_5) voltages.push_back("5 V");
  if (reader.volt_3) voltages.push_back("3 V");
  if (reader.volt_1_8) voltages.push_back("1.8 V");
  return voltages;
}

void put_descriptor(Json& row, const card::CcidDescriptor& reader) {
  row["version"] = fmt::format("{:x}.{:02x}", reader.version >> 8U, reader.version & 0xFFU);
  row["slots"] = reader.slot_count;
  row["busy_slots"] = reader.busy_slot_count;
  row["voltages"] = voltages_of(reader);
  row["protocols"] = protocols_of(reader);
  row["clock_khz"] = {reader.default_clock_khz, reader.maximum_clock_khz};
  row["rate_bps"] = {reader.default_rate_bps, reader.maximum_rate_bps};
  row["ifsd_max"] = reader.ifsd_max;
  row["level"] = std::string(card::level_name(reader.level()));
  row["features"] = reader.feature_names();
  row["message_bytes_max"] = reader.message_byte_max;
  row["display"] = reader.lcd_layout == 0
                       ? std::string("none")
                       : fmt::format("{}x{}", reader.lcd_layout >> 8U, reader.lcd_layout & 0xFFU);
  row["pin_entry"] = pin_of(reader);
}

Json row_of(const std::string& file, const card::DumpedInterface& dumped) {
  Json row = {{"file", file},
              {"id", fmt::format("{:04x}:{:04x}", dumped.vendor, dumped.product)},
              {"name", dumped.product_name},
              {"interface", dumped.interface.number},
              {"class", fmt::format("0x{:02X}", dumped.interface.device_class)},
              {"kind", std::string(card::kind_name(card::kind_of(dumped.interface)))}};
  const auto usable = card::assess_ccid(dumped.interface);
  row["usable"] = usable.ok();
  row["code"] = usable ? "" : std::string(usable.error().code);
  row["reason"] = usable ? "" : usable.error().detail;
  if (const auto reader = card::parse_ccid_descriptor(dumped.interface.class_descriptor))
    put_descriptor(row, *reader);
  return row;
}

Json refused_row(const std::string& file, const Error& error) {
  return {{"file", file}, {"usable", false}, {"code", std::string(error.code)}, {"reason", error.detail}};
}

void print_row(const Json& row) {
  const auto text = [&row](const char* key) { return row.contains(key) ? row[key].get<std::string>() : "-"; };
  fmt::print("{}\t", text("file"));
  if (row.contains("kind"))
    fmt::print("{} {} ({})\t", row["id"].get<std::string>(), text("class"), text("kind"));
  if (row.contains("slots")) {
    fmt::print("slots {}\tprotocols {}\tlevel {}\tmax message {}\tPIN {}\tfeatures: {}\t",
               row["slots"].get<int>(), joined(row["protocols"]), text("level"),
               row["message_bytes_max"].get<std::uint32_t>(), joined(row["pin_entry"]),
               joined(row["features"]));
  }
  if (row["usable"].get<bool>()) {
    fmt::print("usable\n");
  } else {
    fmt::print("refused: {} ({})\n", text("code"), text("reason"));
  }
}

int ccid_descriptor(int argc, const char* const* argv) {
  const auto arguments = Arguments::parse(argc, argv, {{"json", false}});
  if (!arguments) return fail(arguments.error(), exit_usage);
  if (arguments->words().empty()) return exit_usage;
  Json rows = Json::array();
  bool all_usable = true;
  bool all_read = true;
  for (const std::string& file : arguments->words()) {
    const auto bytes = read_file(file, card::ccid_dump_byte_max);
    const auto dumped = bytes ? card::parse_ccid_dump(text_of(*bytes))
                              : Result<std::vector<card::DumpedInterface>>(bytes.error());
    all_read = all_read && bytes.ok();
    if (!dumped) {
      rows.push_back(refused_row(file, dumped.error()));
    } else {
      for (const auto& interface : *dumped) rows.push_back(row_of(file, interface));
    }
  }
  for (const Json& row : rows) all_usable = all_usable && row["usable"].get<bool>();
  if (arguments->has("json")) {
    std::printf("%s\n", json_text(rows, true).c_str());
  } else {
    for (const Json& row : rows) print_row(row);
  }
  if (!all_read) return exit_failed;
  return all_usable ? exit_ok : exit_no;
}

}  // namespace

const Command ccid_descriptor_command = {
    "ccid-descriptor", "[--json] FILE...",
    "what smart card readers can do, from public dumps of their descriptors", ccid_descriptor,
    "  --json  one JSON object for each file\n"
    "  FILE    as `lsusb -v` prints it, or as the CCID project keeps its readers\n"
    "Exit codes: 0 all can be used, 1 one of them cannot, with the reason, 2 wrong usage, 3 a file is "
    "none.\n"};

}  // namespace bianmin::kioskctl
