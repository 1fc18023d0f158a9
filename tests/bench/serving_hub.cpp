#include "tests/bench/serving_hub.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>

#include "sync/seal/certificates.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::bench {

namespace {

constexpr std::size_t certificate_size_max = 100'000;

std::vector<std::string> serve_command(const BenchHub& hub, const std::vector<std::string>& options) {
  std::vector<std::string> command = {BIANMIN_BIN "/kiosk-hub", "serve", hub.folder().string(), "--listen",
                                      "127.0.0.1:0"};
  command.insert(command.end(), options.begin(), options.end());
  return command;
}

}  // namespace

double cpu_us_of(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  std::string line;
  std::getline(file, line);
  std::istringstream rest(line.substr(line.rfind(')') + 1));
  std::string skipped;
  for (int field = 0; field < 11; ++field) rest >> skipped;
  double user = 0;
  double system = 0;
  rest >> user >> system;
  return (user + system) * 1e6 / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

ServingHub::ServingHub(const BenchHub& hub, const std::vector<std::string>& options)
    : process_(serve_command(hub, options), hub.folder().parent_path() / "hub.log") {
  const std::string line = process_.wait_for_line("listening on");
  port_ = std::atoi(line.substr(line.rfind(':') + 1).c_str());
}

BenchCertificates::BenchCertificates(const BenchHub& hub, const std::filesystem::path& folder)
    : hub_folder_(hub.folder()),
      folder_(folder),
      authority_key_(must(seal::PrivateKey::load(hub.folder() / "ca.key"))),
      authority_(text_of(must(read_file(hub.folder() / "ca.crt", certificate_size_max)))) {
  must(key_.save(folder_ / "terminals.key"));
}

seal::TlsContext BenchCertificates::of(const std::string& terminal_id) const {
  const std::string pem = must(seal::issue_certificate(authority_, authority_key_, key_.public_key(),
                                                       {terminal_id, seal::CertificateUse::client}));
  const auto path = folder_ / (terminal_id + ".crt");
  std::ofstream(path, std::ios::trunc) << pem;
  auto context = must(seal::TlsContext::make(
      seal::TlsRole::client, {path, folder_ / "terminals.key", hub_folder_ / "ca.crt"}, "h2"));
  std::filesystem::remove(path);
  return context;
}

}  // namespace bianmin::bench
