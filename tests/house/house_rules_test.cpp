// The checker itself: it lets through what is allowed and finds each thing that is not.
#include "tests/house/house_rules.hpp"

#include <unistd.h>

#include "terminal/base/files.hpp"
#include "tests/catch.hpp"

using namespace bianmin;
using namespace bianmin::house;

namespace {

struct Case {
  const char* file;
  const char* header;  // with its quotes or brackets
};

bool clean(const Case& c) { return check_file(c.file, "#include " + std::string(c.header) + "\n").empty(); }

}  // namespace

TEST_CASE("what the house allows") {
  for (const Case& c : std::initializer_list<Case>{
           {"terminal/base/json.hpp", "<nlohmann/json.hpp>"},
           {"terminal/base/log.cpp", "<fmt/format.h>"},
           {"terminal/base/log.cpp", "<sys/stat.h>"},
           {"drivers/printer/a.cpp", "\"terminal/base/result.hpp\""},
           {"drivers/printer/a.cpp", "\"drivers/device_state.hpp\""},
           {"drivers/printer/a.cpp", "\"drivers/usb/transfer.hpp\""},
           {"drivers/usb/a.cpp", "<libusb.h>"},
           {"drivers/usb/a.cpp", "<libusb-1.0/libusb.h>"},
           {"drivers/scanner/a.cpp", "<ZXing/ReadBarcode.h>"},
           {"drivers/scanner/a.cpp", "<webp/decode.h>"},
           {"drivers/emulator/a.cpp", "<umockdev.h>"},
           {"drivers/emulator/a.cpp", "\"drivers/device_state.hpp\""},
           {"drivers/emulator/a.cpp", "\"drivers/card/apdu.hpp\""},
           {"ui/kit/canvas.cpp", "<pango/pangocairo.h>"},
           {"ui/pages/review.cpp", "\"ui/kit/node.hpp\""},
           {"sync/seal/hpke.cpp", "<openssl/evp.h>"},
           {"sync/database/sqlite_engine.cpp", "<sqlite3.h>"},
           {"sync/database/postgres_connection.hpp", "<libpq-fe.h>"},
           {"sync/store/journal.cpp", "\"sync/database/database.hpp\""},
           {"sync/hub/ingest/ingest.cpp", "\"sync/database/database.hpp\""},
           {"sync/hub/proof/sequencer.cpp", "\"sync/proof/tiles.hpp\""},
           {"sync/proof/hash_tree.cpp", "\"sync/seal/profile.hpp\""},
           {"sync/hub/web/http2_connection.cpp", "<nghttp2/nghttp2.h>"},
           {"sync/hub/web/server.cpp", "\"sync/hub/service/service.hpp\""},
           {"sync/hub/main.cpp", "\"sync/hub/web/server.hpp\""},
           {"sync/hub/main.cpp", "\"sync/record/record.hpp\""},
           {"sync/hub/ingest/ingest.cpp", "\"sync/hub/filing/filing_queue.hpp\""},
           {"sync/hub/setup.cpp", "\"sync/hub/store/hub_store.hpp\""},
           {"sync/http/curl_client.cpp", "<curl/curl.h>"},
           {"sync/agent/upload.cpp", "\"sync/http/transport.hpp\""},
           {"sync/departments/rest_department.cpp", "\"sync/http/client.hpp\""},
           {"sync/hub/filing/filing_lane.cpp", "\"sync/departments/department.hpp\""},
           {"sync/agent/upload.cpp", "\"sync/store/journal.hpp\""},
           {"terminal/services/form.cpp", "\"terminal/base/text.hpp\""},
           {"terminal/session/session.cpp", "\"terminal/services/form.hpp\""},
           {"terminal/session/session.cpp", "\"drivers/card/id_card_reader.hpp\""},
           {"terminal/session/session.cpp", "\"sync/store/journal.hpp\""},
           {"terminal/main.cpp", "\"terminal/session/session.hpp\""},
           {"terminal/kioskctl/main.cpp", "\"drivers/scanner/read_image.hpp\""},
           {"terminal/kioskctl/emulate.cpp", "\"drivers/emulator/client.hpp\""},
           {"tests/session/a.cpp", "\"terminal/session/session.hpp\""},
           {"tests/drivers/a.cpp", "\"drivers/emulator/printer.hpp\""},
           {"tests/catch.hpp", "<catch2/catch.hpp>"},
           {"tests/bench/a.cpp", "<sqlite3.h>"},
           {"drivers/usb/a.cpp", "<libudev.h>"},
       }) {
    INFO(c.file << " includes " << c.header);
    CHECK(clean(c));
  }
}

TEST_CASE("what the house does not allow") {
  for (const Case& c : std::initializer_list<Case>{
           {"terminal/base/a.cpp", "\"drivers/device_state.hpp\""},
           {"terminal/base/a.cpp", "<nlohmann/json.hpp>"},
           {"terminal/services/a.cpp", "<nlohmann/json.hpp>"},
           {"terminal/services/a.cpp", "\"drivers/card/id_card.hpp\""},
           {"terminal/services/a.cpp", "\"sync/record/record.hpp\""},
           {"terminal/services/a.cpp", "\"terminal/session/session.hpp\""},
           {"drivers/card/a.cpp", "\"drivers/printer/document.hpp\""},
           {"drivers/usb/a.cpp", "\"drivers/card/id_card.hpp\""},
           {"drivers/card/a.cpp", "\"ui/kit/node.hpp\""},
           {"drivers/card/a.cpp", "<libusb.h>"},
           {"drivers/card/a.cpp", "\"terminal/session/session.hpp\""},
           {"drivers/device_state.cpp", "\"drivers/card/id_card.hpp\""},
           {"drivers/card/a.cpp", "\"drivers/emulator/card.hpp\""},
           {"drivers/emulator/a.cpp", "\"drivers/usb/transfer.hpp\""},
           {"drivers/emulator/a.cpp", "\"drivers/card/sdt/sdt_driver.hpp\""},
           {"drivers/usb/a.cpp", "<umockdev.h>"},
           {"drivers/printer/a.cpp", "<png.h>"},
           {"ui/kit/a.cpp", "\"ui/pages/review.hpp\""},
           {"ui/pages/a.cpp", "<cairo.h>"},
           {"ui/pages/a.cpp", "<cairo/cairo.h>"},
           {"ui/pages/a.cpp", "<SDL2/SDL.h>"},
           {"ui/pages/a.cpp", "<librsvg/rsvg.h>"},
           {"ui/pages/a.cpp", "\"terminal/services/form.hpp\""},
           {"sync/record/a.cpp", "\"sync/seal/hpke.hpp\""},
           {"sync/store/a.cpp", "<openssl/evp.h>"},
           {"sync/agent/a.cpp", "<sqlite3.h>"},
           {"sync/store/a.cpp", "<sqlite3.h>"},
           {"sync/hub/a.cpp", "<libpq-fe.h>"},
           {"tests/sync/hub/a.cpp", "<libpq-fe.h>"},
           {"sync/record/a.cpp", "\"sync/database/database.hpp\""},
           {"sync/agent/a.cpp", "\"sync/hub/service/service.hpp\""},
           {"sync/hub/service/service.cpp", "\"sync/hub/web/server.hpp\""},
           {"sync/hub/web/server.cpp", "\"sync/departments/department.hpp\""},
           {"sync/hub/filing/a.cpp", "\"sync/hub/ingest/ingest.hpp\""},
           {"sync/hub/store/a.cpp", "\"sync/hub/setup.hpp\""},
           {"sync/hub/a.cpp", "<nghttp2/nghttp2.h>"},
           {"sync/hub/a.cpp", "<asio.hpp>"},
           {"sync/hub/a.cpp", "\"sync/store/journal.hpp\""},
           {"sync/hub/a.cpp", "<curl/curl.h>"},
           {"sync/agent/a.cpp", "<curl/curl.h>"},
           {"sync/departments/a.cpp", "<curl/curl.h>"},
           {"sync/departments/a.cpp", "\"sync/database/database.hpp\""},
           {"sync/departments/a.cpp", "\"sync/hub/filing/register.hpp\""},
           {"sync/agent/a.cpp", "\"sync/departments/department.hpp\""},
           {"sync/http/a.cpp", "\"sync/record/record.hpp\""},
           {"sync/agent/a.cpp", "<nghttp2/nghttp2.h>"},
           {"sync/agent/a.cpp", "<asio.hpp>"},
           {"sync/agent/a.cpp", "\"terminal/session/session.hpp\""},
           {"terminal/session/a.cpp", "\"terminal/kioskctl/commands.hpp\""},
           {"terminal/session/a.cpp", "\"drivers/emulator/client.hpp\""},
           {"terminal/session/a.cpp", "<libusb.h>"},
           {"terminal/main.cpp", "\"drivers/emulator/card.hpp\""},
           {"terminal/kioskctl/a.cpp", "\"drivers/emulator/printer.hpp\""},
           {"terminal/main.cpp", "\"tests/fakes/fake_clock.hpp\""},
           {"tests/base/a.cpp", "<catch2/catch.hpp>"},
           {"tests/base/a.cpp", "<openssl/evp.h>"},
           {"tests/base/a.cpp", "<sqlite3.h>"},
           {"ui/pages/a.cpp", "<fontconfig/fontconfig.h>"},
           {"drivers/card/a.cpp", "<libudev.h>"},
           {"terminal/base/a.cpp", "<cereal/archives/json.hpp>"},
           {"terminal/base/a.cpp", "\"result.hpp\""},
           {"terminal/base/a.cpp", "\"../base/result.hpp\""},
           {"terminal/base/a.cpp", "\"terminal/../drivers/device_state.hpp\""},
           {"terminal/base/a.cpp", "<terminal/base/result.hpp>"},
       }) {
    INFO(c.file << " includes " << c.header);
    CHECK_FALSE(clean(c));
  }
}

TEST_CASE("an include is seen in any of its forms, and nothing else is taken for one") {
  for (const char* line :
       {"#include<png.h>", "  #  include   <png.h>  // why", "\t#include\t<png.h>", "#include <png.h>\r"}) {
    INFO(line);
    CHECK(check_file("ui/kit/a.cpp", line).size() == 1);
  }
  for (const char* line :
       {"// #include <png.h>", "text(\"#include <png.h>\");", "#define include <png.h>", "#include"}) {
    INFO(line);
    CHECK(check_file("ui/kit/a.cpp", line).empty());
  }
  const auto breaches = check_file("ui/kit/a.cpp", "#include <vector>\n\n#include <png.h>\n");
  REQUIRE(breaches.size() == 1);
  CHECK(breaches[0].line == 3);
  CHECK(breaches[0].file == "ui/kit/a.cpp");
}

TEST_CASE("a file may not grow too long") {
  CHECK(check_file("ui/kit/a.cpp", std::string(file_lines_max, '\n')).empty());
  CHECK(check_file("ui/kit/a.cpp", std::string(file_lines_max + 1, '\n')).size() == 1);
}

TEST_CASE("a tree is walked, and the breach in it found") {
  std::string name = (std::filesystem::temp_directory_path() / "house_test.XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  const std::filesystem::path root = name;
  const auto put = [&](const std::string& file, std::string_view text) {
    std::filesystem::create_directories((root / file).parent_path());
    REQUIRE(write_file_durably(root / file, view_of(text)).ok());
  };
  put("terminal/base/good.hpp", "#include <string>\n");
  put("drivers/card/good.cpp", "#include \"drivers/usb/bus.hpp\"\n");
  put("drivers/card/notes.md", "#include <openssl/evp.h>\n");
  CHECK(check_tree(root).files == 2);
  CHECK(check_tree(root).breaches.empty());
  put("drivers/card/deep/bad.cpp", "#include \"ui/kit/node.hpp\"\n");
  put("tests/card/bad.c", "#include <openssl/evp.h>\n");
  const Survey survey = check_tree(root);
  CHECK(survey.files == 4);
  REQUIRE(survey.breaches.size() == 2);
  CHECK(survey.breaches[0].file == "drivers/card/deep/bad.cpp");
  CHECK(survey.breaches[1].file == "tests/card/bad.c");
  std::filesystem::remove_all(root);
}
