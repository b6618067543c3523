#include "core/log/store_reader.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "core/log/event_row.hpp"
#include "core/log/stream.hpp"

namespace signalbox {

struct StoreReader::Statements {
  explicit Statements(Database &database)
      : find(database, "SELECT id, trimmed FROM stream WHERE scope = ? AND channel = ?"),
        forgotten(database, "SELECT value FROM meta WHERE name = 'forgotten'"),
        events(database,
               "SELECT " SIGNALBOX_EVENT_COLUMNS " FROM event WHERE stream = ? AND seq > ? AND seq <= ? ORDER BY seq"),
        oldest(database, "SELECT seq FROM event WHERE stream = ? AND seq <= ? AND wall_ns > ? ORDER BY seq LIMIT 1"),
        newest(database,
               "SELECT seq FROM event WHERE stream = ? AND seq <= ? AND wall_ns > ? ORDER BY seq DESC LIMIT 1") {}
  Statement find, forgotten, events, oldest, newest;
};

struct StoreReader::Stream {
  int64_t id;  // 0: it has no row
  uint32_t scope;
  uint64_t trimmed;
  int64_t for_ns;
};

namespace {

// Events up to this time are over it.
int64_t over_ns(int64_t for_ns, int64_t wall_ns) { return for_ns > 0 ? wall_ns - for_ns : INT64_MIN; }

}  // namespace

StoreReader::StoreReader(const EventLogOptions &options, uint64_t epoch) : options_(options), epoch_(epoch) {}
StoreReader::~StoreReader() = default;

Result<LogPage> StoreReader::read(const LogQuery &query, int64_t wall_ns) {
  LogPage page;
  page.upto = query.upto;
  int code = connect();
  if (code == 0) code = database_->run("BEGIN");
  if (code == 0) code = read_all(query, wall_ns, page);
  if (code == 0) {
    database_->roll_back();
    sort_and_cut(page, query);
    return page;
  }
  if (database_) problem_ = database_->problem();
  statements_.reset();
  database_.reset();
  return Status::error("the store " + options_.path + " cannot be read: " + problem_);
}

int StoreReader::connect() {
  if (database_) return 0;
  int code = 0;
  database_ = Database::open(options_.path, Database::Mode::read_only, code, problem_);
  if (database_) statements_ = std::make_unique<Statements>(*database_);
  return code;
}

int StoreReader::read_all(const LogQuery &query, int64_t wall_ns, LogPage &page) {
  std::vector<std::vector<Stream>> channels;
  if (const int code = find(query, channels)) return code;
  for (size_t i = 0; i < query.channels.size(); ++i) {
    const LogQuery::Channel &channel = query.channels[i];
    LogPage::Channel told{channel.after.value_or(query.upto), false};
    if (!channel.after)
      if (const int code = begin_newcomer(channel, channels[i], query.upto, wall_ns, told.after)) return code;
    for (const Stream &stream : channels[i])
      if (told.after < query.upto)
        if (const int code = collect(stream, query, told.after, wall_ns, !channel.after, told, page)) return code;
    page.channels.push_back(told);
    sort_and_cut(page, query);  // however many channels there are, no more than about two pages are in memory
  }
  return 0;
}

int StoreReader::find(const LogQuery &query, std::vector<std::vector<Stream>> &channels) {
  Statements &s = *statements_;
  uint64_t forgotten = 0;
  s.forgotten.query();
  while (s.forgotten.next()) forgotten = static_cast<uint64_t>(s.forgotten.integer(0));
  if (s.forgotten.code() != 0) return s.forgotten.code();
  for (const LogQuery::Channel &channel : query.channels) {
    const int64_t for_ns = options_.rules[options_.rules.of(channel.name)].for_ns;
    std::vector<Stream> &streams = channels.emplace_back();
    for (uint32_t scope : channel.scopes) {
      if (scope >= options_.scopes.size()) continue;
      Stream stream{0, scope, forgotten, for_ns};
      s.find.query(std::string_view(options_.scopes[scope]), std::string_view(channel.name));
      while (s.find.next()) {
        stream.id = s.find.integer(0);
        stream.trimmed = static_cast<uint64_t>(s.find.integer(1));
      }
      if (s.find.code() != 0) return s.find.code();
      streams.push_back(stream);
    }
  }
  return 0;
}

// See MemoryLog::begin_newcomer.
int StoreReader::begin_newcomer(const LogQuery::Channel &channel, const std::vector<Stream> &streams, uint64_t upto,
                                int64_t wall_ns, uint64_t &after) {
  const Replay replay = options_.rules[options_.rules.of(channel.name)].replay;
  after = upto;
  if (replay == Replay::none) return 0;
  std::optional<uint64_t> first;
  Statement &look = replay == Replay::last ? statements_->newest : statements_->oldest;
  for (const Stream &stream : streams) {
    look.query(stream.id, upto, over_ns(stream.for_ns, wall_ns));
    while (look.next()) {
      const auto seq = static_cast<uint64_t>(look.integer(0));
      first = !first ? seq : replay == Replay::last ? std::max(*first, seq) : std::min(*first, seq);
    }
    if (look.code() != 0) return look.code();
  }
  if (first) after = *first - 1;
  return 0;
}

int StoreReader::collect(const Stream &stream, const LogQuery &query, uint64_t after, int64_t wall_ns, bool newcomer,
                         LogPage::Channel &told, LogPage &page) {
  if (!newcomer) told.gap |= after < stream.trimmed;
  if (stream.id == 0) return 0;
  const int64_t over = over_ns(stream.for_ns, wall_ns);
  Statement &events = statements_->events;
  events.query(stream.id, after, page.upto);
  size_t count = 0, bytes = 0;
  while (events.next()) {
    if (events.integer(1) <= over) {
      told.gap |= !newcomer;
      continue;
    }
    const auto seq = static_cast<uint64_t>(events.integer(0));
    // What this channel alone fills, no other can make longer.
    if (count > 0 && (count > query.events_max || bytes > query.bytes_max)) {
      page.upto = std::min(page.upto, seq - 1);
      events.reset();
      return 0;
    }
    auto event = event_of_row(events, query.channels[page.channels.size()].name, epoch_, stream.scope);
    if (!event) {
      events.reset();
      problem_ = "an event in it is damaged";
      return SQLITE_CORRUPT;
    }
    ++count;
    bytes += (*event)->bytes();
    page.events.push_back({std::move(*event), stream.scope});
  }
  return events.code();
}

void sort_and_cut(LogPage &page, const LogQuery &query) {
  std::sort(page.events.begin(), page.events.end(),
            [](const LogEntry &a, const LogEntry &b) { return seq_of(a.event) < seq_of(b.event); });
  size_t kept = 0, bytes = 0;
  while (kept < page.events.size() && seq_of(page.events[kept].event) <= page.upto) {
    bytes += page.events[kept].event->bytes();
    if (kept > 0 && (kept >= query.events_max || bytes > query.bytes_max)) {
      page.upto = seq_of(page.events[kept - 1].event);
      break;
    }
    ++kept;
  }
  page.events.resize(kept);
}

}  // namespace signalbox
