#include "sync/departments/case_json.hpp"

#include "terminal/base/json.hpp"

namespace bianmin::departments {

namespace {

Json pairs_of(const std::vector<record::KeyValue>& values) {
  Json out = Json::array();
  for (const auto& one : values) out.push_back({{"key", one.key}, {"value", one.value}});
  return out;
}

Json document_of(const record::Document& document) {
  Json out{{"media_type", document.media_type}, {"bytes", to_base64(document.bytes)}};
  if (!document.part) return out;
  out["part"] = {{"first", to_hex(document.part->first)},
                 {"number", document.part->number},
                 {"count", document.part->count},
                 {"document_size", document.part->document_size}};
  return out;
}

}  // namespace

Bytes case_json(const record::CaseRecord& record) {
  Json out{{"record_id", to_hex(record.id)},
           {"kind", std::string(record::word_of(record.kind))},
           {"case_no", record.case_no},
           {"service_id", record.service_id},
           {"service_version", record.service_version},
           {"item_code", record.item_code},
           {"terminal_id", record.terminal_id},
           {"created_utc_ms", record.created_utc_ms},
           {"person", pairs_of(record.person)},
           {"answers", pairs_of(record.answers)}};
  if (record.signature) {
    out["signature"] = {{"certificate", to_base64(record.signature->certificate)},
                        {"signature", to_base64(record.signature->signature)}};
  }
  if (record.document) out["document"] = document_of(*record.document);
  return bytes_of(json_text(out));
}

}  // namespace bianmin::departments
