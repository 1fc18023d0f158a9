// A time stamp authority for tests: a certificate made for the day, and `openssl ts -reply`, which is no code
// of ours.
#pragma once

#include <string>

#include "sync/hub/proof/stamping.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::test {

inline constexpr const char* test_stamp_policy = "1.3.6.1.4.1.13762.3";

class OpensslAuthority : public hub::TimeStampAuthority {
 public:
  OpensslAuthority();
  Result<Bytes> stamp(ByteView request) override;
  seal::StampTrust trust() const;
  // A program `FILE REQUEST RESPONSE` that asks this authority.
  std::filesystem::path program() const;
  std::filesystem::path root() const { return folder_ / "root.crt"; }

  bool away = false;
  int asked_count = 0;
  std::optional<Bytes> answer_with;  // whatever the question was
  std::string signer_digest = "sha256";

 private:
  void run(const std::string& words) const;
  TempFolder folder_;
};

std::int64_t real_utc_ms();  // what that authority stamps with

}  // namespace bianmin::test
