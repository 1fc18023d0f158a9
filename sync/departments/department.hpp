// Where accepted records go: the one interface of everything that can take a case up. Implementations:
// hub::EmbeddedRegister, RestDepartment, XRoadDepartment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/record/case_record.hpp"
#include "sync/record/envelope.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::departments {

struct Acceptance {
  std::string number;  // up to 64 characters, as the resident is told
  std::int64_t accepted_utc_ms = 0;
  bool operator==(const Acceptance&) const = default;
};

enum class Verdict {
  accepted,
  refused,  // it will never be taken as it is: a person has to look
  later,    // nobody knows whether it was taken; the same again later does no harm
};

// What came of one attempt.
struct Outcome {
  Verdict verdict = Verdict::later;
  Acceptance acceptance;  // when accepted
  std::string code;       // otherwise: stable, without personal data
  std::string detail;     // for operators, without personal data
  std::int64_t retry_after_ms =
      0;  // of `later`: the department itself asks for so long a pause; 0: it does not

  static Outcome accept(Acceptance acceptance) {
    return {Verdict::accepted, std::move(acceptance), {}, {}, 0};
  }
  static Outcome refuse(std::string code, std::string detail) {
    return {Verdict::refused, {}, std::move(code), std::move(detail), 0};
  }
  static Outcome wait(std::string code, std::string detail, std::int64_t retry_after_ms = 0) {
    return {Verdict::later, {}, std::move(code), std::move(detail), retry_after_ms};
  }
  static Outcome wait(const Error& error) { return wait(std::string(error.code), error.detail); }
};

// What a department tells of a case after it has accepted it.
struct CaseNews {
  std::string case_no;
  std::string state;  // a word of the department's: 1 to 32 of a-z, 0-9, '-'
  std::int64_t utc_ms = 0;
  std::optional<Bytes> certificate;  // a PDF
};

// What should have been one, and says nothing that can be believed.
struct BadNews {
  std::string code;         // "states.no_json", "states.no_case_no", "states.no_state", "states.no_time",
                            // "states.bad_certificate"
  std::string case_no;      // "" when it has none
  record::Digest digest{};  // SHA-256 of it as it came: by this the department finds it
};

struct NewsPage {
  std::vector<CaseNews> news;
  std::vector<BadNews> bad;
  std::string next;  // where to go on; the same as before when there is nothing new
};

// Thread-bound.
class Department {
 public:
  virtual ~Department() = default;
  // Takes the record up, durably, before it says accepted. The same record id again gets the same acceptance:
  // the hub repeats itself after a crash, after a lost answer, and when two hubs do it at once. May block, as
  // long as its settings say.
  virtual Outcome file(const record::CaseRecord& record) = 0;
  // What is new since `cursor` ("" at first). Nothing: this department tells of no states.
  virtual std::optional<Result<NewsPage>> news(std::string_view cursor) {
    (void)cursor;
    return std::nullopt;
  }
};

}  // namespace bianmin::departments
