#include "tests/ui/samples.hpp"

#include <stdexcept>

#include "ui/pages/another_card_page.hpp"
#include "ui/pages/blank_page.hpp"
#include "ui/pages/busy_page.hpp"
#include "ui/pages/card_page.hpp"
#include "ui/pages/closed_page.hpp"
#include "ui/pages/digits_page.hpp"
#include "ui/pages/help_page.hpp"
#include "ui/pages/idle_page.hpp"
#include "ui/pages/notice_page.hpp"
#include "ui/pages/pin_page.hpp"
#include "ui/pages/progress_page.hpp"
#include "ui/pages/question_page.hpp"
#include "ui/pages/rating_page.hpp"
#include "ui/pages/review_page.hpp"
#include "ui/pages/saved_page.hpp"
#include "ui/pages/scan_page.hpp"
#include "ui/pages/sheet_page.hpp"
#include "ui/pages/take_card_page.hpp"
#include "ui/pages/take_slip_page.hpp"
#include "ui/pages/welcome_page.hpp"

namespace bianmin::ui {
namespace {

// Picks the words of a view: (Chinese, English) in, what is shown out.
using Words = std::function<std::string(const char*, const char*)>;

void ignore(auto&&) {}

std::vector<StateMark> states(const Words& w, int done) {
  return {{w("已存在本机", "Saved here"), done > 0},
          {w("已送出", "Sent"), done > 1},
          {w("社保所已受理", "Accepted"), done > 2}};
}

NodePtr welcome(const Words& w, const PageContext& context, bool with_notice) {
  WelcomeView view;
  view.tiles = {{"shield-check",
                 w("养老待遇资格认证", "Pension check"),
                 w("一年一次，两分钟办好", "Once a year, two minutes"),
                 {}},
                {"search",
                 w("查办理进度", "Where is my case?"),
                 w("扫凭条上的二维码", "Scan the code on your slip"),
                 {}}};
  if (with_notice) {
    view.tiles[0].closed_notice = w("读卡器没连上，暂时办不了", "No card reader, closed for now");
    view.notice = w("打印机没纸了，工作人员正在加", "The printer is out of paper, staff are on it");
  }
  return welcome_page(view, context, ignore<WelcomeIntent>);
}

NodePtr welcome_many(const Words& w, const PageContext& context) {
  WelcomeView view;
  view.tiles = {
      {"shield-check",
       w("养老待遇资格认证", "Pension check"),
       w("一年一次，两分钟办好", "Once a year, two minutes"),
       {}},
      {"certificate",
       w("打印证明", "Print a certificate"),
       w("参保、缴费、不动产查询", "Insurance, payments, property"),
       {}},
      {"heart-handshake",
       w("补贴与优待", "Allowances"),
       w("高龄津贴、优待证、残疾补贴", "Old age, elder card, disability"),
       {}},
      {"search",
       w("查办理进度", "Where is my case?"),
       w("扫凭条上的二维码", "Scan the code on your slip"),
       {}},
      {"credit-card", w("社保卡", "Social security card"), w("换卡、挂失", "Replace or report lost"), {}},
      {"layout-grid", w("全部服务", "All services"), w("按人生大事找", "By what happened in life"), {}},
      {"phone", w("预约", "Appointment"), w("选个日子再来", "Choose a day to come back"), {}}};
  return welcome_page(view, context, ignore<WelcomeIntent>);
}

CardView card(const Words& w, CardPrompt prompt) {
  return {w("养老待遇资格认证", "Pension check"), 1, 4, prompt,
          w("这张卡读不出来，请换个方向再放。", "This card could not be read. Turn it and try again.")};
}

NodePtr eid_card(const Words& w, const PageContext& context, CardWay way, CardPrompt prompt) {
  CardView view{w("领取生活补贴", "Living allowance"), way == CardWay::sign ? 4 : 1, 5, prompt, {}, way};
  view.problem_text =
      w("这不是刚才那张卡。请插回登录时的卡。", "This is another card. Put in the one you signed in with.");
  return card_page(view, context);
}

// In the words of the strings: the longest of the notices about PINs.
NodePtr pin_notice(const PageContext& context, const std::string& about, const std::string& code) {
  const NoticeView view{Level::stop, context.strings.text(about + ".title"),
                        context.strings.text(about + ".body"), code, context.strings.text(about + ".action")};
  return notice_page(view, context, ignore<NoticeIntent>);
}

ScanView scan(const Words& w, ScanPrompt prompt) {
  return {w("查办理进度", "Where is my case?"), prompt,
          w("这不是我们的凭条，请扫打印出来的那张。", "That is not one of our slips. Use the printed one.")};
}

NodePtr question(const Words& w, const PageContext& context, bool five) {
  QuestionView view{w("养老待遇资格认证", "Pension check"),
                    2,
                    4,
                    w("您现在住在哪里？", "Where do you live now?"),
                    w("选一个。选错了可以改", "Choose one. You can change it later"),
                    {},
                    {},
                    {}};
  view.options = {
      {w("柳溪镇东河村 12 号", "12 Donghe village, Liuxi"), w("身份证上的地址", "As on my ID card"), "home"},
      {w("接着填子女家的地址", "The address comes next"), w("和子女同住", "With my children"), "users"},
      {w("接着选是哪一家", "Which one comes next"), w("养老院或医院", "Care home or hospital"),
       "building-hospital"},
      {w("工作人员会问您", "Staff will ask you"), w("其他地方", "Somewhere else"), "map-pin"}};
  if (five) {
    view.options.push_back(
        {w("说不清也没关系", "That is fine too"), w("不方便说", "Rather not say"), "help-circle"});
    view.error = w("请先选一个", "Please choose one first");
  } else {
    view.selected = 0;
  }
  return question_page(view, context, ignore<QuestionIntent>);
}

// As the pension check asks it when the card has been read: the longest address an identity card holds.
NodePtr question_address(const Words& w, const PageContext& context) {
  QuestionView view{w("养老待遇资格认证", "Pension check"),
                    2,
                    4,
                    w("您现在住在哪里？", "Where do you live now?"),
                    w("选一个。选错了可以改", "Choose one. You can change it later"),
                    {},
                    0,
                    {}};
  view.options = {
      {w("浙江省杭州市余杭区柳溪镇东河村东河自然村12号3单元402室",
         "浙江省杭州市余杭区柳溪镇东河村东河自然村12号3单元402室"),
       w("身份证上的地址", "As on my ID card"), "home"},
      {w("和儿女或亲戚住在一起", "With children or relatives"), w("和子女同住", "With my children"), "users"},
      {w("住在养老院、护理院或医院里", "In a care home, nursing home or hospital"),
       w("养老院或医院", "Care home or hospital"), "building-hospital"},
      {w("在国内，但不在上面这些地方", "In the country, but not at any of these"),
       w("其他地方", "Somewhere else"), "map-pin"},
      {w("在国外或港澳台", "Outside the country"), w("国外或境外", "Abroad"), "plane"}};
  return question_page(view, context, ignore<QuestionIntent>);
}

NodePtr digits(const Words& w, const PageContext& context, bool filled) {
  DigitsView view;
  view.service_title = w("养老待遇资格认证", "Pension check");
  view.step = 3;
  view.steps = 4;
  view.title = w("留个电话吗？", "Leave a phone number?");
  view.hint = w("有事好找您，不留也能办", "So we can reach you. You may leave it empty");
  view.groups = {3, 4, 4};
  view.can_skip = true;
  if (filled) {
    view.digits = "1380000123";
    view.can_next = true;
    view.error = w("还差一位", "One digit is missing");
  }
  return digits_page(view, context, ignore<DigitsIntent>);
}

std::string wrong_pin(const Words& w) { return w("密码不对。", "This PIN is wrong."); }

NodePtr pin(const Words& w, const PageContext& context, const PinView& state) {
  PinView view = state;
  view.service_title = w("领取生活补贴", "Living allowance");
  view.step = view.use == PinUse::sign ? 4 : 1;
  view.steps = 5;
  if (view.use == PinUse::sign) view.digit_count_min = 5;
  return pin_page(view, context, ignore<PinIntent>);
}

NodePtr reader_pin(const Words& w, const PageContext& context, const ReaderPinView& state) {
  ReaderPinView view = state;
  view.service_title = w("领取生活补贴", "Living allowance");
  view.step = view.use == PinUse::sign ? 4 : 1;
  view.steps = 5;
  return reader_pin_page(view, context, ignore<ReaderPinIntent>);
}

NodePtr review(const Words& w, const PageContext& context) {
  ReviewView view{w("养老待遇资格认证", "Pension check"), 3, 4, {}, {}, true};
  view.rows = {{w("姓名", "Name"), w("张某某", "Zhang Moumou"), false},
               {w("身份证", "ID card"), "1101 **** **** 002X", false},
               {w("住在", "Lives at"), w("柳溪镇东河村 12 号", "12 Donghe village, Liuxi"), true},
               {w("领取方式", "Paid by"), w("社保卡", "Social security card"), true},
               {w("联系电话", "Phone"), w("不留电话", "None"), true}};
  view.with_photo = true;
  view.note = w("确认后您会拿到一张凭条，上面有办件号。", "You get a slip with your case number.");
  return review_page(view, context, ignore<ReviewIntent>);
}

NodePtr saved(const Words& w, const PageContext& context, Level level, bool with_sheet = false) {
  SavedView view;
  view.title = w("办好了，已经存好", "Done, it is saved");
  view.hint =
      w("联网后自动送到社保所。请拿好凭条和身份证", "It is sent when online. Take your slip and your card");
  view.rows = {{w("办件号", "Case number"), "0721 3386 41", false},
               {w("几时有结果", "Result by"), w("3 个工作日内", "within 3 working days"), false}};
  view.slip_level = level;
  view.states = states(w, level == Level::good ? 3 : 1);
  view.can_rate = level != Level::stop;
  view.can_reprint = level == Level::stop;
  view.slip_text = level == Level::note ? w("正在打印，请稍等", "Printing, please wait")
                   : level == Level::good
                       ? w("打好了，请拿走", "Printed, please take it")
                       : w("没打出来，请抄下办件号", "Not printed, please note the number");
  if (with_sheet) view.sheet_action = w("再要一张 A4 回执", "Print it on A4, too");
  return saved_page(view, context, ignore<SavedIntent>);
}

NodePtr sheet(const PageContext& context, Level level, const std::string& about, bool again = false) {
  const auto text = [&](const std::string& key) { return context.strings.text("session.sheet." + key); };
  return sheet_page({level, level == Level::note && !again, text(about + ".title"), text(about + ".body"),
                     again ? text("again") : "", text("leave")},
                    context, ignore<SheetIntent>);
}

// All that the page can ask and tell at once, in the words of the strings.
NodePtr saved_doubtful(const Words& w, const PageContext& context) {
  SavedView view;
  view.title = w("办好了，已经存好", "Done. It is saved");
  view.hint = w("联网后自动送到社保所。请拿好凭条和身份证",
                "It goes to the social security office by itself. Take your slip and your card");
  view.rows = {{w("办件号", "Case number"), "0721 3386 41", false},
               {w("几时有结果", "Result"), w("3 个工作日内", "within 3 working days"), false}};
  view.states = states(w, 1);
  view.can_reprint = true;
  view.slip_text =
      w("可能没打完，请看一看。不全就再打一张", "It may not be whole. Please look; you can print another");
  return saved_page(view, context, ignore<SavedIntent>);
}

NodePtr progress(const Words& w, const PageContext& context, bool online) {
  ProgressView view;
  view.case_no = "0721 3386 41";
  view.rows = {{w("办的事", "Service"), w("养老待遇资格认证", "Pension check"), false},
               {w("哪天办的", "Day"), "2026-11-18", false}};
  view.states = states(w, online ? 3 : 1);
  view.level = online ? Level::good : Level::note;
  view.source_note =
      online ? w("刚刚问过社保所", "The office was asked just now")
             : w("现在没联网，这是本机知道的情况", "Offline now: this is what this machine knows");
  return progress_page(view, context, ignore<ProgressIntent>);
}

NodePtr progress_certificate(const Words& w, const PageContext& context, bool printable) {
  const Strings& strings = context.strings;
  ProgressView view;
  view.case_no = "0721 3386 41";
  view.rows = {{w("部门反馈", "The office says"), w("证照办好了", "Issued"), false},
               {w("反馈时间", "Said on"), "2026-11-18", false}};
  view.certificate.title = strings.text("session.certificate.ready.title");
  view.certificate.body = printable
                              ? strings.text("session.certificate.ready.body")
                              : w("A4打印机没纸了，工作人员正在加。", "The A4 printer is out of paper.") +
                                    "\n" + strings.text("session.certificate.or_counter");
  if (printable) view.certificate.act = strings.text("session.certificate.offer");
  return progress_page(view, context, ignore<ProgressIntent>);
}

NodePtr certificate(const PageContext& context, Level level, const std::string& about, bool again = false) {
  const Strings& strings = context.strings;
  SheetView view;
  view.level = level;
  view.busy = about == "fetching" || about == "printing";
  view.title = strings.text("session.certificate." + about + ".title");
  view.body = strings.text("session.certificate." + about + ".body", {{"count", "3"}});
  view.leave = strings.text("session.certificate.leave");
  if (again) view.again = strings.text("session.certificate.again");
  return sheet_page(view, context, ignore<SheetIntent>);
}

NodePtr certificate_unprintable(const PageContext& context) {
  const std::string about = "session.certificate.unprintable.";
  const Strings& strings = context.strings;
  const NoticeView view{Level::stop, strings.text(about + "title"), strings.text(about + "body"),
                        "pdf.too_long", strings.text(about + "action")};
  return notice_page(view, context, ignore<NoticeIntent>);
}

NodePtr help(const Words& w, const PageContext& context) {
  const HelpView view{"0571 8888 1234",
                      {{w("在哪里", "Where"), w("一楼 2 号窗口", "Ground floor, counter 2"), false},
                       {w("几点有人", "Hours"), "8:30 – 17:00", false}}};
  return help_page(view, context, ignore<HelpIntent>);
}

NodePtr closed(const Words& w, const PageContext& context, bool many) {
  ClosedView view{w("养老待遇资格认证", "Pension check"),
                  w("读卡器没接好，接好了会自己接着用。",
                    "The card reader is not connected. It goes on by itself once it is."),
                  {w("查办理进度", "Where is my case?")},
                  0,
                  "0571 8888 1234",
                  w("absent", "absent")};
  if (many) {
    view.open_services.insert(
        view.open_services.end(),
        {w("打印证明", "Print a certificate"), w("补贴与优待", "Allowances"), w("预约", "Appointment")});
    view.more_open = 3;
    view.code = w("reader.not_an_id_reader", "reader.not_an_id_reader");
  }
  return closed_page(view, context, ignore<ClosedIntent>);
}

// As staff find it when they have been called and a device is in trouble.
NodePtr help_devices(const Words& w, const PageContext& context) {
  const HelpView view{
      "0571 8888 1234",
      {{w("这台机器", "This machine"), w("T0000001", "T0000001"), false},
       {.label = w("读卡器 (absent)", "the card reader (absent)"),
        .value = w("看看读卡器的线插紧没有、灯亮不亮。插好就行，不用重启。",
                   "Is the cable of the card reader firmly in, is its light on? No restart is needed."),
        .sentence = true},
       {.label = w("凭条机 (printer.paper_out)", "the slip printer (printer.paper_out)"),
        .value = w("给凭条机换一卷纸，热敏面朝上，盖好盖子。",
                   "Put a new roll into the slip printer, thermal side up, and close it."),
        .sentence = true}}};
  return help_page(view, context, ignore<HelpIntent>);
}

NodePtr notice(const Words& w, const PageContext& context) {
  const NoticeView view{Level::stop, w("现在办不了", "This cannot be done now"),
                        w("机器的存储满了。您的资料没有丢，请叫工作人员。",
                          "The machine is full. Nothing is lost. Please call staff."),
                        "store.full", w("回到首页", "Back to the start")};
  return notice_page(view, context, ignore<NoticeIntent>);
}

std::vector<Sample> samples(const Words& w) {
  using C = const PageContext&;
  return {
      {"welcome", [w](C c) { return welcome(w, c, false); }},
      {"welcome-notice", [w](C c) { return welcome(w, c, true); }},
      {"welcome-many", [w](C c) { return welcome_many(w, c); }},
      {"card-waiting", [w](C c) { return card_page(card(w, CardPrompt::waiting), c); }},
      {"card-reading", [w](C c) { return card_page(card(w, CardPrompt::reading), c); }},
      {"card-missing", [w](C c) { return card_page(card(w, CardPrompt::reader_missing), c); }},
      {"card-problem", [w](C c) { return card_page(card(w, CardPrompt::problem), c); }},
      {"card-forgotten", [w](C c) { return card_page(card(w, CardPrompt::forgotten), c); }},
      {"take-card", [](C c) { return take_card_page(CardPlace::reader, c); }},
      {"take-card-slot", [](C c) { return take_card_page(CardPlace::slot, c); }},
      {"take-slip", [](C c) { return take_slip_page(c); }},
      {"another-card",
       [](C c) { return another_card_page("card.another_person", c, ignore<AnotherCardIntent>); }},
      {"card-eid", [w](C c) { return eid_card(w, c, CardWay::electronic_id, CardPrompt::waiting); }},
      {"card-either", [w](C c) { return eid_card(w, c, CardWay::either, CardPrompt::waiting); }},
      {"card-sign", [w](C c) { return eid_card(w, c, CardWay::sign, CardPrompt::waiting); }},
      {"card-sign-problem", [w](C c) { return eid_card(w, c, CardWay::sign, CardPrompt::problem); }},
      {"notice-pin-locked", [](C c) { return pin_notice(c, "session.eid.blocked_pin2", "pin.blocked"); }},
      {"notice-pin-change",
       [](C c) { return pin_notice(c, "session.eid.must_change_pin1", "pin.must_change"); }},
      {"notice-pin-unsigned",
       [](C c) { return pin_notice(c, "session.eid.must_change_pin2", "pin.must_change"); }},
      {"question", [w](C c) { return question(w, c, false); }},
      {"question-five", [w](C c) { return question(w, c, true); }},
      {"question-address", [w](C c) { return question_address(w, c); }},
      {"digits-empty", [w](C c) { return digits(w, c, false); }},
      {"digits", [w](C c) { return digits(w, c, true); }},
      {"pin", [w](C c) { return pin(w, c, {.digit_count = 4}); }},
      {"pin-empty", [w](C c) { return pin(w, c, {}); }},
      {"pin-wrong", [w](C c) { return pin(w, c, {.tries_left = 2, .problem_text = wrong_pin(w)}); }},
      {"pin-sign", [w](C c) { return pin(w, c, {.use = PinUse::sign, .digit_count = 12}); }},
      {"pin-last",
       [w](C c) { return pin(w, c, {.use = PinUse::sign, .tries_left = 1, .problem_text = wrong_pin(w)}); }},
      {"reader-pin", [w](C c) { return reader_pin(w, c, {}); }},
      {"reader-pin-last",
       [w](C c) {
         return reader_pin(
             w, c, {.use = PinUse::sign, .tries_left = 1, .problem_text = wrong_pin(w), .entering = false});
       }},
      {"review", [w](C c) { return review(w, c); }},
      {"busy", [w](C c) { return busy_page({w("正在存，请稍等", "Saving, one moment")}, c); }},
      {"saved-printing", [w](C c) { return saved(w, c, Level::note); }},
      {"saved-printed", [w](C c) { return saved(w, c, Level::good); }},
      {"saved-unprinted", [w](C c) { return saved(w, c, Level::stop); }},
      {"saved-doubtful", [w](C c) { return saved_doubtful(w, c); }},
      {"saved-sheet", [w](C c) { return saved(w, c, Level::good, true); }},
      {"sheet-printing", [](C c) { return sheet(c, Level::note, "printing"); }},
      {"sheet-printed", [](C c) { return sheet(c, Level::good, "printed"); }},
      {"sheet-doubtful", [](C c) { return sheet(c, Level::note, "doubtful", true); }},
      {"rating", [](C c) { return rating_page({}, c, ignore<RatingIntent>); }},
      {"scan-waiting", [w](C c) { return scan_page(scan(w, ScanPrompt::waiting), c); }},
      {"scan-asking", [w](C c) { return scan_page(scan(w, ScanPrompt::asking), c); }},
      {"scan-missing", [w](C c) { return scan_page(scan(w, ScanPrompt::scanner_missing), c); }},
      {"scan-problem", [w](C c) { return scan_page(scan(w, ScanPrompt::problem), c); }},
      {"progress-online", [w](C c) { return progress(w, c, true); }},
      {"progress-offline", [w](C c) { return progress(w, c, false); }},
      {"progress-certificate", [w](C c) { return progress_certificate(w, c, true); }},
      {"progress-certificate-waits", [w](C c) { return progress_certificate(w, c, false); }},
      {"certificate-fetching", [](C c) { return certificate(c, Level::note, "fetching"); }},
      {"certificate-printed", [](C c) { return certificate(c, Level::good, "printed"); }},
      {"certificate-doubtful", [](C c) { return certificate(c, Level::note, "doubtful", true); }},
      {"certificate-unprintable", [](C c) { return certificate_unprintable(c); }},
      {"idle", [](C c) { return idle_page({38}, c, ignore<IdleIntent>); }},
      {"help", [w](C c) { return help(w, c); }},
      {"help-devices", [w](C c) { return help_devices(w, c); }},
      {"closed", [w](C c) { return closed(w, c, false); }},
      {"closed-many", [w](C c) { return closed(w, c, true); }},
      {"notice", [w](C c) { return notice(w, c); }},
      {"blank", [](C c) { return blank_page(c); }}};
}

}  // namespace

std::vector<Sample> page_samples(SampleLanguage language) {
  return samples([language](const char* chinese, const char* english) {
    return std::string(language == SampleLanguage::chinese ? chinese : english);
  });
}

std::vector<Sample> masked_samples(const std::string& word) {
  return samples([word](const char*, const char*) { return word; });
}

Strings sample_strings(SampleLanguage language) {
  const char* file = language == SampleLanguage::chinese ? "ui/strings/zh-Hans.json" : "ui/strings/en.json";
  Result<Strings> strings = Strings::load(file);
  if (!strings) throw std::runtime_error(strings.error().text());
  return std::move(strings).value();
}

PageContext sample_context(const Strings& strings, ThemeName name, const Metrics& metrics) {
  return {
      .strings = strings,
      .theme = theme(name),
      .metrics = metrics,
      .site_name = strings.text("helper.back") == "返回" ? "柳溪镇便民服务中心" : "Liuxi town service point",
      .clock_text = "9:42",
      .online = true,
      .can_go_back = true,
      .helper = {}};
}

}  // namespace bianmin::ui
