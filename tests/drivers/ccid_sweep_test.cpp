// The sweep of the smart card reader's driver, at each level of exchange and over both protocols.
#include "drivers/card/ccid/ccid_reader.hpp"
#include "drivers/conformance/public_codes.hpp"
#include "drivers/emulator/ccid_reader_model.hpp"
#include "drivers/emulator/echo_card.hpp"
#include "tests/drivers/ccid_rig.hpp"
#include "tests/drivers/fault_sweep.hpp"

namespace bianmin {

namespace {

constexpr int conversations_max = 6;

// Selects a file, has data echoed and fetches some: what any application on a card does.
class SmartCardSubject : public EmulatedSubject<CcidReaderModel> {
 public:
  SmartCardSubject(std::string name, const CcidReaderOptions& options, Bytes atr)
      : EmulatedSubject(options), name_(std::move(name)), atr_(std::move(atr)) {
    reader_ = std::make_unique<card::CcidReader>(*rig_.bus, rig_.loop, nullptr, timings_, quick_recovery);
    reader_->watch_presence([](card::CardPresence) {});
  }
  std::string name() const override { return name_; }
  DeviceState state() const override { return reader_->state(); }
  std::vector<Spoiling> spoilings() override {
    return {spoiling("card pulled", [](CcidReaderModel& model) { model.remove(); })};
  }
  void mend() override {
    device_.change([this](CcidReaderModel& model) {
      if (!model.has_card()) model.insert(std::make_shared<EchoCard>(atr_));
    });
  }
  void begin() override {
    ended_.reset();
    reader_->use([](SmartCard& smart_card, const std::stop_token&) { return converse(smart_card); },
                 [this](Result<void> ended) { ended_ = ended ? "ok" : std::string(ended.error().code); });
  }
  std::optional<std::string> ended() override { return ended_; }
  void call_off() override {
    reader_->cancel();
    REQUIRE(rig_.until([this] { return ended_.has_value(); }));
  }
  bool honest(const std::string& ending, bool damaged) override {
    if (ending == "test.other_answer") return damaged;  // its data has no checksum of its own on USB
    return ending == "ok" || conformance::public_result_code(ending);
  }
  std::int64_t limit_ms() const override {
    return std::int64_t{conversations_max} * (timings_.command_timeout_ms + 2 * timings_.abort_timeout_ms) +
           timings_.exchange_limit_ms;
  }

 private:
  static Result<void> expect(const Result<ResponseApdu>& response, ByteView data) {
    if (!response) return response.error();
    const bool same =
        response->data.size() == data.size() && std::equal(data.begin(), data.end(), response->data.begin());
    if (same && (response->good() || response->sw1() == 0x61)) return {};
    return Error{Remedy::refuse, "test.other_answer", {}};
  }
  static Result<void> converse(SmartCard& smart_card) {
    if (auto selected = expect(smart_card.transmit(select_file), {}); !selected) return selected;
    Bytes data(40);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * 7);
    return expect(smart_card.transmit(data_of(data.size(), data.size())), data);
  }

  std::string name_;
  Bytes atr_;
  card::CcidTimings timings_ = quick_timings();
  std::optional<std::string> ended_ = "ok";
  std::unique_ptr<card::CcidReader> reader_;
};

void sweep_level(const std::string& name, CcidLevel level, Bytes atr) {
  for (const bool automatic : {true, false}) {
    CcidReaderOptions options;
    options.level = level;
    options.automatic = automatic;
    SmartCardSubject subject("smart card reader, " + name + (automatic ? "" : ", parameters by the host"),
                             options, atr);
    sweep(subject, 80);
  }
}

void sweep_token(const std::string& name, CcidForm form, CcidLevel level, Bytes atr) {
  CcidReaderOptions options;
  options.form = form;
  options.level = level;
  SmartCardSubject subject("token, " + name, options, std::move(atr));
  sweep(subject, 60);
}

}  // namespace

TEST_CASE("faults of a token of ICCD version A", "[sweep]") {
  sweep_token("A, TPDU, T=0", CcidForm::token_a, CcidLevel::tpdu, emulator::atr_of_t0());
  sweep_token("A, TPDU, T=1", CcidForm::token_a, CcidLevel::tpdu, emulator::atr_of_t1(32, false));
  sweep_token("A, short APDU", CcidForm::token_a, CcidLevel::short_apdu, emulator::atr_of_t0());
}

TEST_CASE("faults of a token of ICCD version B", "[sweep]") {
  sweep_token("B, TPDU, T=0", CcidForm::token_b, CcidLevel::tpdu, emulator::atr_of_t0());
  sweep_token("B, TPDU, T=1", CcidForm::token_b, CcidLevel::tpdu, emulator::atr_of_t1(32, false));
  sweep_token("B, extended APDU", CcidForm::token_b, CcidLevel::extended_apdu,
              emulator::atr_of_t1(32, false));
}

TEST_CASE("faults of a smart card reader, TPDU, T=0", "[sweep]") {
  sweep_level("TPDU, T=0", CcidLevel::tpdu, emulator::atr_of_t0());
}

TEST_CASE("faults of a smart card reader, TPDU, T=1", "[sweep]") {
  sweep_level("TPDU, T=1", CcidLevel::tpdu, emulator::atr_of_t1(32, false));
}

TEST_CASE("faults of a smart card reader, short APDU", "[sweep]") {
  sweep_level("short APDU, T=1", CcidLevel::short_apdu, emulator::atr_of_t1(32, false));
}

TEST_CASE("faults of a smart card reader, extended APDU, T=0", "[sweep]") {
  sweep_level("extended APDU, T=0", CcidLevel::extended_apdu, emulator::atr_of_t0());
}

TEST_CASE("faults of a smart card reader, extended APDU, T=1", "[sweep]") {
  sweep_level("extended APDU, T=1", CcidLevel::extended_apdu, emulator::atr_of_t1(32, false));
}

}  // namespace bianmin
