#include "drivers/emulator/emulated_kiosk.hpp"

#include <fmt/format.h>

#include <array>

#include "drivers/emulator/redir_server.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::int64_t byte_count_max = 1'000'000;
constexpr std::int64_t transfer_index_max = 1'000'000;
constexpr std::size_t door_pin = 0;    // high: open
constexpr std::size_t tamper_pin = 1;  // low: tampered
constexpr std::array<std::string_view, 5> light_places = {"card", "slip", "page", "scan", "pad"};
constexpr std::int64_t battery_s_max = 60'000;

Error bad_command(std::string_view why) { return {Remedy::refuse, "emulator.bad_command", std::string(why)}; }

// The first word of `text`, which loses it.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = text.find(' ');
  const std::string_view word = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return word;
}

}  // namespace

Result<std::unique_ptr<EmulatedKiosk>> EmulatedKiosk::create(Adapter adapter, ReaderFamily family,
                                                             ChipCards chips) {
  auto testbed = Testbed::create(adapter);
  if (!testbed) return testbed.error();
  std::string root_folder = (*testbed)->root_folder();
  return std::unique_ptr<EmulatedKiosk>(
      new EmulatedKiosk(std::move(testbed).value(), std::move(root_folder), family, std::move(chips)));
}

Result<std::unique_ptr<EmulatedKiosk>> EmulatedKiosk::create_redir(const std::string& folder,
                                                                   ReaderFamily family, ChipCards chips) {
  auto server = RedirServer::create(folder);
  if (!server) return server.error();
  return std::unique_ptr<EmulatedKiosk>(
      new EmulatedKiosk(std::move(server).value(), {}, family, std::move(chips)));
}

EmulatedKiosk::EmulatedKiosk(std::unique_ptr<EmulatedBus> bus, std::string root_folder, ReaderFamily family,
                             ChipCards chips)
    : chips_(std::move(chips)),
      reader_(family),
      root_folder_(std::move(root_folder)),
      bus_(std::move(bus)),
      reader_port_(bus_->add(reader_, "reader")),
      printer_port_(bus_->add(printer_, "printer")),
      scanner_port_(bus_->add(scanner_, "scanner")),
      smartcard_port_(bus_->add(smartcard_, "smartcard")),
      ups_port_(bus_->add(ups_, "ups")),
      page_printer_port_(bus_->add(page_printer_, "pageprinter")),
      pad_port_(bus_->add(pad_, "pad")),
      lights_port_(bus_->add(lights_, "lights")),
      contacts_port_(bus_->add(contacts_, "contacts")) {
  contacts_.set_pin(tamper_pin, true);
  for (const EmulatedBus::Port port : {reader_port_, printer_port_, scanner_port_, ups_port_})
    bus_->plug(port);
}

Result<EmulatedBus::Port> EmulatedKiosk::port_of(std::string_view name) const {
  if (name == "reader") return reader_port_;
  if (name == "printer") return printer_port_;
  if (name == "scanner") return scanner_port_;
  if (name == "smartcard") return smartcard_port_;
  if (name == "ups") return ups_port_;
  if (name == "pageprinter") return page_printer_port_;
  if (name == "pad") return pad_port_;
  if (name == "lights") return lights_port_;
  if (name == "contacts") return contacts_port_;
  return bad_command(
      "the devices are reader, printer, scanner, smartcard, ups, pageprinter, pad, lights and "
      "contacts");
}

Result<std::string> EmulatedKiosk::card(std::string_view what) {
  const std::string_view action = take_word(what);
  if (action == "off") {
    bus_->change([this] { reader_.take_card(); });
    return std::string();
  }
  if (action == "off-after") {
    const auto transfers = parse_number(what, 0, transfer_index_max);
    if (!transfers) return bad_command("card off-after N");
    const int index = bus_->transfer_count(reader_port_) + static_cast<int>(*transfers);
    bus_->act_at(reader_port_, index, [this] { reader_.take_card(); });
    return std::string();
  }
  if (action != "on") return bad_command("card on [NAME], card off or card off-after N");
  auto card = specimen_card(what.empty() ? "grandma" : what);
  if (!card) {
    return bad_command(
        "the cards are grandma, farmer, expired, bad-number, foreigner-2017, foreigner-2023, "
        "foreigner-2023-first, hong-kong and unknown-kind");
  }
  bus_->change([&] { reader_.put_card(std::move(*card)); });
  return std::string();
}

Result<std::string> EmulatedKiosk::chip(std::string_view what) {
  const std::string_view action = take_word(what);
  if (action == "off") {
    bus_->change([this] { smartcard_.remove(); });
    return std::string();
  }
  if (action != "on") return bad_command("chip on [NAME] or chip off");
  auto card = chips_(what.empty() ? "echo" : what);
  if (!card) return bad_command("the chip cards are " + std::string(chip_card_names));
  bus_->change([&] { smartcard_.insert(std::move(card)); });
  return std::string();
}

Result<std::string> EmulatedKiosk::printer_change(std::string_view part, std::string_view what) {
  const std::string_view action = take_word(what);
  const auto change = [this](auto function) -> Result<std::string> {
    bus_->change([&] { function(printer_); });
    return std::string();
  };
  if (part == "paper" && action == "out")
    return change([](PrinterModel& printer) { printer.set_paper(false); });
  if (part == "paper" && action == "low")
    return change([](PrinterModel& printer) { printer.set_paper_low(true); });
  if (part == "paper" && action == "in") {
    return change([](PrinterModel& printer) {
      printer.set_paper_low(false);
      printer.set_paper(true);
    });
  }
  if (part == "cover" && action == "open")
    return change([](PrinterModel& printer) { printer.set_cover(true); });
  if (part == "cover" && action == "close")
    return change([](PrinterModel& printer) { printer.set_cover(false); });
  if (part == "cutter" && (action == "block" || action == "free"))
    return change([&](PrinterModel& printer) { printer.set_cutter_blocked(action == "block"); });
  if (const auto lines = parse_number(what, 0, byte_count_max);
      part == "printer" && action == "pace" && lines)
    return change([&](PrinterModel& printer) { printer.set_lines_per_look(static_cast<int>(*lines)); });
  const auto count = parse_number(what, 1, byte_count_max);
  if (!count)
    return bad_command(
        "printer pace N, cutter block|free, paper out|in|low|out-after N, cover open|close|open-after N, "
        "printer unplug-after N");
  const auto bytes = static_cast<std::size_t>(*count);
  if (part == "paper" && action == "out-after")
    return change([&](PrinterModel& p) { p.paper_out_after(bytes); });
  if (part == "cover" && action == "open-after")
    return change([&](PrinterModel& p) { p.cover_open_after(bytes); });
  if (part == "printer" && action == "unplug-after")
    return change([&](PrinterModel& p) { p.pull_plug_after(bytes); });
  return bad_command("paper, cover or printer cannot do that");
}

Result<std::string> EmulatedKiosk::slip(std::string_view what) {
  if (what != "presenter" && what != "take" && what != "mouth")
    return bad_command("slip presenter|take|mouth");
  return bus_->change([&] {
    if (what == "presenter") printer_.fit_presenter();
    if (what == "take") printer_.mouth().take();
    return std::string(what != "mouth" ? "" : printer_.mouth().holds() ? "waiting" : "empty");
  });
}

Result<std::string> EmulatedKiosk::power(std::string_view part, std::string_view what) {
  if (part == "mains" && (what == "on" || what == "off")) {
    bus_->change([&] { ups_.set_mains(what == "on"); });
    return std::string();
  }
  const auto percent = parse_number(take_word(what), 0, 100);
  const auto seconds = parse_number(what, 0, battery_s_max);
  if (part != "battery" || !percent || !seconds) return bad_command("mains on|off, battery PERCENT SECONDS");
  bus_->change([&] { ups_.set_charge(static_cast<int>(*percent), static_cast<int>(*seconds)); });
  return std::string();
}

Result<std::string> EmulatedKiosk::page_printer(std::string_view what) {
  const std::string_view part = take_word(what);
  const std::string_view action = take_word(what);
  if (part == "receipts") {
    return bus_->change([this] {
      return fmt::format("whole {} partial {}", page_printer_.whole_count(), page_printer_.partial_count());
    });
  }
  if (part == "save") return save_page(action);
  if (part == "unplug-after") return page_printer_after(part, part, action);
  if (action.ends_with("-after")) return page_printer_after(part, action, what);
  const bool known = (part == "paper" && (action == "in" || action == "out")) ||
                     (part == "cover" && (action == "open" || action == "close")) ||
                     (part == "jam" && (action == "on" || action == "off")) ||
                     (part == "toner" && (action == "ok" || action == "low" || action == "out"));
  if (!known)
    return bad_command("page paper|cover|jam|toner|unplug-after|receipts|save, see emulated_kiosk.hpp");
  bus_->change([&] {
    if (part == "paper") page_printer_.set_paper(action == "in");
    if (part == "cover") page_printer_.set_cover(action == "open");
    if (part == "jam") page_printer_.set_jam(action == "on");
    if (part == "toner") page_printer_.set_toner_low(action == "low");
    if (part == "toner") page_printer_.set_toner_out(action == "out");
  });
  return std::string();
}

Result<std::string> EmulatedKiosk::page_printer_after(std::string_view part, std::string_view action,
                                                      std::string_view number) {
  const auto count = parse_number(number, 1, byte_count_max);
  const bool known = (part == "paper" && action == "out-after") ||
                     (part == "cover" && action == "open-after") || part == "unplug-after";
  if (!count || !known)
    return bad_command("page paper out-after N, page cover open-after N, page unplug-after N");
  const auto bytes = static_cast<std::size_t>(*count);
  bus_->change([&] {
    if (part == "paper") page_printer_.paper_out_after(bytes);
    if (part == "cover") page_printer_.cover_open_after(bytes);
    if (part == "unplug-after") page_printer_.pull_plug_after(bytes);
  });
  return std::string();
}

Result<std::string> EmulatedKiosk::save_page(std::string_view path) {
  const Bytes picture = bus_->change([this] {
    if (page_printer_.last_pages().empty()) return Bytes();
    const RasterPage& page = page_printer_.last_pages().front();
    Bytes pgm = bytes_of(fmt::format("P5 {} {} 255\n", page.width_px, page.height_px));
    append(pgm, page.grey);
    return pgm;
  });
  if (picture.empty() || path.empty()) return bad_command("no whole page yet");
  if (auto written = write_file_durably(std::string(path), picture); !written) return written.error();
  return std::string();
}

Result<std::string> EmulatedKiosk::fault(std::string_view what) {
  const auto port = port_of(take_word(what));
  if (!port) return port.error();
  const bool from_now = what.starts_with('+');
  if (from_now) what.remove_prefix(1);
  const auto index = parse_number(take_word(what), 0, transfer_index_max);
  const auto kind = fault_from_name(what);
  if (!index || !kind) return bad_command("fault DEVICE [+]INDEX KIND");
  const int base = from_now ? bus_->transfer_count(*port) : 0;
  bus_->fail_at(*port, base + static_cast<int>(*index), *kind);
  return std::string();
}

Result<std::string> EmulatedKiosk::key(std::string_view what) {
  constexpr std::pair<std::string_view, std::uint8_t> keys[] = {
      {"previous", 0x52}, {"next", 0x51}, {"confirm", 0x28}, {"back", 0x29}, {"help", 0x3A}};
  for (const auto& [name, usage] : keys) {
    if (name != what) continue;
    bus_->change([&, usage = usage] { pad_.press(usage); });
    return std::string();
  }
  return bad_command("key previous|next|confirm|back|help");
}

Result<std::string> EmulatedKiosk::headset(std::string_view what) {
  constexpr std::uint8_t usage_in = 0x68;   // F13
  constexpr std::uint8_t usage_out = 0x69;  // F14
  if (what != "in" && what != "out") return bad_command("headset in|out");
  headset_in_ = what == "in";
  bus_->change([this] { pad_.press(headset_in_ ? usage_in : usage_out); });
  return std::string();
}

Result<std::string> EmulatedKiosk::light(std::string_view place) {
  for (std::size_t lamp = 0; lamp < light_places.size(); ++lamp) {
    if (light_places[lamp] != place) continue;
    const bool lit = bus_->change([&] { return lights_.lit(static_cast<int>(lamp)); });
    return std::string(lit ? "on" : "off");
  }
  return bad_command("light card|slip|page|scan|pad");
}

Result<std::string> EmulatedKiosk::contact(std::string_view which, std::string_view what) {
  const bool door = which == "door";
  if (what != (door ? "open" : "begin") && what != (door ? "close" : "end"))
    return bad_command("door open|close, tamper begin|end");
  const bool alarm = what == "open" || what == "begin";
  (door ? door_open_ : tampered_) = alarm;
  bus_->change([&] { contacts_.set_pin(door ? door_pin : tamper_pin, door == alarm); });
  return std::string();
}

Result<std::string> EmulatedKiosk::save_receipt(std::string_view path) {
  const Bytes bytes = bus_->change([this] { return printer_.last_whole_bytes(); });
  if (bytes.empty()) return bad_command("no whole slip yet");
  if (auto written = write_file_durably(std::string(path), bytes); !written) return written.error();
  return std::string();
}

std::string EmulatedKiosk::status() {
  const auto plugged = [this](EmulatedBus::Port port) {
    return bus_->plugged(port) ? "plugged" : "unplugged";
  };
  return bus_->change([&] {
    return fmt::format("card {} chip {} paper {} cover {} mains {}", reader_.has_card() ? "on" : "off",
                       smartcard_.has_card() ? "on" : "off", printer_.has_paper() ? "in" : "out",
                       printer_.cover_is_open() ? "open" : "closed", ups_.mains() ? "on" : "off");
  }) +
         fmt::format(" reader {} printer {} scanner {} smartcard {} ups {}", plugged(reader_port_),
                     plugged(printer_port_), plugged(scanner_port_), plugged(smartcard_port_),
                     plugged(ups_port_)) +
         fmt::format(" pad {} headset {} lights {} contacts {} door {} tampered {}", plugged(pad_port_),
                     headset_in_ ? "in" : "out", plugged(lights_port_), plugged(contacts_port_),
                     door_open_ ? "open" : "closed", tampered_ ? "yes" : "no");
}

Result<std::string> EmulatedKiosk::command(std::string_view line) {
  std::string_view rest = line;
  const std::string_view verb = take_word(rest);
  if (verb == "card") return card(rest);
  if (verb == "chip") return chip(rest);
  if (verb == "paper" || verb == "cover" || verb == "cutter" || verb == "printer")
    return printer_change(verb, rest);
  if (verb == "key") return key(rest);
  if (verb == "headset") return headset(rest);
  if (verb == "light") return light(rest);
  if (verb == "door" || verb == "tamper") return contact(verb, rest);
  if (verb == "mains" || verb == "battery") return power(verb, rest);
  if (verb == "page") return page_printer(rest);
  if (verb == "slip") return slip(rest);
  if (verb == "fault") return fault(rest);
  if (verb == "receipt" && !rest.empty()) return save_receipt(rest);
  if (verb == "status") return status();
  if (verb == "killed") {
    bus_->all_programs_died();
    return std::string();
  }
  if (verb == "scan") {
    bus_->change([&] { scanner_.scan(rest); });
    return std::string();
  }
  if (verb == "receipts") {
    return bus_->change([this] {
      return fmt::format("whole {} partial {}", printer_.whole_count(), printer_.partial_count());
    });
  }
  if (verb == "plug" || verb == "unplug") {
    const auto port = port_of(rest);
    if (!port) return port.error();
    verb == "plug" ? bus_->plug(*port) : bus_->unplug(*port);
    return std::string();
  }
  return bad_command(
      "commands: card, chip, paper, cover, printer, page, plug, unplug, scan, mains, battery, key, headset, "
      "light, "
      "door, tamper, fault, receipts, receipt, killed, status");
}

}  // namespace bianmin::emulator
