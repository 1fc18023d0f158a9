// An upload on its way in, and whether it is genuine.
#pragma once

#include "sync/hub/store/hub_store.hpp"
#include "sync/record/messages.hpp"

namespace bianmin::hub {

struct Arrival {
  record::Upload upload;
  record::Envelope envelope;
  record::Digest digest{};                 // of the envelope, in the terminal's profile
  const seal::Profile* profile = nullptr;  // the terminal's
};

// What can be said without knowing the terminal. Errors, refuse: "hub.bad_upload", "hub.bad_envelope",
// "hub.wrong_terminal", "hub.unknown_profile".
Result<Arrival> read_arrival(const HubKeys& keys, std::string_view terminal_id, ByteView upload);

// Whether `device_key` has signed it and nothing was changed; sets digest and profile. Errors, refuse:
// "hub.bad_signature", "hub.downgraded_profile", "hub.bad_payload".
Result<void> verify_arrival(const HubKeys& keys, const seal::PublicKey& device_key, Arrival& arrival);

// A terminal is believed in the profile it was enrolled with and in no other.
bool in_own_profile(const Arrival& arrival);

}  // namespace bianmin::hub
