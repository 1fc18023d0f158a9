// What the pages say, and that they say it in the language's words.

#include <filesystem>
#include <fstream>
#include <set>

#include "tests/catch.hpp"
#include "tests/ui/page_fixture.hpp"
#include "ui/kit/layout.hpp"
#include "ui/pages/help_page.hpp"
#include "ui/pages/idle_page.hpp"
#include "ui/pages/notice_page.hpp"
#include "ui/pages/progress_page.hpp"
#include "ui/pages/rating_page.hpp"
#include "ui/pages/review_page.hpp"
#include "ui/pages/saved_page.hpp"

using namespace bianmin;
using namespace bianmin::ui;

namespace {

const std::string mask = "※";

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Strings masked_strings() {
  Strings chinese = sample_strings(SampleLanguage::chinese);
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("bianmin-mask-" + std::to_string(::getpid()) + ".json");
  std::ofstream file(path);
  file << "{";
  const char* comma = "";
  for (const std::string& key : chinese.keys()) {
    file << comma << '"' << key << "\":\"" << mask << '"';
    comma = ",";
  }
  file << "}";
  file.close();
  Result<Strings> masked = Strings::load(path);
  std::filesystem::remove(path);
  REQUIRE(masked.ok());
  return *masked;
}

const std::string dot = "•";

// What remains of a text when the mask, dots, numbers and the glue between them are taken away.
std::string unmasked_rest(std::string text) {
  std::string rest;
  while (!text.empty()) {
    if (text.starts_with(mask) || text.starts_with(dot)) {
      text.erase(0, text.starts_with(mask) ? mask.size() : dot.size());
      continue;
    }
    if (std::string(" \n0123456789:,-*X.").find(text.front()) == std::string::npos) rest += text.front();
    text.erase(0, 1);
  }
  return rest;
}

}  // namespace

TEST_CASE("no page has words of its own", "[pages]") {
  const Strings strings = masked_strings();
  for (const Size size : {Size{1080, 1920}, Size{1920, 1080}}) {
    PageContext context = sample_context(strings, ThemeName::light, {.canvas = size});
    context.site_name = mask;
    for (const Sample& sample : masked_samples(mask)) {
      const NodePtr page = sample.make(context);
      walk(static_cast<const Node&>(*page), [&](const Node& node) {
        if (node.role == Role::page) return;  // its name is its id
        INFO(sample.name << ": " << node.name << " / " << node.text);
        const std::set<std::string> view_numbers = {"", "–", "store.full"};
        CHECK(view_numbers.contains(unmasked_rest(node.name)) == true);
        CHECK(view_numbers.contains(unmasked_rest(node.text)) == true);
      });
    }
  }
}

TEST_CASE("pages and kit hold no character beyond ASCII", "[pages]") {
  int files = 0;
  for (const char* folder : {"ui/pages", "ui/kit"}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
      ++files;
      INFO(entry.path());
      for (const char each : file_text(entry.path())) {
        if (static_cast<unsigned char>(each) >= 0x80) FAIL("not ASCII");
      }
    }
  }
  CHECK(files > 40);
}

TEST_CASE("every page has a heading, five helpers and things with distinct ids", "[pages]") {
  const Strings strings = sample_strings(SampleLanguage::chinese);
  const PageContext context = sample_context(strings, ThemeName::light, {});
  Typesetter typesetter;
  for (const Sample& sample : page_samples(SampleLanguage::chinese)) {
    if (sample.name == "blank") continue;
    INFO(sample.name);
    const NodePtr page = sample.make(context);
    lay_out(*page, context.metrics.canvas, typesetter);
    int headings = 0;
    int helpers = 0;
    std::set<std::string> ids;
    walk(static_cast<const Node&>(*page), [&](const Node& node) {
      headings += node.role == Role::heading;
      helpers += node.role == Role::helper;
      if (!node.on_activate) return;
      CHECK_FALSE(node.id.empty());
      CHECK_FALSE(node.name.empty());
      CHECK(ids.insert(node.id).second);
    });
    CHECK(headings == 1);
    CHECK(helpers == 5);
  }
}

TEST_CASE("every picture that pages name is there", "[pages]") {
  const Strings strings = sample_strings(SampleLanguage::chinese);
  const PageContext context = sample_context(strings, ThemeName::light, {});
  const Icons icons("ui/kit/icons");
  CHECK_FALSE(icons.has("no-such-picture"));
  for (const Sample& sample : page_samples(SampleLanguage::chinese)) {
    const NodePtr page = sample.make(context);
    walk(static_cast<const Node&>(*page), [&](const Node& node) {
      INFO(sample.name << " " << node.icon);
      CHECK((node.icon.empty() || icons.has(node.icon)));
    });
  }
}

TEST_CASE_METHOD(PageFixture, "the semantic dump tells the whole review page", "[pages][dump]") {
  ReviewView view{"养老待遇资格认证", 3,   4, {{"姓名", "张某某", false}, {"住在", "东河村", true}},
                  "会给您凭条",       true};
  std::vector<int> changed;
  int submitted = 0;
  screen.show(review_page(view, context, [&](ReviewIntent intent) {
    intent.kind == ReviewIntent::Kind::submit ? void(++submitted) : changed.push_back(intent.row);
  }));
  const std::string dump = screen.semantic_dump();
  INFO(dump);
  CHECK(dump.starts_with("page \"review\" 0,0 1080x1920\n"));
  for (const char* line :
       {"text \"养老待遇资格认证 · 第 3 步，共 4 步\"", "heading \"请看看对不对\"", "row \"姓名: 张某某\"",
        "row \"住在: 东河村\"", "button \"改住在\"", "status \"会给您凭条\"", "button \"确认提交\"",
        "helper \"返回\"", "helper \"求助\"", "status \"已联网\"", "status \"9:42\""}) {
    CHECK(dump.find(line) != std::string::npos);
  }
  CHECK(dump.find("button \"改姓名\"") == std::string::npos);
  CHECK(screen.activate("row.1"));
  CHECK(changed == std::vector<int>{1});
  CHECK(screen.activate("submit"));
  CHECK(submitted == 1);
  view.can_submit = false;
  screen.show(review_page(view, context, [](ReviewIntent) {}));
  CHECK_FALSE(screen.activate("submit"));
}

TEST_CASE_METHOD(PageFixture, "the saved page never says more than happened", "[pages][saved]") {
  std::vector<SavedIntent> intents;
  const auto note = [&](SavedIntent intent) { intents.push_back(intent); };
  SavedView view{"办好了，已经存好",
                 "请拿好凭条",
                 {{"办件号", "0721", false}},
                 "没打出来",
                 Level::stop,
                 {{"已存在本机", true}, {"已送出", false}},
                 true,
                 true};
  screen.show(saved_page(view, context, note));
  const std::string dump = screen.semantic_dump();
  INFO(dump);
  CHECK(dump.find("status \"已存在本机，已完成\"") != std::string::npos);
  CHECK(dump.find("status \"已送出，还没到\"") != std::string::npos);
  CHECK(dump.find("row \"凭条: 没打出来\"") != std::string::npos);
  CHECK(screen.activate("rate"));
  CHECK(screen.activate("finish"));
  CHECK(screen.activate("reprint"));
  CHECK(intents ==
        std::vector<SavedIntent>{SavedIntent::rate, SavedIntent::finish, SavedIntent::reprint_duplicate});
  view.can_rate = view.can_reprint = false;
  screen.show(saved_page(view, context, note));
  CHECK_FALSE(screen.activate("rate"));
  CHECK_FALSE(screen.activate("reprint"));
  CHECK(screen.activate("好了，结束"));
}

TEST_CASE_METHOD(PageFixture, "ratings carry the levels of the standard", "[pages][rating]") {
  std::vector<int> levels;
  screen.show(rating_page({}, context, [&](RatingIntent intent) { levels.push_back(intent.level); }));
  for (const char* name : {"非常满意", "满意", "基本满意", "不满意", "非常不满意", "不评了，结束"}) {
    CHECK(screen.activate(name));
  }
  CHECK(levels == std::vector<int>{1, 2, 3, 4, 5, 0});
}

TEST_CASE_METHOD(PageFixture, "the other pages give their intents", "[pages]") {
  std::string told;
  screen.show(idle_page({38}, context,
                        [&](IdleIntent intent) { told += intent == IdleIntent::stay ? "stay " : "end "; }));
  CHECK(screen.find("seconds")->name == "还有 38 秒");
  CHECK(screen.activate("stay"));
  CHECK(screen.activate("end"));
  screen.show(progress_page(
      {"0721", {}, {{"已送出", true}}, "没联网", Level::note}, context,
      [&](ProgressIntent intent) { told += intent == ProgressIntent::another ? "another " : "finish "; }));
  CHECK(screen.semantic_dump().find("row \"办件号: 0721\"") != std::string::npos);
  CHECK(screen.activate("another"));
  CHECK(screen.activate("finish"));
  const auto told_what = [&](ProgressIntent intent) {
    told += intent == ProgressIntent::certificate ? "certificate " : "other ";
  };
  ProgressView view{"0721"};
  view.certificate = {"证照办好了", "没纸了", ""};
  screen.show(progress_page(view, context, told_what));
  CHECK(screen.semantic_dump().find("没纸了") != std::string::npos);
  CHECK(screen.find("certificate") == nullptr);
  view.certificate.act = "打印";
  screen.show(progress_page(view, context, told_what));
  CHECK(screen.semantic_dump().find("证照办好了") != std::string::npos);
  CHECK(screen.activate("certificate"));
  screen.show(help_page({"0571 88", {}}, context, [&](HelpIntent) { told += "close "; }));
  CHECK(screen.activate("close"));
  screen.show(notice_page({Level::stop, "现在办不了", "请叫工作人员", "store.full", "知道了"}, context,
                          [&](NoticeIntent) { told += "act"; }));
  CHECK(screen.semantic_dump().find("text \"编号 store.full\"") != std::string::npos);
  CHECK(screen.activate("act"));
  CHECK(told == "stay end another finish certificate close act");
}
