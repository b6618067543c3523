// The part of the log that is in memory: the newest events of every channel whose rule keeps any, under one budget, and
// what is known of what is gone.  EventLog owns it; its lock guards it.
//
// A gap is told when something was missed.  It is exact for every channel that is known here; of channels that had
// nothing for long only a floor is left for each rule: a place before it may have missed something.
#pragma once
#include <cstdint>
#include <optional>
#include <sbx/name_index.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/log/event_log.hpp"
#include "core/log/stored_streams.hpp"
#include "core/log/stream.hpp"

namespace signalbox {

class MemoryLog {
 public:
  struct Start {
    uint64_t seq = 0;     // positions up to here are of an earlier run: what was kept in memory alone is gone
    uint64_t stored = 0;  // ... and of durable channels that the store no longer knows: they had nothing after this
  };
  MemoryLog(const ChannelRules &rules, size_t scopes, uint64_t memory_max, Start start);
  ~MemoryLog();
  MemoryLog(const MemoryLog &) = delete;
  MemoryLog &operator=(const MemoryLog &) = delete;

  // Channels of the store, when it is opened: they are looked up there.
  void stored(uint32_t scope, std::string_view channel) { stored_.add(scope, channel); }

  size_t rule_of(uint32_t scope, std::string_view channel) const;
  // Keeps an event, or takes note that it was.  REQUIRES: the highest position so far; a durable one is on disk.
  void place(const LogEntry &entry);
  void expire(int64_t wall_ns, size_t events_max);

  // Nothing: the disk knows more of one of the channels.
  std::optional<LogPage> read(const LogQuery &query, int64_t wall_ns) const;

  uint64_t events() const { return events_; }
  uint64_t bytes() const { return bytes_; }

 private:
  // Streams that have events, by their oldest one.  A stream stands here once, maybe under an event that has gone
  // since: its place is put right when it comes to the front, so that placing an event costs nothing here.
  struct Queued {
    uint64_t seq;
    Stream *stream;
    bool operator<(const Queued &other) const { return seq > other.seq; }
  };
  struct OfRule {
    uint64_t forgotten = 0;  // channels that are not known here may have lost something up to this
    std::vector<Queued> queue;
  };
  struct Walk;

  const Stream *find(uint32_t scope, std::string_view channel) const;
  Stream &find_or_make(uint32_t scope, std::string_view channel, uint64_t seq);
  bool expired(const Stream &stream, const EventPtr &event, int64_t wall_ns) const;

  EventPtr pop(Stream &stream);
  void trim(Stream &stream);
  void evict_oldest();
  Stream *oldest(OfRule &of_rule);
  void settle(Stream &stream);
  void stand_last(Stream &stream);
  void unlink(Stream &stream);
  void pass_over_touched(size_t wanted);
  void forget_quiet();
  void forget(Stream &stream);

  bool asks_disk(const Stream *stream, size_t rule, uint32_t scope, std::string_view channel, uint64_t after) const;
  std::optional<uint64_t> begin_newcomer(const LogQuery::Channel &channel, size_t rule, uint64_t upto,
                                         int64_t wall_ns) const;
  void merge(std::vector<Walk> &walks, const LogQuery &query, int64_t wall_ns, LogPage &page) const;

  const ChannelRules &rules_;
  const uint64_t memory_max_;
  std::vector<sbx::NameIndex<Stream>> streams_;  // by scope; theirs are owned here
  std::vector<OfRule> of_rule_;
  StoredStreams stored_;
  Stream *quiet_oldest_ = nullptr, *quiet_newest_ = nullptr;
  size_t quiet_ = 0;
  uint64_t events_ = 0, bytes_ = 0;
};

}  // namespace signalbox
