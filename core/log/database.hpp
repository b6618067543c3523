// A connection to an SQLite file and its prepared statements, as thin as may be.  One thread at a time.  Codes are
// SQLite's own (0: fine); statements of a connection die before it.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace signalbox {

class Database {
 public:
  enum class Mode : uint8_t { read_only, read_write };
  // Never creates the file.  On a failure nothing is returned, and `problem` says why.
  static std::unique_ptr<Database> open(const std::string &path, Mode mode, int &code, std::string &problem);
  ~Database();
  Database(const Database &) = delete;
  Database &operator=(const Database &) = delete;

  int run(const char *sql);
  // Ends whatever transaction is open.
  void roll_back();
  // In SQLite's words, of the last call that failed.
  std::string problem() const;
  // The one value that a statement gives (a PRAGMA), as text; nothing when it fails.
  std::string value(const char *sql, int &code);

  // Rows that the last statement changed, and the number of the row that the last INSERT made.
  int changes() const;
  int64_t last_row() const;

  int wal_pages() const { return wal_pages_; }
  // Moves the write-ahead log into the file; `wait`: also gets rid of what readers hold back.
  int checkpoint(bool wait);
  sqlite3 *handle() const { return handle_; }

 private:
  explicit Database(sqlite3 *handle) : handle_(handle) {}
  sqlite3 *handle_;
  int wal_pages_ = 0;  // after the last commit
};

// Marks bytes that are no text.
struct BlobBytes {
  std::string_view bytes;
};

class Statement {
 public:
  // Prepared when it is first used.  `sql` is a literal.
  Statement(Database &database, const char *sql) : database_(database), sql_(sql) {}
  ~Statement();
  Statement(const Statement &) = delete;
  Statement &operator=(const Statement &) = delete;

  // Runs it to the end.
  template <class... Values>
  int run(const Values &...values) {
    query(values...);
    while (next()) continue;
    return code_;
  }
  // Begins to run it: then next() until it says no.  Texts and bytes stay where they are meanwhile.
  template <class... Values>
  void query(const Values &...values) {
    begin();
    int column = 0;
    (bind(++column, values), ...);
  }
  bool next();   // is there a row?
  void reset();  // for one who does not want the rest
  int code() const { return code_; }

  bool is_null(int column) const;
  int64_t integer(int column) const;
  std::string_view bytes(int column) const;  // valid until next() or reset()

 private:
  void begin();
  void bind(int column, int64_t value);
  void bind(int column, uint64_t value) { bind(column, static_cast<int64_t>(value)); }
  void bind(int column, std::string_view text);
  void bind(int column, BlobBytes blob);
  Database &database_;
  const char *const sql_;
  sqlite3_stmt *statement_ = nullptr;
  int code_ = 0;
};

}  // namespace signalbox
