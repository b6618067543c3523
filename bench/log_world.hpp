// What the benchmarks of the event log share: a log with nobody behind it, and events for it.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "core/log/event_log.hpp"

namespace signalbox::bench {

inline constexpr size_t kDataSize = 256;

[[noreturn]] inline void fail(const std::string &what) {
  std::fprintf(stderr, "bench: %s\n", what.c_str());
  std::exit(1);
}

inline double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Nobody final : LogFollower {
  void released(std::span<const LogEntry>, uint64_t) override {}
};

struct World {
  SystemClock clock;
  Metrics metrics;
  Nobody nobody;
  std::string folder;
};

inline EventLogOptions options(const std::string &path, uint64_t events, bool durable) {
  EventLogOptions out;
  out.scopes = {"bench"};
  out.rules = ChannelRules({{"pay.*", events, uint64_t{16} << 30, 3'600'000'000'000, durable, Replay::retained}});
  out.path = path;
  out.memory_max = uint64_t{4} << 30;
  return out;
}

inline std::unique_ptr<EventLog> open_log(World &world, const EventLogOptions &wanted) {
  auto opened = EventLog::open(wanted, world.clock, world.metrics, world.nobody);
  if (!opened.ok()) fail(opened.message());
  return opened.take();
}

inline EventPtr event(const std::string &channel, const std::string &data) {
  sbx_event draft{};
  draft.size = sizeof draft;
  draft.channel = {channel.data(), channel.size()};
  draft.name = {"paid", 4};
  draft.data = {data.data(), data.size()};
  auto copied = Event::copy(draft, SystemClock().wall_ns());
  if (!copied.ok()) fail(copied.message());
  return copied.take();
}

// Waits for what the log's reading thread answers.
inline LogPage read_disk(EventLog &log, const LogQuery &query) {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<LogPage> answer;
  log.read_later(query, [&](LogPage read) {
    const std::lock_guard lock(mutex);
    answer = std::move(read);
    changed.notify_one();
  });
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return answer.has_value(); });
  return *std::move(answer);
}

}  // namespace signalbox::bench
