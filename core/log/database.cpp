#include "core/log/database.hpp"

#include <sqlite3.h>

#include "core/base/limits.hpp"
#include "core/log/wal_gathering.hpp"

namespace signalbox {

std::unique_ptr<Database> Database::open(const std::string &path, Mode mode, int &code, std::string &problem) {
  // Statistics of its memory would cost a lock for each piece.
  static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(configured);  // refused where somebody has begun with SQLite before: then it is slower
  sqlite3 *handle = nullptr;
  const int flags = (mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_EXRESCODE;
  code = sqlite3_open_v2(path.c_str(), &handle, flags, mode == Mode::read_write ? wal_gathering_vfs() : nullptr);
  std::unique_ptr<Database> database(new Database(handle));
  if (code != SQLITE_OK) {
    problem = handle ? database->problem() : sqlite3_errstr(code);
    return nullptr;
  }
  sqlite3_busy_timeout(handle, limits::kLogBusyMs);
  // What a file that somebody tampered with could do through its schema.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  // Takes the place of automatic checkpoints, which would run inside a COMMIT that somebody waits for.
  const auto count = [](void *self, sqlite3 *, const char *, int pages) {
    static_cast<Database *>(self)->wal_pages_ = pages;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(handle, count, database.get());
  return database;
}

Database::~Database() { sqlite3_close_v2(handle_); }

int Database::changes() const { return sqlite3_changes(handle_); }
int64_t Database::last_row() const { return sqlite3_last_insert_rowid(handle_); }

int Database::run(const char *sql) { return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); }

void Database::roll_back() {
  if (sqlite3_get_autocommit(handle_) == 0) run("ROLLBACK");
}

std::string Database::problem() const { return sqlite3_errmsg(handle_); }

std::string Database::value(const char *sql, int &code) {
  Statement statement(*this, sql);
  statement.query();
  std::string text;
  if (statement.next()) text = statement.bytes(0);
  code = statement.code();
  return text;
}

int Database::checkpoint(bool wait) {
  int left = 0, moved = 0;
  const int mode = wait ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, mode, &left, &moved);
  if (code == SQLITE_OK) wal_pages_ = left - moved;
  return code;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::begin() {
  code_ = SQLITE_OK;
  if (statement_)
    sqlite3_reset(statement_);
  else
    code_ = sqlite3_prepare_v3(database_.handle(), sql_, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
}

void Statement::bind(int column, int64_t value) {
  if (code_ == SQLITE_OK) code_ = sqlite3_bind_int64(statement_, column, value);
}

void Statement::bind(int column, std::string_view text) {
  if (code_ == SQLITE_OK)
    code_ = sqlite3_bind_text64(statement_, column, text.data() ? text.data() : "", text.size(), SQLITE_STATIC,
                                SQLITE_UTF8);
}

void Statement::bind(int column, BlobBytes blob) {
  if (code_ == SQLITE_OK)
    code_ = sqlite3_bind_blob64(statement_, column, blob.bytes.data() ? blob.bytes.data() : "", blob.bytes.size(),
                                SQLITE_STATIC);
}

bool Statement::next() {
  if (code_ != SQLITE_OK) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) code_ = code;
  sqlite3_reset(statement_);
  return false;
}

void Statement::reset() { sqlite3_reset(statement_); }

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Statement::bytes(int column) const {
  const void *data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return data ? std::string_view(static_cast<const char *>(data), static_cast<size_t>(size)) : std::string_view{};
}

}  // namespace signalbox
