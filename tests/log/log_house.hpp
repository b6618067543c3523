// What the log's tests live in: a clock that stands still, a follower that writes down what it is shown, a log with
// short words for what is asked of it, and a folder of its own for a store.
#pragma once
#include <stdlib.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/log/event_log.hpp"

namespace signalbox::testing {

constexpr int64_t kSecond = 1'000'000'000;

struct StillClock final : Clock {
  std::atomic<int64_t> now_ns{1'000'000 * kSecond};
  int64_t mono_ns() const override { return now_ns; }
  int64_t wall_ns() const override { return now_ns; }
};

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "sbx-log-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;
  std::string file(const std::string &name = "store.db") const { return path / name; }
  std::filesystem::path path;
};

struct Notes final : LogFollower {
  void released(std::span<const LogEntry> events, uint64_t position) override {
    const std::lock_guard lock(mutex);
    for (const LogEntry &entry : events) {
      seqs.push_back(entry.event->view().seq);
      names.emplace_back(text(entry.event->view().name));
    }
    head = position;
  }
  void refused(std::span<const LogEntry> events, sbx_status why) override {
    const std::lock_guard lock(mutex);
    refused_with.insert(refused_with.end(), events.size(), why);
  }
  void wake() override {
    if (on_wake) on_wake();
  }
  uint64_t place() const {
    const std::lock_guard lock(mutex);
    return head;
  }
  std::function<void()> on_wake;
  mutable std::mutex mutex;
  std::vector<uint64_t> seqs;
  std::vector<std::string> names;
  std::vector<sbx_status> refused_with;
  uint64_t head = 0;
};

// `text` of every event is its name, so that a list of names says which ones came.
inline EventPtr event(const std::string &channel, const std::string &name, int64_t wall_ns, size_t data_size = 0) {
  const std::string data(data_size, 'x');
  sbx_event draft{};
  draft.size = sizeof draft;
  draft.channel = {channel.data(), channel.size()};
  draft.name = {name.data(), name.size()};
  draft.data = {data.data(), data.size()};
  return Event::copy(draft, wall_ns).take();
}

inline ChannelRule rule(const std::string &match, uint64_t events, bool durable = false,
                        Replay replay = Replay::retained) {
  ChannelRule r;
  r.match = match;
  r.events = events;
  r.durable = durable;
  r.replay = replay;
  return r;
}

inline std::vector<std::string> names(const LogPage &page) {
  std::vector<std::string> out;
  for (const LogEntry &entry : page.events) out.emplace_back(text(entry.event->view().name));
  return out;
}

using Names = std::vector<std::string>;

struct House {
  explicit House(std::vector<ChannelRule> rules = {}) { options.rules = ChannelRules(std::move(rules)); }

  Status open() {
    auto opened = EventLog::open(options, clock, metrics, notes);
    if (!opened.ok()) return opened.status();
    log = opened.take();
    return {};
  }
  void close() {
    drain();
    log.reset();
  }
  bool drain() const { return log->drain(clock.mono_ns() + 60 * kSecond); }

  Emission emission(const std::string &channel, const std::string &name, size_t data_size = 0, uint32_t scope = 0) {
    Emission e;
    e.source = "src";
    e.events.push_back({event(channel, name, clock.wall_ns(), data_size), scope});
    return e;
  }
  // The receipt comes into `receipts`, in the place that is returned.
  size_t append(Emission emission) {
    const std::lock_guard lock(mutex);
    const size_t place = receipts.size();
    receipts.emplace_back();
    emission.done = [this, place](const LogReceipt &receipt) {
      const std::lock_guard inner(mutex);
      receipts[place] = receipt;
      order.push_back(place);
    };
    batch.push_back(std::move(emission));
    return place;
  }
  void send() { log->append(batch); }
  LogReceipt put(Emission emission) {
    const size_t place = append(std::move(emission));
    send();
    drain();
    const std::lock_guard lock(mutex);
    return receipts[place].value_or(LogReceipt{SBX_ESTATE, {}});
  }
  LogReceipt put(const std::string &channel, const std::string &name, size_t data_size = 0, uint32_t scope = 0) {
    return put(emission(channel, name, data_size, scope));
  }
  LogReceipt put_key(const std::string &channel, const std::string &name, const std::string &key,
                     int64_t dedupe_ns = 60 * kSecond) {
    Emission e = emission(channel, name);
    e.dedupe_key = key;
    e.dedupe_ns = dedupe_ns;
    return put(std::move(e));
  }

  LogQuery query(const std::string &channel, std::optional<uint64_t> after) const {
    LogQuery q;
    q.channels.push_back({channel, {0}, after});
    q.upto = notes.place();
    q.events_max = 100'000;
    q.bytes_max = 1u << 30;
    return q;
  }
  bool in_memory(const LogQuery &q) const { return log->read(q).has_value(); }
  LogPage read(const LogQuery &q) const;
  LogPage read(const std::string &channel, std::optional<uint64_t> after) const { return read(query(channel, after)); }

  StillClock clock;
  Metrics metrics;
  Notes notes;
  EventLogOptions options = [] {
    EventLogOptions o;
    o.scopes = {"main", "other"};
    return o;
  }();
  std::recursive_mutex mutex;
  std::vector<std::optional<LogReceipt>> receipts;
  std::vector<size_t> order;
  std::vector<Emission> batch;
  std::unique_ptr<EventLog> log;
};

// From memory, or else from the disk.
inline LogPage House::read(const LogQuery &q) const {
  if (auto page = log->read(q)) return *page;
  std::mutex guard;
  std::condition_variable came;
  std::optional<LogPage> answer;
  log->read_later(q, [&](LogPage page) {
    const std::lock_guard lock(guard);
    answer = std::move(page);
    came.notify_one();
  });
  std::unique_lock lock(guard);
  came.wait(lock, [&] { return answer.has_value(); });
  return *answer;
}

}  // namespace signalbox::testing
