// What the event log costs, beside the limit of the same disk in the same run: logbench DIR SECONDS WRITERS...
//
//   durable   WRITERS publishers, each of which waits for the receipt of its last event before it appends the next
//   limit     the same publishers on a bare file: whoever comes first writes and fdatasyncs for all that wait
//   replay    10,000 retained events read as a subscriber's replay reads them, from memory and from disk, beside the
//             same rows by a bare SELECT
//   memory    bytes of heap for each event retained in memory, beside a deque of strings with the same bytes
//   live      what an append of an event that is not retained, and of one that is, takes
//
// One line of JSON a case; bench/log repeats and takes medians.
#include <fcntl.h>
#include <malloc.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bench/log_world.hpp"

using namespace signalbox;
using namespace signalbox::bench;

namespace {

constexpr int kReplayed = 10'000;
constexpr size_t kRetained = 200'000;
constexpr size_t kTurn = 64;

// Runs `writers` threads that call one(writer) until the time is over, and reports what became of it.
template <class One>
void report_writers(const char *name, size_t writers, double seconds, One one) {
  std::vector<std::vector<double>> waits(writers);
  std::vector<std::thread> threads;
  const double begin = now_s();
  for (size_t w = 0; w < writers; ++w)
    threads.emplace_back([&, w] {
      for (double at = now_s(); at - begin < seconds;) {
        one(w);
        const double end = now_s();
        waits[w].push_back(end - at);
        at = end;
      }
    });
  for (std::thread &thread : threads) thread.join();
  const double took = now_s() - begin;
  std::vector<double> all;
  for (const auto &mine : waits) all.insert(all.end(), mine.begin(), mine.end());
  std::sort(all.begin(), all.end());
  const auto percentile = [&](double p) {
    return all[static_cast<size_t>(p * static_cast<double>(all.size() - 1))] * 1e6;
  };
  std::printf(R"({"case":"%s","writers":%zu,"events_per_s":%.0f,"p50_us":%.0f,"p99_us":%.0f})"
              "\n",
              name, writers, static_cast<double>(all.size()) / took, percentile(0.5), percentile(0.99));
  std::fflush(stdout);
}

void durable(World &world, size_t writers, double seconds) {
  const std::string path = world.folder + "/durable.db";
  auto log = open_log(world, options(path, 1'000'000, true));
  const std::string data = '"' + std::string(kDataSize - 2, 'x') + '"';
  struct Waiter {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
  };
  std::vector<Waiter> waiters(writers);
  report_writers("durable", writers, seconds, [&](size_t w) {
    Waiter &waiter = waiters[w];
    std::vector<Emission> turn(1);
    turn[0].source = "bench";
    turn[0].events.push_back({event("pay." + std::to_string(w), data), 0});
    turn[0].done = [&waiter](const LogReceipt &receipt) {
      if (receipt.status != SBX_OK) fail("an append was not durable");
      const std::lock_guard lock(waiter.mutex);
      waiter.done = true;
      waiter.changed.notify_one();
    };
    log->append(turn);
    std::unique_lock lock(waiter.mutex);
    waiter.changed.wait(lock, [&] { return waiter.done; });
    waiter.done = false;
  });
  log.reset();
  for (const char *tail : {"", "-wal", "-shm"}) std::filesystem::remove(path + tail);
}

// Preallocated: a sync then writes data alone, and nothing of the file's length.
void limit(const World &world, size_t writers, double seconds) {
  const std::string path = world.folder + "/limit";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (fd < 0) fail("cannot write " + path);
  ::unlink(path.c_str());
  const std::string zeros(1 << 20, '\0');
  for (int i = 0; i < 128; ++i)
    if (::write(fd, zeros.data(), zeros.size()) < 0) fail("the disk is full");
  ::fsync(fd);
  ::lseek(fd, 0, SEEK_SET);
  const std::string record(kDataSize + 64, 'x');  // its channel, name and position, too
  std::mutex mutex;
  std::condition_variable changed;
  std::string waiting;
  size_t appended = 0, synced = 0;
  bool syncing = false;
  report_writers("limit", writers, seconds, [&](size_t) {
    std::unique_lock lock(mutex);
    waiting += record;
    const size_t mine = ++appended;
    while (synced < mine) {
      if (syncing) {
        changed.wait(lock);
        continue;
      }
      syncing = true;
      std::string out;
      out.swap(waiting);
      const size_t upto = appended;
      lock.unlock();
      if (::write(fd, out.data(), out.size()) < 0 || ::fdatasync(fd) < 0) fail("the disk failed");
      lock.lock();
      synced = upto;
      syncing = false;
      changed.notify_all();
    }
  });
  ::close(fd);
}

void append_many(EventLog &log, const std::string &channel, size_t count) {
  const std::string data = '"' + std::string(kDataSize - 2, 'x') + '"';
  for (size_t i = 0; i < count;) {
    std::vector<Emission> turn;
    for (size_t n = 0; n < 500 && i < count; ++n, ++i) {
      turn.emplace_back().source = "bench";
      turn.back().events.push_back({event(channel, data), 0});
    }
    log.append(turn);
    if (!log.drain(INT64_MAX)) fail("the log did not take the events");
  }
}

// Pages as a replay asks for them, until everything came; how many events.
size_t replay(EventLog &log) {
  LogQuery query;
  query.channels.push_back({"pay.1", {0}, 0});
  query.upto = log.position();
  size_t seen = 0;
  for (;;) {
    std::optional<LogPage> page = log.read(query);
    if (!page) page = read_disk(log, query);
    seen += page->events.size();
    if (page->upto >= query.upto) return seen;
    query.channels[0].after = page->upto;
  }
}

template <class Read>
void report_replay(const char *name, double seconds, Read read) {
  size_t events = 0, rounds = 0;
  const double begin = now_s();
  while (now_s() - begin < seconds) events += read(), ++rounds;
  const double took = now_s() - begin;
  if (events != rounds * kReplayed) fail(std::string(name) + ": a replay was not whole");
  std::printf(R"({"case":"%s","events_per_s":%.0f,"ms_per_10000":%.2f})"
              "\n",
              name, static_cast<double>(events) / took, took * 1000 / static_cast<double>(rounds));
  std::fflush(stdout);
}

size_t select_all(sqlite3 *db) {
  sqlite3_stmt *statement = nullptr;
  if (sqlite3_prepare_v2(db, "SELECT * FROM event ORDER BY seq", -1, &statement, nullptr) != SQLITE_OK)
    fail(sqlite3_errmsg(db));
  size_t rows = 0, bytes = 0;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    for (int i = 0; i < sqlite3_column_count(statement); ++i)
      bytes += static_cast<size_t>(sqlite3_column_bytes(statement, i));
    ++rows;
  }
  sqlite3_finalize(statement);
  return bytes > 0 ? rows : 0;
}

void replays(World &world, double seconds) {
  const std::string path = world.folder + "/replay.db";
  {
    auto log = open_log(world, options(path, kReplayed, true));
    append_many(*log, "pay.1", kReplayed);
    report_replay("replay_memory", seconds, [&] { return replay(*log); });
  }
  {
    auto log = open_log(world, options(path, kReplayed, true));  // nothing of it is in memory now
    report_replay("replay_disk", seconds, [&] { return replay(*log); });
  }
  sqlite3 *db = nullptr;
  if (sqlite3_open(path.c_str(), &db) != SQLITE_OK) fail("cannot open " + path);
  report_replay("replay_select", seconds, [&] { return select_all(db); });
  sqlite3_close(db);
  for (const char *tail : {"", "-wal", "-shm"}) std::filesystem::remove(path + tail);
}

void memory(World &world) {
  auto log = open_log(world, options("", kRetained, false));
  ::malloc_trim(0);
  const size_t before = ::mallinfo2().uordblks;
  append_many(*log, "pay.1", kRetained);
  const size_t after = ::mallinfo2().uordblks;
  std::deque<std::string> plain;
  const std::string bytes(kDataSize + std::strlen("pay.1paid"), 'x');
  for (size_t i = 0; i < kRetained; ++i) plain.push_back(bytes);
  const size_t end = ::mallinfo2().uordblks;
  const auto each = [](size_t sum) { return static_cast<double>(sum) / kRetained; };
  std::printf(R"({"case":"memory","data_bytes":%zu,"bytes_per_event":%.1f,"deque_of_strings":%.1f})"
              "\n",
              kDataSize, each(after - before), each(end - after));
  std::fflush(stdout);
}

// Turns of 64 events, as a busy source makes them.
void live(World &world, double seconds) {
  for (const bool retained : {false, true}) {
    auto log = open_log(world, options("", 1000, false));
    const std::string data = '"' + std::string(kDataSize - 2, 'x') + '"', channel = retained ? "pay.1" : "other";
    size_t events = 0;
    double spent = 0;
    while (spent < seconds / 2) {
      std::vector<Emission> turn(kTurn);
      for (Emission &emission : turn) emission.events.push_back({event(channel, data), 0});
      const double begin = now_s();
      log->append(turn);
      spent += now_s() - begin;
      events += kTurn;
    }
    std::printf(R"({"case":"%s","ns_per_append":%.0f})"
                "\n",
                retained ? "live_retained" : "live_not_retained", spent * 1e9 / static_cast<double>(events));
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char **argv) {
  if (argc < 4) fail("usage: logbench DIR SECONDS WRITERS...");
  World world;
  world.folder = argv[1];
  const double seconds = std::atof(argv[2]);
  for (int i = 3; i < argc; ++i) {
    const auto writers = static_cast<size_t>(std::atoi(argv[i]));
    limit(world, writers, seconds);
    durable(world, writers, seconds);
  }
  replays(world, seconds);
  memory(world);
  live(world, seconds);
}
