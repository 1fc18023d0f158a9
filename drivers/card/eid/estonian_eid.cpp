#include "drivers/card/eid/estonian_eid.hpp"

#include <algorithm>

#include "drivers/card/eid/eid_records.hpp"
#include "drivers/card/iso7816/exchange.hpp"
#include "drivers/card/iso7816/status.hpp"
#include "drivers/card/iso7816/tlv.hpp"

namespace bianmin::card {

namespace {

using iso7816::SelectAnswer;
using iso7816::SelectBy;

constexpr std::uint8_t ins_verify = 0x20;
constexpr std::uint8_t ins_manage_environment = 0x22;
constexpr std::uint8_t ins_change_pin = 0x24;
constexpr std::uint8_t ins_security_operation = 0x2A;
constexpr std::uint8_t ins_reset_counter = 0x2C;
constexpr std::uint8_t ins_internal_authenticate = 0x88;
constexpr std::uint8_t ins_get_data = 0xCB;
constexpr std::uint8_t p1_new_pin_alone = 0x02;

constexpr std::size_t record_byte_max = 512;
constexpr std::size_t certificate_byte_max = 8'192;
constexpr std::size_t certificate_header_byte_count = 4;
constexpr std::uint8_t der_sequence = 0x30;
constexpr std::size_t any_length = apdu_short_answer_byte_max;

Error unreadable(std::string detail) { return {Remedy::ask_resident, "card.unreadable", std::move(detail)}; }

// What PINs and the PUK say when they are wrong.
struct PinCodes {
  std::string_view wrong;
  std::string_view blocked;
  std::string_view bad_length;
};
constexpr PinCodes pin_codes = {"pin.wrong", "pin.blocked", "pin.bad_length"};
constexpr PinCodes puk_codes = {"puk.wrong", "puk.blocked", "puk.bad_length"};

Result<void> pin_result(const Result<ResponseApdu>& response, const PinCodes& codes) {
  if (!response) return response.error();
  if (response->good()) return {};
  Error error = iso7816::status_error(response->status);
  const bool length =
      response->status == iso7816::status_wrong_length || response->status == iso7816::status_bad_data;
  if (error.code == "pin.wrong") error.code = codes.wrong;
  if (error.code == "pin.blocked") error.code = codes.blocked;
  if (length) error.code = codes.bad_length;
  return error;
}

// As pin_result() for a command that brings a new PIN of the right length: what the card dislikes is its
// value.
Result<void> new_pin_result(const Result<ResponseApdu>& response, const PinCodes& codes) {
  const bool disliked = response && (response->status == iso7816::status_conditions ||
                                     response->status == iso7816::status_bad_data);
  if (disliked) return Error{Remedy::ask_resident, "pin.not_new", "the card does not take this value"};
  return pin_result(response, codes);
}

CommandApdu counter_question(CounterForm form, std::uint8_t counter) {
  if (form == CounterForm::file_template) {
    return {
        0x00,      ins_get_data, 0x3F, 0xFF, {0x4D, 0x08, 0x70, 0x06, 0xBF, 0x81, counter, 0x02, 0xA0, 0x80},
        any_length};
  }
  return {0x00, ins_get_data, 0x00, 0xFF, {0xA0, 0x03, 0x83, 0x01, counter}, any_length};
}

std::optional<std::uint8_t> byte_in(ByteView answer, std::span<const std::uint32_t> path) {
  const auto value = iso7816::find_tlv(answer, path);
  if (!value || value->size() != 1) return std::nullopt;
  return value->front();
}

Result<PinState> counter_answer(CounterForm form, std::uint8_t counter, ByteView answer) {
  constexpr int tries_max = 15;
  std::optional<std::uint8_t> tries;
  bool must_change = false;
  if (form == CounterForm::file_template) {
    const std::uint32_t path[] = {0x70, 0xBF8100U | counter, 0xA0, 0x9B};
    tries = byte_in(answer, path);
  } else {
    const std::uint32_t tries_path[] = {0xA0, 0xDF21};
    const std::uint32_t changed_path[] = {0xA0, 0xDF2F};
    tries = byte_in(answer, tries_path);
    must_change = byte_in(answer, changed_path) == 0;
  }
  if (!tries || *tries > tries_max) return unreadable("no counter of tries");
  return PinState{*tries, must_change};
}

}  // namespace

Result<std::unique_ptr<ElectronicId>> open_electronic_id(SmartCard& card) {
  const EidCardRow* row = find_eid_card(card.atr());
  if (row == nullptr) return Error{Remedy::ask_resident, "card.not_accepted", "no known eID"};
  return std::unique_ptr<ElectronicId>(std::make_unique<EstonianEid>(card, *row));
}

Result<void> EstonianEid::select_application(ByteView application) {
  const ByteView name = application.empty() ? profile_.application : application;
  const auto selected = iso7816::select(card_, SelectBy::name, name, SelectAnswer::nothing);
  if (!selected) return selected.error();
  return {};
}

Result<EidPerson> EstonianEid::person() {
  if (auto done = select_application({}); !done) return done.error();
  if (profile_.from_root) {
    const auto root = iso7816::select(card_, SelectBy::file_id, {}, SelectAnswer::nothing);
    if (!root) return root.error();
  }
  const auto folder =
      iso7816::select(card_, profile_.personal_by, profile_.personal_path, SelectAnswer::nothing);
  if (!folder) return folder.error();
  EidRecords records;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::uint8_t id[] = {0x50, static_cast<std::uint8_t>(i + 1)};
    const auto file = iso7816::select(card_, SelectBy::child_file, id, SelectAnswer::nothing);
    if (!file) return file.error();
    auto record = iso7816::read_to_end(card_, record_byte_max, row_.block_byte_max);
    if (!record) return record.error();
    records[i] = std::move(*record);
  }
  return parse_eid_records(records);
}

// By the file's control information or, where that does not say, by the certificate's own beginning.
Result<std::size_t> EstonianEid::certificate_byte_count(const EidKeyRow& row) {
  const auto control = iso7816::select(card_, profile_.certificate_by, row.certificate, SelectAnswer::file);
  if (!control) return control.error();
  std::size_t size = certificate_byte_max;
  if (const auto field = iso7816::find_tlv_anywhere(*control, profile_.size_tag);
      field && field->size() == 2) {
    size = (*field)[0] * 256U + (*field)[1];
  }
  const auto header = iso7816::read_binary(card_, certificate_header_byte_count);
  if (!header) return header.error();
  const auto own_size = iso7816::tlv_byte_count(*header);
  const bool fits = own_size && header->front() == der_sequence && *own_size <= size &&
                    *own_size >= certificate_header_byte_count && *own_size <= certificate_byte_max;
  if (!fits) return unreadable("no certificate in its file");
  return *own_size;
}

Result<Bytes> EstonianEid::certificate(EidKey key) {
  if (auto done = select_application({}); !done) return done.error();
  const auto size = certificate_byte_count(key_row(key));
  if (!size) return size.error();
  const auto read = iso7816::read_binary(card_, *size, row_.block_byte_max);
  if (!read) return read.error();
  return Bytes(read->begin(), read->end());
}

Result<PinState> EstonianEid::state_of(const EidPin& pin) {
  if (auto done = select_application(pin.application); !done) return done.error();
  const auto answer = iso7816::exchange_good(card_, counter_question(profile_.counter_form, pin.counter));
  if (!answer) return answer.error();
  return counter_answer(profile_.counter_form, pin.counter, *answer);
}

// Asked first, so that no try is spent on a PIN that cannot work.
Result<void> EstonianEid::check_usable(const EidPin& pin) {
  const auto state = state_of(pin);
  if (!state) return state.error();
  if (state->blocked()) return Error{Remedy::ask_resident, "pin.blocked", "no tries left"};
  if (state->must_change) return Error{Remedy::ask_resident, "pin.must_change", "never changed yet"};
  return {};
}

Result<SecretBytes> EstonianEid::padded(const SecretBytes& pin, const PinRules& rules,
                                        std::string_view bad_length) const {
  const bool digits =
      std::all_of(pin.begin(), pin.end(), [](std::uint8_t c) { return c >= '0' && c <= '9'; });
  if (!digits || pin.size() < rules.digit_count_min || pin.size() > rules.digit_count_max) {
    return Error{Remedy::ask_resident, bad_length, "not so many digits"};
  }
  SecretBytes block;
  block.reserve(2 * eid_pin_block_byte_count);  // room for a second one
  block.assign(pin.begin(), pin.end());
  block.resize(eid_pin_block_byte_count, profile_.pin_padding);
  return block;
}

Result<void> EstonianEid::set_environment(const EidKeyRow& row) {
  const auto done = iso7816::exchange_good(card_, {0x00,
                                                   ins_manage_environment,
                                                   0x41,
                                                   row.environment,
                                                   {0x80, 0x01, row.algorithm, 0x84, 0x01, row.key},
                                                   {}});
  if (!done) return done.error();
  return {};
}

Result<Bytes> EstonianEid::sign_digest(const EidKeyRow& row, ByteView digest) {
  CommandApdu command{0x00, ins_security_operation, 0x9E, 0x9A, {digest.begin(), digest.end()}, any_length};
  if (row.steps == SignSteps::internal_authenticate) {
    command.ins = ins_internal_authenticate;
    command.p1 = 0x00;
    command.p2 = 0x00;
  } else if (row.steps == SignSteps::hash_then_compute) {
    CommandApdu hash{
        0x00, ins_security_operation, 0x90, 0xA0, {0x90, static_cast<std::uint8_t>(digest.size())}, {}};
    hash.data.insert(hash.data.end(), digest.begin(), digest.end());
    if (auto put = iso7816::exchange_good(card_, hash); !put) return put.error();
    command.data.clear();
  }
  const auto signature = iso7816::exchange_good(card_, command);
  if (!signature) return signature.error();
  if (signature->size() != eid_signature_byte_count) return unreadable("a signature of another length");
  return Bytes(signature->begin(), signature->end());
}

Result<Bytes> EstonianEid::sign_with(EidKey key, ByteView digest,
                                     const std::function<Result<void>(const EidPin&)>& verify) {
  if (digest.size() != eid_digest_byte_count) return Error{Remedy::refuse, "eid.bad_digest", "not SHA-384"};
  const EidKeyRow& row = key_row(key);
  if (auto done = check_usable(row.pin); !done) return done.error();
  if (auto done = select_application(row.application); !done) return done.error();
  if (profile_.pin_before_environment) {
    if (auto done = verify(row.pin); !done) return done.error();
    if (auto done = set_environment(row); !done) return done.error();
  } else {
    if (auto done = set_environment(row); !done) return done.error();
    if (auto done = verify(row.pin); !done) return done.error();
  }
  return sign_digest(row, digest);
}

Result<Bytes> EstonianEid::sign(EidKey key, const SecretBytes& pin, ByteView digest) {
  auto block = padded(pin, pin_rules(key), pin_codes.bad_length);
  if (!block) return block.error();
  return sign_with(key, digest, [&](const EidPin& row) {
    const CommandApdu command{0x00, ins_verify, 0x00, row.reference, std::move(*block), {}};
    return pin_result(iso7816::exchange(card_, command), pin_codes);
  });
}

Result<Bytes> EstonianEid::sign_on_pin_pad(EidKey key, ByteView digest, int timeout_ms) {
  return sign_with(key, digest, [&](const EidPin& row) {
    const CommandApdu command{0x00, ins_verify, 0x00, row.reference, {}, {}};
    const PinLayout layout{row.rules.digit_count_min, row.rules.digit_count_max, eid_pin_block_byte_count,
                           profile_.pin_padding};
    return pin_result(card_.transmit_with_pin_pad(command, layout, timeout_ms), pin_codes);
  });
}

Result<void> EstonianEid::change_pin(EidKey key, const SecretBytes& old_pin, const SecretBytes& new_pin) {
  const EidPin& pin = key_row(key).pin;
  auto blocks = padded(old_pin, pin.rules, pin_codes.bad_length);
  if (!blocks) return blocks.error();
  const auto new_block = padded(new_pin, pin.rules, pin_codes.bad_length);
  if (!new_block) return new_block.error();
  if (old_pin == new_pin) return Error{Remedy::ask_resident, "pin.not_new", "the same as before"};
  const auto state = state_of(pin);
  if (!state) return state.error();
  if (state->blocked()) return Error{Remedy::ask_resident, "pin.blocked", "no tries left"};
  blocks->insert(blocks->end(), new_block->begin(), new_block->end());
  if (auto done = select_application(pin.application); !done) return done;
  const CommandApdu command{0x00, ins_change_pin, 0x00, pin.reference, std::move(*blocks), {}};
  return new_pin_result(iso7816::exchange(card_, command), pin_codes);
}

Result<void> EstonianEid::unblock_pin(EidKey key, const SecretBytes& puk, const SecretBytes& new_pin) {
  const EidPin& pin = key_row(key).pin;
  auto puk_block = padded(puk, profile_.puk.rules, puk_codes.bad_length);
  if (!puk_block) return puk_block.error();
  auto new_block = padded(new_pin, pin.rules, pin_codes.bad_length);
  if (!new_block) return new_block.error();
  const auto state = puk_state();
  if (!state) return state.error();
  if (state->blocked()) return Error{Remedy::call_staff, puk_codes.blocked, "no tries left"};
  if (profile_.unblock_form == UnblockForm::puk_and_new_pin) {
    puk_block->insert(puk_block->end(), new_block->begin(), new_block->end());
    const CommandApdu command{0x00, ins_reset_counter, 0x00, pin.reference, std::move(*puk_block), {}};
    return new_pin_result(iso7816::exchange(card_, command), puk_codes);
  }
  const CommandApdu verify{0x00, ins_verify, 0x00, profile_.puk.reference, std::move(*puk_block), {}};
  if (auto done = pin_result(iso7816::exchange(card_, verify), puk_codes); !done) return done;
  if (!pin.application.empty()) {
    if (auto done = select_application(pin.application); !done) return done;
  }
  const CommandApdu command{0x00,          ins_reset_counter,     p1_new_pin_alone,
                            pin.reference, std::move(*new_block), {}};
  return new_pin_result(iso7816::exchange(card_, command), pin_codes);
}

}  // namespace bianmin::card
