// The event log: gives accepted events their positions, keeps what `channels:` asks for (in memory, and on disk where
// it says durable), and is where every replay reads.  One for the whole program; the followers (the lanes' mailboxes)
// are shown every event in the order of its position, and a durable one only after it is on disk.
//
// append() is the one way in.  What is durable, or has a dedupe key to be remembered in the store, goes through the
// store's thread, many emissions to a transaction; whatever comes from the same pipeline meanwhile waits behind it, so
// the order of a pipeline is kept.  While a transaction commits, later positions are held back: nobody is shown a
// position while an earlier one may still appear.
//
// A transient event (SBX_EVENT_TRANSIENT) gets a position and goes to the followers in its turn, but nothing keeps it,
// not even for what may have been lost: a cursor from before it is as whole as one from behind it.  The changes of
// presence channels (SBX_EVENT_PRESENCE, which are transient) wait for nothing but a commit that is under way, and
// are never refused: whoever appends them has one batch under way at a time.
//
// Everything is [any] unless it says otherwise.  Nothing here calls a follower or `done` while the caller of append()
// holds a lock of its own.
#pragma once
#include <sbx/sbx.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/limits.hpp"
#include "core/base/metrics.hpp"
#include "core/base/status.hpp"
#include "core/event/event.hpp"
#include "core/event/position.hpp"
#include "core/log/retention.hpp"

namespace signalbox {

struct LogReceipt {
  sbx_status status = SBX_OK;  // OK, DUPLICATE, FULL, ESTORE: see sbx_receipt
  Position position;           // of the last event; seq 0: nothing was placed
};

// One event on its way into the log.
struct LogEntry {
  EventPtr event;
  uint32_t scope = 0;  // the pipeline that it came through: an index into EventLogOptions::scopes
};

// What became of one emit: the events that came out of its pipelines' filters (maybe none), in order.  All or none of
// it becomes durable.
struct Emission {
  std::string source;      // whose dedupe keys these are
  std::string dedupe_key;  // empty: none
  int64_t dedupe_ns = 0;
  std::string raw;               // kept beside its events in the store, where there is one
  std::vector<LogEntry> events;  // presence changes come in emissions of their own
  // Called once, on any thread (also before append() returns), under the log's lock: it must be quick and call nothing
  // of the log.  May be empty.
  std::function<void(const LogReceipt &)> done;
};

class LogFollower {
 public:
  // Events that everybody may see now, in order; `position`: no event up to it is still to come.  Called under the
  // log's lock, on any thread.
  virtual void released(std::span<const LogEntry> events, uint64_t position) = 0;
  // Events that nobody will see, and why: DUPLICATE, FULL or ESTORE, once for each.  Called in the same way.
  virtual void refused(std::span<const LogEntry>, sbx_status) {}
  // After each round of these and of `done`, without the log's lock: now wake whoever was given something, so that
  // nobody wakes up just to wait for that lock.
  virtual void wake() {}

 protected:
  ~LogFollower() = default;
};

struct EventLogOptions {
  std::vector<std::string> scopes;  // names of the pipelines; the store knows them by name
  ChannelRules rules;
  uint64_t memory_max = 256u << 20;  // bytes of all retained events in memory (Event::bytes)
  std::string path;                  // of the store; empty: there is none.  REQUIRES one if a rule is durable
  bool recover = false;              // move a damaged store aside and begin a new one
  uint64_t size_max = 0;             // bytes of the store's file; 0: no limit but the disk
  uint64_t queue_events = 65'536;    // what may wait for the store: beyond it an emission is answered FULL
  uint64_t queue_bytes = 64u << 20;
  size_t keys_gathered = limits::kLogKeysGathered;  // dedupe keys of the store; tests take fewer
};

// What a reader asks: the events of some channels after a place in the log, in order.
struct LogQuery {
  struct Channel {
    std::string name;
    std::vector<uint32_t> scopes;
    std::optional<uint64_t> after;  // nothing: what the channel's `replay:` gives to a newcomer
    bool operator==(const Channel &) const = default;
  };
  std::vector<Channel> channels;
  uint64_t upto = 0;        // nothing after this; a reader's own place, not the log's
  size_t events_max = 256;  // at least one event comes if there is one
  size_t bytes_max = 256u << 10;
  bool operator==(const LogQuery &) const = default;
};
struct LogPage {
  std::vector<LogEntry> events;  // ascending
  struct Channel {
    uint64_t after = 0;  // where the reading of it began; resolved for a newcomer
    bool gap = false;    // something after `after` is gone (trimmed, evicted, lost in a crash), or may be
  };
  std::vector<Channel> channels;  // as asked
  uint64_t upto = 0;              // complete up to here; LogQuery::upto when there is no more
};

// What is asked for of the requests that were kept beside their events (Emission::raw): those of one source, of some
// time, or of one event, in the log's order.
struct KeptQuery {
  std::string source;
  int64_t since_ns = 0, until_ns = INT64_MAX;  // wall; when their events were accepted, since <= time < until
  std::string id;                              // of the event as its source called it; empty: any
  uint64_t after = 0;                          // a position: where the last page ended
  size_t count_max = 64;                       // at least one comes if there is one
  size_t bytes_max = 4u << 20;
};
struct KeptPage {
  struct Kept {
    std::string raw;
    int64_t wall_ns = 0;
  };
  // What one request became several events with comes once for each of them: equal neighbours are one request.
  std::vector<Kept> kept;
  uint64_t after = 0;  // for the next page
  bool more = false;
};

// What a health page says of it.
struct LogHealth {
  bool durable = false;  // there is a store
  bool writable = true;  // the last transaction could be committed
  std::string problem;   // why not, in words
  uint64_t waiting_events = 0;
};

class EventLog {
 public:
  // Opens the store, if there is one: a clear error for a damaged or foreign file, one that another process uses, a
  // folder that cannot be written.  The follower is told at once where the log stands, if that is not at 0.  Counts
  // into `metrics`.  `follower` and `clock` outlive the log.
  static Result<std::unique_ptr<EventLog>> open(EventLogOptions options, const Clock &clock, Metrics &metrics,
                                                LogFollower &follower);
  ~EventLog();
  EventLog(const EventLog &) = delete;
  EventLog &operator=(const EventLog &) = delete;

  // Takes a turn's emissions, in order.
  void append(std::vector<Emission> &emissions);

  // Answers from memory, or not at all: then read_later() asks the disk, and calls `done` on the log's reading thread.
  // A disk that cannot be read answers gaps, and so does one that is asked faster than it answers.  What waits when the
  // log is destroyed is dropped: nobody is called any more.
  std::optional<LogPage> read(const LogQuery &query) const;
  void read_later(LogQuery query, std::function<void(LogPage)> done);

  // The same for what was kept; without a store there is nothing.  One at a time: its caller sees to that.
  void read_kept_later(KeptQuery query, std::function<void(Result<KeptPage>)> done);

  uint64_t epoch() const;
  // What the follower was told last; before that, where the numbers begin in this run of the program.
  uint64_t position() const;
  LogHealth health() const;
  // Forgets what is over its time, in small steps: call it about once a second on any one thread.  (The store expires
  // on its own thread, and tries there whether it can be written again; this wakes it.)
  void expire();
  // Waits until everything appended so far has its receipt and what expire() woke is done, at most until `deadline_ns`
  // (mono).  Main thread, at the end; what still waits when the log is destroyed is answered ESTORE.
  bool drain(int64_t deadline_ns);

 private:
  class Impl;
  explicit EventLog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace signalbox
