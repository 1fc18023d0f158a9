#include "drivers/emulator/specimen_card.hpp"

#include "terminal/base/text.hpp"

namespace bianmin::emulator {

namespace {

constexpr std::size_t block_byte_count = 256;
constexpr std::size_t further_address_byte_count = 70;
constexpr std::size_t first_english_characters = 35;  // of 2023; the rest stands elsewhere

// Text padded with spaces to its place; what does not fit is cut off.
class Block {
 public:
  explicit Block(std::size_t byte_count) {
    while (bytes_.size() < byte_count) append(bytes_, Bytes{0x20, 0x00});
  }
  Block& put(std::size_t offset, std::size_t byte_count, std::string_view text) {
    const auto encoded = utf16le_from_utf8(text);
    if (!encoded) return *this;
    for (std::size_t i = 0; i < encoded->size() && i < byte_count; ++i) bytes_[offset + i] = (*encoded)[i];
    return *this;
  }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

Bytes block_of_2017(const SpecimenCard& card) {
  Block block(block_byte_count);
  block.put(0, 120, card.english_name).put(120, 2, card.sex).put(122, 30, card.number);
  block.put(152, 6, card.nationality).put(158, 30, card.name).put(188, 16, card.valid_from);
  block.put(204, 16, card.valid_to).put(220, 16, card.birth).put(236, 4, "01").put(240, 8, "3100");
  block.put(248, 2, "I");
  return block.take();
}

Bytes block_of_2023(const SpecimenCard& card) {
  const std::string_view english = card.english_name;
  Block block(block_byte_count);
  block.put(0, 30, card.name).put(30, 2, card.sex).put(32, 4, card.issue_count).put(36, 16, card.birth);
  block.put(52, 70, english.substr(0, first_english_characters)).put(122, 36, card.number);
  block.put(188, 16, card.valid_from).put(204, 16, card.valid_to);
  if (english.size() > first_english_characters) block.put(220, 22, english.substr(first_english_characters));
  block.put(242, 6, card.nationality).put(248, 2, "Y").put(250, 6, card.former_link);
  return block.take();
}

Bytes block_of_citizen(const SpecimenCard& card) {
  Block block(block_byte_count);
  block.put(0, 30, card.name).put(30, 2, card.sex).put(36, 16, card.birth).put(52, 70, card.address);
  block.put(122, 36, card.number).put(158, 30, card.issuer).put(188, 16, card.valid_from);
  block.put(204, 16, card.valid_to).put(248, 2, std::string(1, card.mark));
  if (card.mark == mark_hong_kong_macao_taiwan) {
    block.put(220, 18, card.permit_number).put(238, 4, card.issue_count);
  } else {
    block.put(32, 4, card.ethnicity);
  }
  return block.take();
}

SpecimenCard grandma() {
  SpecimenCard card;
  card.name = "赵秀兰";
  card.sex = "2";
  card.address = "某省某市某县青石镇柳河村三组17号";
  card.issuer = "某县公安局";
  card.fingerprints_byte_count = 512;
  card.further_address = "某省某市某县青石镇敬老院2号楼";
  return card;
}

SpecimenCard farmer() {
  SpecimenCard card = grandma();
  card.name = "阿卜杜拉·买买提明";
  card.sex = "1";
  card.ethnicity = "05";
  card.birth = "18800101";
  card.number = "440524188001010014";
  card.valid_to = "20380301";
  card.fingerprints_byte_count = 1'024;
  card.further_address.reset();
  return card;
}

SpecimenCard foreigner_2017() {
  SpecimenCard card;
  card.name = "史密斯";
  card.english_name = "SMITH, JOHN ALEXANDER";
  card.nationality = "CAN";
  card.birth = "19810803";
  card.number = "CAN110081080310";
  card.valid_from = "20180901";
  card.valid_to = "20280831";
  card.mark = mark_foreigner_2017;
  return card;
}

SpecimenCard foreigner_2023() {
  SpecimenCard card;
  card.name = "阿里";
  card.english_name = "ALI MUHAMMAD ABDUL RAHMAN KHAN SHAHZAD GUL";
  card.sex = "2";
  card.nationality = "PAK";
  card.birth = "19800101";
  card.number = "931586198001010028";
  card.valid_from = "20240101";
  card.valid_to = "20331231";
  card.issue_count = "01";
  card.former_link = "001";
  card.mark = mark_foreigner_2023;
  return card;
}

SpecimenCard hong_kong() {
  SpecimenCard card;
  card.name = "陈小明";
  card.sex = "2";
  card.birth = "19940823";
  card.address = "某省某市某区江边路8号";
  card.number = "810000199408230021";
  card.issuer = "某市公安局";
  card.valid_from = "20220101";
  card.valid_to = "20361231";
  card.permit_number = "H12345678";
  card.issue_count = "01";
  card.mark = mark_hong_kong_macao_taiwan;
  card.fingerprints_byte_count = 1'024;
  return card;
}

}  // namespace

Bytes SpecimenCard::text_block() const {
  switch (mark) {
    case mark_foreigner_2017:
      return block_of_2017(*this);
    case mark_foreigner_2023:
      return block_of_2023(*this);
    default:
      return block_of_citizen(*this);
  }
}

Bytes SpecimenCard::further_address_block() const {
  return Block(further_address_byte_count)
      .put(0, further_address_byte_count, further_address.value_or(""))
      .take();
}

std::optional<SpecimenCard> specimen_card(std::string_view name) {
  if (name == "grandma") return grandma();
  if (name == "farmer") return farmer();
  if (name == "foreigner-2017") return foreigner_2017();
  if (name == "foreigner-2023") return foreigner_2023();
  if (name == "hong-kong") return hong_kong();
  if (name == "foreigner-2023-first") {
    SpecimenCard card = foreigner_2023();
    card.english_name = "ALI SARA";
    card.name.clear();
    card.issue_count = "00";
    card.former_link.clear();
    return card;
  }
  if (name == "bad-number") {
    SpecimenCard card = grandma();
    card.number = "110105194912310021";
    return card;
  }
  if (name == "expired") {
    SpecimenCard card = farmer();
    card.valid_from = "20000301";
    card.valid_to = "20200301";
    return card;
  }
  if (name == "unknown-kind") {
    SpecimenCard card = grandma();
    card.mark = 'Q';
    return card;
  }
  return std::nullopt;
}

}  // namespace bianmin::emulator
