// Does anything of the event log grow faster than its work?  loggrowthbench DIR SIZE...
//
// Fills a store with durable, deduplicated events over 1,000 channels, and at each SIZE measures what the next 131,072
// cost (CPU of the whole process, the store's thread included), how long a reader waits for a page of 100 old events
// of one channel from the disk, and what an event takes there.  One line of JSON a size.
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "bench/log_world.hpp"

using namespace signalbox;
using namespace signalbox::bench;

namespace {

constexpr size_t kChannels = 1000;
constexpr size_t kMeasured = 131'072;  // as many keys as the store gathers before it moves them
constexpr size_t kTurn = 64;
constexpr size_t kTurnsAhead = 16;
constexpr size_t kReads = 200;
constexpr size_t kPage = 100;

double cpu_s() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval &t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::string channel(size_t i) { return "pay." + std::to_string(i % kChannels); }

// Events number `from` to `to`, in turns as a busy source makes them.
void append(EventLog &log, size_t from, size_t to) {
  static const std::string kData = '"' + std::string(kDataSize - 2, 'x') + '"';
  for (size_t turns = 1; from < to; ++turns) {
    std::vector<Emission> turn;
    for (size_t n = 0; n < kTurn && from < to; ++n, ++from) {
      Emission &emission = turn.emplace_back();
      emission.source = "bench";
      // As a provider's ids: no two alike, in no order.
      emission.dedupe_key = "evt_" + std::to_string(from * 0x9e3779b97f4a7c15u);
      emission.dedupe_ns = 3'600'000'000'000;
      emission.events.push_back({event(channel(from), kData), 0});
    }
    log.append(turn);
    if (turns % kTurnsAhead == 0 && !log.drain(INT64_MAX)) fail("the log did not take the events");
  }
  if (!log.drain(INT64_MAX)) fail("the log did not take the events");
}

double read_us(EventLog &log, size_t i, uint64_t upto) {
  LogQuery query;
  query.channels.push_back({channel(i * 37), {0}, 0});
  query.upto = upto;
  query.events_max = kPage;
  const double begin = now_s();
  if (read_disk(log, query).channels.size() != 1) fail("the log did not answer");
  return (now_s() - begin) * 1e6;
}

void measure(EventLog &log, const std::string &path, size_t size) {
  const double cpu = cpu_s(), wall = now_s();
  append(log, size, size + kMeasured);
  const double cpu_each = (cpu_s() - cpu) / kMeasured, wall_each = (now_s() - wall) / kMeasured;
  std::vector<double> reads;
  for (size_t i = 0; i < kReads; ++i) reads.push_back(read_us(log, i, log.position()));
  std::sort(reads.begin(), reads.end());
  const auto bytes = static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(size + kMeasured);
  std::printf(
      R"({"case":"growth","events":%zu,"cpu_us_per_append":%.2f,"wall_us_per_append":%.2f,"read_us":%.0f,"bytes_per_event":%.0f})"
      "\n",
      size, cpu_each * 1e6, wall_each * 1e6, reads[reads.size() / 2], bytes);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char **argv) {
  if (argc < 3) fail("usage: loggrowthbench DIR SIZE...");
  World world;
  world.folder = argv[1];
  const std::string path = world.folder + "/growth.db";
  const auto remove = [&] {
    for (const char *tail : {"", "-wal", "-shm", ".lock"}) std::filesystem::remove(path + tail);
  };
  remove();
  EventLogOptions wanted = options(path, 100'000'000, true);
  wanted.memory_max = 16u << 20;  // what is old is on the disk alone
  {
    auto log = open_log(world, wanted);
    size_t events = 0;
    for (int i = 2; i < argc; ++i) {
      const auto size = static_cast<size_t>(std::atoll(argv[i]));
      append(*log, events, size);
      measure(*log, path, std::max(events, size));
      events = std::max(events, size) + kMeasured;
    }
  }
  remove();
}
