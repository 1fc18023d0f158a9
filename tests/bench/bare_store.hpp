// The least that a durable row can cost: a bare file, and bare SQLite.
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "terminal/base/bytes.hpp"
#include "terminal/base/files.hpp"

namespace bianmin::bench {

class BareFile {
 public:
  explicit BareFile(const std::filesystem::path& path)
      : fd_(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)) {
    if (!fd_.valid()) fail("open");
  }
  void append(ByteView bytes) {
    const auto written = ::pwrite(fd_.get(), bytes.data(), bytes.size(), end_);
    if (written != static_cast<ssize_t>(bytes.size()) || ::fdatasync(fd_.get()) != 0) fail("pwrite");
    end_ += written;
  }

 private:
  [[noreturn]] static void fail(const char* what) {
    std::perror(what);
    std::exit(1);
  }
  FileDescriptor fd_;
  off_t end_ = 0;
};

// One table, no index, one statement that is prepared once: as little as SQLite can do for a durable row.
class BareSqlite {
 public:
  explicit BareSqlite(const std::filesystem::path& path) {
    check(sqlite3_open(path.c_str(), &handle_));
    check(sqlite3_exec(handle_,
                       "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                       "CREATE TABLE row (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);",
                       nullptr, nullptr, nullptr));
    check(sqlite3_prepare_v2(handle_, "INSERT INTO row (bytes) VALUES (?)", -1, &insert_, nullptr));
  }
  ~BareSqlite() {
    sqlite3_finalize(insert_);
    sqlite3_close(handle_);
  }
  BareSqlite(const BareSqlite&) = delete;
  BareSqlite& operator=(const BareSqlite&) = delete;
  // Rows that nobody measures: quick, in one transaction.
  void fill(std::int64_t row_count, std::size_t byte_count) {
    check(sqlite3_exec(
        handle_,
        fmt::format("INSERT INTO row (bytes) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                    "FROM n WHERE i < {}) SELECT zeroblob({}) FROM n;"
                    "PRAGMA wal_checkpoint(TRUNCATE);",
                    row_count, byte_count)
            .c_str(),
        nullptr, nullptr, nullptr));
  }
  void append(ByteView bytes) {
    check(sqlite3_bind_blob(insert_, 1, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC));
    if (sqlite3_step(insert_) != SQLITE_DONE) check(SQLITE_ERROR);
    check(sqlite3_reset(insert_));
  }

 private:
  void check(int code) const {
    if (code == SQLITE_OK) return;
    fmt::print(stderr, "bench: sqlite: {}\n", sqlite3_errmsg(handle_));
    std::exit(1);
  }
  sqlite3* handle_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

}  // namespace bianmin::bench
