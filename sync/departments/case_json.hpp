// A case as departments get it.
//
//   {"record_id": HEX, "kind": "case"|"rating"|"document", "case_no": TEXT, "service_id": TEXT,
//    "service_version": TEXT, "item_code": TEXT, "terminal_id": TEXT, "created_utc_ms": NUMBER,
//    "person": [{"key": TEXT, "value": TEXT}…], "answers": [the same…],
//    "signature": {"certificate": BASE64, "signature": BASE64},                  only when the person signed
//    "document": {"media_type": TEXT, "bytes": BASE64,
//                 "part": {"first": HEX, "number": N, "count": N, "document_size": N}}}   only of a document
//
// The order of the members does not count. The slip's token is not in it: it belongs to who holds the slip.
#pragma once

#include "sync/record/case_record.hpp"

namespace bianmin::departments {

// Personal data. UTF-8.
Bytes case_json(const record::CaseRecord& record);

}  // namespace bianmin::departments
