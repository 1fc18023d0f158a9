#include <fmt/format.h>

#include "drivers/card/eid/electronic_id.hpp"
#include "terminal/kioskctl/card_report.hpp"

namespace bianmin::kioskctl {

namespace {

constexpr std::string_view person_prefix =
    "PNOEE-";  // of a subject's serial number, before the personal code

struct KeyText {
  card::EidKey key;
  seal::CardCertificateUse use;
  std::string_view pin_key;
  std::string_view pin_label;
  std::string_view chain_key;
  std::string_view chain_label;
  std::string_view end_key;
  std::string_view end_label;
};
constexpr KeyText key_texts[] = {
    {card::EidKey::authentication, seal::CardCertificateUse::authentication, "pin1", "PIN1",
     "authentication_chain", "authentication certificate", "authentication_valid_to",
     "authentication valid to"},
    {card::EidKey::signing, seal::CardCertificateUse::signing, "pin2", "PIN2", "signing_chain",
     "signing certificate", "signing_valid_to", "signing valid to"},
};

std::string pin_text(const card::PinState& state) {
  if (state.blocked()) return "blocked";
  const std::string text =
      fmt::format("{} {} left", state.tries_left, state.tries_left == 1 ? "try" : "tries");
  return state.must_change ? text + ", must be changed before use" : text;
}

ReportRow pin_row(std::string_view key, std::string_view label, const Result<card::PinState>& state) {
  if (!state) return {key, label, {}, RowMask::open, std::string(state.error().code)};
  return {key, label, pin_text(*state), RowMask::open};
}

void put_person(CardReport& report, const card::EidPerson& person) {
  const std::string sex = person.sex == 'M' ? "male" : person.sex == 'F' ? "female" : "not stated";
  report.rows.push_back({"surname", "surname", person.surname, RowMask::name});
  report.rows.push_back({"given_names", "given names", person.given_names, RowMask::name});
  report.rows.push_back({"sex", "sex", sex, RowMask::hidden});
  report.rows.push_back({"citizenship", "citizenship", person.citizenship, RowMask::hidden});
  report.rows.push_back({"birth", "born", person.birth.iso(), RowMask::date});
  report.rows.push_back({"birth_place", "birth place", person.birth_place, RowMask::hidden});
  report.rows.push_back({"personal_code", "personal code", person.personal_code, RowMask::hidden});
  report.rows.push_back({"document_number", "document", person.document_number, RowMask::hidden});
  report.rows.push_back({"valid_to", "valid to", person.valid_to.iso(), RowMask::open});
}

// How the certificate stands: its chain, and whether it is this person's.
std::string chain_text(const card::EidPerson& person, const seal::CertificateSubject& subject,
                       const Result<seal::CertificateSubject>* checked) {
  if (subject.serial_number != std::string(person_prefix) + person.personal_code)
    return "certificate.other_person";
  if (checked == nullptr) return "not checked (no --trust)";
  return checked->ok() ? "trusted" : std::string(checked->error().code);
}

Result<void> put_certificate(CardReport& report, const KeyText& text, const card::EidPerson& person,
                             card::ElectronicId& eid, const seal::TrustList* trusted, std::int64_t utc_ms) {
  const auto der = eid.certificate(text.key);
  if (!der) return der.error();
  const auto subject = seal::read_certificate_subject(*der);
  if (!subject) {
    report.rows.push_back(
        {text.chain_key, text.chain_label, {}, RowMask::open, std::string(subject.error().code)});
    return {};
  }
  std::optional<Result<seal::CertificateSubject>> checked;
  if (trusted != nullptr) checked = trusted->check(*der, text.use, utc_ms);
  report.rows.push_back({text.chain_key, text.chain_label,
                         chain_text(person, *subject, checked ? &*checked : nullptr), RowMask::open});
  report.rows.push_back(
      {text.end_key, text.end_label, local_date(subject->valid_to_utc_ms).iso(), RowMask::open});
  return {};
}

Result<CardReport> read_eid(card::ElectronicId& eid, const seal::TrustList* trusted, std::int64_t utc_ms) {
  CardReport report{"eid", {}};
  report.rows.push_back({"model", "model", std::string(eid.model()), RowMask::open});
  const auto person = eid.person();
  if (!person) return person.error();
  put_person(report, *person);
  for (const KeyText& text : key_texts) {
    report.rows.push_back(pin_row(text.pin_key, text.pin_label, eid.pin_state(text.key)));
  }
  report.rows.push_back(pin_row("puk", "PUK", eid.puk_state()));
  for (const KeyText& text : key_texts) {
    if (auto done = put_certificate(report, text, *person, eid, trusted, utc_ms); !done) return done.error();
  }
  return report;
}

}  // namespace

Result<CardReport> read_smart_card(card::SmartCard& card, const seal::TrustList* trusted,
                                   std::int64_t utc_ms) {
  if (const auto eid = card::open_electronic_id(card)) return read_eid(**eid, trusted, utc_ms);
  const auto social = card::read_social_card(card);
  if (!social) return social.error();
  return report_of(*social);
}

}  // namespace bianmin::kioskctl
