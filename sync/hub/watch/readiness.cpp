#include "sync/hub/watch/readiness.hpp"

#include <sys/statvfs.h>

namespace bianmin::hub {

Result<void> Readiness::ask_database() {
  auto count = database_.prepare("SELECT count(*) FROM (SELECT 1 FROM enrolment LIMIT 1) AS found").number();
  if (!count) return count.error();
  return {};
}

Result<void> Readiness::check() {
  if (draining_) return Error{Remedy::retry_later, "hub.draining", {}};
  struct statvfs disk {};
  if (::statvfs(folder_.c_str(), &disk) == 0 &&
      std::uint64_t{disk.f_bavail} * disk.f_frsize < disk_bytes_min_) {
    return Error{Remedy::call_staff, "hub.disk_full", folder_.string()};
  }
  const std::int64_t now_ms = clock_.steady_ms();
  if (now_ms - asked_at_ms_ < readiness_kept_ms) return answer_;
  answer_ = ask_database();
  asked_at_ms_ = now_ms;
  return answer_;
}

}  // namespace bianmin::hub
