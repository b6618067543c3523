#include "plugins/sinks/socketio/kept_sessions.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace socketio {

struct KeptSessions::Entry {
  Kept kept;
  uint64_t claim = 0;      // the owner's; every new one is greater
  Shard *shard = nullptr;  // nullptr = lost
  uint64_t connection = 0;
  int64_t until_ns = 0;
  size_t bytes = 0;                                   // when lost
  std::list<std::shared_ptr<Entry>>::iterator place;  // in lost_, when lost
};

std::shared_ptr<KeptSessions> KeptSessions::of(const std::string &instance) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<KeptSessions>> all;
  const std::lock_guard lock(mutex);
  std::erase_if(all, [](const auto &entry) { return entry.second.expired(); });
  auto &slot = all[instance];
  auto found = slot.lock();
  if (!found) slot = found = std::make_shared<KeptSessions>();
  return found;
}

void KeptSessions::limit(int64_t keep_ns, size_t lost_max) {
  const std::lock_guard lock(mutex_);
  keep_ns_ = keep_ns;
  lost_max_ = lost_max;
}

bool KeptSessions::good(const Ticket &ticket) {
  return ticket.entry_ && ticket.entry_->shard && ticket.entry_->claim == ticket.claim_;
}

Kept &KeptSessions::kept_of(const Ticket &ticket) { return ticket.entry_->kept; }

KeptSessions::Ticket KeptSessions::own(const std::shared_ptr<Entry> &entry, Shard &shard, uint64_t connection) {
  entry->shard = &shard;
  entry->connection = connection;
  Ticket ticket;
  ticket.entry_ = entry;
  ticket.claim_ = ++entry->claim;
  return ticket;
}

void KeptSessions::put(const std::shared_ptr<Entry> &entry) {
  if (!entry->kept.pid.empty()) by_pid_[entry->kept.pid] = entry;
  // The newest session with a key has it.
  if (!entry->kept.key.empty()) by_key_[entry->kept.key] = entry;
}

// REQUIRES: somebody else keeps the entry alive
void KeptSessions::unlist(const Entry &entry) {
  const auto by_pid = by_pid_.find(entry.kept.pid);
  if (by_pid != by_pid_.end() && by_pid->second.get() == &entry) by_pid_.erase(by_pid);
  const auto by_key = by_key_.find(entry.kept.key);
  if (by_key != by_key_.end() && by_key->second.get() == &entry) by_key_.erase(by_key);
}

KeptSessions::Ticket KeptSessions::open(Shard &shard, uint64_t connection, Kept fresh) {
  const std::lock_guard lock(mutex_);
  auto entry = std::make_shared<Entry>();
  entry->kept = std::move(fresh);
  put(entry);
  return own(entry, shard, connection);
}

std::optional<KeptSessions::Claimed> KeptSessions::claim(Map &map, Shard &shard, uint64_t connection,
                                                         std::string_view name, int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  expire(now_ns);
  const auto found = name.empty() ? map.end() : map.find(std::string(name));
  if (found == map.end()) return std::nullopt;
  const std::shared_ptr<Entry> entry = found->second;
  Claimed out;
  if (!entry->shard)
    take_back(*entry);
  else if (entry->shard == &shard)
    out.evicted = entry->connection;
  else
    entry->shard->evict(entry->connection);
  out.ticket = own(entry, shard, connection);
  return out;
}

std::optional<KeptSessions::Claimed> KeptSessions::claim_pid(Shard &shard, uint64_t connection, std::string_view pid,
                                                             int64_t now_ns) {
  return claim(by_pid_, shard, connection, pid, now_ns);
}

std::optional<KeptSessions::Claimed> KeptSessions::claim_key(Shard &shard, uint64_t connection, std::string_view key,
                                                             int64_t now_ns) {
  return claim(by_key_, shard, connection, key, now_ns);
}

void KeptSessions::rename(const Ticket &ticket, const std::string &pid, const std::string &key) {
  const std::lock_guard lock(mutex_);
  if (!good(ticket)) return;
  unlist(*ticket.entry_);
  ticket.entry_->kept.pid = pid;
  ticket.entry_->kept.key = key;
  put(ticket.entry_);
}

void KeptSessions::lose(Ticket &ticket, int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  const Ticket given = std::exchange(ticket, {});
  if (!good(given)) return;
  Entry &entry = *given.entry_;
  entry.shard = nullptr;
  entry.until_ns = now_ns + keep_ns_;
  entry.place = lost_.insert(lost_.end(), given.entry_);
  entry.bytes = entry.kept.bytes();
  lost_bytes_ += entry.bytes;
  const auto holds = [&](const Map &map, const std::string &name) {
    const auto found = map.find(name);
    return found != map.end() && found->second.get() == &entry;
  };
  if (!holds(by_pid_, entry.kept.pid) && !holds(by_key_, entry.kept.key)) {
    take_back(entry);  // nobody could ask for it
    return;
  }
  expire(now_ns);
}

void KeptSessions::end(Ticket &ticket) {
  const std::lock_guard lock(mutex_);
  const Ticket given = std::exchange(ticket, {});
  if (!good(given)) return;
  given.entry_->shard = nullptr;
  unlist(*given.entry_);
}

size_t KeptSessions::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_.size();
}

void KeptSessions::take_back(Entry &entry) {
  lost_bytes_ -= entry.bytes;
  lost_.erase(entry.place);
}

bool KeptSessions::over_limit() const {
  return lost_.size() > lost_max_ || lost_bytes_ > std::max(lost_max_ * kLostBytesEach, kLostBytesMin);
}

void KeptSessions::expire(int64_t now_ns) {
  while (!lost_.empty() && (over_limit() || lost_.front()->until_ns <= now_ns)) {
    const std::shared_ptr<Entry> entry = lost_.front();
    take_back(*entry);
    unlist(*entry);
  }
}

}  // namespace socketio
