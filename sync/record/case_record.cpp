#include "sync/record/case_record.hpp"

#include <algorithm>

#include "sync/record/cbor.hpp"

namespace bianmin::record {

namespace {

constexpr std::string_view record_format = "bm-record-1";
constexpr std::string_view signature_scheme = "ecdsa-p384-sha384";
constexpr std::size_t entry_count_unsigned = 12;
constexpr std::size_t document_entries = 2;
constexpr std::size_t part_entries = 4;

void put_fields(CborWriter& out, const std::vector<KeyValue>& fields) {
  out.array(fields.size());
  for (const KeyValue& field : fields) out.array(2).text(field.key).text(field.value);
}

std::vector<KeyValue> get_fields(CborReader& in) {
  std::vector<KeyValue> fields(in.array(record_fields_max));
  for (KeyValue& field : fields) {
    in.array_exactly(2);
    field.key = in.text(record_name_size_max);
    field.value = in.text(record_value_size_max);
    if (in.failed()) break;
  }
  return fields;
}

PersonSignature get_signature(CborReader& in) {
  PersonSignature signature;
  in.array_exactly(3);
  if (in.text(record_name_size_max) != signature_scheme) in.fail();
  const ByteView certificate = in.bytes(person_certificate_size_max);
  signature.certificate.assign(certificate.begin(), certificate.end());
  const ByteView value = in.bytes_exactly(person_signature_size);
  signature.signature.assign(value.begin(), value.end());
  return signature;
}

void put_document(CborWriter& out, const Document& document) {
  const auto& part = document.part;
  out.array(document_entries + (part ? part_entries : 0)).text(document.media_type).bytes(document.bytes);
  if (part) out.bytes(part->first).uint(part->number).uint(part->count).uint(part->document_size);
}

Document get_document(CborReader& in) {
  Document document;
  const std::size_t entries = in.array(document_entries + part_entries);
  document.media_type = in.text(record_name_size_max);
  const ByteView bytes = in.bytes(document_part_size_max);
  document.bytes.assign(bytes.begin(), bytes.end());
  if (entries == document_entries) return document;
  if (entries != document_entries + part_entries) in.fail();
  DocumentPart part;
  const ByteView first = in.bytes_exactly(part.first.size());
  if (!in.failed()) std::ranges::copy(first, part.first.begin());
  part.number = static_cast<std::uint32_t>(in.uint(document_parts_max));
  part.count = static_cast<std::uint32_t>(in.uint(document_parts_max));
  part.document_size = in.uint(document_size_max);
  const bool fits = part.number >= 1 && part.number <= part.count && part.count >= 2;
  if (!fits || document.bytes.empty() || part.document_size <= document.bytes.size()) in.fail();
  document.part = part;
  return document;
}

Error invalid(const char* detail) { return {Remedy::refuse, "record.invalid", detail}; }

}  // namespace

std::string_view word_of(RecordKind kind) {
  switch (kind) {
    case RecordKind::service_case:
      return "case";
    case RecordKind::rating:
      return "rating";
    case RecordKind::document:
      return "document";
  }
  return "unknown";
}

Result<Bytes> encode(const CaseRecord& record) {
  if (record.created_utc_ms < 0) return invalid("a time before 1970");
  CborWriter out;
  out.map(entry_count_unsigned + (record.signature ? 1 : 0) + (record.document ? 1 : 0))
      .uint(0)
      .text(record_format)
      .uint(1)
      .bytes(record.id);
  out.uint(2).uint(static_cast<std::uint64_t>(record.kind)).uint(3).text(record.case_no);
  out.uint(4).text(record.token).uint(5).text(record.service_id).uint(6).text(record.service_version);
  out.uint(7).text(record.item_code).uint(8).text(record.terminal_id);
  out.uint(9).uint(static_cast<std::uint64_t>(record.created_utc_ms)).uint(10);
  put_fields(out, record.person);
  out.uint(11);
  put_fields(out, record.answers);
  if (record.signature) {
    out.uint(12).array(3).text(signature_scheme);
    out.bytes(record.signature->certificate).bytes(record.signature->signature);
  }
  if (record.document) put_document(out.uint(13), *record.document);
  Bytes bytes = out.take();
  if (auto readable = decode_case_record(bytes); !readable) return readable.error();
  return bytes;
}

Result<CaseRecord> decode_case_record(ByteView bytes) {
  if (bytes.size() > record_size_max) return invalid("too large");
  CborReader in(bytes);
  CaseRecord record;
  const std::size_t entry_count = in.map(entry_count_unsigned + 1);
  if (entry_count < entry_count_unsigned) return invalid("entries are missing");
  in.key(0);
  if (in.text(record_name_size_max) != record_format) return invalid("not a record of this format");
  in.key(1);
  const ByteView id = in.bytes_exactly(record.id.size());
  if (!in.failed()) std::ranges::copy(id, record.id.begin());
  in.key(2);
  const auto kind = in.uint(static_cast<std::uint64_t>(RecordKind::document));
  if (kind == 0) return invalid("unknown kind");
  record.kind = static_cast<RecordKind>(kind);
  const auto name = [&](std::uint64_t key) {
    in.key(key);
    return in.text(record_name_size_max);
  };
  record.case_no = name(3);
  record.token = name(4);
  record.service_id = name(5);
  record.service_version = name(6);
  record.item_code = name(7);
  record.terminal_id = name(8);
  in.key(9);
  record.created_utc_ms = static_cast<std::int64_t>(in.uint(INT64_MAX));
  in.key(10);
  record.person = get_fields(in);
  in.key(11);
  record.answers = get_fields(in);
  const bool with_document = record.kind == RecordKind::document;
  if (with_document && entry_count == entry_count_unsigned) return invalid("no document in it");
  if (with_document) {
    in.key(13);
    record.document = get_document(in);
  } else if (entry_count > entry_count_unsigned) {
    in.key(12);
    record.signature = get_signature(in);
    if (record.kind != RecordKind::service_case) return invalid("only a case is signed");
  }
  if (!in.finished()) return invalid("not canonical, or over a limit");
  return record;
}

}  // namespace bianmin::record
