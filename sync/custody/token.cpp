#include "sync/custody/token.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <p11-kit/pkcs11.h>

#include <array>
#include <cstdlib>
#include <mutex>
#include <optional>

#include "sync/seal/digest.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::custody {

namespace {

constexpr std::size_t pin_size_max = 256;
constexpr std::size_t slots_max = 64;
constexpr std::size_t softhsm_settings_size_max = 64 * 1024;
constexpr std::size_t key_id_size = 16;
constexpr std::size_t label_size = 32;  // of a token, padded with spaces

// OBJECT IDENTIFIER prime256v1.
constexpr std::array<std::uint8_t, 10> p256_parameters = {0x06, 0x08, 0x2a, 0x86, 0x48,
                                                          0xce, 0x3d, 0x03, 0x01, 0x07};

Error no_token(std::string why) { return {Remedy::retry_later, "custody.no_token", std::move(why)}; }

Error no_token(const char* call, CK_RV code) { return no_token(fmt::format("{}: 0x{:x}", call, code)); }

// What a new session may mend.
bool session_is_lost(CK_RV code) {
  return code == CKR_SESSION_HANDLE_INVALID || code == CKR_SESSION_CLOSED || code == CKR_DEVICE_REMOVED ||
         code == CKR_TOKEN_NOT_PRESENT || code == CKR_USER_NOT_LOGGED_IN || code == CKR_DEVICE_ERROR ||
         code == CKR_CRYPTOKI_NOT_INITIALIZED || code == CKR_KEY_HANDLE_INVALID ||
         code == CKR_OBJECT_HANDLE_INVALID;
}

template <typename T>
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, T& value) {
  return {type, &value, sizeof value};
}

CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, ByteView value) {
  return {type, const_cast<std::uint8_t*>(value.data()), value.size()};  // NOLINT: PKCS#11 knows no const
}

template <std::size_t count>
CK_ULONG count_of(const std::array<CK_ATTRIBUTE, count>&) {
  return count;
}

// A module stays loaded as long as the process: unloading it would end other sessions.
Result<CK_FUNCTION_LIST*> load_module(const std::filesystem::path& path) {
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return no_token("no module " + path.string());
  const auto get_list =
      reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));  // NOLINT: as POSIX says
  CK_FUNCTION_LIST* functions = nullptr;
  if (get_list == nullptr || get_list(&functions) != CKR_OK)
    return no_token("no PKCS#11 module " + path.string());
  CK_C_INITIALIZE_ARGS how{};
  how.flags = CKF_OS_LOCKING_OK;
  const CK_RV code = functions->C_Initialize(&how);
  if (code != CKR_OK && code != CKR_CRYPTOKI_ALREADY_INITIALIZED) return no_token("C_Initialize", code);
  return functions;
}

}  // namespace

struct Token::Session {
  std::mutex mutex;
  CK_FUNCTION_LIST* functions = nullptr;
  std::optional<CK_SESSION_HANDLE> handle;
  bool wrong_pin = false;

  void forget() {
    if (handle) functions->C_CloseSession(*handle);
    handle.reset();
  }

  Result<CK_SLOT_ID> find_slot(const std::string& label) const {
    std::array<CK_SLOT_ID, slots_max> slots{};
    CK_ULONG count = slots.size();
    const CK_RV code = functions->C_GetSlotList(CK_TRUE, slots.data(), &count);
    if (code != CKR_OK) return no_token("C_GetSlotList", code);
    std::string padded = label;
    padded.resize(label_size, ' ');
    for (CK_ULONG at = 0; at < count; ++at) {
      CK_TOKEN_INFO info{};
      if (functions->C_GetTokenInfo(slots.at(at), &info) != CKR_OK) continue;
      if (padded == std::string_view(reinterpret_cast<const char*>(info.label), label_size))
        return slots.at(at);
    }
    return no_token("no token " + label);
  }

  Result<void> log_in(const TokenSettings& settings) {
    if (handle) return {};
    if (wrong_pin) return Error{Remedy::call_staff, "custody.wrong_pin", "not tried again"};
    if (functions == nullptr) {
      auto loaded = load_module(settings.module);
      if (!loaded) return loaded.error();
      functions = *loaded;
    }
    auto slot = find_slot(settings.label);
    if (!slot) return slot.error();
    auto text = read_file(settings.pin_file, pin_size_max);
    if (!text) return no_token(text.error().text());
    SecretBytes pin(text->begin(), text->end());
    wipe(text->data(), text->size());
    while (!pin.empty() && (pin.back() == '\n' || pin.back() == '\r')) pin.pop_back();
    CK_SESSION_HANDLE opened = 0;
    CK_RV code =
        functions->C_OpenSession(*slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &opened);
    if (code != CKR_OK) return no_token("C_OpenSession", code);
    handle = opened;
    code = functions->C_Login(opened, CKU_USER, pin.data(), pin.size());
    if (code == CKR_OK || code == CKR_USER_ALREADY_LOGGED_IN) return {};
    forget();
    if (code != CKR_PIN_INCORRECT && code != CKR_PIN_INVALID && code != CKR_PIN_LEN_RANGE &&
        code != CKR_PIN_LOCKED) {
      return no_token("C_Login", code);
    }
    wrong_pin = true;
    return Error{Remedy::call_staff, "custody.wrong_pin", fmt::format("C_Login: 0x{:x}", code)};
  }

  // CKR_OK with 0: there is no such key.
  CK_RV find_key(ByteView id, CK_OBJECT_HANDLE& key) const {
    CK_OBJECT_CLASS kind = CKO_PRIVATE_KEY;
    std::array wanted = {attribute(CKA_CLASS, kind), attribute(CKA_ID, id)};
    CK_RV code = functions->C_FindObjectsInit(*handle, wanted.data(), count_of(wanted));
    if (code != CKR_OK) return code;
    CK_ULONG count = 0;
    key = 0;
    code = functions->C_FindObjects(*handle, &key, 1, &count);
    functions->C_FindObjectsFinal(*handle);
    if (count == 0) key = 0;
    return code;
  }

  // Some tokens want the point as it is, some as a DER OCTET STRING: both are allowed.
  CK_RV derive(CK_OBJECT_HANDLE key, ByteView point, SecretBytes& shared) const {
    CK_ECDH1_DERIVE_PARAMS parameters{};
    parameters.kdf = CKD_NULL;
    parameters.ulPublicDataLen = point.size();
    parameters.pPublicData = const_cast<std::uint8_t*>(point.data());  // NOLINT: PKCS#11 knows no const
    CK_MECHANISM mechanism{CKM_ECDH1_DERIVE, &parameters, sizeof parameters};
    CK_OBJECT_CLASS kind = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    CK_ULONG size = seal::scalar_size;
    std::array wanted = {attribute(CKA_CLASS, kind),      attribute(CKA_KEY_TYPE, type),
                         attribute(CKA_TOKEN, no),        attribute(CKA_SENSITIVE, no),
                         attribute(CKA_EXTRACTABLE, yes), attribute(CKA_VALUE_LEN, size)};
    CK_OBJECT_HANDLE derived = 0;
    CK_RV code = functions->C_DeriveKey(*handle, &mechanism, key, wanted.data(), count_of(wanted), &derived);
    if (code != CKR_OK) return code;
    shared.resize(seal::scalar_size);
    CK_ATTRIBUTE value{CKA_VALUE, shared.data(), shared.size()};
    code = functions->C_GetAttributeValue(*handle, derived, &value, 1);
    if (code == CKR_OK && value.ulValueLen != seal::scalar_size) code = CKR_DATA_LEN_RANGE;
    functions->C_DestroyObject(*handle, derived);
    return code;
  }

  CK_RV derive_any(CK_OBJECT_HANDLE key, const Bytes& point, SecretBytes& shared) const {
    const CK_RV code = derive(key, point, shared);
    if (code == CKR_OK || session_is_lost(code)) return code;
    Bytes wrapped = {0x04, static_cast<std::uint8_t>(point.size())};
    append(wrapped, point);
    return derive(key, wrapped, shared);
  }

  CK_RV generate(ByteView id, Bytes& point) const {
    CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    const std::string name = "bianmin seal " + to_hex(id).substr(0, 8);
    std::array open_half = {attribute(CKA_TOKEN, yes), attribute(CKA_EC_PARAMS, ByteView(p256_parameters)),
                            attribute(CKA_ID, id), attribute(CKA_LABEL, view_of(name))};
    std::array secret_half = {attribute(CKA_TOKEN, yes),     attribute(CKA_PRIVATE, yes),
                              attribute(CKA_SENSITIVE, yes), attribute(CKA_EXTRACTABLE, no),
                              attribute(CKA_DERIVE, yes),    attribute(CKA_SIGN, no),
                              attribute(CKA_ID, id),         attribute(CKA_LABEL, view_of(name))};
    CK_OBJECT_HANDLE open_key = 0;
    CK_OBJECT_HANDLE secret_key = 0;
    CK_RV code =
        functions->C_GenerateKeyPair(*handle, &mechanism, open_half.data(), count_of(open_half),
                                     secret_half.data(), count_of(secret_half), &open_key, &secret_key);
    if (code != CKR_OK) return code;
    point.resize(2 + seal::point_size);  // a DER OCTET STRING
    CK_ATTRIBUTE value{CKA_EC_POINT, point.data(), point.size()};
    code = functions->C_GetAttributeValue(*handle, open_key, &value, 1);
    if (code != CKR_OK) return code;
    point.resize(value.ulValueLen);
    if (point.size() == 2 + seal::point_size) point.erase(point.begin(), point.begin() + 2);
    return CKR_OK;
  }
};

Token::Token(TokenSettings settings)
    : settings_(std::move(settings)), session_(std::make_unique<Session>()) {}

Token::~Token() { session_->forget(); }

Result<seal::PublicKey> Token::make_key(ByteView id) {
  const std::lock_guard guard(session_->mutex);
  if (auto there = session_->log_in(settings_); !there) return there.error();
  Bytes point;
  const CK_RV code = session_->generate(id, point);
  if (code != CKR_OK) {
    session_->forget();
    return no_token("C_GenerateKeyPair", code);
  }
  return seal::PublicKey::from_point(point);
}

Result<SecretBytes> Token::agree(ByteView id, const seal::PublicKey& other) {
  const std::lock_guard guard(session_->mutex);
  CK_RV code = CKR_OK;
  for (const bool again : {false, true}) {
    if (auto there = session_->log_in(settings_); !there) return there.error();
    CK_OBJECT_HANDLE key = 0;
    SecretBytes shared;
    code = session_->find_key(id, key);
    if (code == CKR_OK && key == 0) return no_token("no key " + to_hex(id));
    if (code == CKR_OK) code = session_->derive_any(key, other.point(), shared);
    if (code == CKR_OK) return shared;
    session_->forget();
    if (again || !session_is_lost(code)) break;
  }
  return no_token("C_DeriveKey", code);
}

Result<SecretBytes> TokenKey::agree(const seal::PublicKey& other) const {
  auto shared = token_->agree(id_, other);
  if (shared) return shared;
  return Error{Remedy::retry_later, "custody.away", shared.error().text()};
}

Result<std::shared_ptr<const TokenKey>> TokenKey::load(const std::filesystem::path& file,
                                                       std::shared_ptr<Token> token) {
  auto text = Config::load(file, {"id", "point"});
  if (!text) return text.error();
  auto id = from_hex(text->text("id"));
  auto point = from_hex(text->text("point"));
  if (!id || id->empty() || !point) return Error{Remedy::refuse, "key.invalid", file.string()};
  auto key = seal::PublicKey::from_point(*point);
  if (!key) return key.error();
  return std::make_shared<const TokenKey>(std::move(token), std::move(*id), std::move(key).value());
}

Result<std::shared_ptr<const TokenKey>> TokenKey::make(const std::filesystem::path& file,
                                                       std::shared_ptr<Token> token) {
  Bytes id = seal::random_bytes(key_id_size);
  auto key = token->make_key(id);
  if (!key) return key.error();
  const std::string text = fmt::format("id = {}\npoint = {}\n", to_hex(id), to_hex(key->point()));
  if (auto written = write_file_durably(file, view_of(text), 0600); !written) return written.error();
  return std::make_shared<const TokenKey>(std::move(token), std::move(id), std::move(key).value());
}

Result<TokenSettings> load_token_settings(const std::filesystem::path& custody_folder) {
  auto text = Config::load(custody_folder / token_settings_name,
                           {"module", "token", "pin_file", "places", "network"});
  if (!text) return text.error();
  TokenSettings settings{text->text("module"), text->text("token"), text->text("pin_file")};
  const std::string places = text->text("places");
  for (const auto place : split(places, ',')) {
    if (!trim(place).empty()) settings.places.emplace_back(trim(place));
  }
  const std::string network = text->text("network", "no");
  if (network != "yes" && network != "no") return no_token("pkcs11.conf: network is yes or no");
  settings.network = network == "yes";
  if (settings.module.empty() || settings.label.empty() || settings.pin_file.empty()) {
    return no_token("pkcs11.conf needs module, token and pin_file");
  }
  return settings;
}

std::vector<std::filesystem::path> places_of(const TokenSettings& settings) {
  auto places = settings.places;
  if (!settings.module.filename().string().starts_with("libsofthsm")) return places;
  std::vector<std::filesystem::path> files = {"/etc/softhsm/softhsm2.conf"};
  if (const char* told = std::getenv("SOFTHSM2_CONF")) files = {told};
  if (const char* home = std::getenv("HOME"))
    files.push_back(std::filesystem::path(home) / ".config" / "softhsm2" / "softhsm2.conf");
  for (const auto& file : files) {
    const auto text = read_file(file, softhsm_settings_size_max);
    if (!text) continue;
    places.push_back(file);
    const std::string lines = text_of(*text);
    for (const auto line : split(lines, '\n')) {
      const std::size_t equals = line.find('=');
      if (equals == std::string_view::npos || trim(line.substr(0, equals)) != "directories.tokendir")
        continue;
      places.emplace_back(trim(line.substr(equals + 1)));
    }
  }
  return places;
}

Result<void> save_token_settings(const std::filesystem::path& custody_folder, const TokenSettings& settings) {
  std::string text = fmt::format("module = {}\ntoken = {}\npin_file = {}\n", settings.module.string(),
                                 settings.label, settings.pin_file.string());
  std::string places;
  for (const auto& place : settings.places) places += (places.empty() ? "" : ",") + place.string();
  if (!places.empty()) text += fmt::format("places = {}\n", places);
  if (settings.network) text += "network = yes\n";
  return write_file_durably(custody_folder / token_settings_name, view_of(text), 0600);
}

}  // namespace bianmin::custody
