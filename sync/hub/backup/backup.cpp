#include "sync/hub/backup/backup.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sync/database/sqlite_copy.hpp"
#include "sync/hub/backup/backup_server.hpp"
#include "sync/hub/store/hub_store.hpp"
#include "sync/hub/store/operator_events.hpp"
#include "terminal/base/files.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::hub {

namespace {

namespace fs = std::filesystem;

constexpr const char* copied_file = "hub.db";
constexpr const char* dumped_file = "hub.dump";
constexpr const char* copied_kind = "sqlite";
constexpr const char* dumped_kind = "postgresql";
constexpr const char* folder_prefix = "hub/";
constexpr std::size_t settings_size_max = 64 * 1024;

bool lies_in(const fs::path& path, const fs::path& folder) {
  std::error_code failed;
  const fs::path inner = fs::weakly_canonical(path, failed);
  const fs::path outer = fs::weakly_canonical(folder, failed);
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

// Into `out`; returns what is in it.
Result<BackupContents> copy_file_database(const fs::path& folder, const fs::path& out,
                                          const BackupProgress& progress) {
  auto copied = database::copy_sqlite(
      folder / "hub.db", out / copied_file,
      [&](std::int64_t done, std::int64_t total) { progress(copied_file, done, total); });
  if (!copied) return copied.error();
  auto database = database::Database::open(out / copied_file, {},
                                           {.access = database::Access::read_only, .check_integrity = true});
  if (!database) return database.error();
  return read_contents(**database);
}

Result<BackupContents> dump_database(const fs::path& folder, const std::string& url, const fs::path& out,
                                     const BackupProgress& progress) {
  auto database = open_hub_database(folder, database::Access::read_only);
  if (!database) return database.error();
  auto reading = database::Transaction::begin_reading(**database);
  if (!reading) return reading.error();
  auto contents = read_contents(**database);
  if (!contents) return contents;
  auto dumped = dump_server_database(**database, url, out / dumped_file, progress);
  if (!dumped) return dumped.error();
  return contents;
}

Error damaged(std::string detail) { return {Remedy::refuse, "backup.damaged", std::move(detail)}; }

// Sees to it that nothing of what the lost time may have given out is given out again.
Result<void> leave_out_numbers(database::Database& database) {
  struct Numbers {
    std::string_view table;
    std::string_view column;
    std::int64_t count;
  };
  for (const Numbers& of : {Numbers{"enrolment", "enrolment_no", enrolments_left_out},
                            Numbers{"department_entry", "entry_no", entries_left_out}}) {
    if (database.on_server()) {
      auto sequence = database.prepare(
          "SELECT setval(pg_get_serial_sequence(?1, ?2), nextval(pg_get_serial_sequence(?1, ?2)) + ?3)");
      auto last = sequence.bind(of.table).bind(of.column).bind(of.count).number();
      if (!last) return last.error();
      continue;
    }
    auto begin = database.prepare(
        "INSERT INTO sqlite_sequence (name, seq) SELECT ?1, 0 WHERE NOT EXISTS "
        "(SELECT 1 FROM sqlite_sequence WHERE name = ?1)");
    if (auto done = begin.bind(of.table).run(); !done) return done;
    auto skip = database.prepare("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = ?");
    if (auto done = skip.bind(of.count).bind(of.table).run(); !done) return done;
  }
  return {};
}

class Restoring {
 public:
  Restoring(const RestoreRequest& request, Manifest manifest, const Clock& clock,
            const BackupProgress& progress)
      : request_(request),
        manifest_(std::move(manifest)),
        folder_(request.folder.string() + ".restoring"),
        clock_(clock),
        progress_(progress) {}

  Result<Manifest> run() {
    if (auto done = copy_files(); !done) return done.error();
    if (auto done = bring_database(); !done) return done.error();
    if (auto done = check_and_mark(); !done) return done.error();
    if (auto done = sync_backup_folders(folder_); !done) return done.error();
    std::error_code failed;
    fs::rename(folder_, request_.folder, failed);
    if (failed) return file_error(request_.folder, failed.value());
    if (auto done = sync_backup_folders(request_.folder); !done) return done.error();
    return std::move(manifest_);
  }

 private:
  bool on_server() const { return manifest_.database == dumped_kind; }

  Result<void> copy_files() {
    std::error_code failed;
    fs::remove_all(folder_, failed);  // of an attempt before
    if (auto made = make_backup_folder(folder_); !made) return made;
    for (const BackupFile& file : manifest_.files) {
      const fs::path from = request_.backup / file.name;
      const auto facts = file.name == dumped_file
                             ? read_backup_file(from, file.name, progress_)
                             : copy_backup_file(from, place_of(file.name), file.name, progress_);
      if (!facts && facts.error().code == "file.missing") return damaged(file.name + " is missing");
      if (!facts) return facts.error();
      if (*facts != file) return damaged(file.name + " is not what the manifest says");
    }
    return {};
  }

  fs::path place_of(const std::string& name) const {
    const std::string prefix(folder_prefix);
    return folder_ / (name.starts_with(prefix) ? name.substr(prefix.size()) : name);
  }

  Result<void> bring_database() {
    if (on_server()) return bring_to_server();
    if (!request_.database_url.empty()) {
      return Error{Remedy::refuse, "backup.other_database", "the copy of a file does not go into a server"};
    }
    auto sound = database::check_sqlite(folder_ / copied_file);
    if (!sound && sound.error().code == "store.corrupt") return damaged(sound.error().text());
    return sound;
  }

  Result<void> bring_to_server() {
    if (!request_.database_url.empty()) {
      if (auto done = point_to(request_.database_url); !done) return done;
    }
    auto url = hub_database_url(folder_);
    if (!url) return url.error();
    if (url->empty()) return damaged("hub.conf names no database");
    return restore_server_database(*url, request_.backup / dumped_file, progress_);
  }

  // In hub.conf, whose other settings stay.
  Result<void> point_to(const std::string& url) {
    auto before = read_file(folder_ / hub_settings_file, settings_size_max);
    if (!before && before.error().code != "file.missing") return before.error();
    const std::string text = before ? text_of(*before) : std::string();
    std::string settings = "database = " + url + "\n";
    for (const std::string_view line : split(text, '\n')) {
      const std::string_view key = trim(line.substr(0, line.find('=')));
      if (key != "database" && !trim(line).empty()) settings += std::string(line) + "\n";
    }
    return write_file_durably(folder_ / hub_settings_file, view_of(settings), 0600);
  }

  Result<void> check_and_mark() {
    auto keys = HubKeys::load(folder_);
    if (!keys) return keys.error();
    auto database = open_hub_database(folder_);
    if (!database) return database.error();
    auto contents = read_contents(**database);
    if (!contents) return contents.error();
    if (*contents != manifest_.contents) return damaged("the database holds something else than it did");
    if (auto sound = check_trees(**database, *keys); !sound) return sound;
    return mark_restored(**database);
  }

  Result<void> mark_restored(database::Database& database);

  const RestoreRequest& request_;
  Manifest manifest_;
  const fs::path folder_;
  const Clock& clock_;
  const BackupProgress& progress_;
};

std::string restored_from(const Manifest& manifest, bool nothing_lost) {
  std::string text = fmt::format("from a copy of {} with {} records", utc_stamp(manifest.created_utc_ms),
                                 manifest.contents.records);
  for (const BackupTree& tree : manifest.contents.trees) {
    text += fmt::format("; tree {}: {} leaves, root {}", tree.profile, tree.size, tree.root);
  }
  return text + (nothing_lost
                     ? "; nothing was lost since, says who restored it"
                     : "; heads of more leaves that were signed until now may contradict this hub's");
}

// The numbers and the event together: a hub that has no event has left out none.
Result<void> Restoring::mark_restored(database::Database& database) {
  auto transaction = database::Transaction::begin(database);
  if (!transaction) return transaction.error();
  if (!request_.nothing_lost) {
    if (auto done = leave_out_numbers(database); !done) return done;
  }
  const std::string detail = restored_from(manifest_, request_.nothing_lost);
  if (auto done = note_event(database, clock_.utc_ms(), {""}, "restored", detail); !done) return done;
  return transaction->commit();
}

}  // namespace

Result<Manifest> back_up_hub(const fs::path& hub_folder, const fs::path& out, const Clock& clock,
                             const BackupProgress& progress) {
  std::error_code failed;
  if (!fs::exists(hub_folder / "ca.key", failed)) {
    return Error{Remedy::refuse, "backup.no_hub", hub_folder.string() + " is no hub's folder"};
  }
  if (lies_in(out, hub_folder))
    return Error{Remedy::refuse, "backup.inside", "a backup inside of what it copies"};
  auto url = hub_database_url(hub_folder);
  if (!url) return url.error();
  if (auto made = make_backup_folder(out); !made) return made.error();
  Manifest manifest;
  manifest.created_utc_ms = clock.utc_ms();
  manifest.database = url->empty() ? copied_kind : dumped_kind;
  auto contents = url->empty() ? copy_file_database(hub_folder, out, progress)
                               : dump_database(hub_folder, *url, out, progress);
  if (!contents) return contents.error();
  manifest.contents = std::move(*contents);
  const std::string database_file = url->empty() ? copied_file : dumped_file;
  auto facts = settle_backup_file(out / database_file, database_file, progress);
  if (!facts) return facts.error();
  manifest.files.push_back(std::move(*facts));
  auto names = list_hub_files(hub_folder);
  if (!names) return names.error();
  for (const std::string& name : *names) {
    const std::string inside = folder_prefix + name;
    auto copied = copy_backup_file(hub_folder / name, out / inside, inside, progress);
    if (!copied) return copied.error();
    manifest.files.push_back(std::move(*copied));
  }
  if (auto done = sync_backup_folders(out); !done) return done.error();
  if (auto done = write_manifest(out, manifest); !done) return done.error();
  return manifest;
}

Result<Manifest> restore_hub(const RestoreRequest& request, const Clock& clock,
                             const BackupProgress& progress) {
  std::error_code failed;
  const fs::path& folder = request.folder;
  if (fs::exists(folder, failed) && !(fs::is_directory(folder, failed) && fs::is_empty(folder, failed))) {
    return Error{Remedy::refuse, "hub.exists", folder.string() + " is not empty: nothing is overwritten"};
  }
  auto manifest = read_manifest(request.backup);
  if (!manifest) return manifest;
  return Restoring(request, std::move(*manifest), clock, progress).run();
}

}  // namespace bianmin::hub
