#include "sync/store/journal_recovery.hpp"

#include <algorithm>

#include "sync/record/messages.hpp"
#include "sync/store/salvage.hpp"
#include "terminal/base/config.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::store {

namespace {

constexpr std::size_t life_bytes_max = 32;
constexpr std::int64_t records_per_commit = 500;

constexpr int lock_look_ms = 250;  // how often one who waits looks whether the others have mended it

// A journal of an earlier life under the name of a later one is what a disk shows that was put back.
bool is_damage(const Error& error, std::size_t life) {
  return error.code == "store.corrupt" || (life > 0 && error.code == "store.other_identity");
}

class Opening {
 public:
  Opening(JournalFolder& folder, std::string name, const std::vector<Identity>& lives)
      : folder_(folder), name_(std::move(name)), lives_(lives) {}

  Result<std::unique_ptr<Journal>> run() {
    for (int waited_ms = 0;; waited_ms += lock_look_ms) {
      auto opened = look();
      const bool waits = !opened && opened.error().code == "store.busy";
      if (!waits || waited_ms >= journal_lock_wait_ms) return opened;
    }
  }

 private:
  std::string wish() const { return name_ + ".wish"; }
  std::string fresh() const { return name_ + ".new"; }

  Result<std::unique_ptr<Journal>> look() {
    auto wished = folder_.exists(wish());
    if (!wished) return wished.error();
    auto life = read_life();
    if (*wished || !life) return run_alone();
    auto lock = folder_.lock(name_ + ".lock", LockKind::shared, lock_look_ms);
    if (!lock) return lock.error();
    auto journal = open_existing(*life);
    if (journal) return kept(std::move(*journal), std::move(*lock));
    const bool other_life = journal.error().code == "store.other_identity";  // it was replaced just now
    if (!other_life && !is_damage(journal.error(), *life)) return journal;
    lock->reset();
    return run_alone();
  }

  std::unique_ptr<Journal> kept(std::unique_ptr<Journal> journal, FileDescriptor lock) {
    journal->hold(std::move(lock), folder_.path(wish()));
    return journal;
  }

  Result<std::unique_ptr<Journal>> run_alone() {
    auto alone = folder_.lock(name_ + ".lock", LockKind::exclusive, lock_look_ms);
    if (!alone && alone.error().code == "store.busy") {
      if (auto asked = ask_to_close(); !asked) return asked.error();
    }
    if (!alone) return alone.error();
    auto opened = open_or_replace();
    if (auto removed = folder_.remove(wish()); !removed) return removed.error();
    if (!opened) return opened;
    alone->reset();
    // Whoever is quicker now finds a sound journal and leaves it as it is.
    auto lock = folder_.lock(name_ + ".lock", LockKind::shared, journal_lock_wait_ms);
    if (!lock) return lock.error();
    return kept(std::move(*opened), std::move(*lock));
  }

  // With the shared lock nobody mends it meanwhile: only what is wrong then is a reason to disturb others.
  Result<void> ask_to_close() {
    auto lock = folder_.lock(name_ + ".lock", LockKind::shared, 0);
    if (!lock) return {};  // somebody is at it
    auto life = read_life();
    if (life && open_existing(*life)) return {};
    return folder_.touch(wish());
  }

  // With the exclusive lock from here on.
  Result<std::unique_ptr<Journal>> open_or_replace() {
    auto life = read_life();
    if (life) {
      if (auto finished = finish_replacement(*life); !finished) return finished.error();
    } else {
      life = find_life();
      if (!life) return life.error();
    }
    auto journal = open_twice(*life, [&] { return open_existing(*life); });
    if (!journal && is_damage(journal.error(), *life)) {
      const Error damage = journal.error();
      if (auto replaced = replace(*life, damage); !replaced) return replaced.error();
      journal = open_existing(*life + 1);
      if (journal) life = *life + 1;
    }
    if (!journal) return journal;
    if (auto known = read_life(); !known) {
      if (auto put = put_life(*life); !put) return put.error();
    }
    return journal;
  }

  // One read that failed is no damage; what is read the same way again is.
  template <typename Open>
  static Result<std::unique_ptr<Journal>> open_twice(std::size_t life, const Open& open) {
    auto journal = open();
    return !journal && is_damage(journal.error(), life) ? open() : std::move(journal);
  }

  // The place in `lives_` that the file names.
  Result<std::size_t> read_life() const {
    const Error unknown{Remedy::call_staff, "store.life_unknown", name_};
    auto there = folder_.exists(name_ + ".life");
    if (!there) return there.error();
    if (!*there) return unknown;
    auto bytes = folder_.read(name_ + ".life", 0, life_bytes_max);
    if (!bytes) return bytes.error();
    const std::string text = text_of(*bytes);
    auto epoch = parse_number(trim(text), 1, INT64_MAX);
    if (!epoch) return unknown;
    const auto found = std::ranges::find(lives_, static_cast<std::uint64_t>(*epoch), &Identity::epoch);
    if (found == lives_.end()) return unknown;
    return static_cast<std::size_t>(found - lives_.begin());
  }

  Result<void> put_life(std::size_t life) {
    return folder_.put(name_ + ".life", bytes_of(std::to_string(lives_[life].epoch) + "\n"));
  }

  // No file says it: the first start, or that file was lost. Then the journal knows, or those set aside do.
  Result<std::size_t> find_life() {
    auto there = folder_.exists(name_);
    if (!there) return there.error();
    std::size_t least = 0;
    for (std::size_t life = 0; life < lives_.size(); ++life) {
      auto set_aside = folder_.exists(damaged(life));
      if (!set_aside) return set_aside.error();
      if (*set_aside) least = life + 1;
    }
    if (least >= lives_.size()) return used_up();
    if (!*there) {
      if (least > 0) return least;
      auto journal = Journal::open(folder_.path(name_), lives_[0], options());
      if (!journal) return journal.error();
      return 0;
    }
    for (std::size_t life = least; life < lives_.size(); ++life) {
      if (Journal::open(folder_.path(name_), lives_[life], options())) return life;
    }
    return least;
  }

  database::Options options() const { return {.check_integrity = true, .vfs = folder_.vfs()}; }

  Result<std::unique_ptr<Journal>> open_existing(std::size_t life) {
    auto there = folder_.exists(name_);
    if (!there) return there.error();
    auto start = *there ? folder_.read(name_, 0, 1) : Bytes();
    if (!start) return start.error();
    // SQLite would make a new one of it, and throw its WAL away.
    if (start->empty()) return Error{Remedy::call_staff, "store.corrupt", "the journal is missing or empty"};
    return Journal::open(folder_.path(name_), lives_[life], options());
  }

  std::string damaged(std::size_t life) const {
    return name_ + ".damaged-" + std::to_string(lives_[life].epoch);
  }

  Error used_up() const {
    return {Remedy::call_staff, "store.spares_used_up",
            "enrol this terminal anew and keep " + folder_.path(name_).string() + " for its hub"};
  }

  Result<void> replace(std::size_t life, const Error& damage) {
    if (life + 1 >= lives_.size()) return used_up();
    if (auto removed = remove_fresh(); !removed) return removed;
    if (auto made = make_fresh(life, damage); !made) return made;
    if (auto put = put_life(life + 1); !put) return put;
    return finish_replacement(life + 1);
  }

  Result<void> remove_fresh() {
    for (const char* suffix : {"-wal", "-shm", ""}) {
      if (auto removed = folder_.remove(fresh() + suffix); !removed) return removed;
    }
    return folder_.sync();
  }

  Result<void> make_fresh(std::size_t life, const Error& damage) {
    auto journal = Journal::open(folder_.path(fresh()), lives_[life + 1], options());
    if (!journal) return journal.error();
    database::Database& database = (*journal)->database();
    std::optional<database::Transaction> transaction;
    const auto begin = [&]() -> Result<void> {
      auto begun = database::Transaction::begin(database);
      if (!begun) return begun.error();
      transaction.emplace(std::move(*begun));
      return {};
    };
    if (auto begun = begin(); !begun) return begun;
    std::int64_t count = 0;
    const auto take = [&](const SalvagedRecord& record) -> Result<void> {
      if (auto kept = keep(database, life, record); !kept) return kept;
      if (++count % records_per_commit != 0) return {};
      if (auto done = transaction->commit(); !done) return done;
      return begin();
    };
    auto salvaged = salvage_records(folder_, name_, take);
    if (!salvaged) return salvaged.error();
    if (auto done = keep_settled(database); !done) return done;
    // A slip may hang in the printer; it says itself when it has cut it off.
    if (auto done = database.execute("UPDATE printer_paper SET hanging = 1"); !done) return done;
    auto noted = (*journal)->note_replacement({lives_[life].epoch, std::string(damage.code), 0});
    if (!noted) return noted;
    if (auto done = transaction->commit(); !done) return done;
    // Into the one file, because that is what gets the journal's name.
    return checkpoint(database);
  }

  // What the hub had signed for stays as long as it would have in the journal before.
  static Result<void> keep_settled(database::Database& database) {
    auto query = database.prepare(
        "SELECT epoch, seq, length(payload), receipt FROM salvaged WHERE state IN ('sent', 'accepted') AND "
        "payload IS NOT NULL");
    for (;;) {
      auto row = query.step();
      if (!row) return row.error();
      if (!*row) return {};
      auto outer = record::decode_signed(query.bytes(3));
      auto receipt = record::decode_receipt(outer ? outer->body : Bytes());
      auto insert = database.prepare(
          "INSERT OR REPLACE INTO kept (epoch, seq, size, received_utc_ms) VALUES (?, ?, ?, ?)");
      insert.bind(query.integer(0)).bind(query.integer(1)).bind(query.integer(2));
      if (auto done = insert.bind(receipt ? receipt->received_utc_ms : 0).run(); !done) return done;
    }
  }

  static Result<void> checkpoint(database::Database& database) {
    auto busy = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").number();
    if (!busy) return busy.error();
    if (*busy != 0) return Error{Remedy::retry_later, "store.busy", "the new journal is in use"};
    return {};
  }

  // One that is still to be sent is never pushed out by a version that is not.
  Result<void> keep(database::Database& database, std::size_t life, const SalvagedRecord& record) const {
    const record::Envelope& envelope = record.envelope;
    const bool own = envelope.terminal_id == lives_[life].terminal_id &&
                     std::any_of(lives_.begin(), lives_.begin() + static_cast<std::ptrdiff_t>(life) + 1,
                                 [&](const Identity& one) { return one.epoch == envelope.epoch; });
    if (!own) return {};
    auto insert = database.prepare(
        "INSERT INTO salvaged (epoch, seq, kind, case_no, envelope, signature, payload, receipt, state, "
        "code) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (epoch, seq) DO UPDATE SET envelope = "
        "excluded.envelope, signature = excluded.signature, payload = excluded.payload, receipt = "
        "excluded.receipt, state = excluded.state, code = excluded.code WHERE excluded.state = 'saved' AND "
        "state <> 'saved'");
    insert.bind(envelope.epoch).bind(envelope.seq).bind(static_cast<int>(envelope.kind));
    insert.bind(std::string_view(envelope.case_no)).bind(ByteView(record.envelope_bytes));
    insert.bind(ByteView(record.signature));
    if (record.payload.empty()) {
      insert.bind_null();
    } else {
      insert.bind(ByteView(record.payload));
    }
    if (record.receipt.empty()) {
      insert.bind_null();
    } else {
      insert.bind(ByteView(record.receipt));
    }
    insert.bind(record_state_name(record_state_of(record.state)));
    return insert.bind(std::string_view(record.code)).run();
  }

  // From the moment that the life is written the new journal is the true one; it gets its name, whatever
  // happens.
  Result<void> finish_replacement(std::size_t life) {
    auto there = folder_.exists(fresh());
    if (!there) return there.error();
    if (!*there) return {};
    auto journal =
        open_twice(life, [&] { return Journal::open(folder_.path(fresh()), lives_[life], options()); });
    if (!journal && journal.error().code != "store.other_identity" && !is_damage(journal.error(), life)) {
      return journal.error();
    }
    if (!journal || life == 0) return remove_fresh();  // it was not finished
    if (auto done = checkpoint((*journal)->database()); !done) return done;
    journal->reset();
    const std::string aside = damaged(life - 1);
    for (const char* suffix : {"-shm", "-wal", ""}) {
      auto old = folder_.exists(name_ + suffix);
      if (!old) return old.error();
      if (!*old) continue;
      if (auto renamed = folder_.rename(name_ + suffix, aside + suffix); !renamed) return renamed;
    }
    if (auto synced = folder_.sync(); !synced) return synced;
    if (auto renamed = folder_.rename(fresh(), name_); !renamed) return renamed;
    return folder_.sync();
  }

  JournalFolder& folder_;
  const std::string name_;
  const std::vector<Identity>& lives_;
};

}  // namespace

Result<std::unique_ptr<Journal>> open_journal(JournalFolder& folder, const std::string& name,
                                              const std::vector<Identity>& lives) {
  return Opening(folder, name, lives).run();
}

Result<std::unique_ptr<Journal>> open_journal(const std::filesystem::path& path,
                                              const std::filesystem::path& enrolment_folder) {
  auto lives = load_lives(enrolment_folder);
  if (!lives) return lives.error();
  DiskFolder folder(path.parent_path());
  return open_journal(folder, path.filename().string(), *lives);
}

}  // namespace bianmin::store
