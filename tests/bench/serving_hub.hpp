// The hub's own program, serving, and certificates for those who talk to it.
#pragma once

#include <string>
#include <vector>

#include "sync/seal/tls.hpp"
#include "tests/bench/hub_bench.hpp"
#include "tests/piped_process.hpp"

namespace bianmin::bench {

// The processor time of a process so far, in microseconds.
double cpu_us_of(pid_t process);

// kiosk-hub serve, at a free port of this machine; its log lies beside the hub's folder.
class ServingHub {
 public:
  explicit ServingHub(const BenchHub& hub, const std::vector<std::string>& options = {});
  int port() const { return port_; }
  pid_t pid() const { return process_.pid(); }

 private:
  test::Process process_;
  int port_;
};

// One key for all of them, a certificate for each.
class BenchCertificates {
 public:
  // `folder`: for the files that are made.
  BenchCertificates(const BenchHub& hub, const std::filesystem::path& folder);
  // Of a client that speaks HTTP/2. From any thread, but for one terminal from one at a time.
  seal::TlsContext of(const std::string& terminal_id) const;

 private:
  std::filesystem::path hub_folder_;
  std::filesystem::path folder_;
  seal::PrivateKey authority_key_;
  std::string authority_;
  seal::PrivateKey key_ = seal::PrivateKey::generate();
};

}  // namespace bianmin::bench
