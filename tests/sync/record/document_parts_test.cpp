#include "sync/record/document_parts.hpp"

#include <algorithm>
#include <random>

#include "tests/sync/support.hpp"

namespace bianmin::record {

using test::must;

namespace {

Bytes numbered(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + i / 251);
  return bytes;
}

std::vector<CaseRecord> parts_of(const CaseRecord& record) {
  std::uint8_t next = 0x80;
  return must(split_document(record, [&] { return RecordId{++next}; }));
}

}  // namespace

TEST_CASE("what fits into one record stays one") {
  const CaseRecord record = test::sample_document("00000420000178", numbered(document_part_size_max));
  CHECK(parts_of(record) == std::vector{record});
  const CaseRecord without = test::sample_case();
  CHECK(parts_of(without) == std::vector{without});
}

TEST_CASE("a large document becomes parts, each a record, and whole again in any order") {
  const std::size_t size =
      GENERATE(document_part_size_max + 1, 3 * document_part_size_max, document_size_max);
  const CaseRecord record = test::sample_document("00000420000178", numbered(size));
  auto records = parts_of(record);
  CHECK(records.size() == (size + document_part_size_max - 1) / document_part_size_max);
  CHECK(records.size() <= document_parts_max);
  CHECK(records.front().id == record.id);
  for (const CaseRecord& part : records) {
    CHECK(part.case_no == record.case_no);
    CHECK(must(decode_case_record(must(encode(part)))) == part);
  }
  std::ranges::shuffle(records, std::mt19937(1));
  DocumentParts parts;
  for (std::size_t i = 0; i + 1 < records.size(); ++i) {
    CHECK_FALSE(parts.add(*records[i].document).has_value());
    CHECK_FALSE(parts.add(*records[i].document).has_value());  // the same again
    REQUIRE(parts.unfinished().has_value());
    CHECK(parts.unfinished()->have == i + 1);
    CHECK(parts.unfinished()->count == records.size());
  }
  CHECK(parts.add(*records.back().document) == record.document);
  CHECK_FALSE(parts.unfinished().has_value());
}

TEST_CASE("documents come in between each other; what contradicts is left out") {
  const auto first = parts_of(test::sample_document("00000420000178", numbered(500'000)));
  CaseRecord other = test::sample_document("00000420000178", numbered(300'000));
  other.id = {9};
  const auto second = parts_of(other);
  DocumentParts parts;
  CHECK_FALSE(parts.add(*first[0].document).has_value());
  CHECK_FALSE(parts.add(*second[0].document).has_value());
  Document liar = *first[1].document;
  SECTION("another count") { liar.part->count = 2; }
  SECTION("another size") { liar.part->document_size = 450'000; }
  SECTION("another type") { liar.media_type = "image/png"; }
  CHECK_FALSE(parts.add(liar).has_value());
  CHECK(parts.add(*second[1].document)->bytes == other.document->bytes);
  CHECK_FALSE(parts.add(*first[1].document).has_value());
  CHECK(parts.add(*first[2].document)->bytes == numbered(500'000));
}

TEST_CASE("parts that are together not of the size they tell are no document") {
  auto records = parts_of(test::sample_document("00000420000178", numbered(300'000)));
  records[1].document->bytes.pop_back();
  DocumentParts parts;
  CHECK_FALSE(parts.add(*records[0].document).has_value());
  CHECK_FALSE(parts.add(*records[1].document).has_value());
  CHECK_FALSE(parts.unfinished().has_value());
}

TEST_CASE("a document over the limit is refused") {
  const auto refused = split_document(test::sample_document("00000420000178", Bytes(document_size_max + 1)),
                                      [] { return RecordId{1}; });
  CHECK(test::code_of(refused) == "record.document_too_large");
}

TEST_CASE("a part that cannot be one is no record") {
  CaseRecord part = parts_of(test::sample_document("00000420000178", numbered(500'000)))[1];
  DocumentPart& told = *part.document->part;
  SECTION("number 0") { told.number = 0; }
  SECTION("behind the last one") { told.number = 4; }
  SECTION("the only one") { told = {told.first, 1, 1, told.document_size}; }
  SECTION("too many") { told.count = document_parts_max + 1; }
  SECTION("no larger than this part") { told.document_size = part.document->bytes.size(); }
  SECTION("too large") { told.document_size = document_size_max + 1; }
  SECTION("empty") { part.document->bytes.clear(); }
  CHECK(test::code_of(encode(part)) == "record.invalid");
}

}  // namespace bianmin::record
