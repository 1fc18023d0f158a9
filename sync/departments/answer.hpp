// What a department's server answers, judged. Everything in it is hostile. Pure.
//
//   2xx  {"number": TEXT, "accepted_utc_ms": NUMBER}   accepted; other members are ignored
//   409  the same body                                  accepted before
//   4xx  {"code": TEXT}                                 refused for good, but for the statuses below
//   401 403 404 405 407 408 425 429, 5xx, 3xx           tried again: a set-up that is wrong, a server that is
//                                                       busy, a redirect that nobody follows. Retry-After
//                                                       counts, in seconds or as a date: no record of this
//                                                       department is sent sooner
//
// Nothing that the server writes in words is kept or shown: it may repeat what the case says. Only its code
// is, when it is one: 1 to 64 of letters, digits, '.', '_', '-'.
#pragma once

#include "sync/departments/department.hpp"
#include "sync/http/client.hpp"

namespace bianmin::departments {

constexpr std::size_t acceptance_no_size_max = 64;
constexpr std::size_t news_max = 500;  // on one page
constexpr std::size_t news_cursor_size_max = 256;
constexpr std::size_t certificate_size_max = 4 * 1024 * 1024;

// Codes of `later`: "department.status" (the detail is the number), "department.redirect",
// "department.bad_answer". Retry-After counts (http/retry_after.hpp) with the statuses that are tried again,
// but for 3xx. The code of a refusal is "department." and the server's own.
Outcome judge_filing(const http::Response& response);

//   {"states": [{"case_no": TEXT, "state": TEXT, "utc_ms": NUMBER, "certificate": BASE64 (a PDF)}…],
//    "next": TEXT}
// "certificate" may be missing. Who has the case's slip prints it at a terminal: a PDF of at most 4 MiB and 20
// pages, without a password, best with its fonts in it (PDF/A); any other is printed at the counter. One that
// comes later for the same case takes the place of the earlier.
// Residents are told of the states checking, more-needed, approved, rejected, issued and done; another word is
// kept for operators. An entry of the list that is none takes no other with it (NewsPage::bad); other members
// are ignored. Errors, of a page that is none at all: "department.bad_answer", "department.status" (retry
// later).
Result<NewsPage> judge_news(const http::Response& response);

bool valid_code(std::string_view code);

}  // namespace bianmin::departments
