// Is a file that is there a store of ours, and whole?  examine_store() of store_file.hpp.
#include <sqlite3.h>
#include <sys/stat.h>

#include <cstdio>
#include <string_view>
#include <utility>

#include "core/base/limits.hpp"
#include "core/log/store_file.hpp"

namespace signalbox {
namespace {

using What = StoreVerdict::What;

StoreVerdict verdict(What what, std::string message) { return {what, std::move(message), nullptr, {}}; }

// A code of SQLite that says what is on disk cannot be right, rather than that it cannot be reached.
bool means_damage(int code) {
  const int primary = code & 0xff;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_ERROR ||
         code == SQLITE_IOERR_SHORT_READ;
}

StoreVerdict failed(const std::string &path, int code, const std::string &problem) {
  if (means_damage(code)) return verdict(What::damaged, problem);
  return verdict(What::refused, "cannot open the store " + path + ": " + problem);
}

bool begins_like_a_database(const std::string &path) {
  char head[16] = {};
  std::FILE *file = std::fopen(path.c_str(), "rb");
  if (!file) return false;
  const size_t size = std::fread(head, 1, sizeof head, file);
  std::fclose(file);
  return size == sizeof head && std::string_view(head, sizeof head) == std::string_view("SQLite format 3\0", 16);
}

// Every page, where that takes about a second; otherwise the first ones, and what is broken is found when it is read.
std::string check(Database &database, const std::string &path, int &code) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 || static_cast<uint64_t>(found.st_size) > limits::kLogCheckMax) return "ok";
  return database.value("PRAGMA quick_check(1)", code);
}

// Every statement of the store has its tables and columns.
constexpr const char *kProbes[] = {
    "SELECT id, scope, channel, trimmed FROM stream ORDER BY id LIMIT 1",
    "SELECT seq, stream, bytes, wall_ns, flags, name, data, id, except_id, attrs, raw, source FROM event LIMIT 1",
    "SELECT seq, bytes FROM event INDEXED BY event_of_stream WHERE stream = 0 ORDER BY seq LIMIT 1",
    "SELECT seq FROM event INDEXED BY event_kept WHERE source = 'x' AND source <> '' AND seq > 0 LIMIT 1",
    "SELECT source, key, seq, mark, end_ns FROM dedupe LIMIT 1",
    "SELECT n, source, key, seq, mark, end_ns FROM dedupe_recent LIMIT 1",
    "SELECT 1 FROM dedupe INDEXED BY dedupe_by_end WHERE end_ns >> 36 < 0 LIMIT 1"};

}  // namespace

StoreVerdict examine_store(const std::string &path, uint64_t size_max) {
  if (!begins_like_a_database(path)) return verdict(What::damaged, "it does not begin like a store");
  int code = 0;
  std::string problem;
  auto database = Database::open(path, Database::Mode::read_write, code, problem);
  if (!database) return failed(path, code, problem);
  const std::string application = database->value("PRAGMA application_id", code);
  if (code != 0) return failed(path, code, database->problem());
  if (application != std::to_string(kStoreApplication))
    return verdict(What::refused, "the file " + path + " belongs to another program: name another one for the store");
  const std::string format = database->value("PRAGMA user_version", code);
  if (code != 0) return failed(path, code, database->problem());
  const bool old = format == std::to_string(kStoreFormatOldest) || format == std::to_string(kStoreFormatOld);
  if (!old && format != std::to_string(kStoreFormat))
    return verdict(What::refused, "the store " + path + " has format " + format + ", this signalbox knows format " +
                                      std::to_string(kStoreFormat) +
                                      ": use the signalbox that wrote it, or name another file");
  const std::string said = check(*database, path, code);
  if (code != 0) return failed(path, code, database->problem());
  if (said != "ok") return verdict(What::damaged, said);
  if (old && (code = upgrade_schema(*database, format == std::to_string(kStoreFormatOldest))) != 0)
    return failed(path, code, database->problem());
  for (const char *probe : kProbes) {
    database->value(probe, code);
    if (code != 0) return failed(path, code, database->problem());
  }
  auto meta = read_meta(*database, code);
  if (code != 0) return failed(path, code, database->problem());
  if (!meta) return verdict(What::damaged, "its epoch or its numbers are missing");
  if ((code = tune_store(*database, size_max)) != 0) return failed(path, code, database->problem());
  return {What::fine, "", std::move(database), std::move(*meta)};
}

}  // namespace signalbox
