// The sessions of one sink, those with a connection and those that lost it: a client that comes back with its pid (or
// the key that it gave itself) finds its channels again, on whatever lane the new connection arrives.  Shared by the
// sink's instances on all lanes, found by the instance's name.  Every function may be called on any thread.
//
// A session has one owner, a connection of a shard.  Who claims it takes it over: the former owner's ticket is void
// from then on, and its connection, which must be half-open, is ended.
#pragma once
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "plugins/sinks/socketio/kept.hpp"

namespace socketio {

class KeptSessions {
  struct Entry;

 public:
  // What lost sessions may hold together: so much for each of them, and at least so much.
  static constexpr size_t kLostBytesEach = size_t{8} << 10, kLostBytesMin = size_t{4} << 20;

  // One instance of the sink.  It gives its tickets back before it ends.
  class Shard {
   public:
    // [any] This connection has lost its session to another one.  Called under the lock: it may only take a note.
    virtual void evict(uint64_t connection) = 0;

   protected:
    ~Shard() = default;
  };
  // The right to a session; void once another connection has it.
  class Ticket {
    friend class KeptSessions;
    std::shared_ptr<Entry> entry_;
    uint64_t claim_ = 0;
  };
  struct Claimed {
    Ticket ticket;
    uint64_t evicted = 0;  // a connection of the same shard that the caller has to end now; 0 = none
  };

  static std::shared_ptr<KeptSessions> of(const std::string &instance);

  // How long, and how many at a time, sessions without a connection are kept.  Fewer, if they have a great many
  // channels with long names.
  void limit(int64_t keep_ns, size_t lost_max);
  // A new session.  One with neither pid nor key is forgotten when its connection ends.
  Ticket open(Shard &shard, uint64_t connection, Kept fresh);
  // Nothing: there is no such session (any more).  An empty text is not looked for.
  std::optional<Claimed> claim_pid(Shard &shard, uint64_t connection, std::string_view pid, int64_t now_ns);
  std::optional<Claimed> claim_key(Shard &shard, uint64_t connection, std::string_view key, int64_t now_ns);
  // Calls f(Kept &) if the ticket is good; f changes neither pid nor key.
  template <class F>
  bool with(const Ticket &ticket, F &&f) {
    const std::lock_guard lock(mutex_);
    if (!good(ticket)) return false;
    f(kept_of(ticket));
    return true;
  }
  void rename(const Ticket &ticket, const std::string &pid, const std::string &key);
  // The connection ended: the session waits for another one.
  void lose(Ticket &ticket, int64_t now_ns);
  // The client took its leave.
  void end(Ticket &ticket);
  size_t lost() const;

 private:
  using Map = std::unordered_map<std::string, std::shared_ptr<Entry>>;
  static bool good(const Ticket &ticket);
  static Kept &kept_of(const Ticket &ticket);
  std::optional<Claimed> claim(Map &map, Shard &shard, uint64_t connection, std::string_view name, int64_t now_ns);
  Ticket own(const std::shared_ptr<Entry> &entry, Shard &shard, uint64_t connection);
  void put(const std::shared_ptr<Entry> &entry);
  void unlist(const Entry &entry);
  void take_back(Entry &entry);
  bool over_limit() const;
  void expire(int64_t now_ns);

  mutable std::mutex mutex_;
  int64_t keep_ns_ = 0;
  size_t lost_max_ = 0, lost_bytes_ = 0;
  Map by_pid_, by_key_;
  std::list<std::shared_ptr<Entry>> lost_;  // the longest lost first
};

}  // namespace socketio
