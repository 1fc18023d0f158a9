// A service package: one service of one office, declared as data.
//
// A package is a folder with service.json and strings/<language>.json. What a Package says has been checked
// by the loader: every key it names exists in every language, every field and option it points to is there,
// its steps are in an order the engine can walk. Values of this file are immutable after loading, so they may
// be read from any thread. They hold no personal data.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/services/card_values.hpp"
#include "terminal/services/receipt.hpp"
#include "terminal/services/sheet.hpp"

namespace bianmin::services {

enum class Flow {
  record,    // makes a record: card, questions, review, submit, print, rate
  progress,  // looks a record up: scan, ask, result
};

enum class FieldSource { asked, card, scan };
enum class FieldKind { text, choice, digits, date };
enum class Mask { none, name, number, phone };

struct Option {
  std::string id;          // goes into the record, the same in every language
  std::string icon;        // Tabler outline name
  std::string label;       // key
  std::string detail;      // key or empty; may hold {card.address} and the like
  std::string review;      // key or empty: what the review page says instead of the label
  std::string needs_card;  // a value of the card, or empty: without it this is not offered
};

struct Field {
  std::string id;  // the name of the value in the record
  FieldSource source = FieldSource::asked;
  std::string card_key;        // source card: "name", "sex", ... as in `card_keys`
  bool where_present = false;  // source card: left out when the card does not have it
  FieldKind kind = FieldKind::text;
  std::string label;     // key: the row's name on the review page
  std::string question;  // key, asked only: the page's title
  std::string hint;      // key or empty
  std::string skip;  // key or empty: with it the question may be left out, and this says so ("不留电话")
  std::string prefill;  // choice: an option's id; else "card.<key>"; or empty
  Mask mask = Mask::none;
  bool shown = true;  // on the review page
  std::vector<Option> options;
  int length_min = 1;  // text: characters; digits: digits; scan: bytes after the prefix
  int length_max = 0;
  std::vector<std::string> starts_with;  // digits: one of them, when there are any
  bool not_after_today = false;          // date
  std::string prefix;                    // scan: what a code of this system begins with

  bool optional() const { return !skip.empty(); }
  const Option* find_option(std::string_view id) const;
};

enum class RuleCheck { card_valid, age_at_least, age_at_most, answer_in, answer_not_in };

struct Rule {
  std::string code;  // stable and public, "pension.too_young"
  RuleCheck check = RuleCheck::card_valid;
  int years = 0;
  std::string field;
  std::vector<std::string> values;
  std::string tell;   // key: what is the matter
  std::string where;  // key: where to go, or what to do
};

enum class StepKind { card, question, review, sign, submit, print, rate, scan, ask, result };

struct Condition {  // true when the choice `field` is answered with one of `values`
  std::string field;
  std::vector<std::string> values;
};

struct Step {
  StepKind kind = StepKind::card;
  std::string field;  // question and scan
  std::optional<Condition> when;
};

struct ProgressResult {
  std::string state;  // one of `progress_states`
  std::string icon;
  std::string title;   // key
  std::string detail;  // key
};

using Strings = std::map<std::string, std::string, std::less<>>;

struct Package {
  std::string id;
  int version = 0;
  int order = 0;  // small comes first on the welcome page
  Flow flow = Flow::record;
  std::string item_code;  // GB/T 39554.1-2020
  std::string icon;
  std::string title;               // key
  std::string summary;             // key
  std::string office;              // key: who decides ("社保所"); empty in a progress package
  std::string review_note;         // key or empty: the note above "confirm"
  std::string result_time;         // key: "3 个工作日内"; empty in a progress package
  std::vector<std::string> needs;  // devices without which the service is closed
  std::vector<std::string> wants;  // devices it does without, saying so
  std::vector<std::string> cards;  // kinds of identity cards it takes, as in `card_kinds`
  std::vector<std::string> reads;  // what it wants of the card besides, as in `card_reads`
  bool records_photo = false;      // the photo of the card, as it was read, goes into the record
  std::vector<Field> fields;
  std::vector<Rule> rules;
  std::vector<Step> steps;
  std::vector<ReceiptLine> receipt;
  std::optional<SheetLayout> sheet;  // most services hand out none
  std::vector<ProgressResult> results;
  std::map<std::string, Strings, std::less<>> strings;  // by language, "zh-Hans" and "en" at least

  const Field* find_field(std::string_view id) const;
  bool takes_card(std::string_view kind) const;
  bool takes_id_cards() const;  // any that lies on the reader of identity cards
  bool reads_from_card(std::string_view what) const;
  const ProgressResult* find_result(std::string_view state) const;
  // The string of a key. An unknown language falls back to zh-Hans; an empty key is the empty text.
  const std::string& text(std::string_view language, std::string_view key) const;
};

inline constexpr std::string_view fallback_language = "zh-Hans";
inline constexpr std::array<std::string_view, 2> required_languages = {"zh-Hans", "en"};
inline constexpr std::array<std::string_view, 4> device_names = {"code-scanner", "id-card-reader",
                                                                 "receipt-printer", "smart-card-reader"};
// Saved on the terminal, sent to the hub, accepted by the office, unknown to the hub, hub out of reach.
inline constexpr std::array<std::string_view, 5> progress_states = {"saved", "sent", "accepted", "not_found",
                                                                    "offline"};

}  // namespace bianmin::services
