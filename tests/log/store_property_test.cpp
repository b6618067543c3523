// A log with a store against a model, over restarts, failing commits and a small memory: what was answered OK is there
// as far as the rule goes, nothing else is, and a gap is told exactly when something is missing.
#include <doctest/doctest.h>
#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <random>

#include "faulty_vfs.hpp"
#include "log_house.hpp"

using namespace signalbox;
using namespace signalbox::testing;

TEST_CASE("over restarts and failures a durable channel has what it promised, and says what it has not") {
  FaultyVfs &vfs = FaultyVfs::get();
  for (unsigned seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto below = [&](unsigned n) { return random() % n; };
    Folder folder;
    std::vector<ChannelRule> rules;
    std::map<std::string, size_t> keeps;
    for (const char *channel : {"a", "b", "c"}) {
      keeps[channel] = 1 + below(8);
      rules.push_back(rule(channel, keeps[channel], true));
    }
    House house(rules);
    house.options.path = folder.file();
    house.options.memory_max = event("a", "x", 0, 100)->bytes() * (1 + below(12));
    REQUIRE(house.open().ok());
    const uint64_t origin = house.notes.head;
    std::map<std::string, std::vector<uint64_t>> kept;  // all that was answered OK
    uint64_t head = 0;
    for (int step = 0; step < 120; ++step) {
      const std::string channel(1, static_cast<char>('a' + below(3)));
      const unsigned what = below(20);
      if (what == 0) {
        house.close();
        REQUIRE(house.open().ok());
      }
      if (what == 1) vfs.write_code = SQLITE_FULL;
      if (what == 2) vfs.write_code = SQLITE_IOERR_WRITE;
      const LogReceipt receipt = house.put(channel, "x", 100);
      REQUIRE((receipt.status == SBX_OK) == (vfs.write_code == 0));
      vfs.write_code = 0;
      if (receipt.status == SBX_OK) kept[channel].push_back(receipt.position.seq);
      head = std::max(head, house.notes.head);

      const std::string look(1, static_cast<char>('a' + below(3)));
      const std::vector<uint64_t> &all = kept[look];
      LogQuery q = house.query(look, origin);
      q.upto = head;
      if (!all.empty() && below(4) > 0)
        q.channels[0].after = all[all.size() - 1 - below(std::min<unsigned>(12, all.size()))];
      const LogPage page = house.read(q);
      std::vector<uint64_t> missed, got;
      std::copy_if(all.begin(), all.end(), std::back_inserter(missed),
                   [&](uint64_t seq) { return seq > *q.channels[0].after; });
      const bool gap = missed.size() > keeps[look];
      if (gap) missed.erase(missed.begin(), missed.end() - static_cast<long>(keeps[look]));
      for (const LogEntry &entry : page.events) got.push_back(entry.event->view().seq);
      REQUIRE(got == missed);
      REQUIRE(page.channels[0].gap == gap);
    }
  }
}
