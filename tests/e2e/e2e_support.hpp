// What the tests of whole sites share.
#pragma once

#include <stdlib.h>

#include <cstdlib>

#include "terminal/base/files.hpp"
#include "tests/catch.hpp"
#include "tests/e2e/journeys.hpp"

namespace bianmin::e2e {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    char name[] = "/tmp/bianmin-e2e-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (std::getenv("BIANMIN_KEEP") == nullptr) std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline SiteOptions options_in(const TemporaryFolder& folder) {
  SiteOptions options;
  options.binaries = BIANMIN_BINARIES;
  options.source = BIANMIN_SOURCE;
  options.folder = folder.path();
  return options;
}

inline void check_journeys(Stage& stage) {
  for (const Journey& journey : stage.journeys()) {
    INFO(journey.service << ": " << journey.problem);
    CHECK(journey.ok);
  }
}

// kioskctl journal verify, as an operator would call it.
inline bool journal_clean(const Site& site) {
  auto tool = ChildProcess::start({{(site.options().binaries / "kioskctl").string(), "journal", "verify",
                                    site.path("terminal/journal.db").string()},
                                   {},
                                   site.path("verify.log"),
                                   false});
  const auto end = tool.value().wait(60'000);
  return end && end->clean();
}

}  // namespace bianmin::e2e
