#include "sync/agent/renewal.hpp"

#include "sync/record/messages.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::agent {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view link_name = "tls";

}  // namespace

TlsPair tls_pair(const fs::path& enrolment) {
  std::error_code missing;
  const bool renewed = fs::is_directory(enrolment / link_name, missing);
  const fs::path folder = renewed ? enrolment / link_name : enrolment;
  return {folder / "tls.crt", folder / "tls.key"};
}

Result<Renewal> Renewal::load(const fs::path& enrolment, const std::string& terminal_id,
                              const std::function<std::uint32_t()>& random) {
  auto authority = read_file(enrolment / "ca.crt", pem_file_size_max);
  if (!authority) return authority.error();
  Renewal renewal(enrolment, terminal_id, text_of(*authority));
  if (auto read = renewal.read_pair(random()); !read) return read.error();
  return renewal;
}

// Due after two thirds of its life, and up to a twelfth later.
Result<void> Renewal::read_pair(std::uint32_t number) {
  auto pem = read_file(tls_pair(enrolment_).certificate, pem_file_size_max);
  if (!pem) return pem.error();
  auto facts = seal::read_certificate(text_of(*pem), authority_pem_);
  if (!facts) return facts.error();
  facts_ = std::move(facts).value();
  spread_ = number;
  const std::int64_t life_ms = facts_.until_utc_ms - facts_.from_utc_ms;
  due_utc_ms_ = facts_.from_utc_ms + life_ms / 3 * 2 + number % (life_ms / 12 + 1);
  return {};
}

Bytes Renewal::request() {
  new_key_ = seal::PrivateKey::generate();
  const Bytes point = new_key_->public_point();
  return record::encode(
      record::RenewRequest{point, new_key_->sign(record::renew_proof(terminal_id_, point))});
}

Result<void> Renewal::install(ByteView reply) {
  if (!new_key_) return Error{Remedy::refuse, "renew.not_asked", {}};
  const seal::PrivateKey key = *std::exchange(new_key_, std::nullopt);
  auto pem = record::decode_certificate(reply);
  if (!pem) return pem.error();
  auto facts = seal::read_certificate(*pem, authority_pem_);
  if (!facts) return facts.error();
  if (facts->name != terminal_id_ || facts->point != key.public_point() ||
      facts->until_utc_ms < facts_.until_utc_ms) {
    return Error{Remedy::refuse, "renew.not_ours", "another name, key or end than was asked for"};
  }
  const std::string folder = std::string(link_name) + "-" + to_hex(ByteView(facts->point).subspan(1, 8));
  std::error_code failed;
  fs::remove_all(enrolment_ / folder, failed);
  fs::create_directory(enrolment_ / folder, failed);
  if (failed) return file_error(enrolment_ / folder, failed.value());
  if (auto done = key.save(enrolment_ / folder / "tls.key"); !done) return done;
  if (auto done = write_file_durably(enrolment_ / folder / "tls.crt", view_of(*pem), 0644); !done)
    return done;
  const fs::path before = fs::read_symlink(enrolment_ / link_name, failed);
  if (auto done = link_to(folder); !done) return done;
  if (!before.empty() && before != folder) fs::remove_all(enrolment_ / before.filename(), failed);
  return read_pair(spread_);
}

Result<void> Renewal::link_to(const std::string& folder) {
  const fs::path fresh = enrolment_ / (std::string(link_name) + ".new");
  std::error_code failed;
  fs::remove(fresh, failed);
  fs::create_directory_symlink(folder, fresh, failed);
  if (failed) return file_error(fresh, failed.value());
  fs::rename(fresh, enrolment_ / link_name, failed);
  if (failed) return file_error(enrolment_ / link_name, failed.value());
  // The folder's own entries are made durable with a file in it.
  return write_file_durably(enrolment_ / "tls.renewed", view_of(folder), 0644);
}

}  // namespace bianmin::agent
