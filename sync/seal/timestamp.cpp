#include "sync/seal/timestamp.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>

#include <algorithm>
#include <ctime>
#include <vector>

#include "sync/seal/openssl.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::seal {

struct StampTrust::Roots {
  std::vector<CertificatePtr> certificates;
};

namespace {

constexpr std::size_t stamp_roots_byte_max = 256 * 1024;
constexpr int stamp_security_level = 2;  // OpenSSL's: nothing below 112 bits, no SHA-1
constexpr int oid_text_size = 128;
constexpr std::int64_t stamp_ms_per_s = 1'000;
constexpr std::int64_t granted = 0;
constexpr std::int64_t granted_with_changes = 1;

using StampRequestPtr = std::unique_ptr<TS_REQ, Freeing<TS_REQ_free>>;
using StampResponsePtr = std::unique_ptr<TS_RESP, Freeing<TS_RESP_free>>;
using StampCheckPtr = std::unique_ptr<TS_VERIFY_CTX, Freeing<TS_VERIFY_CTX_free>>;
using ImprintPtr = std::unique_ptr<TS_MSG_IMPRINT, Freeing<TS_MSG_IMPRINT_free>>;
using AlgorithmPtr = std::unique_ptr<X509_ALGOR, Freeing<X509_ALGOR_free>>;
using ObjectPtr = std::unique_ptr<ASN1_OBJECT, Freeing<ASN1_OBJECT_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, Freeing<ASN1_INTEGER_free>>;

Error refused_stamp(std::string_view code, std::string detail = {}) {
  (void)openssl_errors();
  return {Remedy::refuse, code, std::move(detail)};
}

std::string dotted(const ASN1_OBJECT* object) {
  char text[oid_text_size] = {};
  const int size = OBJ_obj2txt(text, sizeof text, object, 1);
  return size > 0 && size < oid_text_size ? std::string(text) : std::string();
}

std::string hex_of(const ASN1_INTEGER* number) {
  const BignumPtr value(ASN1_INTEGER_to_BN(number, nullptr));
  if (value == nullptr) return {};
  Bytes bytes(static_cast<std::size_t>(BN_num_bytes(value.get())));
  BN_bn2bin(value.get(), bytes.data());
  return to_hex(bytes);
}

ImprintPtr imprint_of(ByteView digest) {
  const AlgorithmPtr algorithm(X509_ALGOR_new());
  ImprintPtr imprint(TS_MSG_IMPRINT_new());
  must(algorithm != nullptr && imprint != nullptr);
  must(X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1);
  must(TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1);
  Bytes copy(digest.begin(), digest.end());
  must(TS_MSG_IMPRINT_set_msg(imprint.get(), copy.data(), static_cast<int>(copy.size())) == 1);
  return imprint;
}

Result<StampRequestPtr> request_for(ByteView digest, ByteView nonce, const std::string& policy) {
  StampRequestPtr request(TS_REQ_new());
  must(request != nullptr && TS_REQ_set_version(request.get(), 1) == 1);
  must(TS_REQ_set_msg_imprint(request.get(), imprint_of(digest).get()) == 1);
  must(TS_REQ_set_cert_req(request.get(), 1) == 1);
  if (!policy.empty()) {
    const ObjectPtr object(OBJ_txt2obj(policy.c_str(), 1));
    if (object == nullptr) return refused_stamp("stamp.bad_policy", policy);
    must(TS_REQ_set_policy_id(request.get(), object.get()) == 1);
  }
  if (!nonce.empty()) {
    const BignumPtr number(BN_bin2bn(nonce.data(), static_cast<int>(nonce.size()), nullptr));
    const IntegerPtr integer(BN_to_ASN1_INTEGER(number.get(), nullptr));
    must(integer != nullptr && TS_REQ_set_nonce(request.get(), integer.get()) == 1);
  }
  return request;
}

Result<StampResponsePtr> parse_response(ByteView bytes) {
  if (bytes.empty()) return refused_stamp("stamp.invalid", "there is none");
  if (bytes.size() > stamp_response_size_max) return refused_stamp("stamp.invalid", "too long");
  const unsigned char* at = bytes.data();
  StampResponsePtr response(d2i_TS_RESP(nullptr, &at, static_cast<long>(bytes.size())));
  if (response == nullptr || at != bytes.data() + bytes.size()) return refused_stamp("stamp.invalid");
  return response;
}

// What the authority says of the request; with a status of its own there is no stamp.
Result<void> check_granted(TS_RESP* response) {
  const TS_STATUS_INFO* status = TS_RESP_get_status_info(response);
  std::int64_t number = -1;
  if (ASN1_INTEGER_get_int64(&number, TS_STATUS_INFO_get0_status(status)) != 1) {
    return refused_stamp("stamp.invalid");
  }
  if (number == granted || number == granted_with_changes) return {};
  (void)openssl_errors();
  return Error{Remedy::retry_later, "stamp.not_granted", "status " + std::to_string(number)};
}

Result<std::int64_t> time_of(const TS_TST_INFO* info) {
  std::tm parts = {};
  if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &parts) != 1) return refused_stamp("stamp.invalid", "time");
  return static_cast<std::int64_t>(::timegm(&parts)) * stamp_ms_per_s;
}

bool same_digest(TS_TST_INFO* info, ByteView digest) {
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(info);
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  const ASN1_OCTET_STRING* stamped = TS_MSG_IMPRINT_get_msg(imprint);
  const ByteView bytes(ASN1_STRING_get0_data(stamped), static_cast<std::size_t>(ASN1_STRING_length(stamped)));
  return OBJ_obj2nid(algorithm) == NID_sha256 && std::ranges::equal(bytes, digest);
}

bool same_nonce(const TS_TST_INFO* info, ByteView nonce) {
  if (nonce.empty()) return true;
  const BignumPtr asked(BN_bin2bn(nonce.data(), static_cast<int>(nonce.size()), nullptr));
  const ASN1_INTEGER* told = TS_TST_INFO_get_nonce(info);
  const BignumPtr answered(told == nullptr ? nullptr : ASN1_INTEGER_to_BN(told, nullptr));
  return answered != nullptr && BN_cmp(asked.get(), answered.get()) == 0;
}

// The token's own digest: OpenSSL asks for strength in the chain alone.
bool strong_signature(TS_RESP* response) {
  PKCS7* token = TS_RESP_get_token(response);
  STACK_OF(PKCS7_SIGNER_INFO)* signers = PKCS7_get_signer_info(token);
  if (signers == nullptr || sk_PKCS7_SIGNER_INFO_num(signers) != 1) return false;
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, sk_PKCS7_SIGNER_INFO_value(signers, 0)->digest_alg);
  const int nid = OBJ_obj2nid(algorithm);
  return nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512 || nid == NID_sm3;
}

StorePtr store_of(const StampTrust::Roots& roots, std::int64_t utc_ms) {
  StorePtr store(X509_STORE_new());
  must(store != nullptr);
  for (const CertificatePtr& root : roots.certificates) {
    must(X509_STORE_add_cert(store.get(), root.get()) == 1);
  }
  X509_VERIFY_PARAM* how = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_time(how, static_cast<std::time_t>(utc_ms / stamp_ms_per_s));
  X509_VERIFY_PARAM_set_auth_level(how, stamp_security_level);
  return store;
}

Result<void> check_facts(TS_RESP* response, TS_TST_INFO* info, const StampDemand& demand) {
  if (!same_digest(info, demand.digest)) return refused_stamp("stamp.other_data");
  if (!same_nonce(info, demand.nonce)) return refused_stamp("stamp.other_nonce");
  const std::string policy = dotted(TS_TST_INFO_get_policy_id(info));
  if (!demand.policy.empty() && policy != demand.policy) return refused_stamp("stamp.other_policy", policy);
  if (!strong_signature(response)) return refused_stamp("stamp.weak");
  return {};
}

Result<void> check_signature(TS_RESP* response, const StampDemand& demand, const StampTrust& trust,
                             std::int64_t utc_ms) {
  auto request = request_for(demand.digest, demand.nonce, demand.policy);
  if (!request) return request.error();
  const StampCheckPtr check(TS_REQ_to_TS_VERIFY_CTX(request->get(), nullptr));
  must(check != nullptr);
  TS_VERIFY_CTX_add_flags(check.get(), TS_VFY_SIGNATURE);
  TS_VERIFY_CTX_set_store(check.get(), store_of(trust.roots(), utc_ms).release());  // it owns it now
  if (TS_RESP_verify_response(check.get(), response) == 1) return {};
  std::string why = openssl_errors();
  return refused_stamp("stamp.untrusted", std::move(why));
}

}  // namespace

Result<StampRequest> make_stamp_request(ByteView message, const std::string& policy) {
  StampRequest made{{}, sha256(message), random_bytes(stamp_nonce_size)};
  made.nonce.front() |= 1U;  // of full length, in any encoding
  auto request = request_for(made.digest, made.nonce, policy);
  if (!request) return request.error();
  unsigned char* encoded = nullptr;
  const int size = i2d_TS_REQ(request->get(), &encoded);
  must(size > 0);
  made.der.assign(encoded, encoded + size);
  OPENSSL_free(encoded);
  return made;
}

Result<StampTrust> StampTrust::from_pem(const std::string& pem) {
  auto roots = std::make_shared<Roots>();
  const BioPtr bio = memory_bio(pem);
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    roots->certificates.emplace_back(certificate);
  }
  const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  (void)openssl_errors();
  if (!ended || roots->certificates.empty()) {
    return Error{Remedy::refuse, "certificate.invalid", "no certificates of time stamp authorities"};
  }
  return StampTrust(std::move(roots));
}

Result<StampTrust> StampTrust::load(const std::filesystem::path& path) {
  auto pem = read_file(path, stamp_roots_byte_max);
  if (!pem) return pem.error();
  return from_pem(text_of(*pem));
}

Result<Stamp> check_stamp(ByteView bytes, const StampDemand& demand, const StampTrust& trust) {
  auto response = parse_response(bytes);
  if (!response) return response.error();
  if (auto done = check_granted(response->get()); !done) return done.error();
  TS_TST_INFO* info = TS_RESP_get_tst_info(response->get());
  if (info == nullptr) return refused_stamp("stamp.invalid", "no token");
  if (auto done = check_facts(response->get(), info, demand); !done) return done.error();
  const auto utc_ms = time_of(info);
  if (!utc_ms) return utc_ms.error();
  if (auto done = check_signature(response->get(), demand, trust, *utc_ms); !done) return done.error();
  if (*utc_ms < demand.earliest_utc_ms || *utc_ms > demand.latest_utc_ms) {
    return refused_stamp("stamp.bad_time");
  }
  return Stamp{*utc_ms, dotted(TS_TST_INFO_get_policy_id(info)), hex_of(TS_TST_INFO_get_serial(info))};
}

}  // namespace bianmin::seal
