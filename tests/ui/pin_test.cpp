// The page never knows a PIN: it shows how much is entered, and tells what one key does.

#include <set>

#include "tests/catch.hpp"
#include "tests/ui/page_fixture.hpp"
#include "ui/pages/pin_page.hpp"

using namespace bianmin;
using namespace bianmin::ui;

namespace {

// One line for each intent: "digit 5", "erase".
std::string told(const PinIntent& intent) {
  switch (intent.kind) {
    case PinIntent::Kind::digit:
      return std::string("digit ") + intent.digit;
    case PinIntent::Kind::erase:
      return "erase";
    case PinIntent::Kind::clear:
      return "clear";
    case PinIntent::Kind::done:
      return "done";
    case PinIntent::Kind::cancel:
      return "cancel";
  }
  return {};
}

struct PinFixture : PageFixture {
  std::vector<std::string> intents;
  void show(const PinView& view) {
    screen.show(pin_page(view, context, [this](PinIntent intent) { intents.push_back(told(intent)); }));
  }
};

}  // namespace

TEST_CASE_METHOD(PinFixture, "each key gives one intent", "[pages][pin]") {
  show({.digit_count = 4});
  for (char digit = '0'; digit <= '9'; ++digit) CHECK(screen.activate(std::string("key.") + digit));
  for (const char* id : {"key.delete", "key.clear", "done", "cancel"}) CHECK(screen.activate(id));
  CHECK(intents == std::vector<std::string>{"digit 0", "digit 1", "digit 2", "digit 3", "digit 4", "digit 5",
                                            "digit 6", "digit 7", "digit 8", "digit 9", "erase", "clear",
                                            "done", "cancel"});
}

TEST_CASE_METHOD(PinFixture, "what cannot be done is greyed", "[pages][pin]") {
  show({.digit_count_min = 5});
  for (const char* id : {"key.delete", "key.clear", "done"}) CHECK_FALSE(screen.activate(id));
  show({.digit_count = 4, .digit_count_min = 5});
  CHECK_FALSE(screen.activate("done"));
  show({.digit_count = 5, .digit_count_min = 5});
  CHECK(screen.activate("done"));
  show({.digit_count = 12});
  CHECK_FALSE(screen.activate("key.5"));
  CHECK(screen.activate("key.delete"));
  CHECK(screen.activate("cancel"));
}

TEST_CASE_METHOD(PinFixture, "it shows a dot for each digit and says how many", "[pages][pin]") {
  show({});
  CHECK(screen.find("display")->name == "还没有输入");
  show({.digit_count = 3});
  CHECK(screen.find("display")->name == "已输入 3 位");
  CHECK(screen.find("display")->children.front()->text == "•••");
}

TEST_CASE_METHOD(PinFixture, "no key is said by the loudspeaker", "[pages][pin]") {
  show({.digit_count = 3});
  int secret_keys = 0;
  walk(*screen.page(), [&](const Node& node) {
    if (!node.id.starts_with("key.")) return;
    const bool digit = node.id.size() == 5;
    CHECK(node.headset_only == digit);
    secret_keys += node.headset_only;
  });
  CHECK(secret_keys == 10);
  CHECK(screen.semantic_dump().find("button \"7\" headset-only") != std::string::npos);
}

TEST_CASE_METHOD(PinFixture, "the tries left are told plainly, the last one before it is used",
                 "[pages][pin]") {
  show({.tries_left = 3});
  CHECK(screen.semantic_dump().find("还能试") == std::string::npos);
  show({.tries_left = 2, .problem_text = "密码不对。"});
  CHECK(screen.find("密码不对。\n还能试 2 次。") != nullptr);
  show({.tries_left = 2});
  CHECK(screen.find("还能试 2 次。") != nullptr);
  show({.tries_left = 1});
  CHECK(screen.find("只剩最后一次，再错就锁住了。拿不准就先取消。") != nullptr);
}

TEST_CASE_METHOD(PinFixture, "signing is a page of its own, not the one before with other words",
                 "[pages][pin]") {
  show({});
  const std::string sign_in = screen.page()->id;
  CHECK(screen.find("输好了") != nullptr);
  show({.use = PinUse::sign});
  CHECK(screen.page()->id != sign_in);
  CHECK(screen.find("签名") != nullptr);
  CHECK(screen.semantic_dump().find("亲笔签了名") != std::string::npos);
}

TEST_CASE_METHOD(PinFixture, "touch and the five keys reach everything", "[pages][pin]") {
  show({.digit_count = 4});
  tap("key.7");
  CHECK(intents == std::vector<std::string>{"digit 7"});
  std::set<std::string> reached;
  for (int i = 0; i < 30; ++i) {
    screen.key(Key::next);
    walk(*screen.page(), [&](const Node& node) {
      if (node.state.focused) reached.insert(node.id);
    });
  }
  for (const char* id : {"key.0", "key.9", "key.clear", "key.delete", "done", "cancel", "helper.help"})
    CHECK(reached.contains(id));
}

TEST_CASE_METHOD(PageFixture, "a reader with keys of its own is pointed at, and begun again by hand",
                 "[pages][pin]") {
  int begun = 0;
  const auto begin = [&](ReaderPinIntent) { ++begun; };
  screen.show(reader_pin_page({}, context, begin));
  CHECK(screen.semantic_dump().find("不经过这台机器") != std::string::npos);
  CHECK_FALSE(screen.activate("act"));
  CHECK_FALSE(screen.activate("key.1"));
  screen.show(
      reader_pin_page({.tries_left = 1, .problem_text = "密码不对。", .entering = false}, context, begin));
  CHECK(screen.semantic_dump().find("只剩最后一次") != std::string::npos);
  CHECK(screen.activate("act"));
  CHECK(begun == 1);
}
