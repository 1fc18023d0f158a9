// What readers say about themselves: descriptors as bytes, and as public text dumps.
#include "drivers/card/ccid/ccid_descriptor.hpp"

#include <cstdio>
#include <filesystem>
#include <map>

#include "drivers/card/ccid/ccid_dump.hpp"
#include "drivers/emulator/ccid_reader_model.hpp"
#include "terminal/base/files.hpp"
#include "tests/catch.hpp"

namespace bianmin::card {

namespace {

// Of a contact reader with two slots, a display and keys.
Bytes descriptor(std::uint32_t features, std::uint32_t message_byte_max = 271, std::uint8_t protocols = 3) {
  ByteWriter to;
  to.u8(54).u8(0x21).u16_le(0x0110).u8(1).u8(5).u32_le(protocols);
  to.u32_le(4'000).u32_le(8'000).u8(0).u32_le(10'752).u32_le(344'086).u8(0);
  to.u32_le(254).u32_le(0).u32_le(0).u32_le(features).u32_le(message_byte_max);
  to.u8(0xFF).u8(0xFF).u16_le(0x0210).u8(1).u8(0);
  return to.take();
}

CcidInterface reader_with(Bytes class_descriptor) { return {0, 0x0B, 0, 0, 3, std::move(class_descriptor)}; }

std::string_view code_of(const CcidInterface& interface) {
  const auto assessed = assess_ccid(interface);
  return assessed ? "ok" : assessed.error().code;
}

const std::filesystem::path dumps = "../shared/data/ccid";

}  // namespace

TEST_CASE("a class descriptor says all it has") {
  const auto reader = parse_ccid_descriptor(descriptor(0x000404BA, 0x1000));
  REQUIRE(reader.ok());
  CHECK(reader->version == 0x0110);
  CHECK(reader->slot_count == 2);
  CHECK(reader->volt_5);
  CHECK_FALSE(reader->volt_3);
  CHECK(reader->volt_1_8);
  CHECK(reader->t0);
  CHECK(reader->t1);
  CHECK(reader->default_clock_khz == 4'000);
  CHECK(reader->maximum_clock_khz == 8'000);
  CHECK(reader->default_rate_bps == 10'752);
  CHECK(reader->maximum_rate_bps == 344'086);
  CHECK(reader->ifsd_max == 254);
  CHECK(reader->level() == ExchangeLevel::extended_apdu);
  CHECK(reader->automatic_parameters());
  CHECK_FALSE(reader->automatic_activation());
  CHECK(reader->automatic_voltage());
  CHECK(reader->automatic_pps());
  CHECK(reader->automatic_ifsd());
  CHECK_FALSE(reader->automatic_negotiation());
  CHECK(reader->usable_message_byte_max() == 0x1000);
  CHECK(reader->lcd_layout == 0x0210);
  CHECK(reader->pin_verification);
  CHECK_FALSE(reader->pin_modification);
  CHECK(reader->busy_slot_count == 1);
  CHECK(reader->feature_names() == std::vector<std::string>{"parameters from ATR", "chooses voltage",
                                                            "chooses clock", "chooses baud rate", "makes PPS",
                                                            "makes IFSD"});
}

TEST_CASE("the highest exchange level counts, and message lengths stay in sense") {
  CHECK(parse_ccid_descriptor(descriptor(0x00000000))->level() == ExchangeLevel::character);
  CHECK(parse_ccid_descriptor(descriptor(0x00010000))->level() == ExchangeLevel::tpdu);
  CHECK(parse_ccid_descriptor(descriptor(0x00020000))->level() == ExchangeLevel::short_apdu);
  CHECK(parse_ccid_descriptor(descriptor(0x00070000))->level() == ExchangeLevel::extended_apdu);
  CHECK(parse_ccid_descriptor(descriptor(0x00020000, 261))->usable_message_byte_max() == 271);
  CHECK(parse_ccid_descriptor(descriptor(0x00020000, 0xFFFFFFFF))->usable_message_byte_max() ==
        ccid_message_byte_max);
}

TEST_CASE("what cannot be used is refused with its reason") {
  const Bytes good = descriptor(0x000404BA);
  CHECK(code_of(reader_with(good)) == "ok");
  CHECK(code_of({0, 0x03, 0, 0, 3, good}) == "ccid.other_class");
  CHECK(code_of({0, 0x0B, 1, 0, 3, good}) == "ccid.other_subclass");
  CHECK(code_of({0, 0x0B, 0, 1, 0, {}}) == "ccid.no_descriptor");
  CHECK(code_of({0, 0x0B, 0, 2, 0, descriptor(0x00000840)}) == "ccid.character_level");
  CHECK(code_of({0, 0x0B, 0, 3, 2, good}) == "ccid.other_protocol");
  CHECK(code_of({0, 0xFF, 0, 0, 3, good}) == "ok");
  CHECK(code_of({0, 0xFF, 92, 0, 2, good}) == "ccid.vendor_specific");
  CHECK(code_of({0, 0xFF, 0, 0, 3, {}}) == "ccid.vendor_specific");
  CHECK(code_of(reader_with({})) == "ccid.no_descriptor");
  CHECK(code_of({0, 0x0B, 0, 0, 1, good}) == "ccid.no_endpoints");
  CHECK(code_of(reader_with(Bytes(53))) == "ccid.bad_length");
  Bytes other = good;
  other[1] = 0x22;
  CHECK(code_of(reader_with(other)) == "ccid.bad_descriptor");
  CHECK(code_of(reader_with(descriptor(0x000404BA, 271, 0))) == "ccid.no_card_protocol");
  CHECK(code_of(reader_with(descriptor(0x000404BA, 40))) == "ccid.short_messages");
  CHECK(code_of(reader_with(descriptor(0x000000BA))) == "ccid.character_level");
  other = good;
  other[4] = 0xFF;
  CHECK(code_of(reader_with(other)) == "ccid.too_many_slots");
}

TEST_CASE("a token needs no endpoints, and its messages fit into one request on the control pipe") {
  for (const std::uint8_t version : {std::uint8_t{1}, std::uint8_t{2}}) {
    for (const int endpoints : {0, 1}) {
      const auto reader = assess_ccid({0, 0x0B, 0, version, endpoints, descriptor(0x00020840, 261)});
      REQUIRE(reader.ok());
      CHECK(reader->usable_message_byte_max() == 271);
    }
    const auto wide = assess_ccid({0, 0x0B, 0, version, 0, descriptor(0x00040840, 65'554)});
    CHECK(wide->usable_message_byte_max() == 10 + iccd_block_byte_max);
  }
}

TEST_CASE("kinds of interfaces are told apart") {
  const Bytes good = descriptor(0x000404BA);
  CHECK(kind_of(reader_with(good)) == CcidKind::reader);
  CHECK(kind_of({0, 0xFF, 0, 0, 3, good}) == CcidKind::vendor_reader);
  CHECK(kind_of({0, 0x0B, 0, 1, 0, good}) == CcidKind::iccd_a);
  CHECK(kind_of({0, 0x0B, 0, 2, 1, good}) == CcidKind::iccd_b);
  CHECK(kind_of({0, 0xFF, 0, 0, 3, {}}) == CcidKind::other);
  for (const CcidKind kind :
       {CcidKind::reader, CcidKind::vendor_reader, CcidKind::iccd_a, CcidKind::iccd_b, CcidKind::other}) {
    CHECK_FALSE(kind_name(kind).empty());
  }
}

TEST_CASE("class descriptors are found before and after the endpoints, each at its interface") {
  const Bytes head = {9, 2, 0, 0, 2, 1, 0, 0x80, 50};
  const Bytes endpoint = {7, 5, 0x82, 2, 64, 0, 0};
  Bytes all = head;
  append(all, Bytes{9, 4, 0, 0, 2, 0x03, 0, 0, 0});
  append(all, Bytes{9, 0x21, 0x11, 1, 0, 1, 0x22, 63, 0});  // of a HID interface: the same type number
  append(all, endpoint);
  append(all, Bytes{9, 4, 1, 0, 3, 0x0B, 0, 0, 0});
  append(all, descriptor(0x00010030));
  append(all, endpoint);
  append(all, Bytes{9, 4, 1, 1, 3, 0x0B, 0, 0, 0});  // another setting of it: not looked at
  append(all, descriptor(0x00020030));
  append(all, Bytes{9, 4, 2, 0, 3, 0x0B, 0, 0, 0});
  append(all, endpoint);
  append(all, descriptor(0x00040030));
  const auto found = find_ccid_interfaces(all);
  REQUIRE(found.size() == 3);
  CHECK(found[0].class_descriptor.empty());
  CHECK(assess_ccid(found[1])->level() == ExchangeLevel::tpdu);
  CHECK(assess_ccid(found[2])->level() == ExchangeLevel::extended_apdu);
  for (std::size_t cut = 0; cut < all.size(); ++cut)
    CHECK(find_ccid_interfaces(ByteView(all).first(cut)).size() <= 3);
}

TEST_CASE("the emulated reader says what it is made to be") {
  emulator::CcidReaderOptions options;
  options.level = emulator::CcidLevel::short_apdu;
  options.slots = 3;
  options.pin_pad = true;
  const emulator::CcidReaderModel model(options);
  const Bytes whole = model.spec().descriptors();
  const auto found = find_ccid_interfaces(ByteView(whole).subspan(18));
  REQUIRE(found.size() == 1);
  const auto reader = assess_ccid(found[0]);
  REQUIRE(reader.ok());
  CHECK(reader->slot_count == 3);
  CHECK(reader->level() == ExchangeLevel::short_apdu);
  CHECK(reader->pin_verification);
}

namespace {

std::string dump(std::string_view interface_class, std::string_view protocol, std::string_view features) {
  std::string text =
      " idVendor: 0x072F\n  iManufacturer: A\n idProduct: 0x90CC\n  iProduct: Reader: CCID\n bLength: 9\n"
      " bInterfaceNumber: 0\n bNumEndpoints: 3\n bInterfaceClass: ";
  text += interface_class;
  text += "\n bInterfaceSubClass: 0\n bInterfaceProtocol: ";
  text += protocol;
  text +=
      "\n CCID Class Descriptor\n  bLength: 0x36\n  bDescriptorType: 0x21\n  bcdCCID: 1.10\n"
      "  bMaxSlotIndex: 0x01\n  bVoltageSupport: 0x07\n   5.0V\n  dwProtocols: 0x0000 0x0003\n   T=0\n"
      "  dwDefaultClock: 3.580 MHz\n  dwMaximumClock: 14.320 MHz\n  bNumClockSupported: 0 (will use it)\n"
      "   Support 4000 kHz\n  dwDataRate: 9600 bps\n  dwMaxDataRate: 115200 bps\n"
      "  bNumDataRatesSupported: 7 \n  dwMaxIFSD: 254\n  dwSynchProtocols: 0x00000007\n"
      "  dwMechanical: 0x00000001\n  dwFeatures: ";
  text += features;
  text +=
      "\n  dwMaxCCIDMessageLength: 271 bytes\n  bClassGetResponse: 0xFF\n   echoes the APDU class\n"
      "  bClassEnvelope: 0x00\n  wLcdLayout: 0x0210\n   2 lines\n   16 characters\n  bPINSupport: 0x01\n"
      "   PIN Verification supported\n  bMaxCCIDBusySlots: 1\n";
  return text;
}

}  // namespace

TEST_CASE("a dump is put together again") {
  const auto found = parse_ccid_dump(dump("0x0B [Chip Card]", "0", "0x00010030"));
  REQUIRE(found.ok());
  REQUIRE(found->size() == 1);
  const DumpedInterface& one = (*found)[0];
  CHECK(one.vendor == 0x072F);
  CHECK(one.product == 0x90CC);
  CHECK(one.product_name == "Reader: CCID");
  const auto reader = assess_ccid(one.interface);
  REQUIRE(reader.ok());
  CHECK(reader->slot_count == 2);
  CHECK(reader->default_clock_khz == 3'580);
  CHECK(reader->maximum_clock_khz == 14'320);
  CHECK(reader->maximum_rate_bps == 115'200);
  CHECK(reader->level() == ExchangeLevel::tpdu);
  CHECK(reader->lcd_layout == 0x0210);
  CHECK(reader->pin_verification);
}

TEST_CASE("several interfaces in one dump, with other line ends, are several") {
  std::string text = dump("0x0B", "0", "0x00010030") + dump("0xFF\n  NOT A CCID DEVICE", "0", "0x00020030") +
                     dump("0x0B", "2", "0x00040840") + dump("0x0B", "1", "0x00040840");
  std::string with_returns;
  for (const char c : text) with_returns += c == '\n' ? std::string("\r\n") : std::string(1, c);
  for (const std::string& each : {text, with_returns}) {
    const auto found = parse_ccid_dump(each);
    REQUIRE(found.ok());
    REQUIRE(found->size() == 4);
    CHECK(kind_of((*found)[0].interface) == CcidKind::reader);
    CHECK(kind_of((*found)[1].interface) == CcidKind::vendor_reader);
    CHECK(kind_of((*found)[2].interface) == CcidKind::iccd_b);
    CHECK(kind_of((*found)[3].interface) == CcidKind::iccd_a);
  }
}

TEST_CASE("dumps with something missing or impossible are refused, not guessed at") {
  CHECK(parse_ccid_dump("").error().code == "ccid.not_a_dump");
  CHECK(parse_ccid_dump("hello: world\n").error().code == "ccid.not_a_dump");
  CHECK(parse_ccid_dump(std::string(ccid_dump_byte_max + 1, ' ')).error().code == "ccid.dump_too_long");
  const std::string good = dump("0x0B", "0", "0x00010030");
  const auto assessed = [](const std::string& text) {
    return code_of((*parse_ccid_dump(text))[0].interface);
  };
  CHECK(assessed(good.substr(0, good.find("  dwFeatures"))) == "ccid.no_descriptor");
  CHECK(assessed(good.substr(0, good.find(" CCID Class"))) == "ccid.no_descriptor");
  CHECK(assessed(dump("0x0B", "0", "lots")) == "ccid.no_descriptor");
  CHECK(assessed(dump("0x0B", "0", "0x100010030")) == "ccid.no_descriptor");
  CHECK(assessed(dump("0x03", "0", "0x00010030")) == "ccid.other_class");
  std::string other_length = good;
  other_length.replace(other_length.find("0x36"), 4, "0x0C");
  CHECK(assessed(other_length) == "ccid.bad_length");
}

TEST_CASE("public dumps of real readers are all understood", "[data]") {
  if (!std::filesystem::exists(dumps)) {
    std::printf("SKIPPED: no public dumps at %s: 58 readers are not tried\n", dumps.c_str());
    return;
  }
  std::map<std::string, int> codes;
  int interfaces = 0;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dumps)) {
    INFO(entry.path().string());
    const auto bytes = read_file(entry.path(), ccid_dump_byte_max);
    REQUIRE(bytes.ok());
    const auto found = parse_ccid_dump(text_of(*bytes));
    REQUIRE(found.ok());
    ++files;
    for (const DumpedInterface& one : *found) {
      ++interfaces;
      CHECK(one.vendor != 0);
      CHECK(parse_ccid_descriptor(one.interface.class_descriptor).ok());
      ++codes[std::string(code_of(one.interface))];
    }
  }
  std::printf("%d dumps, %d interfaces:", files, interfaces);
  for (const auto& [code, count] : codes) std::printf(" %s %d", code.c_str(), count);
  std::printf("\n");
  CHECK(codes["ok"] * 10 >= interfaces * 9);
  for (const auto& [code, count] : codes) {
    const bool known = code == "ok" || code == "ccid.vendor_specific" || code == "ccid.character_level" ||
                       code == "ccid.no_endpoints" || code == "ccid.short_messages";
    INFO(code);
    CHECK(known);
  }
}

}  // namespace bianmin::card
