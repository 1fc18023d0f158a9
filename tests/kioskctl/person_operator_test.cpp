// The person at the shell, played through a pipe.
#include "terminal/kioskctl/person_operator.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>

#include "terminal/base/files.hpp"
#include "tests/catch.hpp"

namespace bianmin::kioskctl {

namespace {

using conformance::Act;

class PlayedPerson {
 public:
  // Types `typed` and, unless more comes later, hangs up.
  explicit PlayedPerson(std::string_view typed) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    keyboard_.reset(ends[1]);
    input_.reset(ends[0]);
    REQUIRE(::write(keyboard_.get(), typed.data(), typed.size()) == static_cast<ssize_t>(typed.size()));
    keyboard_.reset();
    person = std::make_unique<PersonOperator>(loop_, screen_, input_.get());
  }
  ~PlayedPerson() {
    std::fclose(screen_);
    std::free(shown_);  // NOLINT: open_memstream's
  }
  PlayedPerson(const PlayedPerson&) = delete;
  PlayedPerson& operator=(const PlayedPerson&) = delete;

  std::string shown() {
    std::fflush(screen_);
    return {shown_, shown_byte_count_};
  }
  std::unique_ptr<PersonOperator> person;

 private:
  SystemClock clock_;
  EventLoop loop_{clock_};
  char* shown_ = nullptr;
  std::size_t shown_byte_count_ = 0;
  std::FILE* screen_ = ::open_memstream(&shown_, &shown_byte_count_);
  FileDescriptor keyboard_;
  FileDescriptor input_;
};

}  // namespace

TEST_CASE("every act is asked for in words, and Enter goes on") {
  PlayedPerson played(std::string(16, '\n'));
  for (const Act act : {Act::plug, Act::unplug, Act::unplug_during, Act::put_card, Act::take_card,
                        Act::take_card_during, Act::load_paper, Act::remove_paper, Act::remove_paper_during,
                        Act::close_cover, Act::open_cover, Act::open_cover_during, Act::take_code_away,
                        Act::turn_next_code, Act::uncover_camera, Act::cover_camera}) {
    const std::size_t before = played.shown().size();
    CHECK(played.person->act(act).ok());
    CHECK(played.shown().size() > before + 40);
  }
  CHECK(played.shown().find("Take the card away.") != std::string::npos);
}

TEST_CASE("an s skips, and so does who has gone") {
  PlayedPerson played("s\n");
  CHECK(played.person->act(Act::plug).error().code == "conformance.skipped");
  CHECK(played.person->act(Act::plug).error().detail == "nobody answers");
  PlayedPerson talkative(std::string(5'000, 'x'));
  CHECK(talkative.person->act(Act::plug).error().code == "conformance.skipped");
}

TEST_CASE("slips are counted by the person, Enter alone meaning no new one") {
  PlayedPerson played("2\nmany\n-1\n3\n\n");
  CHECK(*played.person->count_slips() == 2);
  CHECK(*played.person->count_slips() == 3);
  CHECK(*played.person->count_slips() == 3);
  CHECK(played.person->count_slips().error().code == "conformance.skipped");
}

TEST_CASE("a person has any code at hand, but none of thousands of bytes") {
  PlayedPerson played("\n");
  CHECK(played.person->show_code("BM1")->empty());
  CHECK(played.person->show_code(std::string(2'900, 'x')).error().code == "conformance.skipped");
}

}  // namespace bianmin::kioskctl
