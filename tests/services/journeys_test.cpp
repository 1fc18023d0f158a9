// The packages of the product, from their folders, each to its end in both languages.
#include "terminal/services/catalogue.hpp"
#include "terminal/services/form.hpp"
#include "terminal/services/item_code.hpp"
#include "tests/services/sample.hpp"

using namespace bianmin;
using namespace bianmin::services;

namespace {

Catalogue product() {
  auto catalogue = load_catalogue("terminal/catalogue");
  if (!catalogue) FAIL(catalogue.error().text());
  for (const BrokenPackage& broken : catalogue->broken) FAIL(broken.folder << ": " << broken.error.text());
  return std::move(catalogue).value();
}

std::string all_text(const std::vector<ReceiptLine>& lines) {
  std::string out;
  for (const ReceiptLine& line : lines) {
    if (const auto* text = std::get_if<ReceiptText>(&line)) out += text->text + "\n";
    if (const auto* label = std::get_if<ReceiptLabel>(&line))
      out += label->label + ": " + label->value + "\n";
    if (const auto* qr = std::get_if<ReceiptQr>(&line)) out += qr->text + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("the product has its two packages, whole, in this order") {
  const Catalogue catalogue = product();
  REQUIRE(catalogue.packages.size() == 2);
  CHECK(catalogue.packages[0].id == "pension-confirmation");
  CHECK(catalogue.packages[1].id == "case-progress");
  for (const Package& package : catalogue.packages) {
    CHECK(package.item_code.size() == 31);
    CHECK(valid_credit_code(package.item_code.substr(0, 18)));
  }
}

TEST_CASE("pension confirmation runs to its end in both languages") {
  const Catalogue catalogue = product();
  const Package& package = *catalogue.find("pension-confirmation");
  for (const std::string language : {"zh-Hans", "en"}) {
    INFO(language);
    const bool chinese = language == "zh-Hans";
    Form form(package, sample_today);
    CHECK(form.step_count() == 6);
    REQUIRE(form.set_card(sample_card()).ok());
    REQUIRE(form.check_rules() == nullptr);
    REQUIRE(form.next().ok());

    auto question = form.question(language);
    CHECK(question->title == (chinese ? "您现在住在哪里？" : "Where do you live now?"));
    REQUIRE(question->options.size() == 5);
    CHECK(question->options[0].chosen);
    CHECK(question->options[0].detail == "东河村 12 号");
    REQUIRE(form.next().ok());

    question = form.question(language);
    for (const OptionText& option : question->options) CHECK_FALSE(option.chosen);
    REQUIRE(form.answer("payout", "social_card").ok());
    REQUIRE(form.next().ok());

    question = form.question(language);
    CHECK(question->kind == FieldKind::digits);
    CHECK(question->skip == (chinese ? "不留电话" : "No phone number"));
    CHECK(form.answer("phone", "23812345678").error().code == "form.bad_start");
    REQUIRE(form.skip("phone").ok());
    REQUIRE(form.next().ok());

    CHECK(form.current_step().kind == StepKind::review);
    const auto rows = form.review_rows(language);
    REQUIRE(rows.size() == 5);
    CHECK(rows[0].value == "张某某");
    CHECK_FALSE(rows[0].changeable);
    CHECK(rows[1].value == "1101 **** **** 002X");
    CHECK(rows[2].value == "东河村 12 号");
    CHECK(rows[2].changeable);
    CHECK(rows[3].value == (chinese ? "社保卡" : "Social security card"));
    CHECK(rows[4].value == (chinese ? "不留电话" : "No phone number"));
    REQUIRE(form.next().ok());

    const auto fields = form.record_fields();
    REQUIRE(fields.size() == 5);
    CHECK(fields[1] == std::pair<std::string, std::string>("number", "11010519491231002X"));
    CHECK(fields[3] == std::pair<std::string, std::string>("residence", "home"));
    REQUIRE(form.next().ok());

    CHECK(form.current_step().kind == StepKind::print);
    const auto lines = form.receipt_lines({{"case_no", "0721 3386 4100 01"},
                                           {"qr", "BM1:X:Y"},
                                           {"site", "柳溪镇便民服务中心"},
                                           {"time", "9:42"}},
                                          language);
    REQUIRE(lines.ok());
    const std::string slip = all_text(*lines);
    CHECK(slip.find("0721 3386 4100 01") != std::string::npos);
    CHECK(slip.find(chinese ? "养老待遇资格认证" : "Pension confirmation") != std::string::npos);
    CHECK(slip.find("{") == std::string::npos);
    for (const char* key : {"name", "number", "birth", "address", "issuer"}) {
      CHECK(slip.find(sample_card().at(key)) == std::string::npos);
    }
    const auto sheet = form.sheet({{"site", "柳溪镇便民服务中心"}}, language);
    REQUIRE(sheet.ok());
    CHECK(sheet->title == (chinese ? "收件回执" : "Acknowledgement of receipt"));
    CHECK(sheet->opening.find("柳溪镇便民服务中心") != std::string::npos);
    REQUIRE(sheet->rows.size() == 4);
    CHECK(sheet->rows[1].value == "1101 **** **** 002X");
    CHECK(sheet->rows[3].value == (chinese ? "社保卡" : "Social security card"));
    REQUIRE(form.next().ok());
    CHECK(form.current_step().kind == StepKind::rate);
    REQUIRE(form.next().ok());
    CHECK(form.finished());
  }
}

TEST_CASE("pension confirmation tells who is too young, or has an old card, where to go") {
  const Catalogue catalogue = product();
  const Package& package = *catalogue.find("pension-confirmation");
  Form form(package, sample_today);
  auto card = sample_card();
  card["birth"] = "19900101";
  REQUIRE(form.set_card(card).ok());
  const Rule* rule = form.check_rules();
  REQUIRE(rule != nullptr);
  CHECK(rule->code == "pension.too_young");
  CHECK_FALSE(package.text("zh-Hans", rule->tell).empty());
  CHECK_FALSE(package.text("en", rule->where).empty());
  card = sample_card();
  card["valid_to"] = "20200101";
  REQUIRE(form.set_card(card).ok());
  CHECK(form.check_rules()->code == "pension.card_expired");
}

TEST_CASE("case progress scans, asks and has words for every state in both languages") {
  const Catalogue catalogue = product();
  const Package& package = *catalogue.find("case-progress");
  Form form(package, sample_today);
  CHECK(form.step_count() == 2);
  CHECK(form.current_step().kind == StepKind::scan);
  CHECK_FALSE(form.question("en").has_value());
  CHECK(form.next().error().code == "form.unanswered");
  CHECK(form.answer("slip", "6901234567892").error().code == "form.not_our_code");
  REQUIRE(form.answer("slip", "BM1:07213386410001:0123456789ABCDEF").ok());
  REQUIRE(form.next().ok());
  CHECK(form.current_step().kind == StepKind::ask);
  REQUIRE(form.back());
  REQUIRE(form.next().ok());
  REQUIRE(form.next().ok());
  CHECK(form.current_step().kind == StepKind::result);
  CHECK(form.step_number() == 2);
  for (const std::string_view state : progress_states) {
    const ProgressResult* result = package.find_result(state);
    REQUIRE(result != nullptr);
    CHECK(package.text("zh-Hans", result->title) != package.text("en", result->title));
    CHECK_FALSE(package.text("en", result->detail).empty());
  }
  REQUIRE(form.next().ok());
  CHECK(form.finished());
}
