#include "sync/seal/profile.hpp"

#include <unistd.h>

#include "sync/record/messages.hpp"
#include "sync/seal/algorithms.hpp"
#include "sync/seal/guomi.hpp"
#include "sync/seal/hpke.hpp"

namespace bianmin::seal {

namespace {

Error other_profile(std::string_view name) {
  return {Remedy::refuse, "key.other_profile", "no key of the profile " + std::string(name)};
}

class InternationalProfile : public Profile, public std::enable_shared_from_this<InternationalProfile> {
 public:
  InternationalProfile() : Profile(record::profile_international, Curve::p256) {}

  Digest digest(ByteView bytes) const override { return hash_(bytes); }

  Result<SecretBytes> open(const PrivateKey& receiver, Purpose purpose, ByteView aad,
                           ByteView sealed) const override {
    return hpke_.open(receiver, info_of(purpose), aad, sealed);
  }

 protected:
  Result<PreparedSeal> prepare_checked(const PublicKey& receiver, Purpose purpose) const override {
    auto context = hpke_.prepare(PrivateKey::generate(), receiver, info_of(purpose));
    if (!context) return context.error();
    return PreparedSeal(std::make_unique<Prepared>(shared_from_this(), std::move(context).value()));
  }

 private:
  class Prepared : public PreparedSeal::Work {
   public:
    Prepared(std::shared_ptr<const InternationalProfile> profile, HpkeContext context)
        : profile_(std::move(profile)), context_(std::move(context)) {}
    Bytes seal(ByteView aad, ByteView plain) override { return profile_->hpke_.seal(context_, aad, plain); }

   private:
    std::shared_ptr<const InternationalProfile> profile_;
    HpkeContext context_;
  };

  static std::string_view info_of(Purpose purpose) {
    if (purpose == Purpose::record) return record::seal_info_record;
    return purpose == Purpose::ask ? record::seal_info_ask : record::seal_info_answer;
  }

  Hash hash_{"SHA2-256"};
  Hpke hpke_;
};

class GuomiProfile : public Profile, public std::enable_shared_from_this<GuomiProfile> {
 public:
  GuomiProfile() : Profile(record::profile_guomi, Curve::sm2) {}

  Digest digest(ByteView bytes) const override { return hash_(bytes); }

  Result<SecretBytes> open(const PrivateKey& receiver, Purpose purpose, ByteView aad,
                           ByteView sealed) const override {
    return guomi_.open(receiver, info_of(purpose), aad, sealed);
  }

 protected:
  Result<PreparedSeal> prepare_checked(const PublicKey& receiver, Purpose purpose) const override {
    auto context = guomi_.prepare(receiver);
    if (!context) return context.error();
    return PreparedSeal(
        std::make_unique<Prepared>(shared_from_this(), info_of(purpose), std::move(context).value()));
  }

 private:
  class Prepared : public PreparedSeal::Work {
   public:
    Prepared(std::shared_ptr<const GuomiProfile> profile, std::string_view info, GuomiContext context)
        : profile_(std::move(profile)), info_(info), context_(std::move(context)) {}
    Bytes seal(ByteView aad, ByteView plain) override {
      return profile_->guomi_.seal(context_, info_, aad, plain);
    }

   private:
    std::shared_ptr<const GuomiProfile> profile_;
    std::string_view info_;
    GuomiContext context_;
  };

  static std::string_view info_of(Purpose purpose) {
    if (purpose == Purpose::record) return record::guomi_seal_info_record;
    return purpose == Purpose::ask ? record::guomi_seal_info_ask : record::guomi_seal_info_answer;
  }

  Hash hash_{"SM3"};
  Guomi guomi_;
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
  if (curve == Curve::sm2) return std::make_shared<const GuomiProfile>();
  return std::make_shared<const InternationalProfile>();
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
