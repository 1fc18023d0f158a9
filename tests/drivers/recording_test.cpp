// The text of recordings, and devices made of them.
#include "drivers/recording/recording.hpp"

#include "drivers/emulator/printer_model.hpp"
#include "drivers/emulator/replay_model.hpp"
#include "drivers/emulator/scanner_model.hpp"
#include "drivers/recording/recorder.hpp"
#include "terminal/base/text.hpp"
#include "tests/catch.hpp"

namespace bianmin::recording {

namespace {

const std::string sample =
    "bianmin usb recording 1\n"
    "# a reader, 2026-11-25\n"
    "descriptors 1201\n"
    "0.000 0.213 bulk out 02 aaaaaa9669000312ffee = ok 10\n"
    "0.220 0.101 bulk in 81 64 = ok aaaaaa96690004000090\n"
    "12.400 60.127 interrupt in 84 64 = usb.timeout\n"
    "80.002 0.350 control in 81 06 2200 0001 4096 = ok -\n"
    "80.500 0.350 control out 21 09 0203 0000 0102 = ok 2\n"
    "81.000 2.000 bulk out 02 - = usb.stall\n";

std::string_view code_of(std::string_view text) {
  const auto parsed = parse_recording(text);
  return parsed ? std::string_view("ok") : parsed.error().code;
}

std::string with_line(std::string_view line) {
  return "bianmin usb recording 1\ndescriptors 12\n" + std::string(line) + "\n";
}

}  // namespace

TEST_CASE("a recording is read as it was written") {
  const auto parsed = parse_recording(sample);
  REQUIRE(parsed.ok());
  CHECK(parsed->descriptors == Bytes{0x12, 0x01});
  REQUIRE(parsed->transfers.size() == 6);
  const Transfer& out = parsed->transfers[0];
  CHECK(out.took_us == 213);
  CHECK(out.endpoint == 0x02);
  CHECK(out.sent.size() == 10);
  CHECK(out.taken == 10);
  CHECK(parsed->transfers[1].byte_max == 64);
  CHECK(parsed->transfers[1].answer.size() == 10);
  CHECK(parsed->transfers[2].kind == Kind::interrupt);
  CHECK(parsed->transfers[2].at_us == 12'400);
  CHECK(parsed->transfers[2].code == "usb.timeout");
  CHECK(parsed->transfers[3].setup == Bytes{0x81, 0x06, 0x00, 0x22, 0x01, 0x00});
  CHECK(parsed->transfers[3].answer.empty());
  CHECK(parsed->transfers[4].setup == Bytes{0x21, 0x09, 0x03, 0x02, 0x00, 0x00});
  CHECK_FALSE(parsed->transfers[5].ok());
  CHECK(recording_text(*parsed, {"a reader, 2026-11-25"}) == sample);
}

TEST_CASE("what is not a recording is refused with a code and the number of its line") {
  CHECK(code_of("") == "recording.bad_header");
  CHECK(code_of("bianmin usb recording 1") == "recording.bad_header");
  CHECK(code_of("bianmin usb recording 2\ndescriptors 12\n") == "recording.bad_header");
  CHECK(code_of("bianmin usb recording 1\n") == "recording.bad_descriptors");
  CHECK(code_of("bianmin usb recording 1\ndescriptors \n") == "recording.bad_descriptors");
  CHECK(code_of("bianmin usb recording 1\ndescriptors 1G\n") == "recording.bad_descriptors");
  CHECK(code_of("bianmin usb recording 1\n0.000 0.000 bulk out 02 - = ok 0\n") ==
        "recording.bad_descriptors");
  CHECK(code_of(std::string(recording_byte_max + 1, '#')) == "recording.too_large");
  CHECK(code_of(with_line("0.000 0.000 bulk out 02 aa = ok 1")) == "ok");
  for (const std::string_view bad : {
           "",                                                   //
           "0.000 0.000 bulk out 02 aa =",                       // no end
           "0.000 0.000 bulk out 02 aa = ok",                    // no number
           "0.000 0.000 bulk out 02 aa = ok 2",                  // more than was sent
           "0.000 0.000 bulk out 02 aa = ok 01",                 // two writings of one number
           "0.000 0.000 bulk out 02 AA = ok 1",                  // two writings of one byte
           "0.000 0.000 bulk out 02 aa = fine",                  // no code
           "0.000 0.000 bulk out 02 aa = usb.stall 1",           // more after a failure
           "0.000 0.000 bulk out 02 aa = ok 1 ",                 // a space at the end
           "0.000  0.000 bulk out 02 aa = ok 1",                 // two spaces
           "0.00 0.000 bulk out 02 aa = ok 1",                   // two digits
           "00.000 0.000 bulk out 02 aa = ok 1",                 //
           "0.000 -1.000 bulk out 02 aa = ok 1",                 //
           "0.000 99999999.000 bulk out 02 aa = ok 1",           // more than a day
           "0.000 0.000 bulky out 02 aa = ok 1",                 //
           "0.000 0.000 bulk to 02 aa = ok 1",                   //
           "0.000 0.000 bulk out 82 aa = ok 1",                  // an IN endpoint
           "0.000 0.000 bulk in 02 64 = ok aa",                  // an OUT endpoint
           "0.000 0.000 bulk in 0081 64 = ok aa",                //
           "0.000 0.000 bulk in 81 1 = ok aabb",                 // more than was asked for
           "0.000 0.000 bulk in 81 999999999 = ok aa",           //
           "0.000 0.000 bulk in 81 64 = ok a",                   //
           "0.000 0.000 control in 01 06 2200 0000 4 = ok aa",   // a request to the device
           "0.000 0.000 control out 81 06 2200 0000 aa = ok 1",  // and one from it
           "0.000 0.000 control in 81 06 22 0000 4 = ok aa",     //
           "0.000 0.000 control in 81 06 2200 4 = ok aa",        //
       }) {
    INFO(bad);
    CHECK(code_of(with_line(bad)) == "recording.bad_transfer");
  }
  CHECK(parse_recording(with_line("oops")).error().detail == "line 3");
}

TEST_CASE("a recorder writes down what it sees, until it is full") {
  Recorder recorder;
  recorder.opened({}, Bytes{1, 2, 3});
  recorder.opened({}, Bytes{4});  // opened anew: it is the same device
  const Bytes setup = {0x81, 0x06, 0x00, 0x22, 0x00, 0x00, 0x40, 0x00};
  const Bytes answer = {9, 8};
  usb::SeenTransfer seen{usb::EndpointKind::control, 0x80};
  seen.request = setup;
  seen.byte_max = 64;
  seen.begun_us = 5'000;
  seen.took_us = 20;
  seen.answer = answer;
  recorder.transferred(seen);
  seen = {usb::EndpointKind::interrupt, 0x84};
  seen.begun_us = 7'001;
  seen.byte_max = 64;
  seen.code = "usb.timeout";
  recorder.transferred(seen);
  const Recording recording = recorder.take();
  CHECK(recording_text(recording) ==
        "bianmin usb recording 1\ndescriptors 010203\n"
        "0.000 0.020 control in 81 06 2200 0000 64 = ok 0908\n"
        "2.001 0.000 interrupt in 84 64 = usb.timeout\n");
  CHECK(recorder.take() == Recording{});
  for (std::size_t i = 0; i <= transfer_count_max; ++i) recorder.transferred(seen);
  CHECK(recorder.overflowed());
  CHECK(recorder.take().transfers.size() == transfer_count_max);
  CHECK_FALSE(recorder.overflowed());
}

}  // namespace bianmin::recording

namespace bianmin::emulator {

namespace {

using recording::Kind;
using recording::Recording;
using recording::Transfer;

Transfer out(Bytes bytes, std::uint8_t endpoint = 0x01) {
  Transfer transfer;
  transfer.endpoint = endpoint;
  transfer.taken = bytes.size();
  transfer.sent = std::move(bytes);
  return transfer;
}

Transfer in(Bytes bytes, std::uint8_t endpoint = 0x82) {
  Transfer transfer;
  transfer.endpoint = endpoint;
  transfer.byte_max = 64;
  transfer.answer = std::move(bytes);
  return transfer;
}

Transfer nothing_came() {
  Transfer transfer = in({});
  transfer.code = "usb.timeout";
  return transfer;
}

std::unique_ptr<ReplayModel> replay(std::vector<Transfer> transfers) {
  auto model = ReplayModel::create({PrinterModel().spec().descriptors(), std::move(transfers)});
  REQUIRE(model.ok());
  (*model)->power_on();
  return std::move(*model);
}

// What comes back for `bytes`; "-" for nothing.
std::string ask(ReplayModel& model, const Bytes& bytes) {
  CHECK(model.take(0x01, bytes) == bytes.size());
  const auto answer = model.give(0x82);
  return answer ? to_hex(*answer) : "-";
}

}  // namespace

TEST_CASE("a device is what its descriptors say") {
  for (const DeviceSpec& original : {PrinterModel().spec(), ScannerModel().spec()}) {
    const Bytes bytes = original.descriptors();
    const auto spec = spec_from_descriptors(bytes);
    REQUIRE(spec.ok());
    CHECK(spec->vendor == original.vendor);
    CHECK(spec->product == original.product);
    REQUIRE(spec->interfaces.size() == 1);
    CHECK(spec->interfaces[0].device_class == original.interfaces[0].device_class);
    CHECK(spec->interfaces[0].kernel_driver == original.interfaces[0].kernel_driver);
    CHECK(spec->interfaces[0].class_descriptor == original.interfaces[0].class_descriptor);
    CHECK(spec->interfaces[0].endpoints.size() == original.interfaces[0].endpoints.size());
    CHECK(spec->descriptors() == bytes);
    for (std::size_t count = 0; count < bytes.size(); ++count) {
      const auto cut = spec_from_descriptors(ByteView(bytes).first(count));
      REQUIRE_FALSE(cut.ok());
      CHECK(cut.error().code == "recording.bad_descriptors");
    }
  }
}

TEST_CASE("an exchange is answered as it was, in its order") {
  const auto model = replay({out({1}), in({10}), in({11}), out({2}), nothing_came(), out({1}), in({12})});
  CHECK_FALSE(model->give(0x82).has_value());
  CHECK(ask(*model, {1}) == "0a");
  CHECK(to_hex(*model->give(0x82)) == "0b");
  CHECK(ask(*model, {2}) == "-");
  CHECK_FALSE(model->finished());
  CHECK(ask(*model, {1}) == "0c");
  CHECK(model->finished());
  CHECK(model->mismatches().empty());
  CHECK(model->repeat_count() == 0);
}

TEST_CASE("polls may be more or fewer than they were") {
  const auto model = replay({out({1}), in({10}), out({1}), in({11}), out({1}), in({12}), out({2}), in({20})});
  CHECK(ask(*model, {1}) == "0a");
  CHECK(ask(*model, {2}) == "14");  // two polls were passed over
  CHECK(model->skip_count() == 2);
  CHECK(ask(*model, {1}) == "0c");  // as the last of them
  CHECK(ask(*model, {1}) == "0c");
  CHECK(model->repeat_count() == 2);
  CHECK(model->mismatches().empty());
}

TEST_CASE("what was never asked, or not yet, is a mismatch without an answer") {
  const auto model = replay({out({1}), in({10}), out({2}), in({20}), out({3}), in({30})});
  CHECK(ask(*model, {3}) == "-");
  CHECK(ask(*model, {1}) == "0a");
  CHECK(ask(*model, {3}) == "-");  // {2} was not asked before, so it cannot be passed over
  CHECK(ask(*model, {2}) == "14");
  CHECK(ask(*model, {3}) == "1e");
  CHECK(ask(*model, {4}) == "-");
  REQUIRE(model->mismatches().size() == 3);
  CHECK(model->mismatches()[0].code == "replay.other_bytes");
  CHECK(model->mismatches()[1].exchange == 1);
  CHECK(model->mismatches()[2].code == "replay.over");
}

TEST_CASE("a command in two transfers is one exchange") {
  const auto model = replay({out({7}), out({1}, 0x03), in({10}), out({7}), out({2}, 0x03), in({20}), out({7}),
                             out({1}, 0x03), in({11})});
  const auto ask_both = [&](std::uint8_t body) {
    CHECK(ask(*model, {7}) == "-");
    CHECK(model->take(0x03, Bytes{body}) == 1);
    const auto answer = model->give(0x82);
    return answer ? to_hex(*answer) : "-";
  };
  CHECK(ask_both(1) == "0a");
  CHECK(ask_both(1) == "0a");
  CHECK(ask_both(2) == "14");
  CHECK(ask_both(9) == "-");
  CHECK(ask_both(1) == "0b");
  CHECK(model->mismatches().size() == 1);
}

TEST_CASE("control requests are answered by what they ask") {
  Transfer first;
  first.kind = Kind::control;
  first.endpoint = 0x80;
  first.setup = {0xA1, 1, 0, 0, 0, 0};
  first.byte_max = 1;
  first.answer = {0x18};
  Transfer second = first;
  second.answer = {0x28};
  Transfer failed = first;
  failed.setup[1] = 2;
  failed.code = "usb.stall";
  failed.answer.clear();
  const auto model = replay({first, failed, second});
  const ControlRequest status{0xA1, 1, 0, 0, 1, {}};
  CHECK(*model->control(status) == Bytes{0x18});
  CHECK_FALSE(model->control({0xA1, 2, 0, 0, 1, {}}).has_value());
  CHECK(model->mismatches().empty());
  CHECK(*model->control(status) == Bytes{0x28});
  CHECK(*model->control(status) == Bytes{0x28});
  CHECK(model->repeat_count() == 1);
  CHECK_FALSE(model->control({0xA1, 1, 1, 0, 1, {}}).has_value());
  CHECK(model->mismatches()[0].code == "replay.other_request");
}

TEST_CASE("a device that speaks by itself does so when it is plugged in") {
  const auto model = replay({in({1}), in({2})});
  CHECK(to_hex(*model->give(0x82)) == "01");
  CHECK(to_hex(*model->give(0x82)) == "02");
  CHECK_FALSE(model->give(0x82).has_value());
  CHECK(model->finished());
}

}  // namespace bianmin::emulator
