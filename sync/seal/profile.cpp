#include "sync/seal/profile.hpp"

#include <unistd.h>

#include <array>

#include "sync/record/messages.hpp"
#include "sync/seal/algorithms.hpp"
#include "sync/seal/guomi.hpp"
#include "sync/seal/hpke.hpp"

namespace bianmin::seal {

namespace {

Error other_profile(std::string_view name) {
  return {Remedy::refuse, "key.other_profile", "no key of the profile " + std::string(name)};
}

// How a profile seals: its names, and what of one sealing can be done ahead. Infos in the order of Purpose.
struct International {
  static constexpr std::string_view name = record::profile_international;
  static constexpr Curve curve = Curve::p256;
  static constexpr const char* hash = "SHA2-256";
  static constexpr std::array infos = {record::seal_info_record, record::seal_info_ask,
                                       record::seal_info_answer, record::seal_info_certificate};
  using Sealing = Hpke;
  using Context = HpkeContext;
  static Result<Context> prepare(const Hpke& hpke, const PublicKey& receiver, std::string_view info) {
    return hpke.prepare(PrivateKey::generate(), receiver, info);
  }
  static Bytes seal(const Hpke& hpke, const Context& context, std::string_view, ByteView aad,
                    ByteView plain) {
    return hpke.seal(context, aad, plain);
  }
};

struct ChineseCommercial {
  static constexpr std::string_view name = record::profile_guomi;
  static constexpr Curve curve = Curve::sm2;
  static constexpr const char* hash = "SM3";
  static constexpr std::array infos = {record::guomi_seal_info_record, record::guomi_seal_info_ask,
                                       record::guomi_seal_info_answer, record::guomi_seal_info_certificate};
  using Sealing = Guomi;
  using Context = GuomiContext;
  static Result<Context> prepare(const Guomi& guomi, const PublicKey& receiver, std::string_view) {
    return guomi.prepare(receiver);
  }
  static Bytes seal(const Guomi& guomi, const Context& context, std::string_view info, ByteView aad,
                    ByteView plain) {
    return guomi.seal(context, info, aad, plain);
  }
};

template <typename Suite>
class ProfileOf : public Profile, public std::enable_shared_from_this<ProfileOf<Suite>> {
 public:
  ProfileOf() : Profile(Suite::name, Suite::curve) {}

  Digest digest(ByteView bytes) const override { return hash_(bytes); }

  Result<SecretBytes> open(const PrivateKey& receiver, Purpose purpose, ByteView aad,
                           ByteView sealed) const override {
    return sealing_.open(receiver, info_of(purpose), aad, sealed);
  }

  Result<SecretBytes> open(const Agreement& receiver, Purpose purpose, ByteView aad,
                           ByteView sealed) const override {
    if constexpr (Suite::curve == Curve::p256) {
      return sealing_.open(receiver, info_of(purpose), aad, sealed);
    } else {
      (void)receiver, (void)purpose, (void)aad, (void)sealed;
      return other_profile(this->name());
    }
  }

 protected:
  Result<PreparedSeal> prepare_checked(const PublicKey& receiver, Purpose purpose) const override {
    auto context = Suite::prepare(sealing_, receiver, info_of(purpose));
    if (!context) return context.error();
    return PreparedSeal(
        std::make_unique<Prepared>(this->shared_from_this(), info_of(purpose), std::move(context).value()));
  }

 private:
  class Prepared : public PreparedSeal::Work {
   public:
    Prepared(std::shared_ptr<const ProfileOf> profile, std::string_view info, typename Suite::Context context)
        : profile_(std::move(profile)), info_(info), context_(std::move(context)) {}
    Bytes seal(ByteView aad, ByteView plain) override {
      return Suite::seal(profile_->sealing_, context_, info_, aad, plain);
    }

   private:
    std::shared_ptr<const ProfileOf> profile_;
    std::string_view info_;
    typename Suite::Context context_;
  };

  static std::string_view info_of(Purpose purpose) {
    return Suite::infos.at(static_cast<std::size_t>(purpose));
  }

  Hash hash_{Suite::hash};
  typename Suite::Sealing sealing_;
};

}  // namespace

PreparedSeal::PreparedSeal(std::unique_ptr<Work> work) : work_(std::move(work)), process_(::getpid()) {}

Result<Bytes> PreparedSeal::seal(ByteView aad, ByteView plain) && {
  const std::unique_ptr<Work> work = std::move(work_);
  if (work == nullptr || process_ != ::getpid()) {
    return Error{Remedy::refuse, "seal.used", "a prepared sealing is for one message of one process"};
  }
  return work->seal(aad, plain);
}

std::string_view profile_name(Curve curve) {
  return curve == Curve::sm2 ? record::profile_guomi : record::profile_international;
}

Result<ProfilePtr> Profile::named(std::string_view name) {
  if (name == record::profile_international) return of(Curve::p256);
  if (name == record::profile_guomi) return of(Curve::sm2);
  return Error{Remedy::refuse, "profile.unknown", "no such profile"};
}

ProfilePtr Profile::of(Curve curve) {
  if (curve == Curve::sm2) return std::make_shared<const ProfileOf<ChineseCommercial>>();
  return std::make_shared<const ProfileOf<International>>();
}

Result<void> Profile::check(const PublicKey& key) const {
  if (key.curve() == curve_) return {};
  return other_profile(name_);
}

Result<void> Profile::check(const PrivateKey& key) const {
  if (key.curve() == curve_) return {};
  return other_profile(name_);
}

Result<PreparedSeal> Profile::prepare(const PublicKey& receiver, Purpose purpose) const {
  if (auto right = check(receiver); !right) return right.error();
  return prepare_checked(receiver, purpose);
}

Result<Bytes> Profile::seal(const PublicKey& receiver, Purpose purpose, ByteView aad, ByteView plain) const {
  auto prepared = prepare(receiver, purpose);
  if (!prepared) return prepared.error();
  return std::move(prepared).value().seal(aad, plain);
}

}  // namespace bianmin::seal
