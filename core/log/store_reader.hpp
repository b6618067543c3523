// The reading side of the store: what is retained on disk of some channels.  One thread at a time, the log's reading
// thread; a connection of its own, so that it never waits for the writer, nor the writer for it.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/status.hpp"
#include "core/log/database.hpp"
#include "core/log/event_log.hpp"

namespace signalbox {

class StoreReader {
 public:
  StoreReader(const EventLogOptions &options, uint64_t epoch);
  ~StoreReader();

  // REQUIRES: the rules of all its channels say durable; everything up to LogQuery::upto is committed.
  Result<LogPage> read(const LogQuery &query, int64_t wall_ns);

 private:
  struct Statements;
  struct Stream;
  int connect();
  int find(const LogQuery &query, std::vector<std::vector<Stream>> &channels);
  int begin_newcomer(const LogQuery::Channel &channel, const std::vector<Stream> &streams, uint64_t upto,
                     int64_t wall_ns, uint64_t &after);
  int collect(const Stream &stream, const LogQuery &query, uint64_t after, int64_t wall_ns, bool newcomer,
              LogPage::Channel &told, LogPage &page);
  int read_all(const LogQuery &query, int64_t wall_ns, LogPage &page);

  const EventLogOptions &options_;
  const uint64_t epoch_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Statements> statements_;
  std::string problem_;
};

// In the log's order, cut to what the query allows: page.upto is where the first one that was cut off begins.
void sort_and_cut(LogPage &page, const LogQuery &query);

}  // namespace signalbox
