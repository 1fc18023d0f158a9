// A document that is too large for one record goes as several: each is sealed, chained, signed and receipted
// like any other, so an upload that breaks off goes on with the part that is missing.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "sync/record/case_record.hpp"

namespace bianmin::record {

// The records that take the place of `record`, in the order of their parts; `record` itself when it fits into
// one. The first has its id, the others get fresh ones. Error "record.document_too_large" (refuse).
Result<std::vector<CaseRecord>> split_document(CaseRecord record, const std::function<RecordId()>& fresh_id);

// Puts documents together out of records that come in any order. Thread-bound.
class DocumentParts {
 public:
  // Returns the document as soon as it is whole. A part that contradicts the others is left out.
  std::optional<Document> add(Document document);

  struct Progress {
    std::uint32_t have = 0;
    std::uint32_t count = 0;
  };
  // Of the document whose part came first, of those that are not whole.
  std::optional<Progress> unfinished() const;

 private:
  struct Begun {
    DocumentPart part;  // any one of them
    std::string media_type;
    std::map<std::uint32_t, Bytes> bytes;  // by the number of the part
  };
  std::vector<Begun> begun_;
};

}  // namespace bianmin::record
