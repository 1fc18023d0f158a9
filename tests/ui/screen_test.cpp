// Touch, keys and damage, on a screen without a display.

#include "ui/kit/screen.hpp"

#include "tests/catch.hpp"
#include "tests/ui/page_fixture.hpp"
#include "ui/pages/digits_page.hpp"
#include "ui/pages/idle_page.hpp"
#include "ui/pages/question_page.hpp"
#include "ui/pages/welcome_page.hpp"

using namespace bianmin;
using namespace bianmin::ui;

namespace {

WelcomeView two_tiles() {
  return {{{"shield-check", "养老待遇资格认证", "一年一次", {}}, {"search", "查办理进度", "扫凭条", {}}}, {}};
}

WelcomeView many_tiles(int count) {
  WelcomeView view;
  for (int i = 0; i < count; ++i) view.tiles.push_back({"file-text", "服务" + std::to_string(i), "说明", {}});
  return view;
}

struct WelcomeFixture : PageFixture {
  WelcomeFixture() { show(two_tiles()); }
  void show(const WelcomeView& view) {
    screen.show(
        welcome_page(view, context, [this](WelcomeIntent intent) { chosen.push_back(intent.index); }));
  }
  std::vector<int> chosen;
};

// A clipped round corner may differ by the last bits of its smoothing; nobody sees that.
constexpr int channel_tolerance = 8;

bool same_pixels(const Canvas& one, const Canvas& other) {
  for (int y = 0; y < one.size().height; ++y) {
    for (int x = 0; x < one.size().width; ++x) {
      for (int shift = 0; shift < 32; shift += 8) {
        const int a = static_cast<int>(one.pixel(x, y) >> shift & 0xFF);
        const int b = static_cast<int>(other.pixel(x, y) >> shift & 0xFF);
        if (std::abs(a - b) > channel_tolerance) return false;
      }
    }
  }
  return true;
}

}  // namespace

TEST_CASE_METHOD(WelcomeFixture, "a press acts on release", "[screen]") {
  const Point tile = middle_of("choice.1");
  screen.pointer_down(tile);
  CHECK(chosen.empty());
  CHECK(screen.find("choice.1")->state.pressed);
  screen.pointer_up(tile);
  CHECK(chosen == std::vector<int>{1});
  CHECK_FALSE(screen.find("choice.1")->state.pressed);
}

TEST_CASE_METHOD(WelcomeFixture, "a press that leaves its target does nothing", "[screen]") {
  screen.pointer_down(middle_of("choice.0"));
  screen.pointer_move(middle_of("choice.1"));
  CHECK_FALSE(screen.find("choice.0")->state.pressed);
  screen.pointer_up(middle_of("choice.1"));
  CHECK(chosen.empty());

  screen.pointer_down(middle_of("choice.0"));
  screen.pointer_move(middle_of("choice.1"));
  screen.pointer_move(middle_of("choice.0"));
  CHECK(screen.find("choice.0")->state.pressed);
  screen.pointer_up(middle_of("choice.0"));
  CHECK(chosen == std::vector<int>{0});
}

TEST_CASE_METHOD(WelcomeFixture, "a cancelled press does nothing", "[screen]") {
  screen.pointer_down(middle_of("choice.0"));
  screen.pointer_cancel();
  CHECK_FALSE(screen.find("choice.0")->state.pressed);
  screen.pointer_up(middle_of("choice.0"));
  CHECK(chosen.empty());
}

TEST_CASE_METHOD(WelcomeFixture, "repeats on one place within half a second are one press", "[screen]") {
  tap("choice.0");
  clock.advance(200);
  tap("choice.0");
  CHECK(chosen.size() == 1);
  tap("choice.1");  // another place is meant
  CHECK(chosen == std::vector<int>{0, 1});
  clock.advance(Screen::repeat_ms);
  tap("choice.1");
  CHECK(chosen == std::vector<int>{0, 1, 1});
}

TEST_CASE_METHOD(WelcomeFixture, "a double tap does not reach the page that came", "[screen]") {
  int stayed = 0;
  const auto idle = [&](IdleIntent) { ++stayed; };
  screen.show(welcome_page(two_tiles(), context,
                           [&](WelcomeIntent) { screen.show(idle_page({45}, context, idle)); }));
  tap("choice.0");
  REQUIRE(screen.page()->id == "idle");
  clock.advance(100);
  tap("stay");
  CHECK(stayed == 0);
  clock.advance(Screen::repeat_ms);
  tap("stay");
  CHECK(stayed == 1);
}

TEST_CASE_METHOD(WelcomeFixture, "a closed service says why and can be touched to hear more", "[screen]") {
  WelcomeView view = two_tiles();
  view.tiles[0].closed_notice = "读卡器没连上";
  show(view);
  tap("choice.0");
  CHECK(chosen == std::vector<int>{0});
  CHECK(screen.semantic_dump().find("读卡器没连上") != std::string::npos);
}

TEST_CASE_METHOD(WelcomeFixture, "a pressed button redraws only itself", "[screen]") {
  const Rect tile = screen.find("choice.0")->bounds;
  screen.pointer_down(middle_of("choice.0"));
  CHECK(presenter.last_damage() == std::vector<Rect>{tile});
  screen.pointer_up({1, 1});
  CHECK(presenter.last_damage() == std::vector<Rect>{tile});
}

TEST_CASE_METHOD(WelcomeFixture, "nothing is drawn when nothing changed", "[screen]") {
  const int before = presenter.present_count();
  show(two_tiles());
  CHECK(presenter.present_count() == before);
  screen.pointer_move({500, 500});
  screen.pointer_down({500, 300});  // no target there
  screen.pointer_up({500, 300});
  CHECK(presenter.present_count() == before);
}

TEST_CASE_METHOD(WelcomeFixture, "a changed clock redraws a corner", "[screen]") {
  context.clock_text = "9:43";
  show(two_tiles());
  REQUIRE(presenter.last_damage().size() == 1);
  const Rect damage = presenter.last_damage().front();
  CHECK(damage.width < 200);
  CHECK(damage.height < 128);
}

TEST_CASE_METHOD(WelcomeFixture, "drawing the difference gives the same picture as drawing all", "[screen]") {
  for (const Sample& sample : page_samples(SampleLanguage::chinese)) {
    INFO(sample.name);
    screen.show(sample.make(context));
    OffscreenPresenter other_presenter;
    Screen fresh(other_presenter, clock, "ui/kit/icons", screen.size());
    fresh.show(sample.make(context));
    CHECK(same_pixels(screen.canvas(), fresh.canvas()));
  }
}

TEST_CASE_METHOD(WelcomeFixture, "a press survives the same page shown again", "[screen]") {
  screen.pointer_down(middle_of("choice.1"));
  context.clock_text = "9:43";
  show(two_tiles());
  CHECK(screen.find("choice.1")->state.pressed);
  screen.pointer_up(middle_of("choice.1"));
  CHECK(chosen == std::vector<int>{1});
}

TEST_CASE_METHOD(WelcomeFixture, "a press does not survive another page", "[screen]") {
  const Point point = middle_of("choice.1");
  screen.pointer_down(point);
  screen.show(idle_page({45}, context, [](IdleIntent) { FAIL("not pressed"); }));
  screen.pointer_up(point);
  CHECK(chosen.empty());
}

TEST_CASE_METHOD(WelcomeFixture, "helpers say which one they are", "[screen]") {
  for (const char* id :
       {"helper.back", "helper.text_size", "helper.contrast", "helper.language", "helper.help"}) {
    tap(id);
  }
  CHECK(helpers == std::vector<HelperIntent>{HelperIntent::back, HelperIntent::text_size,
                                             HelperIntent::contrast, HelperIntent::language,
                                             HelperIntent::help});
  context.can_go_back = false;
  show(two_tiles());
  CHECK_FALSE(screen.activate("helper.back"));
}

TEST_CASE_METHOD(WelcomeFixture, "the five keys reach and do everything", "[screen][keys]") {
  screen.key(Key::confirm);
  CHECK(chosen.empty());
  screen.key(Key::next);
  CHECK(screen.find("choice.0")->state.focused);
  CHECK(presenter.last_damage() == std::vector<Rect>{screen.find("choice.0")->bounds});
  screen.key(Key::next);
  screen.key(Key::confirm);
  CHECK(chosen == std::vector<int>{1});
  screen.key(Key::previous);
  screen.key(Key::previous);  // wraps
  CHECK(screen.find("helper.help")->state.focused);
  screen.key(Key::next);
  CHECK(screen.find("choice.0")->state.focused);
  screen.key(Key::back);
  screen.key(Key::help);
  CHECK(helpers == std::vector<HelperIntent>{HelperIntent::back, HelperIntent::help});
}

TEST_CASE_METHOD(WelcomeFixture, "the focus goes when a finger comes, and stays when the page is shown again",
                 "[screen][keys]") {
  screen.key(Key::next);
  show(two_tiles());
  CHECK(screen.find("choice.0")->state.focused);
  screen.pointer_down({5, 300});
  CHECK_FALSE(screen.find("choice.0")->state.focused);
}

TEST_CASE_METHOD(WelcomeFixture, "what does not fit is on further pages", "[screen][pages]") {
  show(many_tiles(15));
  const Node* tiles = screen.find("tiles");
  REQUIRE(tiles->page_count == 3);
  int first_hidden = 0;
  while (screen.find("choice." + std::to_string(first_hidden)) != nullptr) ++first_hidden;
  const std::string next_page = "choice." + std::to_string(first_hidden);
  CHECK(first_hidden >= 5);
  CHECK(screen.find("tiles.previous") == nullptr);
  tap("tiles.more");
  CHECK(screen.find(next_page) != nullptr);
  CHECK(screen.find("choice.0") == nullptr);
  show(many_tiles(15));  // the page stays turned
  CHECK(screen.find(next_page) != nullptr);
  CHECK(screen.activate("tiles.more"));
  CHECK(screen.find("choice.14") != nullptr);
  CHECK(screen.find("tiles.more") == nullptr);
  CHECK(screen.activate("choice.14"));
  CHECK(chosen == std::vector<int>{14});
  CHECK(screen.activate("tiles.previous"));
  show(many_tiles(2));  // fewer now: back inside the limits
  CHECK(screen.find("choice.0") != nullptr);
}

TEST_CASE_METHOD(WelcomeFixture, "each touch and key is told, and may change the page", "[screen]") {
  int told = 0;
  screen.on_input_activity([&] { ++told; });
  screen.pointer_down({5, 300});
  CHECK(told == 1);
  screen.key(Key::next);
  CHECK(told == 2);
  screen.on_input_activity([&] { screen.show(idle_page({45}, context, [](IdleIntent) {})); });
  screen.pointer_down(middle_of("choice.0"));
  screen.pointer_up(middle_of("choice.0"));
  CHECK(screen.page()->id == "idle");
  CHECK(chosen.empty());
}

TEST_CASE_METHOD(WelcomeFixture, "things are found by id and by name", "[screen]") {
  CHECK(screen.activate("查办理进度"));
  CHECK(screen.activate("choice.0"));
  CHECK(chosen == std::vector<int>{1, 0});
  CHECK_FALSE(screen.activate("没有这个"));
  CHECK_FALSE(screen.activate("您好，想办什么事？"));  // a heading
}

TEST_CASE_METHOD(WelcomeFixture, "a forgotten screen holds no page and no pixel", "[screen]") {
  screen.forget();
  CHECK(screen.page() == nullptr);
  CHECK(presenter.last_damage() == std::vector<Rect>{{0, 0, 1080, 1920}});
  CHECK(screen.semantic_dump().empty());
  CHECK(same_pixels(screen.canvas(), Canvas(screen.size())));
  CHECK_FALSE(screen.activate("choice.0"));
  screen.key(Key::next);
  screen.pointer_down({500, 1500});
  screen.pointer_up({500, 1500});
  CHECK(chosen.empty());
  show(two_tiles());
  CHECK(screen.page()->id == "welcome");
}

TEST_CASE_METHOD(PageFixture, "digits are typed, deleted and cleared", "[screen][digits]") {
  DigitsView view;
  view.title = "电话";
  view.groups = {3, 4, 4};
  view.digit_count_max = 4;
  view.can_next = view.can_skip = true;
  std::vector<DigitsIntent::Kind> ends;
  std::function<void(DigitsIntent)> typed = [&](DigitsIntent intent) {
    if (intent.kind != DigitsIntent::Kind::changed) ends.push_back(intent.kind);
    view.digits = intent.digits;
    screen.show(digits_page(view, context, typed));
  };
  screen.show(digits_page(view, context, typed));
  CHECK_FALSE(screen.activate("key.delete"));
  for (const char* key : {"key.1", "key.3", "key.8", "key.0"}) CHECK(screen.activate(key));
  CHECK(view.digits == "1380");
  CHECK(screen.find("display")->name == "138  0");
  CHECK_FALSE(screen.activate("key.5"));  // full
  CHECK(screen.activate("key.delete"));
  CHECK(view.digits == "138");
  view.masked = true;
  CHECK(screen.activate("key.7"));
  CHECK(screen.find("display")->name == "•••  •");
  CHECK(screen.semantic_dump().find("1387") == std::string::npos);
  CHECK(screen.activate("key.clear"));
  CHECK(view.digits.empty());
  CHECK(screen.activate("next"));
  CHECK(screen.activate("skip"));
  CHECK(ends == std::vector<DigitsIntent::Kind>{DigitsIntent::Kind::next, DigitsIntent::Kind::skip});
}

TEST_CASE_METHOD(PageFixture, "a typed digit redraws the display and little more", "[screen][digits]") {
  DigitsView view;
  view.title = "电话";
  view.digits = "1";
  screen.show(digits_page(view, context, [](DigitsIntent) {}));
  view.digits = "13";
  screen.show(digits_page(view, context, [](DigitsIntent) {}));
  int area = 0;
  for (const Rect& rect : presenter.last_damage()) area += rect.width * rect.height;
  CHECK(area < 1080 * 1920 / 10);
}

TEST_CASE_METHOD(PageFixture, "next keeps the answer that is chosen already", "[screen][question]") {
  std::vector<int> chosen;
  QuestionView view;
  view.title = "住在哪里？";
  view.options = {{"", "家", "home"}, {"", "别处", "map-pin"}};
  const auto choose = [&](QuestionIntent intent) { chosen.push_back(intent.index); };
  screen.show(question_page(view, context, choose));
  CHECK_FALSE(screen.activate("next"));
  view.selected = 1;
  screen.show(question_page(view, context, choose));
  CHECK(screen.semantic_dump().find("choice \"别处\" selected") != std::string::npos);
  CHECK(screen.activate("next"));
  CHECK(screen.activate("choice.0"));
  CHECK(chosen == std::vector<int>{1, 0});
}
