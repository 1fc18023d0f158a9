// A damaged journal: whatever is damaged, and wherever the power goes while it is replaced, what can be read
// still goes to the hub, no case number is given out twice, and the file is kept.
#include <cstdio>
#include <cstdlib>
#include <set>
#include <thread>

#include "sync/hub/ingest/ingest.hpp"
#include "sync/store/journal_recovery.hpp"
#include "sync/store/outbox.hpp"
#include "sync/store/verify_journal.hpp"
#include "tests/fakes/crash_folder.hpp"
#include "tests/sync/support.hpp"

namespace bianmin::store {

using test::must;

namespace {

constexpr std::size_t page = 4096;
const std::string file = "journal.db";
const std::string place = "t/journal.db";

// A terminal with three spares whose journal holds settled, refused and waiting records, long ones too.
struct Damaged {
  test::FakeHub hub;
  std::vector<Identity> lives{{"T-0001", 1, 42}, {"T-0001", 2, 43}, {"T-0001", 5, 47}, {"T-0001", 6, 48}};
  Enrolment enrolment{lives[0], seal::PrivateKey::generate(), hub.seal_key.public_key(),
                      hub.receipt_key.public_key()};
  test::CrashDisk disk;  // closed in order, all of it in the file
  test::CrashDisk died;  // most of it in the WAL
  std::set<std::uint64_t> waiting;
  std::set<std::string> case_nos;

  Damaged() {
    test::CrashVfs vfs;
    {
      test::CrashFolder folder(vfs, "t");
      const auto journal = must(open_journal(folder, file, lives));
      RecordWriter writer(*journal, enrolment);
      for (int count = 0; count < 24; ++count) {
        const auto saved =
            must(writer.save(test::sample_case(std::string(count % 5 == 0 ? 9'000 : 300, 'x'))));
        case_nos.insert(saved.case_no);
      }
      Outbox outbox(*journal, enrolment.hub_receipt_key);
      for (const PendingRecord& one : must(outbox.pending(8))) {
        must(outbox.settle(hub.receipt_for(one.upload)));
      }
      must(outbox.set_aside(1, 9, "hub.bad_record"));
      for (const PendingRecord& one : must(outbox.pending(100))) waiting.insert(one.seq);
      died = vfs.disk().after_power_cut(0);
    }
    disk = vfs.disk().after_power_cut(1);
  }

  // Opens it, saves one more, and returns which of the waiting ones are still to be sent.
  std::set<std::uint64_t> recover(test::CrashVfs& vfs, std::uint64_t& epoch) const {
    test::CrashFolder folder(vfs, "t");
    const auto journal = must(open_journal(folder, file, lives));
    epoch = journal->identity().epoch;
    const auto saved = must(RecordWriter(*journal, enrolment).save(test::sample_case()));
    CHECK_FALSE(case_nos.contains(saved.case_no));
    std::set<std::uint64_t> left;
    Outbox outbox(*journal, enrolment.hub_receipt_key);
    for (const PendingRecord& one : must(outbox.pending(100))) {
      if (one.epoch == 1) left.insert(one.seq);
      CHECK(enrolment.device_key.public_key().verify(one.upload.envelope, one.upload.signature));
    }
    CHECK(
        must(verify_journal(place, enrolment.device_key.public_key(), enrolment.hub_receipt_key, vfs.name()))
            .clean());
    return left;
  }
};

std::size_t lost(const Damaged& site, const std::set<std::uint64_t>& left) {
  std::size_t count = 0;
  for (const std::uint64_t seq : site.waiting) count += left.contains(seq) ? 0U : 1U;
  return count;
}

bool is_kept(const test::CrashDisk& disk, const Bytes& bytes) {
  const auto found = disk.find(place + ".damaged-1");
  return found && found->now == bytes;
}

}  // namespace

TEST_CASE("damage at every page costs what lay on that page and nothing else") {
  const Damaged site;
  const Bytes whole = site.disk.find(place)->now;
  REQUIRE(whole.size() > 25 * page);
  REQUIRE(site.waiting.size() == 15);
  std::size_t replaced_count = 0;
  std::size_t without_loss = 0;
  for (std::size_t at = 0; at < whole.size(); at += page) {
    INFO("page " << at / page + 1);
    Bytes bytes = whole;
    for (std::size_t byte = at; byte < at + page; ++byte) bytes[byte] = static_cast<std::uint8_t>(byte * 131);
    test::CrashVfs vfs(site.disk);
    vfs.disk().put(place, bytes);
    std::uint64_t epoch = 0;
    const auto left = site.recover(vfs, epoch);
    CHECK(lost(site, left) <= 4);
    without_loss += lost(site, left) == 0 ? 1 : 0;
    if (epoch == 1) continue;  // the page was not in use
    ++replaced_count;
    CHECK(epoch == 2);
    CHECK(is_kept(vfs.disk(), bytes));
  }
  CHECK(replaced_count > whole.size() / page / 2);
  CHECK(without_loss > whole.size() / page / 5);
  std::printf("crash: %zu of %zu damaged pages made a new life, %zu cost nothing\n", replaced_count,
              whole.size() / page, without_loss);
}

TEST_CASE(
    "a header of zeros, a missing file, a file of something else: all of the queue is saved where it is") {
  const Damaged site;
  for (const bool in_wal : {false, true}) {
    INFO(in_wal);
    test::CrashVfs vfs(in_wal ? site.died : site.disk);
    Bytes bytes = vfs.disk().find(place)->now;
    std::fill_n(bytes.begin(), std::min<std::size_t>(bytes.size(), 100), std::uint8_t{0});
    vfs.disk().put(place, bytes);
    if (in_wal) {
      // SQLite would take the header from the WAL; a broken start of that leaves the frames for us to find.
      Bytes wal = vfs.disk().find(place + "-wal")->now;
      std::fill_n(wal.begin(), 32, std::uint8_t{0});
      vfs.disk().put(place + "-wal", wal);
    }
    std::uint64_t epoch = 0;
    CHECK(lost(site, site.recover(vfs, epoch)) == 0);
    CHECK(epoch == 2);
    CHECK(is_kept(vfs.disk(), bytes));
  }
  test::CrashVfs missing(site.disk);
  CHECK(missing.disk().remove(place));
  std::uint64_t epoch = 0;
  CHECK(site.recover(missing, epoch).empty());
  CHECK(epoch == 2);
}

TEST_CASE("a truncated journal and a missing WAL open, and what is left of them is sent") {
  const Damaged site;
  for (std::size_t size = 0; size < site.disk.find(place)->now.size(); size += 1500) {
    INFO("cut to " << size);
    test::CrashVfs vfs(site.disk);
    Bytes bytes = vfs.disk().find(place)->now;
    bytes.resize(size);
    vfs.disk().put(place, bytes);
    std::uint64_t epoch = 0;
    (void)site.recover(vfs, epoch);
    CHECK(epoch == 2);
  }
  test::CrashVfs vfs(site.died);
  CHECK(vfs.disk().remove(place + "-wal"));
  test::CrashFolder folder(vfs, "t");
  CHECK(open_journal(folder, file, site.lives).ok());
}

TEST_CASE("the hub takes the salvaged records and the new life's, with numbers of their own") {
  const Damaged site;
  test::CrashVfs vfs(site.disk);
  Bytes bytes = vfs.disk().find(place)->now;
  std::fill_n(bytes.begin(), 100, std::uint8_t{0});
  vfs.disk().put(place, bytes);
  test::CrashFolder folder(vfs, "t");
  const auto journal = must(open_journal(folder, file, site.lives));
  const auto replacement = must(journal->replacement());
  REQUIRE(replacement);
  CHECK(replacement->epoch_before == 1);
  CHECK(replacement->reason == "store.corrupt");
  CHECK(replacement->salvaged_records >= 15);
  CHECK(must(journal->find_case(*site.case_nos.begin())));
  const auto saved = must(RecordWriter(*journal, site.enrolment).save(test::sample_case()));
  CHECK(saved.seq == 1);
  Outbox outbox(*journal, site.enrolment.hub_receipt_key);
  const auto pending = must(outbox.pending(100));
  CHECK(pending.size() == 16);
  CHECK(pending.back().epoch == 2);
  CHECK(must(journal->backlog()).waiting == 16);
  must(outbox.set_aside(pending[0].epoch, pending[0].seq, "hub.fork"));
  for (std::size_t at = 1; at < pending.size(); ++at) {
    CHECK(must(outbox.settle(site.hub.receipt_for(pending[at].upload))).seq == pending[at].seq);
    CHECK(must(outbox.settle(site.hub.receipt_for(pending[at].upload))).seq == pending[at].seq);
  }
  CHECK(must(outbox.pending(100)).empty());
  CHECK(must(journal->backlog()).waiting == 0);
}

TEST_CASE(
    "a journal that is damaged again takes what its earlier lives left along, until the spares are used up") {
  const Damaged site;
  test::CrashVfs vfs(site.disk);
  for (const std::uint64_t expected : {2U, 5U, 6U}) {
    Bytes bytes = vfs.disk().find(place)->now;
    std::fill_n(bytes.begin(), 100, std::uint8_t{0});
    vfs.disk().put(place, bytes);
    std::uint64_t epoch = 0;
    CHECK(lost(site, site.recover(vfs, epoch)) == 0);
    CHECK(epoch == expected);
  }
  const Bytes bytes(8192, 1);
  vfs.disk().put(place, bytes);
  test::CrashFolder folder(vfs, "t");
  const auto none = open_journal(folder, file, site.lives);
  CHECK(test::code_of(none) == "store.spares_used_up");
  CHECK(none.error().remedy == Remedy::call_staff);
  CHECK(none.error().detail.find("enrol") != std::string::npos);
  CHECK(vfs.disk().find(place)->now == bytes);
  CHECK(test::code_of(open_journal(folder, file, {site.lives[0]})) == "store.spares_used_up");
}

TEST_CASE("the power goes at every change of a recovery: it is done in the end, once, and nothing is lost") {
  const Damaged site;
  test::CrashVfs vfs(site.disk);
  Bytes bytes = vfs.disk().find(place)->now;
  std::fill_n(bytes.begin(), 100, std::uint8_t{0});
  vfs.disk().put(place, bytes);
  const char* sweep = std::getenv("BIANMIN_SWEEP");
  const std::uint64_t rounds = sweep != nullptr && std::string(sweep) == "full" ? 24 : 1;
  int points = 0;
  vfs.disk().before_change([&] {
    ++points;
    for (std::uint64_t round = 0; round < rounds; ++round) {
      INFO("point " << points << ", round " << round);
      test::CrashVfs after(vfs.disk().after_power_cut(static_cast<std::uint64_t>(points) + 1000 * round));
      std::uint64_t epoch = 0;
      CHECK(lost(site, site.recover(after, epoch)) == 0);
      CHECK(epoch == 2);
      CHECK(is_kept(after.disk(), bytes));
      CHECK(after.disk().find(place + ".damaged-2") == nullptr);
    }
  });
  test::CrashFolder folder(vfs, "t");
  CHECK(must(open_journal(folder, file, site.lives))->identity().epoch == 2);
  CHECK(points > 30);
  std::printf("crash: %d cut points of a recovery, %d power cuts each\n", points, static_cast<int>(rounds));
}

TEST_CASE("the power goes at every change of a first start: no life is used up") {
  const Damaged site;
  test::CrashVfs vfs;
  int points = 0;
  vfs.disk().before_change([&] {
    ++points;
    test::CrashVfs after(vfs.disk().after_power_cut(static_cast<std::uint64_t>(points)));
    test::CrashFolder folder(after, "t");
    CHECK(must(open_journal(folder, file, site.lives))->identity().epoch == 1);
  });
  test::CrashFolder folder(vfs, "t");
  CHECK(must(open_journal(folder, file, site.lives))->identity().epoch == 1);
  CHECK(points > 10);
}

TEST_CASE("any one call of a start may fail: it starts, or says so, and no life is used up") {
  const Damaged site;
  for (const bool first_start : {true, false}) {
    const test::CrashDisk begin = first_start ? test::CrashDisk() : site.disk;
    int told = 0;
    std::int64_t call = 1;
    for (bool reached = true; reached; ++call) {
      INFO((first_start ? "first start, call " : "start, call ") << call);
      test::CrashVfs vfs(begin);
      test::CrashFolder folder(vfs, "t");
      vfs.disk().fail_calls(vfs.disk().calls() + call, 1, test::DiskFault::io_error);
      const auto journal = open_journal(folder, file, site.lives);
      reached = vfs.disk().failed_calls() > 0;
      told += journal.ok() ? 0 : 1;
      if (journal) CHECK((*journal)->identity().epoch == 1);
      if (!journal) CHECK(must(open_journal(folder, file, site.lives))->identity().epoch == 1);
    }
    CHECK(call > 10);
    CHECK(told > 3);
  }
}

namespace {

// The same on a real disk, with locks.
struct RealTerminal {
  test::Terminal terminal;
  RealTerminal() {
    must(write_file_durably(
        terminal.folder / "terminal.conf",
        view_of("terminal_id = T-0001\nepoch = 1\nenrolment_no = 42\nspares = 2:43 3:44\n")));
  }
  Result<std::unique_ptr<Journal>> open() const {
    return open_journal(terminal.journal_path, terminal.folder.path());
  }
  template <typename Tell>
  std::vector<std::string> open_at_once(std::size_t count, const Tell& tell) const {
    std::vector<std::string> told(count);
    std::vector<std::thread> processes;
    for (std::string& one : told) processes.emplace_back([&] { one = tell(open()); });
    for (std::thread& process : processes) process.join();
    return told;
  }
  void damage() const { must(write_file_durably(terminal.journal_path, Bytes(20'000, 7))); }
};

}  // namespace

TEST_CASE("both processes start at once on a damaged journal: one replaces it, both have the same") {
  const RealTerminal site;
  must(RecordWriter(*must(site.open()), site.terminal.enrolment).save(test::sample_case()));
  site.damage();
  const auto opened = site.open_at_once(4, [](const auto& journal) {
    return journal ? "life " + std::to_string((*journal)->identity().epoch)
                   : std::string(journal.error().code);
  });
  CHECK(opened == std::vector<std::string>(4, "life 2"));
  CHECK(std::filesystem::exists(site.terminal.folder / "journal.db.damaged-1"));
  CHECK_FALSE(std::filesystem::exists(site.terminal.folder / "journal.db.wish"));
}

TEST_CASE("all processes start for the first time at once: none has to close for another") {
  const RealTerminal site;
  std::vector<std::unique_ptr<Journal>> opened(6);
  std::vector<std::thread> processes;
  for (auto& journal : opened) processes.emplace_back([&] { journal = must(site.open()); });
  for (std::thread& process : processes) process.join();
  CHECK(std::ranges::none_of(opened, [](const auto& journal) { return journal->has_to_close(); }));
}

TEST_CASE("a journal that another process has open is not replaced under it; that process learns of it") {
  const RealTerminal site;
  auto holder = must(site.open());
  CHECK_FALSE(holder->has_to_close());
  site.damage();
  const auto others = site.open_at_once(8, [](const auto& journal) { return test::code_of(journal); });
  CHECK(others == std::vector<std::string>(8, "store.busy"));
  CHECK(holder->has_to_close());
  CHECK_FALSE(std::filesystem::exists(site.terminal.folder / "journal.db.damaged-1"));
  holder.reset();
  holder = must(site.open());
  CHECK(holder->identity().epoch == 2);
  CHECK_FALSE(holder->has_to_close());
}

TEST_CASE("spares that are not lives of their own are refused") {
  const test::TempFolder folder;
  const auto lives = [&](const std::string& spares) {
    must(write_file_durably(
        folder / "terminal.conf",
        view_of("terminal_id = T-0001\nepoch = 3\nenrolment_no = 42\nspares = " + spares)));
    return load_lives(folder.path());
  };
  CHECK(must(lives("")).size() == 1);
  const auto three = must(lives("4:50 7:51"));
  REQUIRE(three.size() == 3);
  CHECK((three[2].epoch == 7 && three[2].enrolment_no == 51 && three[2].terminal_id == "T-0001"));
  for (const char* bad : {"3:50", "4", "4:", ":4", "4:x", "5:50 4:51", "4:50:51"}) {
    INFO(bad);
    CHECK(test::code_of(lives(bad)) == "enrolment.bad_spares");
  }
}

}  // namespace bianmin::store
