// Whatever arrangement of a page is in view: the same things can be done in it, and what a person did stays.

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "tests/catch.hpp"
#include "tests/ui/page_fixture.hpp"
#include "ui/pages/question_page.hpp"
#include "ui/pages/rating_page.hpp"
#include "ui/pages/saved_page.hpp"

using namespace bianmin;
using namespace bianmin::ui;

namespace {

const std::string long_address = "浙江省杭州市余杭区柳溪镇东河村东河自然村12号3单元402室";

QuestionView five_options(int selected) {
  QuestionView view;
  view.service_title = "养老待遇资格认证";
  view.step = 2;
  view.steps = 4;
  view.title = "您现在住在哪里？";
  view.hint = "选一个。选错了可以改";
  view.options = {{long_address, "身份证上的地址", "home"}};
  for (const char* label : {"和子女同住", "养老院或医院", "其他地方", "国外或境外"}) {
    view.options.push_back({"选了会接着问", label, "users"});
  }
  view.selected = selected;
  return view;
}

SavedView everything_saved(bool with_sheet) {
  return {"办好了，已经存好",
          "联网后自动送到社保所。请拿好凭条和身份证",
          {{"办件号", "0721 3386 41", false}, {"几时有结果", "3 个工作日内", false}},
          "可能没打完，请看一看。不全就再打一张",
          Level::note,
          {{"已存在本机", true}, {"已送出", false}, {"社保所已受理", false}},
          !with_sheet,
          true,
          with_sheet ? "再要一张 A4 回执" : ""};
}

int shown_with_id(const Node& page, const std::string& id) {
  int count = 0;
  walk(page, [&](const Node& node) { count += node.id == id; });
  return count;
}

}  // namespace

TEST_CASE("every arrangement of the saved page offers each thing once", "[arrangements][saved]") {
  const Size size = GENERATE(Size{1080, 1920}, Size{1920, 1080});
  const auto text_size = GENERATE(TextSize::medium, TextSize::large, TextSize::extra_large);
  PageFixture fixture(size);
  fixture.context.metrics.text_size = text_size;
  std::vector<SavedIntent> intents;
  const bool with_sheet = GENERATE(false, true);  // first the slip, which is the proof; then the sheet
  const std::string more = with_sheet ? "sheet" : "reprint";
  fixture.screen.show(saved_page(everything_saved(with_sheet), fixture.context,
                                 [&](SavedIntent intent) { intents.push_back(intent); }));
  for (const std::string& id : std::vector<std::string>{more, "rate", "finish", "slip", "rows"}) {
    INFO(id);
    CHECK(shown_with_id(*fixture.screen.page(), id) == 1);
  }
  fixture.tap(more);
  fixture.tap("rate");
  fixture.tap("finish");
  CHECK(intents == std::vector<SavedIntent>{with_sheet ? SavedIntent::sheet : SavedIntent::reprint_duplicate,
                                            SavedIntent::rate, SavedIntent::finish});
}

TEST_CASE("every arrangement of a question takes the option touched and keeps the one chosen",
          "[arrangements][question]") {
  const Size size = GENERATE(Size{1080, 1920}, Size{1920, 1080});
  const auto text_size = GENERATE(TextSize::medium, TextSize::large, TextSize::extra_large);
  PageFixture fixture(size);
  fixture.context.metrics.text_size = text_size;
  std::vector<int> chosen;
  fixture.screen.show(question_page(five_options(1), fixture.context,
                                    [&](QuestionIntent intent) { chosen.push_back(intent.index); }));
  CHECK(shown_with_id(*fixture.screen.page(), "next") == 1);
  CHECK(fixture.screen.find("choice.1")->state.selected);
  CHECK_FALSE(fixture.screen.find("choice.0")->state.selected);
  fixture.tap("choice.0");
  fixture.tap("next");
  CHECK(chosen == std::vector<int>{0, 1});
}

TEST_CASE("a page shown again in a close arrangement keeps its focus and its finger",
          "[arrangements][screen]") {
  PageFixture fixture({1920, 1080});
  std::vector<int> chosen;
  const auto show = [&] {
    fixture.screen.show(question_page(five_options(0), fixture.context,
                                      [&](QuestionIntent intent) { chosen.push_back(intent.index); }));
  };
  show();
  fixture.screen.key(Key::next);
  REQUIRE(fixture.screen.find("choice.0")->state.focused);
  show();
  CHECK(fixture.screen.find("choice.0")->state.focused);
  const Point at = fixture.middle_of("choice.3");
  fixture.screen.pointer_down(at);
  show();
  CHECK(fixture.screen.find("choice.3")->state.pressed);
  fixture.screen.pointer_up(at);
  CHECK(chosen == std::vector<int>{3});
}

TEST_CASE("an address that is cut on the screen is spoken whole", "[arrangements][question]") {
  PageFixture fixture;
  fixture.screen.show(question_page(five_options(0), fixture.context, [](QuestionIntent) {}));
  CHECK(fixture.screen.find("choice.0")->spoken.find(long_address) != std::string::npos);
}

TEST_CASE("nothing is promised that the machine cannot do", "[arrangements][strings]") {
  for (const SampleLanguage language : {SampleLanguage::chinese, SampleLanguage::english}) {
    const Strings strings = sample_strings(language);
    for (const std::string& key : strings.keys()) {
      INFO(key);
      for (const char* sign : {"嘀", "亮灯", "红光", "beep", "lit spot", "red light"}) {
        CHECK(strings.text(key).find(sign) == std::string::npos);
      }
    }
  }
}

TEST_CASE("every picture that the catalogue names is there", "[arrangements][icons]") {
  const Icons icons("ui/kit/icons");
  const std::regex named("\"icon\": *\"([a-z0-9-]+)\"");
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("terminal/catalogue")) {
    std::ifstream file(entry.path() / "service.json");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (std::sregex_iterator it(text.begin(), text.end(), named), end; it != end; ++it) {
      INFO((*it)[1]);
      CHECK(icons.has((*it)[1]));
      ++count;
    }
  }
  CHECK(count > 10);
}
