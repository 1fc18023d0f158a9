// Pages without choices say what to do and what is wrong; every state has its own words.

#include <set>

#include "tests/catch.hpp"
#include "tests/ui/page_fixture.hpp"
#include "ui/pages/blank_page.hpp"
#include "ui/pages/busy_page.hpp"
#include "ui/pages/card_page.hpp"
#include "ui/pages/notice_page.hpp"
#include "ui/pages/review_page.hpp"
#include "ui/pages/saved_page.hpp"
#include "ui/pages/scan_page.hpp"

using namespace bianmin;
using namespace bianmin::ui;

namespace {

std::string heading_of(const Node& page) {
  std::string heading;
  walk(page, [&](const Node& node) {
    if (node.role == Role::heading) heading = node.name;
  });
  return heading;
}

bool shows_icon(const Node& page, const std::string& icon) {
  bool shown = false;
  walk(page, [&](const Node& node) { shown = shown || node.icon == icon; });
  return shown;
}

}  // namespace

TEST_CASE_METHOD(PageFixture, "each state of the card prompt has its own heading", "[pages][card]") {
  std::set<std::string> headings;
  for (const CardPrompt prompt :
       {CardPrompt::waiting, CardPrompt::reading, CardPrompt::reader_missing, CardPrompt::problem}) {
    screen.show(card_page({"养老待遇资格认证", 1, 4, prompt, "请换个方向再放"}, context));
    headings.insert(heading_of(*screen.page()));
    const bool problem = prompt == CardPrompt::problem;
    CHECK((screen.find("请换个方向再放") != nullptr) == problem);
    CHECK(screen.page()->state.busy == (prompt == CardPrompt::reading));
    CHECK(shows_icon(*screen.page(), "arrow-down-right") == (prompt != CardPrompt::reader_missing));
    CHECK(screen.page()->id == "card");
  }
  CHECK(headings.size() == 4);
}

TEST_CASE_METHOD(PageFixture, "each way in has its own words", "[pages][card]") {
  std::set<std::string> headings;
  for (const CardWay way : {CardWay::id_card, CardWay::electronic_id, CardWay::either, CardWay::sign}) {
    CardView view{"领取生活补贴", 1, 5, CardPrompt::waiting, {}, way};
    screen.show(card_page(view, context));
    headings.insert(heading_of(*screen.page()));
    CHECK((screen.semantic_dump().find("插") != std::string::npos) == (way != CardWay::id_card));
    view.prompt = CardPrompt::problem;
    view.problem_text = "请插回登录时的卡";
    screen.show(card_page(view, context));
    CHECK(screen.find("请插回登录时的卡") != nullptr);
  }
  CHECK(headings.size() == 4);
}

TEST_CASE_METHOD(PageFixture, "each state of the scan prompt has its own heading", "[pages][scan]") {
  std::set<std::string> headings;
  for (const ScanPrompt prompt :
       {ScanPrompt::waiting, ScanPrompt::asking, ScanPrompt::scanner_missing, ScanPrompt::problem}) {
    screen.show(scan_page({"查办理进度", prompt, "这不是我们的凭条"}, context));
    headings.insert(heading_of(*screen.page()));
    CHECK((screen.find("这不是我们的凭条") != nullptr) == (prompt == ScanPrompt::problem));
    CHECK(screen.page()->state.busy == (prompt == ScanPrompt::asking));
  }
  CHECK(headings.size() == 4);
}

TEST_CASE_METHOD(PageFixture, "a busy page says what it does", "[pages]") {
  screen.show(busy_page({"正在存，请稍等"}, context));
  CHECK(heading_of(*screen.page()) == "正在存，请稍等");
  CHECK(screen.semantic_dump().find("page \"busy\" busy") == 0);
}

TEST_CASE_METHOD(PageFixture, "a blank page is black and has nothing to touch", "[pages][blank]") {
  screen.show(blank_page(context));
  for (int y = 0; y < screen.size().height; y += 40) {
    for (int x = 0; x < screen.size().width; x += 40) CHECK(screen.canvas().pixel(x, y) == 0xFF000000);
  }
  CHECK_FALSE(screen.activate("helper.help"));
  screen.key(Key::next);
  screen.key(Key::confirm);
  CHECK(helpers.empty());
}

TEST_CASE_METHOD(PageFixture, "a notice without a code or an action shows neither", "[pages][notice]") {
  screen.show(
      notice_page({Level::note, "请稍等", "机器正在准备", "", ""}, context, [](NoticeIntent) { FAIL(); }));
  CHECK_FALSE(screen.activate("act"));
  CHECK(screen.semantic_dump().find("编号") == std::string::npos);
  CHECK(shows_icon(*screen.page(), "info-circle"));
}

TEST_CASE_METHOD(PageFixture, "the network state is told in words", "[pages][frame]") {
  context.online = false;
  screen.show(busy_page({"请稍等"}, context));
  CHECK(screen.find("未联网") != nullptr);
  CHECK(screen.find("已联网") == nullptr);
}

TEST_CASE_METHOD(PageFixture, "the slip's state has a picture of its own", "[pages][saved]") {
  for (const auto& [level, icon] : {std::pair{Level::note, "printer"}, std::pair{Level::good, "circle-check"},
                                    std::pair{Level::stop, "alert-triangle"}}) {
    SavedView view;
    view.title = "办好了，已经存好";
    view.slip_text = "凭条的情况";
    view.slip_level = level;
    screen.show(saved_page(view, context, [](SavedIntent) {}));
    const Node* slip = screen.find("slip");
    REQUIRE(slip != nullptr);
    CHECK(shows_icon(*slip, icon));
    CHECK(slip->name == "凭条: 凭条的情况");
  }
}

TEST_CASE_METHOD(PageFixture, "many answers are turned over, and each can be changed", "[pages][review]") {
  ReviewView view;
  for (int i = 0; i < 20; ++i) view.rows.push_back({"第" + std::to_string(i) + "项", "回答", true});
  std::vector<int> changed;
  screen.show(review_page(view, context, [&](ReviewIntent intent) { changed.push_back(intent.row); }));
  REQUIRE(screen.find("rows")->page_count > 1);
  int turns = 0;
  for (int i = 0; i < 20; ++i) {
    const std::string id = "row." + std::to_string(i);
    while (screen.find(id) == nullptr && turns < 20) {
      ++turns;
      CHECK(screen.activate("rows.more"));
    }
    CHECK(screen.activate(id));
  }
  CHECK(changed.size() == 20);
  CHECK(changed.back() == 19);
  CHECK(screen.activate("submit"));  // the way on is never on another page
  CHECK(changed.size() == 21);
}
