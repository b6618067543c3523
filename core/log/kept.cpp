#include "core/log/kept.hpp"

#include "core/log/database.hpp"

namespace signalbox {
namespace {

// The index has all but the bytes, so those of other requests are never touched.
constexpr const char *kSelect =
    "SELECT seq, wall_ns, raw FROM event INDEXED BY event_kept "
    "WHERE source = ?1 AND source <> '' AND seq > ?2 AND wall_ns >= ?3 AND wall_ns < ?4 AND (?5 = '' OR id = ?5) "
    "ORDER BY seq";

int collect(Database &database, const KeptQuery &query, KeptPage &page) {
  Statement select(database, kSelect);
  select.query(std::string_view(query.source), query.after, query.since_ns, query.until_ns, std::string_view(query.id));
  size_t bytes = 0;
  while (select.next()) {
    const std::string_view raw = select.bytes(2);
    if (!page.kept.empty() && (page.kept.size() >= query.count_max || bytes + raw.size() > query.bytes_max)) {
      page.more = true;
      select.reset();
      return 0;
    }
    bytes += raw.size();
    page.after = static_cast<uint64_t>(select.integer(0));
    page.kept.push_back({std::string(raw), select.integer(1)});
  }
  return select.code();
}

}  // namespace

Result<KeptPage> read_kept(const std::string &path, const KeptQuery &query) {
  int code = 0;
  std::string problem;
  const auto database = Database::open(path, Database::Mode::read_only, code, problem);
  KeptPage page;
  page.after = query.after;
  if (database && (code = collect(*database, query, page)) != 0) problem = database->problem();
  if (!database || code != 0) return Status::error("the store " + path + " cannot be read: " + problem);
  return page;
}

}  // namespace signalbox
