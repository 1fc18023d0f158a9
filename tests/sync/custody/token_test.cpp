// An opening key in a token: softhsm2, as Debian has it.
#include "sync/custody/token.hpp"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include <cstdlib>

#include "tests/sync/custody/custody_scene.hpp"

namespace bianmin::custody {

using test::code_of;
using test::CustodyScene;
using test::must;
using test::reading;

namespace {

constexpr const char* module_path = "/usr/lib/softhsm/libsofthsm2.so";

bool has_softhsm() { return std::filesystem::exists(module_path); }

// The tokens of this process: softhsm2 reads where they are once, when it is loaded.
const TokenSettings& own_token() {
  static const test::TempFolder folder;
  static const TokenSettings settings = [] {
    std::filesystem::create_directory(folder / "tokens");
    const std::string conf = "directories.tokendir = " + (folder / "tokens").string() +
                             "\nobjectstore.backend = file\nlog.level = ERROR\n";
    must(write_file_durably(folder / "softhsm2.conf", view_of(conf)));
    ::setenv("SOFTHSM2_CONF", (folder / "softhsm2.conf").c_str(), 1);
    const auto made =
        test::run_command("softhsm2-util --init-token --free --label bianmin --pin 4711 --so-pin 4712 2>&1");
    INFO(made.output);
    REQUIRE(made.exit_code == 0);
    must(write_file_durably(folder / "pin", view_of("4711\n"), 0600));
    return TokenSettings{module_path, "bianmin", folder / "pin"};
  }();
  return settings;
}

CK_FUNCTION_LIST& module_of_all() {
  void* library = ::dlopen(module_path, RTLD_NOW);
  CK_FUNCTION_LIST* functions = nullptr;
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  REQUIRE(get(&functions) == CKR_OK);
  return *functions;
}

void close_sessions(CK_FUNCTION_LIST& module) {
  CK_SLOT_ID slots[8];
  CK_ULONG count = 8;
  REQUIRE(module.C_GetSlotList(CK_TRUE, slots, &count) == CKR_OK);
  for (CK_ULONG at = 0; at < count; ++at) module.C_CloseAllSessions(slots[at]);
}

// Two keys: the first in a file, the second in the token.
struct TokenScene : CustodyScene {
  TokenScene() {
    must(save_token_settings(custody_folder(folder.path()), own_token()));
    publish(record::profile_international, 2);
  }
};

}  // namespace

TEST_CASE("a key that is in a token opens what is sealed to it, and old keys in files still open") {
  if (!has_softhsm()) {
    WARN("no softhsm2");
    return;
  }
  CustodyScene before;
  const auto old_sample = before.sample(1);
  must(save_token_settings(custody_folder(before.folder.path()), own_token()));
  before.publish(record::profile_international, 2);
  const auto sample = before.sample(2);
  const auto keys = custody_folder(before.folder.path());
  CHECK(std::filesystem::exists(keys / "seal-2.token"));
  CHECK_FALSE(std::filesystem::exists(keys / "seal-2.key"));
  // Custody that runs finds it, and one that starts does.
  CHECK(must(before.keys->open_record(sample.record.id, sample.payload, reading)) == sample.record);
  CHECK(must(before.keys->open_record(old_sample.record.id, old_sample.payload, reading)) ==
        old_sample.record);
  auto fresh = must(LocalCustody::load(before.folder.path()));
  const std::vector<SealedRecord> both = {{sample.envelope, sample.payload},
                                          {old_sample.envelope, old_sample.payload}};
  for (const Verdict& verdict : must(fresh->judge(both))) CHECK(verdict.code.empty());
  auto changed = sample.payload;
  changed.back() ^= 1;
  CHECK(code_of(fresh->open_record(sample.record.id, changed, reading)) == "seal.cannot_open");
  // The next one, too, is made there; gm-1 stays in files.
  before.publish(record::profile_international, 3);
  before.publish(record::profile_guomi, 2);
  CHECK(std::filesystem::exists(keys / "seal-3.token"));
  CHECK(std::filesystem::exists(keys / "gm-1" / "seal-2.key"));
}

TEST_CASE("a session that is lost is made anew") {
  if (!has_softhsm()) {
    WARN("no softhsm2");
    return;
  }
  TokenScene scene;
  const auto sample = scene.sample();
  auto keys = must(LocalCustody::load(scene.folder.path()));
  REQUIRE(keys->open_record(sample.record.id, sample.payload, reading).ok());
  CK_FUNCTION_LIST& module = module_of_all();
  close_sessions(module);
  CHECK(must(keys->open_record(sample.record.id, sample.payload, reading)) == sample.record);
  // The whole module begins again: no login, no handle is left.
  REQUIRE(module.C_Finalize(nullptr) == CKR_OK);
  CK_C_INITIALIZE_ARGS how{};
  how.flags = CKF_OS_LOCKING_OK;
  REQUIRE(module.C_Initialize(&how) == CKR_OK);
  CHECK(must(keys->open_record(sample.record.id, sample.payload, reading)) == sample.record);
}

TEST_CASE("a token that is away refuses no record: it is asked again later") {
  if (!has_softhsm()) {
    WARN("no softhsm2");
    return;
  }
  TokenScene scene;
  const auto sample = scene.sample();
  const std::vector<SealedRecord> records = {{sample.envelope, sample.payload}};
  const auto with = [&](const TokenSettings& settings) {
    must(save_token_settings(custody_folder(scene.folder.path()), settings));
    return must(LocalCustody::load(scene.folder.path()));
  };
  const TokenSettings& good = own_token();
  const auto wrong_pin = scene.folder / "wrong";
  must(write_file_durably(wrong_pin, view_of("0815"), 0600));
  for (const TokenSettings& bad : {TokenSettings{"/nowhere.so", good.label, good.pin_file},
                                   TokenSettings{good.module, "another", good.pin_file},
                                   TokenSettings{good.module, good.label, scene.folder / "none"},
                                   TokenSettings{good.module, good.label, wrong_pin}}) {
    if (bad.pin_file == wrong_pin) close_sessions(module_of_all());  // a login is the whole process's
    auto keys = with(bad);
    INFO(bad.module << " " << bad.label << " " << bad.pin_file);
    const auto verdicts = keys->judge(records);
    CHECK(code_of(verdicts) == "custody.away");
    CHECK(verdicts.error().remedy == Remedy::retry_later);
    CHECK(code_of(keys->open_record(sample.record.id, sample.payload, reading)) == "custody.away");
  }
  // A wrong PIN is tried once.
  close_sessions(module_of_all());
  Token token({good.module, good.label, wrong_pin});
  CHECK(code_of(token.make_key(Bytes{1})) == "custody.wrong_pin");
  must(write_file_durably(wrong_pin, view_of("4711"), 0600));
  CHECK(code_of(token.make_key(Bytes{1})) == "custody.wrong_pin");
  CHECK(must(with(good)->judge(records))[0].code.empty());
}

TEST_CASE("a key that is not in the token is told") {
  if (!has_softhsm()) {
    WARN("no softhsm2");
    return;
  }
  TokenScene scene;
  Token token(own_token());
  const auto other = seal::PrivateKey::generate();
  const auto key = token.agree(Bytes(16, 9), other.public_key());
  CHECK(code_of(key) == "custody.no_token");
  const auto made = must(token.make_key(Bytes(16, 8)));
  CHECK(must(token.agree(Bytes(16, 8), other.public_key())) == must(other.agree(made)));
}

TEST_CASE("settings of a token say all that is needed") {
  const test::TempFolder folder;
  CHECK(code_of(load_token_settings(folder.path())) == "file.missing");
  must(write_file_durably(folder / std::string(token_settings_name), view_of("module = /x.so\n")));
  CHECK(code_of(load_token_settings(folder.path())) == "custody.no_token");
  must(save_token_settings(folder.path(), {"/x.so", "a b", "/pin"}));
  CHECK(must(load_token_settings(folder.path())).label == "a b");
  must(write_file_durably(folder / "seal-2.token", view_of("id = 00\npoint = 0400\n")));
  CHECK(code_of(TokenKey::load(folder / "seal-2.token", nullptr)) == "key.invalid");
}

}  // namespace bianmin::custody
