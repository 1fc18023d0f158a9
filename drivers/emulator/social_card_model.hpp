// Social security cards as software, in the ways that real ones have been seen to differ.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "drivers/emulator/card_model.hpp"

namespace bianmin::emulator {

// Not a real person: the numbers are the published specimens. Dates YYYYMMDD.
struct SpecimenSocialCard {
  std::string region = "110105";
  std::string card_number = "X00000017";
  std::string issued = "20180301";
  std::string valid_to = "20280301";
  std::string id_number = "11010519491231002X";
  std::string name = "赵秀兰";
  std::string sex = "2";
  std::string ethnicity = "01";
  std::string birth_place = "110105";
  std::string birth = "19491231";
};

enum class SocialVariant {
  open,            // second generation: everything by record id, without a PIN
  by_number,       // records by their number alone
  file_id_only,    // files only by SELECT with P1 00
  short_file_id,   // no SELECT of files at all
  no_environment,  // the environment's name is unknown, the files are there
  payment,         // the files are in the payment application
  pin,             // EF06 after VERIFY of a PIN (six digits, BCD)
  psam,            // EF06 only over secure messaging
};

class SocialCardModel : public CardModel {
 public:
  explicit SocialCardModel(const SpecimenSocialCard& specimen = {},
                           SocialVariant variant = SocialVariant::open);
  Bytes atr() const override;
  void power_on() override;
  Bytes answer(ByteView command) override;

  // Replaces a record's bytes, id and length included; none: the record is gone.
  void put_record(std::uint16_t file, std::uint8_t id, std::optional<Bytes> record);

 private:
  Bytes select(std::uint8_t p1, ByteView what);
  Bytes read_record(std::uint8_t p1, std::uint8_t p2) const;
  bool files_are_here() const;

  SocialVariant variant_;
  std::map<std::uint16_t, std::map<std::uint8_t, Bytes>> files_;
  bool environment_ = false;
  bool payment_ = false;
  bool verified_ = false;
  std::uint16_t file_ = 0;
};

}  // namespace bianmin::emulator
