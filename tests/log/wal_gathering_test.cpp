#include <doctest/doctest.h>
#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string>

#include "core/base/limits.hpp"
#include "core/log/database.hpp"

namespace signalbox {
namespace {

namespace fs = std::filesystem;

// A database in WAL mode in a folder of its own, written through the gathering VFS.
struct Written {
  Written() {
    std::string name = (fs::temp_directory_path() / "sbx-wal-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()));
    folder = name;
    path = folder / "a.db";
    sqlite3 *made = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &made) == SQLITE_OK);
    REQUIRE(sqlite3_exec(made, "PRAGMA journal_mode=WAL; CREATE TABLE t(x)", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(made);
    database = open(Database::Mode::read_write);
    REQUIRE(database->run("PRAGMA synchronous=FULL; PRAGMA journal_size_limit=-1") == 0);
  }
  ~Written() {
    database.reset();
    fs::remove_all(folder);
  }
  std::unique_ptr<Database> open(Database::Mode mode) const {
    int code = 0;
    std::string problem;
    auto opened = Database::open(path, mode, code, problem);
    REQUIRE_MESSAGE(opened, problem);
    return opened;
  }
  std::string count(Database &where) const {
    int code = 0;
    return where.value("SELECT count(*) FROM t", code);
  }
  uintmax_t wal_size() const { return fs::file_size(path.string() + "-wal"); }

  fs::path folder, path;
  std::unique_ptr<Database> database;
};

}  // namespace

TEST_CASE("what is committed is seen by another connection at once, and what is not is seen by nobody") {
  Written w;
  const auto reader = w.open(Database::Mode::read_only);
  for (int i = 1; i <= 20; ++i) {
    REQUIRE(w.database->run("BEGIN; INSERT INTO t VALUES(zeroblob(20000))") == 0);
    CHECK(w.count(*reader) == std::to_string(i - 1));
    REQUIRE(w.database->run("COMMIT") == 0);
    CHECK(w.count(*reader) == std::to_string(i));
  }
}

TEST_CASE("a transaction larger than what is gathered arrives whole, and one that is taken back leaves nothing") {
  Written w;
  Statement insert(*w.database, "INSERT INTO t VALUES(zeroblob(?))");
  REQUIRE(w.database->run("PRAGMA cache_size=10; BEGIN") == 0);  // so that pages are written before the commit
  for (int i = 0; i < 40; ++i) REQUIRE(insert.run(static_cast<int64_t>(limits::kLogWalGatheredMax / 8)) == 0);
  w.database->roll_back();
  REQUIRE(w.database->run("BEGIN") == 0);
  for (int i = 0; i < 40; ++i) REQUIRE(insert.run(static_cast<int64_t>(limits::kLogWalGatheredMax / 8)) == 0);
  REQUIRE(w.database->run("COMMIT") == 0);
  const auto reader = w.open(Database::Mode::read_only);
  CHECK(w.count(*reader) == "40");
  int code = 0;
  CHECK(reader->value("PRAGMA integrity_check", code) == "ok");
}

TEST_CASE("the log grows in steps, and a checkpoint moves what was gathered") {
  Written w;
  REQUIRE(w.database->run("INSERT INTO t VALUES(1)") == 0);
  const uintmax_t size = w.wal_size();
  CHECK(size > static_cast<uintmax_t>(limits::kLogWalStep));
  for (int i = 0; i < 10; ++i) REQUIRE(w.database->run("INSERT INTO t VALUES(2)") == 0);
  CHECK(w.wal_size() == size);
  REQUIRE(w.database->checkpoint(true) == SQLITE_OK);
  CHECK(w.database->wal_pages() == 0);
  REQUIRE(w.database->run("INSERT INTO t VALUES(3)") == 0);
  CHECK(w.wal_size() == size);
  // What a program leaves that is killed: the log is read again, with nothing behind its last transaction.
  const fs::path copy = w.folder / "b.db";
  fs::copy_file(w.path, copy);
  fs::copy_file(w.path.string() + "-wal", copy.string() + "-wal");
  w.database.reset();
  w.path = copy;
  w.database = w.open(Database::Mode::read_write);
  CHECK(w.count(*w.database) == "12");
}

}  // namespace signalbox
