// The Estonian eID, all generations: what is special to one is a row of eid_profile.cpp.
#pragma once

#include <functional>

#include "drivers/card/eid/eid_profile.hpp"
#include "drivers/card/eid/electronic_id.hpp"

namespace bianmin::card {

class EstonianEid : public ElectronicId {
 public:
  EstonianEid(SmartCard& card, const EidCardRow& row) : card_(card), row_(row), profile_(row.profile) {}

  std::string_view model() const override { return profile_.name; }
  Result<EidPerson> person() override;
  Result<Bytes> certificate(EidKey key) override;
  Result<PinState> pin_state(EidKey key) override { return state_of(key_row(key).pin); }
  PinRules pin_rules(EidKey key) const override { return key_row(key).pin.rules; }
  Result<Bytes> sign(EidKey key, const SecretBytes& pin, ByteView digest) override;
  Result<Bytes> sign_on_pin_pad(EidKey key, ByteView digest, int timeout_ms) override;
  Result<void> change_pin(EidKey key, const SecretBytes& old_pin, const SecretBytes& new_pin) override;
  Result<void> unblock_pin(EidKey key, const SecretBytes& puk, const SecretBytes& new_pin) override;
  Result<PinState> puk_state() override { return state_of(profile_.puk); }

 private:
  const EidKeyRow& key_row(EidKey key) const {
    return key == EidKey::authentication ? profile_.authentication : profile_.signing;
  }
  Result<void> select_application(ByteView application);  // empty: the main one
  Result<std::size_t> certificate_byte_count(const EidKeyRow& row);
  Result<PinState> state_of(const EidPin& pin);
  Result<void> check_usable(const EidPin& pin);
  Result<SecretBytes> padded(const SecretBytes& pin, const PinRules& rules,
                             std::string_view bad_length) const;
  Result<void> set_environment(const EidKeyRow& row);
  Result<Bytes> sign_digest(const EidKeyRow& row, ByteView digest);
  Result<Bytes> sign_with(EidKey key, ByteView digest,
                          const std::function<Result<void>(const EidPin&)>& verify);

  SmartCard& card_;
  const EidCardRow& row_;
  const EidProfile& profile_;
};

}  // namespace bianmin::card
