// The files of a small package that uses every part of the format.
#pragma once

#include <string_view>

namespace bianmin::services {

inline constexpr std::string_view sample_definition = R"({
  "id": "sample", "version": 3, "order": 5, "flow": "record", "item_code": "002014001006",
  "icon": "home", "title": "title", "summary": "summary", "office": "office",
  "result_time": "soon", "review_note": "note",
  "needs": ["id-card-reader"], "wants": ["receipt-printer"],
  "fields": [
    {"id": "name", "source": "card.name", "label": "l", "mask": "name"},
    {"id": "place", "source": "asked", "kind": "choice", "label": "l", "question": "q", "prefill": "here",
     "options": [{"id": "here", "icon": "home", "label": "here", "detail": "addr", "review": "addr"},
                 {"id": "there", "icon": "plane", "label": "there"},
                 {"id": "nowhere", "icon": "x", "label": "there"}]},
    {"id": "street", "source": "asked", "kind": "text", "label": "l", "question": "q", "prefill": "card.address",
     "length_min": 2, "length_max": 6},
    {"id": "phone", "source": "asked", "kind": "digits", "label": "l", "question": "q", "hint": "h", "skip": "none",
     "length_min": 3, "length_max": 11, "starts_with": ["1", "086"], "mask": "phone"},
    {"id": "since", "source": "asked", "kind": "date", "label": "l", "question": "q", "not_after_today": true}
  ],
  "rules": [
    {"code": "sample.expired", "check": "card_valid", "tell": "t", "where": "w"},
    {"code": "sample.young", "check": "age_at_least", "years": 60, "tell": "t", "where": "w"},
    {"code": "sample.old", "check": "age_at_most", "years": 120, "tell": "t", "where": "w"},
    {"code": "sample.nowhere", "check": "answer_not_in", "field": "place", "values": ["nowhere"], "tell": "t", "where": "w"}
  ],
  "steps": [
    {"step": "card"},
    {"step": "question", "field": "place"},
    {"step": "question", "field": "street", "when": {"field": "place", "values": ["there"]}},
    {"step": "question", "field": "phone"},
    {"step": "question", "field": "since"},
    {"step": "review"}, {"step": "submit"}, {"step": "print"}, {"step": "rate"}
  ],
  "receipt": [
    {"line": "text", "text": "slip", "align": "center", "scale": 2, "bold": true},
    {"line": "rule"},
    {"line": "label", "label": "l", "value": "{case_no}"},
    {"line": "label", "label": "l", "value": "{service}"},
    {"line": "label", "label": "l", "value": "{result_time}"},
    {"line": "qr", "value": "{qr}"},
    {"line": "feed", "lines": 2}
  ],
  "sheet": {"title": "sheet", "opening": "open", "caption": "cap", "closing": ["next", "n"],
            "fields": ["place", "street", "phone"]}
})";

inline constexpr std::string_view sample_strings = R"({
  "title": "T", "summary": "S", "office": "O", "soon": "soon", "note": "N", "l": "L", "q": "Q", "h": "H",
  "here": "Here", "there": "There", "addr": "{card.address}", "none": "None", "t": "Tell", "w": "Where",
  "slip": "At {time}", "sheet": "Sheet", "open": "{site} has {service}", "cap": "Scan", "next": "Result {result_time}",
  "n": "No {case_no} at {terminal}, {time}"
})";

}  // namespace bianmin::services
