#include "sync/hub/ingest/arrival.hpp"

namespace bianmin::hub {

namespace {
Error not_genuine(std::string_view code) { return {Remedy::refuse, code, {}}; }
}  // namespace

Result<Arrival> read_arrival(const HubKeys& keys, std::string_view terminal_id, ByteView upload) {
  auto parts = record::decode_upload(upload);
  if (!parts) return not_genuine("hub.bad_upload");
  auto envelope = record::decode_envelope(parts->envelope);
  if (!envelope) return not_genuine("hub.bad_envelope");
  if (envelope->terminal_id != terminal_id) return not_genuine("hub.wrong_terminal");
  if (keys.profile(envelope->profile) == nullptr) return not_genuine("hub.unknown_profile");
  return Arrival{std::move(parts).value(), std::move(envelope).value(), {}, nullptr};
}

Result<void> verify_arrival(const HubKeys& keys, const seal::PublicKey& device_key, Arrival& arrival) {
  const record::Upload& upload = arrival.upload;
  arrival.profile = keys.profile(seal::profile_name(device_key.curve()));
  if (!device_key.verify(upload.envelope, upload.signature)) {
    return not_genuine(in_own_profile(arrival) ? "hub.bad_signature" : "hub.downgraded_profile");
  }
  const record::Digest payload_digest = keys.profile(arrival.envelope.profile)->digest(upload.payload);
  if (upload.payload.size() != arrival.envelope.payload_size ||
      payload_digest != arrival.envelope.payload_digest) {
    return not_genuine("hub.bad_payload");
  }
  arrival.digest = arrival.profile->digest(upload.envelope);
  return {};
}

bool in_own_profile(const Arrival& arrival) { return arrival.envelope.profile == arrival.profile->name(); }

}  // namespace bianmin::hub
