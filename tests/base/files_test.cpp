#include "terminal/base/files.hpp"

#include <stdlib.h>

#include "terminal/base/secret.hpp"
#include "tests/catch.hpp"

using namespace bianmin;

namespace {
struct TemporaryFolder {
  TemporaryFolder() {
    char name[] = "/tmp/bianmin-files-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};
}  // namespace

TEST_CASE("a durable write replaces the whole file") {
  const TemporaryFolder folder;
  const auto file = folder.path / "a";
  REQUIRE(write_file_durably(file, bytes_of("one")).ok());
  REQUIRE(write_file_durably(file, bytes_of("two"), 0600).ok());
  CHECK(text_of(read_file(file, 100).value()) == "two");
  CHECK_FALSE(std::filesystem::exists(folder.path / "a.new"));
  CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::all) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("file errors have stable codes") {
  const TemporaryFolder folder;
  CHECK(read_file(folder.path / "none", 10).error().code == "file.missing");
  CHECK(read_file(folder.path, 10).error().code == "file.unusable");
  REQUIRE(write_file_durably(folder.path / "big", bytes_of("0123456789ab")).ok());
  CHECK(read_file(folder.path / "big", 10).error().code == "file.too_large");
  CHECK(write_file_durably(folder.path / "no" / "where", bytes_of("x")).error().code == "file.missing");
  CHECK(file_error("x", ENOSPC).code == "file.disk_full");
  CHECK(file_error("x", EROFS).code == "file.read_only");
}

TEST_CASE("a wiped buffer holds zeros") {
  unsigned char secret[4] = {1, 2, 3, 4};
  wipe(secret, sizeof secret);
  for (const unsigned char byte : secret) CHECK(byte == 0);
}
