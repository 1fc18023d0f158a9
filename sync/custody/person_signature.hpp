// The person's own signature in a record, checked again where the record arrives.
#pragma once

#include <string_view>

#include "sync/record/case_record.hpp"
#include "sync/seal/trust_list.hpp"

namespace bianmin::custody {

struct SignatureVerdict {
  std::string_view code = "";   // why the record is refused; empty: it is not
  std::string_view state = "";  // for the report: "" no signature, "valid", "trusted"
};

// `trust` may be null: a hub without a list of authorities can say that the key of the certificate signed,
// but not whose it is. Pure.
SignatureVerdict check_person_signature(const record::CaseRecord& record, const seal::TrustList* trust);

}  // namespace bianmin::custody
