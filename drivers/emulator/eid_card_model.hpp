// Estonian eID cards as software: files, PINs with their counters, and the sequence of commands that a
// signature takes. The keys themselves are with whoever wires the model: it knows no cryptography.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "drivers/emulator/card_model.hpp"

namespace bianmin::emulator {

enum class EidGeneration { idemia_2018, idemia_2018_second_chip, thales_2025 };

// Not a real person: the published specimen of the Estonian identity card.
struct SpecimenEid {
  std::string surname = "JÕEORG";
  std::string given_names = "JAAK-KRISTJAN";
  std::string sex = "M";
  std::string citizenship = "EST";
  std::string birth = "08 01 1980 EST";
  std::string personal_code = "38001085718";
  std::string document_number = "AS0000017";
  std::string valid_to = "31 12 2033";
  std::string pin1 = "1234";
  std::string pin2 = "12345";
  std::string puk = "12345678";
  bool pins_changed = true;  // no longer those of the issuer's letter; only Thales cards ask for it
};

struct EidKeys {
  Bytes authentication_certificate;  // DER
  Bytes signing_certificate;
  // Signs a SHA-384 digest; r and s, 48 bytes each. `signing`: with the key of PIN2.
  std::function<Bytes(bool signing, ByteView digest)> sign;
};

class EidCardModel : public CardModel {
 public:
  EidCardModel(EidGeneration generation, SpecimenEid specimen, EidKeys keys);
  Bytes atr() const override;
  void power_on() override;
  Bytes answer(ByteView command) override;

  // By the path below the root, "5000/5006" or "ADF1/3401": replaces a file's content, or takes it away.
  void put_file(const std::string& path, Bytes content) { files_[path] = std::move(content); }
  void remove_file(const std::string& path) { files_.erase(path); }
  int tries_left(std::uint8_t pin_reference) const;

 private:
  struct Pin {
    std::uint8_t reference;
    std::string value;
    int tries = 3;
    bool changed = true;
    bool verified = false;
  };
  struct Environment {
    std::uint8_t kind = 0;
    std::uint8_t algorithm = 0;
    std::uint8_t key = 0;
    bool operator==(const Environment&) const = default;
  };

  bool thales() const { return generation_ == EidGeneration::thales_2025; }
  Pin* pin(std::uint8_t reference);  // none: not known where the card stands
  bool is_verified(std::uint8_t reference);
  Bytes check(Pin& pin, ByteView block);
  Bytes padded(const std::string& value) const;
  Bytes select(std::uint8_t p1, std::uint8_t p2, ByteView what);
  Bytes select_path(std::string path, std::uint8_t p2);
  Bytes control_information(const std::string& path) const;
  Bytes read_binary(std::size_t offset, std::size_t wanted) const;
  Bytes get_data(std::uint16_t where, ByteView question);
  Bytes set_environment(std::uint8_t p1, std::uint8_t kind, ByteView fields);
  Bytes verify(std::uint8_t reference, ByteView block);
  Bytes change(std::uint8_t reference, ByteView blocks);
  Bytes reset(std::uint8_t p1, std::uint8_t reference, ByteView blocks);
  Bytes operate(std::uint16_t operation, ByteView data);
  Bytes authenticate(ByteView digest);
  Bytes signature(bool signing, ByteView digest);

  EidGeneration generation_;
  EidKeys keys_;
  std::vector<Pin> pins_;
  std::map<std::string, Bytes> files_;
  std::string application_;  // "", "main", "authentication", "signing"
  std::string folder_;       // path below the root; empty: the root
  std::string file_;
  Environment environment_;
  Bytes digest_;
};

}  // namespace bianmin::emulator
