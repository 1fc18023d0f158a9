#include "drivers/emulator/social_card_model.hpp"

#include <iterator>

#include "drivers/card/apdu.hpp"
#include "terminal/base/gb18030.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::uint16_t card_file = 0xEF05;
constexpr std::uint16_t person_file = 0xEF06;
constexpr std::uint16_t payment_application = 0xDF01;
constexpr std::string_view environment_name = "sx1.sh.\xC9\xE7\xBB\xE1\xB1\xA3\xD5\xCF";
constexpr std::uint8_t pin[] = {0x88, 0x88, 0x88};
constexpr std::size_t name_byte_count = 30;

Bytes status(std::uint16_t words) {
  return {static_cast<std::uint8_t>(words >> 8U), static_cast<std::uint8_t>(words)};
}

Bytes record_of(std::uint8_t id, ByteView value) {
  Bytes out = {id, static_cast<std::uint8_t>(value.size())};
  append(out, value);
  return out;
}

Bytes half_bytes(const std::string& digits) {
  const auto bytes = from_hex(digits);
  return bytes ? *bytes : Bytes();
}

Bytes name_bytes(const std::string& name) {
  auto bytes = gb18030_from_utf8(name);
  Bytes out = bytes ? *bytes : Bytes();
  out.resize(name_byte_count, 0x00);
  return out;
}

}  // namespace

SocialCardModel::SocialCardModel(const SpecimenSocialCard& specimen, SocialVariant variant)
    : variant_(variant) {
  auto& card = files_[card_file];
  auto& person = files_[person_file];
  card[0x01] = record_of(0x01, half_bytes(specimen.region + "D15600000500000017FFFFFFFF"));
  card[0x02] = record_of(0x02, view_of("3"));
  card[0x03] = record_of(0x03, view_of("3.00"));
  card[0x04] = record_of(0x04, half_bytes(specimen.region + "0000000001FFFFFFFF"));
  card[0x05] = record_of(0x05, half_bytes(specimen.issued));
  card[0x06] = record_of(0x06, half_bytes(specimen.valid_to));
  card[0x07] = record_of(0x07, view_of(specimen.card_number));
  person[0x08] = record_of(0x08, view_of(specimen.id_number));
  person[0x09] = record_of(0x09, name_bytes(specimen.name));
  person[0x0A] = record_of(0x0A, view_of(specimen.sex));
  person[0x0B] = record_of(0x0B, half_bytes(specimen.ethnicity));
  person[0x0C] = record_of(0x0C, half_bytes(specimen.birth_place));
  person[0x0D] = record_of(0x0D, half_bytes(specimen.birth));
}

Bytes SocialCardModel::atr() const {
  Bytes bytes = {0x3B, 0x69, 0x00, 0x00};  // T=0; nine historical bytes
  append(bytes, view_of("SSCARD300"));
  return bytes;
}

void SocialCardModel::power_on() {
  environment_ = false;
  payment_ = false;
  verified_ = false;
  file_ = 0;
}

void SocialCardModel::put_record(std::uint16_t file, std::uint8_t id, std::optional<Bytes> record) {
  if (record) {
    files_[file][id] = std::move(*record);
  } else {
    files_[file].erase(id);
  }
}

bool SocialCardModel::files_are_here() const {
  if (variant_ == SocialVariant::no_environment) return true;
  return variant_ == SocialVariant::payment ? payment_ : environment_;
}

Bytes SocialCardModel::select(std::uint8_t p1, ByteView what) {
  if (p1 == 0x04) {
    const bool known = variant_ != SocialVariant::no_environment && variant_ != SocialVariant::payment;
    if (!known || text_of(what) != environment_name) return status(0x6A82);
    environment_ = true;
    file_ = 0;
    return status(0x9000);
  }
  if (what.size() != 2) return status(0x6700);
  const auto id = static_cast<std::uint16_t>(what[0] << 8U | what[1]);
  if (p1 == 0x00 && id == payment_application && variant_ == SocialVariant::payment) {
    payment_ = true;
    return status(0x9000);
  }
  if (variant_ == SocialVariant::short_file_id) return status(0x6D00);
  if (p1 != 0x00 && (p1 != 0x02 || variant_ == SocialVariant::file_id_only)) return status(0x6A86);
  if (!files_are_here() || !files_.contains(id)) return status(0x6A82);
  file_ = id;
  return status(0x9000);
}

Bytes SocialCardModel::read_record(std::uint8_t p1, std::uint8_t p2) const {
  const unsigned short_id = p2 >> 3U;
  const auto file = static_cast<std::uint16_t>(short_id == 0 ? file_ : 0xEF00U | short_id);
  const auto found = files_.find(file);
  if (found == files_.end() || !files_are_here()) return status(0x6A82);
  if (file == person_file && variant_ == SocialVariant::pin && !verified_) return status(0x6982);
  if (file == person_file && variant_ == SocialVariant::psam) return status(0x6987);
  const auto& records = found->second;
  const unsigned by = p2 & 0x07U;
  auto record = records.end();
  if (by == 0x00 && variant_ != SocialVariant::by_number) {
    record = records.find(p1);
  } else if (by == 0x04) {
    if (p1 >= 1 && p1 <= records.size()) record = std::next(records.begin(), p1 - 1);
  } else {
    return status(0x6A86);
  }
  if (record == records.end()) return status(0x6A83);
  Bytes out = record->second;
  append(out, status(0x9000));
  return out;
}

Bytes SocialCardModel::answer(ByteView bytes) {
  const auto command = card::decode_apdu(bytes);
  if (!command) return status(0x6700);
  if (command->cla != 0x00) return status(0x6E00);
  switch (command->ins) {
    case 0xA4:
      return select(command->p1, command->data);
    case 0xB2:
      return read_record(command->p1, command->p2);
    case 0x20:
      verified_ = equal_constant_time(command->data, pin);
      return status(verified_ ? 0x9000 : 0x63C5);
    default:
      return status(0x6D00);
  }
}

}  // namespace bianmin::emulator
