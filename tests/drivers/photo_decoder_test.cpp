#include "drivers/card/photo_decoder.hpp"

#include "tests/catch.hpp"

using namespace bianmin;
using card::PhotoDecoder;

namespace {

std::string plugin(const std::string& name) {
  return std::string(BIANMIN_PLUGIN_FOLDER) + "/photo_" + name + ".so";
}

Bytes raw_photo() {
  Bytes raw(1'024);
  for (std::size_t i = 0; i < raw.size(); ++i) raw[i] = static_cast<std::uint8_t>(i * 7);
  return raw;
}

}  // namespace

TEST_CASE("a plug-in decodes a photo") {
  const auto decoder = PhotoDecoder::load(plugin("good"));
  REQUIRE(decoder.ok());
  const auto pixels = (*decoder)->decode(raw_photo());
  REQUIRE(pixels.ok());
  CHECK(pixels->size() == 38'556);
  CHECK((*pixels)[1'025] == raw_photo()[1]);
  CHECK((*decoder)->decode(Bytes(1'023)).error().code == "photo.bad_size");
  CHECK((*decoder)->decode({}).error().code == "photo.bad_size");
}

TEST_CASE("what is no plug-in is refused") {
  CHECK(PhotoDecoder::load("/nonexistent/decoder.so").error().code == "photo.no_plugin");
  CHECK(PhotoDecoder::load("photo_good.so").error().code == "photo.no_plugin");
  CHECK(PhotoDecoder::load("/proc/self/exe").error().code != "ok");
  CHECK(PhotoDecoder::load(plugin("null")).error().code == "photo.bad_plugin");
  CHECK(PhotoDecoder::load(plugin("newer")).error().code == "photo.wrong_version");
  CHECK(PhotoDecoder::load(plugin("newer")).error().remedy == Remedy::call_staff);
}

TEST_CASE("a plug-in that fails, writes nothing or too much gives no picture") {
  const auto [name, code] = GENERATE(table<std::string, std::string>(
      {{"failing", "photo.not_decoded"}, {"lazy", "photo.nonsense"}, {"greedy", "photo.nonsense"}}));
  const auto decoder = PhotoDecoder::load(plugin(name));
  REQUIRE(decoder.ok());
  CHECK((*decoder)->decode(raw_photo()).error().code == code);
}

TEST_CASE("a picture of one colour is no face") {
  const auto decoder = PhotoDecoder::load(plugin("good"));
  CHECK((*decoder)->decode(Bytes(1'024, 7)).error().code == "photo.nonsense");
}
