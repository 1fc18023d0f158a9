#include "drivers/card/social/social_card.hpp"

#include <optional>

#include "drivers/card/iso7816/exchange.hpp"
#include "drivers/card/iso7816/files.hpp"
#include "drivers/card/iso7816/status.hpp"
#include "drivers/card/social/social_record.hpp"

namespace bianmin::card {

namespace {

using iso7816::RecordBy;
using iso7816::SelectAnswer;
using iso7816::SelectBy;

constexpr std::uint16_t ef05 = 0xEF05;
constexpr std::uint16_t ef06 = 0xEF06;

// "sx1.sh.社会保障" in GB 2312.
constexpr std::uint8_t ssse_name[] = {0x73, 0x78, 0x31, 0x2E, 0x73, 0x68, 0x2E, 0xC9,
                                      0xE7, 0xBB, 0xE1, 0xB1, 0xA3, 0xD5, 0xCF};
constexpr std::uint8_t pboc_id[] = {0xDF, 0x01};

// Where EF05 may be. Some cards do not know the environment by its name and have the file all the same; older
// ones keep it in their payment application.
struct Environment {
  std::string_view name;
  SelectBy by;
  ByteView what;  // empty: nothing is selected
  bool sure;      // a card that has it is a social security card, even if all its records are locked
};
constexpr Environment environments[] = {
    {"SSSE", SelectBy::name, ssse_name, true},
    {"root", SelectBy::file_id, {}, false},
    {"PBOC", SelectBy::file_id, pboc_id, false},
};

// The ways of asking for a record that cards have been seen to understand.
struct FileMode {
  bool short_file_id;  // else the file is selected first, by:
  SelectBy by;
  RecordBy record_by;
};
constexpr FileMode modes[] = {
    {false, SelectBy::child_file, RecordBy::id}, {false, SelectBy::child_file, RecordBy::number},
    {false, SelectBy::file_id, RecordBy::id},    {false, SelectBy::file_id, RecordBy::number},
    {true, SelectBy::file_id, RecordBy::number}, {true, SelectBy::file_id, RecordBy::id},
};

bool locked(std::uint16_t status) {
  const std::string_view code = iso7816::status_error(status).code;
  return code == "card.needs_pin" || code == "card.needs_psam";
}

const SocialRow& first_row(std::uint16_t file) {
  const SocialRow* found = nullptr;
  for (const SocialRow& row : social_rows()) {
    if (row.file == file && found == nullptr) found = &row;
  }
  return *found;
}

Result<ResponseApdu> ask(SmartCard& card, const SocialRow& row, const FileMode& mode) {
  constexpr std::size_t header_byte_count = 2;
  constexpr unsigned short_id_bits = 0x1F;
  const std::uint8_t record = mode.record_by == RecordBy::id ? row.id : row.number;
  const auto short_id = static_cast<std::uint8_t>(mode.short_file_id ? row.file & short_id_bits : 0U);
  return iso7816::exchange(
      card, iso7816::read_record_command(record, mode.record_by, row.byte_max + header_byte_count, short_id));
}

struct Probe {
  const FileMode* mode = nullptr;  // none: the card does not have the file
  bool open = false;
};

// The first mode in which the card gives the file's first record, or says that it is locked.
Result<Probe> probe_file(SmartCard& card, std::uint16_t file) {
  const std::uint8_t id[] = {static_cast<std::uint8_t>(file >> 8U), static_cast<std::uint8_t>(file)};
  const SocialRow& row = first_row(file);
  for (const FileMode& mode : modes) {
    if (!mode.short_file_id) {
      auto selected = iso7816::exchange(card, iso7816::select_command(mode.by, id, SelectAnswer::whole));
      if (!selected) return selected.error();
      if (!selected->good()) continue;
    }
    auto response = ask(card, row, mode);
    if (!response) return response.error();
    const bool right_record = response->good() && !response->data.empty() && response->data[0] == row.id;
    if (right_record || locked(response->status)) return Probe{&mode, right_record};
  }
  return Probe{};
}

Result<void> read_items(SmartCard& card, std::uint16_t file, const FileMode& mode, SocialCard& to) {
  for (const SocialRow& row : social_rows()) {
    if (row.file != file) continue;
    auto response = ask(card, row, mode);
    if (!response) return response.error();
    to.at(row.field) = response->good() ? parse_social_record(row, response->data)
                                        : SocialItem{{}, iso7816::status_error(response->status).code};
  }
  return {};
}

// The environment that holds EF05, and how to ask there.
struct Place {
  const Environment* environment = nullptr;
  const FileMode* mode = nullptr;
};

Result<Place> find_card_file(SmartCard& card) {
  for (const Environment& environment : environments) {
    if (!environment.what.empty()) {
      const auto command = iso7816::select_command(environment.by, environment.what, SelectAnswer::whole);
      auto selected = iso7816::exchange(card, command);
      if (!selected) return selected.error();
      if (!selected->good()) continue;
    }
    auto probe = probe_file(card, ef05);
    if (!probe) return probe.error();
    if (probe->mode != nullptr && (probe->open || environment.sure)) return Place{&environment, probe->mode};
  }
  return Error{Remedy::ask_resident, "card.not_accepted", "no social security card"};
}

}  // namespace

Result<SocialCard> read_social_card(SmartCard& card) {
  const auto place = find_card_file(card);
  if (!place) return place.error();
  SocialCard out;
  out.environment = place->environment->name;
  if (auto done = read_items(card, ef05, *place->mode, out); !done) return done.error();
  const auto person = probe_file(card, ef06);
  if (!person) return person.error();
  if (person->mode != nullptr) {
    if (auto done = read_items(card, ef06, *person->mode, out); !done) return done.error();
  }
  check_social_card(out);
  return out;
}

}  // namespace bianmin::card
