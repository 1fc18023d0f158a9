#include "terminal/base/result.hpp"

namespace bianmin {

std::string_view remedy_name(Remedy remedy) {
  switch (remedy) {
    case Remedy::retry_later: return "retry-later";
    case Remedy::ask_resident: return "ask-resident";
    case Remedy::call_staff: return "call-staff";
    case Remedy::refuse: return "refuse";
  }
  return "refuse";
}

std::string Error::text() const {
  std::string out(code);
  if (!detail.empty()) out += ": " + detail;
  return out;
}

}  // namespace bianmin
