// Keys that only their machine can use: sealed to its traits, or in its TPM (swtpm plays one).
#include "sync/seal/key_file.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <map>

#include "terminal/base/files.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::seal {

using test::must;

namespace {

using Files = std::map<std::string, std::string>;

const Files pc = {{"/sys/class/dmi/id/product_uuid", "4c4c4544-0042-3510-8054-b9c04f4e5132\n"},
                  {"/sys/class/dmi/id/product_serial", "To be filled by O.E.M.\n"},
                  {"/sys/block/mmcblk0/device/cid", "150100424a4e42345207a1b2c3d4e500\n"},
                  {"/proc/cpuinfo", "processor\t: 0\nSerial\t\t: 00000000c0ffee42\nModel\t\t: x\n"}};

MachineFiles machine(Files files) {
  return [files = std::move(files)](const std::filesystem::path& path) -> Result<Bytes> {
    const auto found = files.find(path.string());
    if (found == files.end()) return Error{Remedy::call_staff, "file.missing", path.string()};
    return bytes_of(found->second);
  };
}

Files with(Files files, const std::string& path, const std::string& text) {
  files[path] = text;
  return files;
}

FileDescriptor listen_at(const std::string& path) {
  FileDescriptor listening(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  REQUIRE(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  ::unlink(path.c_str());
  REQUIRE(::bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listening.get(), 4) == 0);
  return listening;
}

// A TPM 2.0 in software that lives as long as this, and whose state is in `folder`. Who connects before it is
// up waits in its sockets.
class SoftwareTpm {
 public:
  explicit SoftwareTpm(const std::filesystem::path& folder) {
    const std::string socket = (folder / "sock").string();
    const FileDescriptor server = listen_at(socket);
    const FileDescriptor control = listen_at(socket + ".ctrl");
    const std::string server_fd = "type=unixio,fd=" + std::to_string(server.get());
    const std::string control_fd = "type=unixio,fd=" + std::to_string(control.get());
    const std::string state = "dir=" + folder.string();
    const std::string log = "file=" + (folder / "log").string();
    child_ = ::fork();
    if (child_ == 0) {
      ::execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate", state.c_str(), "--server",
               server_fd.c_str(), "--ctrl", control_fd.c_str(), "--flags", "not-need-init,startup-clear",
               "--log", log.c_str(), nullptr);
      ::_exit(127);
    }
    ::setenv("TPM2OPENSSL_TCTI", ("swtpm:path=" + socket).c_str(), 1);
  }
  ~SoftwareTpm() {
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
  }
  SoftwareTpm(const SoftwareTpm&) = delete;
  SoftwareTpm& operator=(const SoftwareTpm&) = delete;

 private:
  pid_t child_;
};

}  // namespace

TEST_CASE("a machine is told by what its maker wrote, and not by what he left in") {
  const auto traits = machine_traits(machine(pc));
  REQUIRE(traits.size() == 3);
  CHECK(traits[0].name == "dmi.product_uuid");
  CHECK(traits[0].value == "4c4c4544-0042-3510-8054-b9c04f4e5132");
  CHECK(traits[1].name == "cpu.serial");
  CHECK(traits[1].value == "00000000c0ffee42");
  CHECK(traits[2].name == "emmc.cid");
  for (const char* empty : {"", "\n", "None", "Default string", "0000000000000000", "0123456789",
                            "ffffffff-ffff-ffff-ffff-ffffffffffff", "03000200-0400-0500-0006-000700080009"}) {
    CHECK(machine_traits(machine({{"/sys/class/dmi/id/product_uuid", empty}})).empty());
  }
  CHECK(machine_traits(machine({{"/proc/cpuinfo", "processor : 0\n"}})).empty());
}

TEST_CASE("a sealed key opens on its machine and on no other") {
  for (const std::string_view name : profile_names) {
    const test::TempFolder folder;
    const ProfilePtr profile = must(Profile::named(name));
    const auto key = must(make_device_key(folder / "k", *profile, KeyPlace::machine, machine(pc)));
    const auto code = [&](const Files& files) {
      return test::code_of(load_device_key(folder / "k", machine(files)));
    };
    CHECK(must(load_device_key(folder / "k", machine(pc))).public_point() == key.public_point());
    CHECK(must(load_device_key(folder / "k", machine(pc))).curve() == key.curve());
    CHECK(code(with(pc, "/sys/class/dmi/id/board_serial", "B-17")) == "ok");  // it says more than before
    CHECK(code(with(pc, "/sys/class/dmi/id/product_uuid", "4c4c4544-0042-3510-8054-b9c04f4e5133")) ==
          "key.other_machine");
    CHECK(code(with(pc, "/sys/block/mmcblk0/device/cid", "")) == "key.other_machine");
    CHECK(code({}) == "key.other_machine");
    CHECK(test::code_of(PrivateKey::load(folder / "k")) == "key.invalid");
    const std::string text = text_of(must(read_file(folder / "k", 10'000)));
    CHECK(text.find("BEGIN BIANMIN SEALED KEY") != std::string::npos);
  }
}

TEST_CASE("a sealed key file that was changed or cut does not open") {
  const test::TempFolder folder;
  const ProfilePtr profile = must(Profile::named("gm-1"));
  (void)must(make_device_key(folder / "k", *profile, KeyPlace::machine, machine(pc)));
  const std::string text = text_of(must(read_file(folder / "k", 10'000)));
  const auto code = [&](const std::string& changed) {
    must(write_file_durably(folder / "c", view_of(changed)));
    return test::code_of(load_device_key(folder / "c", machine(pc)));
  };
  CHECK(code(text) == "ok");
  for (std::size_t at = text.find('\n') + 1; at < text.rfind("-----END"); at += 9) {
    std::string changed = text;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    CHECK(code(changed) != "ok");
    CHECK(code(text.substr(0, at)) == "key.invalid");
  }
  CHECK(code("") == "key.invalid");
  CHECK(test::code_of(open_sealed_key({}, machine(pc))) == "key.invalid");
}

TEST_CASE("plain keys load for development; a machine that says nothing seals nothing") {
  const test::TempFolder folder;
  const ProfilePtr profile = must(Profile::named("intl-1"));
  const auto key = must(make_device_key(folder / "k", *profile, KeyPlace::plain, machine({})));
  CHECK(must(load_device_key(folder / "k", machine({}))).public_point() == key.public_point());
  CHECK(test::code_of(make_device_key(folder / "s", *profile, KeyPlace::machine, machine({}))) ==
        "key.no_traits");
  CHECK_FALSE(std::filesystem::exists(folder / "s"));
  CHECK(test::code_of(load_device_key(folder / "none", machine(pc))) == "file.missing");
  const ProfilePtr gm = must(Profile::named("gm-1"));
  CHECK(must(best_key_place(*gm, machine(pc))) == KeyPlace::machine);
  CHECK(test::code_of(best_key_place(*gm, machine({}))) == "key.no_traits");
}

TEST_CASE("a key in a TPM signs there, its file says nothing, and another TPM cannot use it") {
  const test::TempFolder folder;
  const ProfilePtr profile = must(Profile::named("intl-1"));
  std::filesystem::create_directory(folder / "a");
  std::filesystem::create_directory(folder / "b");
  {
    const SoftwareTpm tpm(folder / "a");
    REQUIRE(must(best_key_place(*profile, machine({}))) == KeyPlace::tpm);
    const auto made = must(make_device_key(folder / "k", *profile, KeyPlace::tpm));
    CHECK(made.public_key().verify(view_of("m"), made.sign(view_of("m"))));
    CHECK(text_of(must(read_file(folder / "k", 10'000))).find("BEGIN TSS2 PRIVATE KEY") != std::string::npos);
    CHECK(test::code_of(PrivateKey::load(folder / "k")) == "key.invalid");
  }
  {
    const SoftwareTpm tpm(folder / "a");  // after a restart
    const auto loaded = must(load_device_key(folder / "k"));
    const Bytes signature = loaded.sign(view_of("record"));
    CHECK(must(PublicKey::from_pem(loaded.public_key().pem())).verify(view_of("record"), signature));
    const ProfilePtr gm = must(Profile::named("gm-1"));
    CHECK(test::code_of(make_device_key(folder / "g", *gm, KeyPlace::tpm)) == "key.no_tpm");
  }
  {
    const SoftwareTpm other(folder / "b");
    CHECK(test::code_of(load_device_key(folder / "k")) == "key.other_machine");
  }
  CHECK(test::code_of(load_device_key(folder / "k")) == "key.no_tpm");
  ::unsetenv("TPM2OPENSSL_TCTI");
}

}  // namespace bianmin::seal
