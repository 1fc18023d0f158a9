#include "drivers/emulator/eid_card_model.hpp"

#include <algorithm>

#include "drivers/card/apdu.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::size_t pin_block_byte_count = 12;
constexpr std::size_t digest_byte_count = 48;
constexpr std::size_t second_chip_block_byte_max = 0xC0;
constexpr int tries_at_first = 3;

constexpr std::uint8_t pin1_idemia = 0x01;
constexpr std::uint8_t puk_idemia = 0x02;
constexpr std::uint8_t pin2_idemia = 0x85;
constexpr std::uint8_t pin1_thales = 0x81;
constexpr std::uint8_t pin2_thales = 0x82;
constexpr std::uint8_t puk_thales = 0x83;

Bytes status(std::uint16_t words) {
  return {static_cast<std::uint8_t>(words >> 8U), static_cast<std::uint8_t>(words)};
}

Bytes with_status(Bytes data) {
  append(data, status(0x9000));
  return data;
}

Bytes object(Bytes tag, ByteView value) {
  tag.push_back(static_cast<std::uint8_t>(value.size()));
  append(tag, value);
  return tag;
}

std::string path_of(ByteView ids) {
  std::string path;
  for (std::size_t i = 0; i + 1 < ids.size(); i += 2) {
    if (ids[i] == 0x3F && ids[i + 1] == 0x00) continue;  // the root
    if (!path.empty()) path += '/';
    path += to_hex(ids.subspan(i, 2));
  }
  std::transform(path.begin(), path.end(), path.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  return path;
}

std::string application_named(std::string_view hex_name, bool thales) {
  if (thales) return hex_name == "a000000063504b43532d3135" ? "main" : "";
  if (hex_name == "a000000077010800070000fe00000100") return "main";
  if (hex_name == "e828bd080ff2504f5420415750") return "authentication";
  if (hex_name == "51534344204170706c69636174696f6e") return "signing";
  return "";
}

}  // namespace

EidCardModel::EidCardModel(EidGeneration generation, SpecimenEid specimen, EidKeys keys)
    : generation_(generation), keys_(std::move(keys)) {
  const std::string personal = thales() ? "DFDD" : "5000";
  const std::string* records[] = {&specimen.surname,         &specimen.given_names, &specimen.sex,
                                  &specimen.citizenship,     &specimen.birth,       &specimen.personal_code,
                                  &specimen.document_number, &specimen.valid_to};
  int number = 0;
  for (const std::string* record : records)
    files_[personal + "/500" + std::to_string(++number)] = bytes_of(*record);
  // Files are a little larger than what is in them.
  const auto put_certificate = [&](const std::string& path, Bytes der) {
    der.resize(der.size() + 16);
    files_[path] = std::move(der);
  };
  put_certificate(thales() ? "ADF1/3411" : "ADF1/3401", keys_.authentication_certificate);
  put_certificate(thales() ? "ADF2/3421" : "ADF2/341F", keys_.signing_certificate);
  const bool changed = specimen.pins_changed || !thales();
  pins_ = {{thales() ? pin1_thales : pin1_idemia, specimen.pin1, tries_at_first, changed},
           {thales() ? pin2_thales : pin2_idemia, specimen.pin2, tries_at_first, changed},
           {thales() ? puk_thales : puk_idemia, specimen.puk, tries_at_first, true}};
}

Bytes EidCardModel::atr() const {
  std::string_view text = "3bdb960080b1fe451f830012233f536549440f9000f1";
  if (generation_ == EidGeneration::idemia_2018_second_chip)
    text = "3bdc960080b1fe451f830012233f54654944320f9000c3";
  if (thales()) text = "3bff9600008031fe438031b85365494464b085051012233f1d";
  const auto bytes = from_hex(text);
  return bytes ? *bytes : Bytes();
}

void EidCardModel::power_on() {
  application_.clear();
  folder_.clear();
  file_.clear();
  environment_ = {};
  digest_.clear();
  for (Pin& pin : pins_) pin.verified = false;
}

int EidCardModel::tries_left(std::uint8_t pin_reference) const {
  for (const Pin& pin : pins_) {
    if (pin.reference == pin_reference) return pin.tries;
  }
  return -1;
}

EidCardModel::Pin* EidCardModel::pin(std::uint8_t reference) {
  if (reference == pin2_idemia && application_ != "signing") return nullptr;
  if (thales() && application_ != "main") return nullptr;
  const auto found =
      std::find_if(pins_.begin(), pins_.end(), [&](const Pin& pin) { return pin.reference == reference; });
  return found == pins_.end() ? nullptr : &*found;
}

bool EidCardModel::is_verified(std::uint8_t reference) {
  const Pin* asked = pin(reference);
  return asked != nullptr && asked->verified;
}

Bytes EidCardModel::padded(const std::string& value) const {
  Bytes block = bytes_of(value);
  block.resize(pin_block_byte_count, thales() ? 0x00 : 0xFF);
  return block;
}

Bytes EidCardModel::check(Pin& pin, ByteView block) {
  pin.verified = false;
  if (pin.tries == 0) return status(0x6983);
  const Bytes right = padded(pin.value);
  if (!std::equal(right.begin(), right.end(), block.begin(), block.end())) {
    --pin.tries;
    return status(static_cast<std::uint16_t>(0x63C0 + pin.tries));
  }
  pin.tries = tries_at_first;
  pin.verified = true;
  return status(0x9000);
}

Bytes EidCardModel::control_information(const std::string& path) const {
  const auto size = static_cast<std::uint16_t>(files_.at(path).size());
  const Bytes size_field = {static_cast<std::uint8_t>(size >> 8U), static_cast<std::uint8_t>(size)};
  Bytes fields = object({0x82}, Bytes{0x01});
  append(fields, object({static_cast<std::uint8_t>(thales() ? 0x81 : 0x80)}, size_field));
  append(fields, object({0x8A}, Bytes{0x05}));
  return with_status(object({0x62}, fields));
}

Bytes EidCardModel::select_path(std::string path, std::uint8_t p2) {
  if (files_.contains(path)) {
    file_ = path;
    folder_ = path.substr(0, path.rfind('/'));
    return p2 == 0x04 ? control_information(path) : status(0x9000);
  }
  const bool folder = std::any_of(files_.begin(), files_.end(),
                                  [&](const auto& entry) { return entry.first.starts_with(path + "/"); });
  if (!path.empty() && !folder) return status(0x6A82);
  folder_ = std::move(path);
  file_.clear();
  return status(0x9000);
}

Bytes EidCardModel::select(std::uint8_t p1, std::uint8_t p2, ByteView what) {
  if (p1 == 0x04) {
    std::string application = application_named(to_hex(what), thales());
    if (application.empty()) return status(0x6A82);
    // What was verified holds below the main application, PIN2's part aside, until that is selected anew.
    std::vector<Pin> pins = pins_;
    power_on();
    if (application != "main") {
      for (std::size_t i = 0; i < pins.size(); ++i)
        pins_[i].verified = pins[i].verified && pins[i].reference != pin2_idemia;
    }
    application_ = std::move(application);
    return status(0x9000);
  }
  if (p1 == 0x00 && (what.empty() || to_hex(what) == "3f00")) return select_path("", p2);
  const std::string path = path_of(what);
  const std::string here = folder_.empty() ? path : folder_ + "/" + path;
  if (p1 == 0x02 || p1 == 0x01) return select_path(here, p2);
  if (p1 == 0x08 && thales()) return select_path(path, p2);
  const bool from_root = what.size() >= 2 && what[0] == 0x3F && what[1] == 0x00;
  if (p1 == 0x09 && !thales()) return select_path(from_root ? path : here, p2);
  return status(0x6A86);
}

Bytes EidCardModel::read_binary(std::size_t offset, std::size_t wanted) const {
  const auto found = files_.find(file_);
  if (found == files_.end()) return status(0x6986);
  const bool too_long =
      generation_ == EidGeneration::idemia_2018_second_chip && wanted > second_chip_block_byte_max;
  if (too_long) return status(0x6700);
  const ByteView content = found->second;
  if (offset > content.size()) return status(0x6B00);
  const ByteView piece = content.subspan(offset, std::min(wanted, content.size() - offset));
  return with_status({piece.begin(), piece.end()});
}

// The counters of tries; the answers have the form of the public exchanges.
Bytes EidCardModel::get_data(std::uint16_t where, ByteView question) {
  const std::string asked = to_hex(question);
  if (!thales()) {
    const bool template_question = where == 0x3FFF && asked.size() == 20 &&
                                   asked.starts_with("4d087006bf81") && asked.ends_with("02a080");
    if (!template_question) return status(0x6A80);
    const std::uint8_t counter = question[6];
    const Pin* found = pin(counter == 0x05 ? pin2_idemia : counter);
    const bool here = counter == 0x05 || application_ == "main";
    if (found == nullptr || !here) return status(0x6A88);
    Bytes counts = object({0x9A}, Bytes{tries_at_first});
    append(counts, object({0x9B}, Bytes{static_cast<std::uint8_t>(found->tries)}));
    return with_status(object({0x70}, object({0xBF, 0x81, counter}, object({0xA0}, counts))));
  }
  if (where != 0x00FF || asked.size() != 10 || !asked.starts_with("a0038301")) return status(0x6A80);
  const Pin* found = pin(question[4]);
  if (found == nullptr) return status(0x6A88);
  Bytes fields = object({0x83}, Bytes{found->reference});
  append(fields, object({0xDF, 0x21}, Bytes{static_cast<std::uint8_t>(found->tries)}));
  append(fields, object({0xDF, 0x2F}, Bytes{static_cast<std::uint8_t>(found->changed ? 1 : 0)}));
  return with_status(object({0xA0}, fields));
}

Bytes EidCardModel::set_environment(std::uint8_t p1, std::uint8_t kind, ByteView fields) {
  const bool form = p1 == 0x41 && fields.size() == 6 && fields[0] == 0x80 && fields[1] == 1 &&
                    fields[3] == 0x84 && fields[4] == 1;
  if (!form) return status(0x6A80);
  environment_ = {kind, fields[2], fields[5]};
  return status(0x9000);
}

Bytes EidCardModel::verify(std::uint8_t reference, ByteView block) {
  Pin* found = pin(reference);
  if (found == nullptr) return status(0x6A88);
  if (block.size() != pin_block_byte_count) return status(0x6700);
  if (!found->changed) return status(0x6984);
  return check(*found, block);
}

Bytes EidCardModel::change(std::uint8_t reference, ByteView blocks) {
  Pin* found = pin(reference);
  if (found == nullptr) return status(0x6A88);
  if (blocks.size() != 2 * pin_block_byte_count) return status(0x6700);
  const ByteView old_block = blocks.first(pin_block_byte_count);
  const ByteView new_block = blocks.subspan(pin_block_byte_count);
  Bytes checked = check(*found, old_block);
  if (!found->verified) return checked;
  if (std::equal(old_block.begin(), old_block.end(), new_block.begin())) return status(0x6985);
  found->value = text_of(new_block.first(static_cast<std::size_t>(
      std::find_if(new_block.begin(), new_block.end(), [](std::uint8_t c) { return c < '0' || c > '9'; }) -
      new_block.begin())));
  found->changed = true;
  found->verified = false;
  return status(0x9000);
}

Bytes EidCardModel::reset(std::uint8_t p1, std::uint8_t reference, ByteView blocks) {
  Pin* found = pin(reference);
  Pin* puk = pin(thales() ? puk_thales : puk_idemia);
  if (found == nullptr || puk == nullptr || found == puk) return status(0x6A88);
  const std::size_t count = thales() ? 2 * pin_block_byte_count : pin_block_byte_count;
  if (p1 != (thales() ? 0x00 : 0x02) || blocks.size() != count) return status(0x6A86);
  if (thales()) {
    Bytes checked = check(*puk, blocks.first(pin_block_byte_count));
    if (!puk->verified) return checked;
  }
  if (!puk->verified) return status(0x6982);
  std::string value;
  for (const std::uint8_t c : blocks.last(pin_block_byte_count)) {
    if (c >= '0' && c <= '9') value += static_cast<char>(c);
  }
  found->value = std::move(value);
  found->tries = tries_at_first;
  found->changed = true;
  return status(0x9000);
}

Bytes EidCardModel::signature(bool signing, ByteView digest) {
  if (digest.size() != digest_byte_count) return status(0x6A80);
  return with_status(keys_.sign(signing, digest));
}

Bytes EidCardModel::authenticate(ByteView digest) {
  if (thales() || application_ != "authentication") return status(0x6D00);
  if (environment_ != Environment{0xA4, 0x04, 0x81}) return status(0x6985);
  if (!is_verified(pin1_idemia)) return status(0x6982);
  return signature(false, digest);
}

Bytes EidCardModel::operate(std::uint16_t operation, ByteView data) {
  if (operation == 0x90A0 && thales()) {
    const bool form = data.size() == 2 + digest_byte_count && data[0] == 0x90 && data[1] == digest_byte_count;
    if (!form) return status(0x6A80);
    digest_.assign(data.begin() + 2, data.end());
    return status(0x9000);
  }
  if (operation != 0x9E9A) return status(0x6A86);
  if (!thales()) {
    if (application_ != "signing" || environment_ != Environment{0xB6, 0x54, 0x9F}) return status(0x6985);
    if (!is_verified(pin2_idemia)) return status(0x6982);
    pin(pin2_idemia)->verified = false;  // one signature for one PIN
    return signature(true, data);
  }
  const bool signing = environment_ == Environment{0xB6, 0x54, 0x05};
  if (!signing && environment_ != Environment{0xB6, 0x54, 0x01}) return status(0x6985);
  if (!data.empty() || digest_.empty()) return status(0x6985);
  const std::uint8_t reference = signing ? pin2_thales : pin1_thales;
  if (!is_verified(reference)) return status(0x6982);
  if (signing) pin(reference)->verified = false;
  return signature(signing, std::exchange(digest_, {}));
}

Bytes EidCardModel::answer(ByteView bytes) {
  const auto command = card::decode_apdu(bytes);
  if (!command) return status(0x6700);
  if (command->cla != 0x00) return status(0x6E00);
  const std::uint8_t p1 = command->p1;
  const std::uint8_t p2 = command->p2;
  const auto p1_p2 = static_cast<std::uint16_t>(p1 << 8U | p2);
  switch (command->ins) {
    case 0xA4:
      return select(p1, p2, command->data);
    case 0xB0:
      return command->expected ? read_binary(p1_p2, *command->expected) : status(0x6700);
    case 0xCB:
      return get_data(p1_p2, command->data);
    case 0x22:
      return set_environment(p1, p2, command->data);
    case 0x20:
      return verify(p2, command->data);
    case 0x24:
      return change(p2, command->data);
    case 0x2C:
      return reset(p1, p2, command->data);
    case 0x2A:
      return operate(p1_p2, command->data);
    case 0x88:
      return authenticate(command->data);
    default:
      return status(0x6D00);
  }
}

}  // namespace bianmin::emulator
