// What departments, X-Road and an operator's editor may say. The first byte chooses:
//   0 an answer to a filing, 1 a page of states: "STATUS\nname: value\n…\n\nBODY"
//   2 an answer over X-Road
//   3 departments.json
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "sync/departments/answer.hpp"
#include "sync/departments/department_book.hpp"
#include "sync/departments/x_road.hpp"
#include "sync/http/retry_after.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/text.hpp"

namespace {

using namespace bianmin;
using namespace bianmin::departments;

void demand(bool truth) {
  if (!truth) std::abort();
}

http::Response response_in(std::string_view text) {
  http::Response response;
  const auto line = [&] {
    const auto one = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    return one;
  };
  const auto status = parse_number(line(), 0, 999);
  response.status = status ? static_cast<int>(*status) : 200;
  while (!text.empty()) {
    const auto header = line();
    if (header.empty()) break;
    const auto colon = header.find(':');
    if (colon != std::string_view::npos) {
      response.headers.push_back(
          {std::string(header.substr(0, colon)), std::string(trim(header.substr(colon + 1)))});
    }
  }
  response.body = bytes_of(text);
  return response;
}

bool plain(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

void judge(const Outcome& outcome) {
  if (outcome.verdict == Verdict::accepted) {
    demand(!outcome.acceptance.number.empty() && outcome.acceptance.number.size() <= acceptance_no_size_max);
    demand(plain(outcome.acceptance.number) && valid_utf8(outcome.acceptance.number));
    demand(outcome.acceptance.accepted_utc_ms > 0);
    return;
  }
  demand(valid_code(outcome.code.substr(outcome.code.find('.') + 1)));
  demand(outcome.detail.size() < 64 && plain(outcome.detail));
  demand(outcome.retry_after_ms == 0 || (outcome.retry_after_ms >= http::retry_after_least_ms &&
                                         outcome.retry_after_ms <= http::retry_after_most_ms));
}

void judge_page(const http::Response& response) {
  const auto page = judge_news(response);
  if (!page) return;
  demand(response.status == 200 && page->news.size() <= news_max &&
         page->next.size() <= news_cursor_size_max);
  for (const auto& news : page->news) {
    demand(plain(news.case_no) && plain(news.state) && news.utc_ms > 0);
    demand(!news.certificate || news.certificate->size() <= certificate_size_max);
  }
}

void judge_road(const http::Response& response) {
  XRoadSettings settings;
  settings.url = "https://s";
  settings.client = {"I", "C", "M"};
  settings.service = {"I", "C", "M", "S", "V"};
  const auto fault = fault_in(response);
  if (fault && *fault)
    demand(plain((*fault)->type) && ((*fault)->detail.empty() || (*fault)->detail.size() == 36));
  const auto request = x_road_request(settings, {"POST", "/cases", {}, "an-id", {}, {}, bytes_of("{}")});
  if (!check_answer(settings, request, response)) return;
  demand(response.header("x-road-id") == "an-id");
  demand(*response.header("x-road-request-hash") ==
         request_hash(hashed_headers(request, *response.header("x-road-request-id")), request.body));
}

void read_book(std::string_view text) {
  const auto book = DepartmentBook::parse(text, "/hub");
  if (!book) return demand(book.error().code == "departments.bad_book");
  for (const auto& [name, settings] : book->departments()) {
    demand(name == settings.name && settings.per_second > 0 && settings.parallel > 0);
    if (settings.kind == DepartmentKind::rest) demand(http::usable_url(settings.rest.url));
    if (settings.kind == DepartmentKind::x_road) demand(!problem_of(settings.x_road));
  }
  for (const char* service : {"", "pension-confirmation", "a"}) {
    const auto* found = book->find(service);
    demand(found == nullptr || book->named(found->name) == found);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(data + 1, data + size);
  switch (data[0] % 4) {
    case 0:
      judge(judge_filing(response_in(text)));
      break;
    case 1:
      judge_page(response_in(text));
      break;
    case 2:
      judge_road(response_in(text));
      break;
    default:
      read_book(text);
  }
  return 0;
}
