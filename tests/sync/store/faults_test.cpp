// Full disk, read-only disk, damaged file, busy file: a clear code, and nothing half done.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sync/store/journal.hpp"
#include "sync/store/outbox.hpp"
#include "sync/store/verify_journal.hpp"
#include "terminal/base/files.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::store {

using test::must;

namespace {

// A small file system of its own, when the test may mount one.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& options) {
    mounted_ = ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  bool make_read_only() const {
    return ::mount("tmpfs", folder_.path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr) == 0;
  }
  std::filesystem::path path() const { return folder_.path(); }

 private:
  test::TempFolder folder_;
  bool mounted_ = false;
};

void check_clean(const std::filesystem::path& path, const test::Terminal& terminal, std::int64_t records) {
  const auto report = must(verify_journal(path, terminal.enrolment.device_key.public_key(),
                                          terminal.hub.receipt_key.public_key()));
  CHECK(report.clean());
  CHECK(report.records == records);
}

}  // namespace

TEST_CASE("a journal at its page limit says that the disk is full, loses nothing, and goes on with room") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  RecordWriter writer(*journal, terminal.enrolment);
  must(journal->database().limit_pages(60));
  const auto large = [] { return test::sample_case(std::string(20'000, 'x')); };
  std::int64_t saved_count = 0;
  auto saved = writer.save(large());
  for (; saved.ok() && saved_count < 1000; saved = writer.save(large())) ++saved_count;
  CHECK(test::code_of(saved) == "store.disk_full");
  CHECK(saved_count > 0);
  check_clean(terminal.journal_path, terminal, saved_count);
  must(journal->database().limit_pages(1'000'000));
  CHECK(must(writer.save(large())).seq == static_cast<std::uint64_t>(saved_count) + 1);
}

TEST_CASE("a really full disk is told, and what was saved before stays") {
  const SmallDisk disk("size=1m");
  if (!disk.mounted()) {
    WARN("not allowed to mount: the full disk is shown by the page limit only");
    return;
  }
  const test::Terminal terminal;
  const auto path = disk.path() / "journal.db";
  const auto journal = must(Journal::open(path, terminal.enrolment.identity));
  RecordWriter writer(*journal, terminal.enrolment);
  std::int64_t saved_count = 0;
  auto saved = writer.save(test::sample_case(std::string(20'000, 'x')));
  for (; saved.ok() && saved_count < 1000; saved = writer.save(test::sample_case(std::string(20'000, 'x')))) {
    ++saved_count;
  }
  CHECK(test::code_of(saved) == "store.disk_full");
  CHECK(saved_count > 0);
  CHECK(must(journal->backlog()).waiting == saved_count);
  REQUIRE(::mount("tmpfs", disk.path().c_str(), "tmpfs", MS_REMOUNT, "size=8m") == 0);
  must(writer.save(test::sample_case()));
  check_clean(path, terminal, saved_count + 1);
}

TEST_CASE("a disk with no room at all cannot open a journal and says so") {
  const SmallDisk disk("size=8k");
  if (!disk.mounted()) {
    WARN("not allowed to mount");
    return;
  }
  const test::Terminal terminal;
  CHECK(test::code_of(Journal::open(disk.path() / "journal.db", terminal.enrolment.identity)) ==
        "store.disk_full");
}

TEST_CASE("a disk that turns read-only is told") {
  const SmallDisk disk("size=8m");
  if (!disk.mounted()) {
    WARN("not allowed to mount: read-only is not shown");
    return;
  }
  const test::Terminal terminal;
  const auto path = disk.path() / "journal.db";
  {
    must(RecordWriter(*must(Journal::open(path, terminal.enrolment.identity)), terminal.enrolment)
             .save(test::sample_case()));
  }
  REQUIRE(disk.make_read_only());
  CHECK(test::code_of(Journal::open(path, terminal.enrolment.identity)) == "store.read_only");
  CHECK(test::code_of(Journal::open(disk.path() / "new.db", terminal.enrolment.identity)) ==
        "store.read_only");
}

TEST_CASE("damaged files and files of something else are told") {
  const test::Terminal terminal;
  must(write_file_durably(terminal.journal_path, view_of(std::string(10'000, 'x'))));
  CHECK(test::code_of(Journal::open(terminal.journal_path, terminal.enrolment.identity)) == "store.corrupt");
  std::filesystem::remove(terminal.journal_path);
  {
    const auto journal = terminal.open();
    RecordWriter writer(*journal, terminal.enrolment);
    for (int count = 0; count < 20; ++count) must(writer.save(test::sample_case()));
    must(journal->database().execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  Bytes bytes = must(read_file(terminal.journal_path, 10'000'000));
  for (std::size_t at = 4096; at < bytes.size(); at += 512) bytes[at] ^= 0xFF;
  must(write_file_durably(terminal.journal_path, bytes));
  CHECK(test::code_of(Journal::open(terminal.journal_path, terminal.enrolment.identity)) == "store.corrupt");
}

TEST_CASE("a newer schema is refused") {
  const test::Terminal terminal;
  must(terminal.open()->database().execute("PRAGMA user_version = 99"));
  CHECK(test::code_of(Journal::open(terminal.journal_path, terminal.enrolment.identity)) == "store.newer");
}

TEST_CASE("a writer that holds the file too long is told, and nothing was saved") {
  const test::Terminal terminal;
  const auto first = terminal.open();
  const auto second =
      must(Journal::open(terminal.journal_path, terminal.enrolment.identity, {.busy_wait_ms = 1}));
  {
    const auto holding = must(database::Transaction::begin(first->database()));
    CHECK(test::code_of(RecordWriter(*second, terminal.enrolment).save(test::sample_case())) == "store.busy");
  }
  CHECK(must(RecordWriter(*second, terminal.enrolment).save(test::sample_case())).seq == 1);
}

TEST_CASE("a journal is readable by its owner only") {
  const test::Terminal terminal;
  const auto journal = terminal.open();
  must(RecordWriter(*journal, terminal.enrolment).save(test::sample_case()));
  for (const auto& entry : std::filesystem::directory_iterator(terminal.folder.path())) {
    INFO(entry.path());
    CHECK((entry.status().permissions() &
           (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) ==
          std::filesystem::perms::none);
  }
}

}  // namespace bianmin::store
