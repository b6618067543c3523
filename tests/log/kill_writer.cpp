// kill_writer STORE ROUND: appends durable events with dedupe keys from several threads as fast as it can, and prints
// the id of each one once it is acknowledged.  It ends by being killed.
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/metrics.hpp"
#include "core/log/event_log.hpp"

using namespace signalbox;

namespace {

constexpr int kThreads = 4;
constexpr int64_t kHour = 3'600'000'000'000;

struct Nobody final : LogFollower {
  void released(std::span<const LogEntry>, uint64_t) override {}
};

EventLogOptions options(const char *path) {
  EventLogOptions o;
  ChannelRule all;
  all.match = "*";
  all.events = 1'000'000;
  all.durable = true;
  o.scopes = {"main"};
  o.rules = ChannelRules({all});
  o.path = path;
  return o;
}

// One after the other: the next event when the last one is acknowledged.
void publish(EventLog &log, const Clock &clock, const std::string &prefix) {
  std::mutex mutex;
  std::condition_variable answered;
  for (int i = 0;; ++i) {
    const std::string id = prefix + std::to_string(i);
    sbx_event draft{};
    draft.size = sizeof draft;
    draft.channel = {"kill", 4};
    draft.name = {"event", 5};
    draft.id = {id.data(), id.size()};
    draft.data = draft.id;
    bool done = false;
    std::vector<Emission> turn(1);
    turn[0].source = "kill";
    turn[0].dedupe_key = id;
    turn[0].dedupe_ns = kHour;
    turn[0].events.push_back({Event::copy(draft, clock.wall_ns()).take(), 0});
    turn[0].done = [&](const LogReceipt &receipt) {
      const std::string line = id + "\n";
      if (receipt.status != SBX_OK || ::write(STDOUT_FILENO, line.data(), line.size()) < 0) ::_exit(3);
      const std::lock_guard lock(mutex);
      done = true;
      answered.notify_one();
    };
    log.append(turn);
    std::unique_lock lock(mutex);
    answered.wait(lock, [&] { return done; });
  }
}

}  // namespace

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  SystemClock clock;
  Metrics metrics;
  Nobody nobody;
  auto log = EventLog::open(options(argv[1]), clock, metrics, nobody);
  if (!log.ok()) {
    std::fprintf(stderr, "%s\n", log.message().c_str());
    return 1;
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&, i] { publish(**log, clock, std::string("r") + argv[2] + "t" + std::to_string(i) + "n"); });
  for (std::thread &thread : threads) thread.join();
  return 0;
}
