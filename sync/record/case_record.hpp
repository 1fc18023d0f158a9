// What a resident handed in, as terminal, agent, hub and department understand it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::record {

using RecordId = std::array<std::uint8_t, 16>;  // random; names the record everywhere

enum class RecordKind : std::uint8_t { service_case = 1, rating = 2, document = 3 };
std::string_view word_of(RecordKind kind);  // "case", "rating", "document"; for reports and departments

struct KeyValue {
  std::string key;
  std::string value;
  bool operator==(const KeyValue&) const = default;
};

// A person's own signature over statement_of() the record (statement.hpp), made with an electronic ID.
struct PersonSignature {
  Bytes certificate;  // DER, of the card's key for signing; it names the person
  Bytes signature;    // ECDSA on P-384 over SHA-384 of the statement: r and s, 48 bytes each, big-endian
  bool operator==(const PersonSignature&) const = default;
};

// Which part of a document that is too large for one record (document_parts.hpp).
struct DocumentPart {
  RecordId first{};  // the record that has part 1
  std::uint32_t number = 1;
  std::uint32_t count = 2;
  std::uint64_t document_size = 0;  // bytes, of all parts together
  bool operator==(const DocumentPart&) const = default;
};

// What was handed out over a case on paper, as a file: it stands for nothing that the case does not say.
struct Document {
  std::string media_type;  // "application/pdf"
  Bytes bytes;
  std::optional<DocumentPart> part{};  // none when it fits into one record
  bool operator==(const Document&) const = default;
};

// Personal data: lives in memory only as long as the session, and elsewhere only sealed. All text is UTF-8.
struct CaseRecord {
  RecordId id{};
  RecordKind kind = RecordKind::service_case;
  std::string case_no;  // canonical; empty for a new case until it is saved; the others name their case
  std::string token;    // of a case: the slip's lookup token (record/slip.hpp)
  std::string service_id;
  std::string service_version;
  std::string item_code;  // GB/T 39554.1, up to 36 characters
  std::string terminal_id;
  std::int64_t created_utc_ms = 0;
  std::vector<KeyValue> person;              // in the order they were shown
  std::vector<KeyValue> answers;             // in the order they were asked
  std::optional<PersonSignature> signature;  // of a case; most have none
  std::optional<Document> document;          // of the kind `document`, and of no other
  bool operator==(const CaseRecord&) const = default;
};

constexpr std::size_t record_size_max = 256 * 1024;
constexpr std::size_t record_fields_max = 500;
constexpr std::size_t record_value_size_max = 64 * 1024;
constexpr std::size_t record_name_size_max = 128;
constexpr std::size_t person_certificate_size_max = 8 * 1024;
constexpr std::size_t person_signature_size = 96;
constexpr std::size_t document_part_size_max = 224 * 1024;  // what one record takes
constexpr std::size_t document_size_max = 4 * 1024 * 1024;
constexpr std::size_t document_parts_max =
    (document_size_max + document_part_size_max - 1) / document_part_size_max;

// Canonical CBOR: a map with the keys 0 to 11, and 12 only when there is a signature, 13 only when there is a
// document, so that a record without them is encoded as it was before there were any. Error "record.invalid"
// when a limit is broken or text is no UTF-8.
Result<Bytes> encode(const CaseRecord& record);
// Strict. Error "record.invalid".
Result<CaseRecord> decode_case_record(ByteView bytes);

}  // namespace bianmin::record
