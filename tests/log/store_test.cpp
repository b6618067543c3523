#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>

#include "core/base/limits.hpp"
#include "log_house.hpp"

using namespace signalbox;
using namespace signalbox::testing;

namespace {

int64_t ask(const std::string &path, const std::string &sql) {
  sqlite3 *db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  sqlite3_stmt *statement = nullptr;
  REQUIRE(sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  const int64_t value = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return value;
}

void tell(const std::string &path, const std::string &sql) {
  sqlite3 *db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

}  // namespace

TEST_CASE("a restart keeps the epoch and never goes back, also over events in memory alone") {
  Folder folder;
  House house({rule("disk", 10, true), rule("mem", 10)});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  const uint64_t epoch = house.log->epoch();
  const LogReceipt disk = house.put("disk", "a");
  uint64_t highest = house.put("mem", "b").position.seq;
  for (int i = 0; i < 3; ++i) {
    house.close();
    REQUIRE(house.open().ok());
    CHECK(house.log->epoch() == epoch);
    const LogPage page = house.read("disk", disk.position.seq - 1);
    CHECK(names(page) == Names{"a"});
    CHECK_FALSE(page.channels[0].gap);
    CHECK(cursor_text({page.events[0].event->view().epoch, page.events[0].event->view().seq}) ==
          cursor_text(disk.position));
    CHECK(house.read("mem", disk.position.seq).channels[0].gap);
    const uint64_t next = house.put("mem", "c").position.seq;
    CHECK(next > highest);
    highest = next;
    CHECK_FALSE(house.read("mem", highest - 1).channels[0].gap);
  }
}

TEST_CASE("every part of an event is on disk") {
  Folder folder;
  House house({rule("*", 10, true)});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  const std::string data("\0\xff{}", 4);
  const sbx_attr attrs[] = {{{"source", 6}, {"hook", 4}}, {{"empty", 5}, {nullptr, 0}}};
  sbx_event draft{};
  draft.size = sizeof draft;
  draft.flags = SBX_EVENT_BINARY;
  draft.channel = {"c", 1};
  draft.name = {"n", 1};
  draft.data = {data.data(), data.size()};
  draft.id = {"id-7", 4};
  draft.except = {"conn", 4};
  draft.attrs = attrs;
  draft.attr_count = 2;
  Emission e;
  e.raw = "as it came";
  e.events.push_back({Event::copy(draft, 12345).take(), 1});
  const LogReceipt receipt = house.put(std::move(e));
  house.close();
  REQUIRE(house.open().ok());
  LogQuery q = house.query("c", receipt.position.seq - 1);
  q.upto = receipt.position.seq;
  q.channels[0].scopes = {0, 1};
  CHECK_FALSE(house.in_memory(q));
  const LogPage page = house.read(q);
  REQUIRE(page.events.size() == 1);
  const sbx_event &got = page.events[0].event->view();
  CHECK(got.flags == SBX_EVENT_BINARY);
  CHECK(got.scope == 1);
  CHECK(got.wall_ns == 12345);
  CHECK(text(got.name) == "n");
  CHECK(text(got.data) == data);
  CHECK(text(got.id) == "id-7");
  CHECK(text(got.except) == "conn");
  REQUIRE(got.attr_count == 2);
  CHECK(text(got.attrs[0].value) == "hook");
  CHECK(text(got.attrs[1].key) == "empty");
  CHECK(text(got.cursor) == std::string_view(cursor_text(receipt.position).data(), kCursorSize));
  house.close();
  CHECK(ask(house.options.path, "SELECT raw = CAST('as it came' AS BLOB) FROM event") == 1);
}

TEST_CASE("the disk keeps to the rule and knows what it lost, over a restart") {
  Folder folder;
  House house({rule("c", 3, true)});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  std::vector<uint64_t> seqs;
  for (const char *name : {"a", "b", "c", "d", "e"}) seqs.push_back(house.put("c", name).position.seq);
  house.close();
  CHECK(ask(house.options.path, "SELECT count(*) FROM event") == 3);
  REQUIRE(house.open().ok());
  house.put("c", "f");
  CHECK(names(house.read("c", seqs[2])) == Names{"d", "e", "f"});
  CHECK_FALSE(house.read("c", seqs[2]).channels[0].gap);
  CHECK(house.read("c", seqs[1]).channels[0].gap);
  CHECK(names(house.read("c", {})) == Names{"d", "e", "f"});
}

TEST_CASE("newcomers after a restart are given what replay says, from the disk") {
  Folder folder;
  House house({rule("all", 3, true), rule("last", 3, true, Replay::last), rule("none", 3, true, Replay::none)});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  for (const char *channel : {"all", "last", "none"})
    for (const char *name : {"a", "b"}) house.put(channel, name);
  house.close();
  REQUIRE(house.open().ok());
  CHECK(names(house.read("all", {})) == Names{"a", "b"});
  CHECK(names(house.read("last", {})) == Names{"b"});
  CHECK(names(house.read("none", {})).empty());
  CHECK_FALSE(house.read("all", {}).channels[0].gap);
  CHECK(house.in_memory(house.query("never there", {})));
}

TEST_CASE("what memory had to evict is read from the disk") {
  Folder folder;
  House house({rule("c", 100, true), rule("mem", 100)});
  house.options.path = folder.file();
  house.options.memory_max = 3 * event("c", "0", 0, 1000)->bytes();
  REQUIRE(house.open().ok());
  const uint64_t before = house.notes.head;
  Names wanted;
  for (int i = 0; i < 10; ++i) {
    wanted.push_back(std::to_string(i));
    house.put("c", wanted.back(), 1000);
  }
  CHECK(house.in_memory(house.query("c", house.notes.head - 1)));
  CHECK_FALSE(house.in_memory(house.query("c", house.notes.head - 10)));
  LogQuery q = house.query("c", before);
  q.channels.push_back({"mem", {0}, house.notes.head});
  house.put("mem", "m");
  q.upto = house.notes.head;
  wanted.push_back("m");
  q.events_max = 4;
  Names got;
  for (int pages = 0; pages < 10; ++pages) {
    const LogPage page = house.read(q);
    CHECK_FALSE(page.channels[0].gap);
    for (const std::string &name : names(page)) got.push_back(name);
    for (auto &channel : q.channels) channel.after = std::max(*channel.after, page.upto);
    if (page.upto == q.upto) break;
  }
  CHECK(got == wanted);
}

TEST_CASE("the disk forgets what is over its time, in small steps, and tells a gap") {
  Folder folder;
  ChannelRule timed = rule("c", 5000, true);
  timed.for_ns = 10 * kSecond;
  House house({timed});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  const uint64_t before = house.notes.head;
  for (int i = 0; i < 1200; ++i) house.append(house.emission("c", "old"));
  house.send();
  REQUIRE(house.drain());
  house.clock.now_ns += 11 * kSecond;
  const LogReceipt fresh = house.put("c", "new");
  CHECK(names(house.read("c", before)) == Names{"new"});
  house.log->expire();
  REQUIRE(house.drain());
  house.close();
  CHECK(ask(house.options.path, "SELECT count(*) FROM event") == 1);
  REQUIRE(house.open().ok());
  CHECK(names(house.read("c", before)) == Names{"new"});
  CHECK(house.read("c", before).channels[0].gap);
  CHECK_FALSE(house.read("c", fresh.position.seq - 1).channels[0].gap);
  house.clock.now_ns += 11 * kSecond;
  CHECK(house.read("c", fresh.position.seq - 1).channels[0].gap);
  CHECK(house.read("c", {}).events.empty());
}

TEST_CASE("smaller rules are kept to from the next start on, and a channel that is not durable any more goes") {
  Folder folder;
  House house({rule("a", 10, true), rule("b", 10, true)});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  std::vector<uint64_t> seqs;
  for (int i = 0; i < 5; ++i) {
    seqs.push_back(house.put("a", std::to_string(i)).position.seq);
    house.put("b", "x");
  }
  house.close();
  house.options.rules = ChannelRules({rule("a", 2, true), rule("b", 10)});
  REQUIRE(house.open().ok());
  CHECK(names(house.read("a", seqs[2])) == Names{"3", "4"});
  CHECK_FALSE(house.read("a", seqs[2]).channels[0].gap);
  CHECK(house.read("a", seqs[1]).channels[0].gap);
  CHECK(house.read("b", seqs[2]).channels[0].gap);
  CHECK(house.read("unknown", seqs[4]).channels[0].gap);
  house.close();
  CHECK(ask(house.options.path, "SELECT count(*) FROM event") == 2);
  CHECK(ask(house.options.path, "SELECT count(*) FROM stream") == 1);
}

TEST_CASE("a pipeline of another name has none of the events, and says so") {
  Folder folder;
  House house({rule("c", 10, true)});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  const uint64_t before = house.notes.head;
  house.put("c", "a");
  house.close();
  house.options.scopes = {"renamed"};
  REQUIRE(house.open().ok());
  CHECK(house.read("c", before).events.empty());
  CHECK(house.read("c", before).channels[0].gap);
  house.close();
  house.options.scopes = {"main"};
  REQUIRE(house.open().ok());
  CHECK(names(house.read("c", before)) == Names{"a"});
}

TEST_CASE("the follower is told where the log stands before anything happens") {
  Folder folder;
  House house({rule("mem", 10)});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  const LogReceipt last = house.put("mem", "a");
  house.close();
  house.notes.head = 0;
  REQUIRE(house.open().ok());
  CHECK(house.notes.head > last.position.seq);
  CHECK_FALSE(house.read("mem", house.notes.head).channels[0].gap);
  CHECK(house.read("mem", last.position.seq).channels[0].gap);
}

TEST_CASE("a second signalbox is refused and told why") {
  Folder folder;
  House one({rule("*", 3, true)}), two({rule("*", 3, true)});
  one.options.path = two.options.path = folder.file();
  REQUIRE(one.open().ok());
  const Status s = two.open();
  REQUIRE_FALSE(s.ok());
  CHECK(s.message().find("in use by another signalbox") != std::string::npos);
  one.close();
  CHECK(two.open().ok());
}

TEST_CASE("a new store is private, and its folder is made when only that is missing") {
  Folder folder;
  House house({rule("*", 3, true)});
  house.options.path = folder.file("sub/store.db");
  REQUIRE(house.open().ok());
  struct stat found {};
  REQUIRE(::stat(house.options.path.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
  House lost({rule("*", 3, true)});
  lost.options.path = folder.file("no/such/store.db");
  const Status s = lost.open();
  REQUIRE_FALSE(s.ok());
  CHECK(s.message().find("no/such is not there") != std::string::npos);
}

TEST_CASE("a file of another program, of a newer signalbox or of another kind is left alone") {
  Folder folder;
  House house({rule("*", 3, true)});
  house.options.recover = true;
  house.options.path = folder.file("foreign.db");
  tell(house.options.path, "CREATE TABLE theirs(x)");
  Status s = house.open();
  REQUIRE_FALSE(s.ok());
  CHECK(s.message().find("belongs to another program") != std::string::npos);
  CHECK(ask(house.options.path, "SELECT count(*) FROM theirs") == 0);

  house.options.path = folder.file("newer.db");
  REQUIRE(house.open().ok());
  house.close();
  tell(house.options.path, "PRAGMA user_version=9");
  s = house.open();
  REQUIRE_FALSE(s.ok());
  CHECK(s.message().find("has format 9") != std::string::npos);

  house.options.path = folder.path.string();
  s = house.open();
  REQUIRE_FALSE(s.ok());
  CHECK(s.message().find("not a regular file") != std::string::npos);
}

TEST_CASE("many empty channels lose their rows, and a floor takes their place") {
  Folder folder;
  ChannelRule timed = rule("*", 5, true);
  timed.for_ns = 10 * kSecond;
  House house({timed});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  const uint64_t before = house.notes.head;
  house.close();
  tell(house.options.path, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
                               std::to_string(limits::kLogQuietStreamsMax + 500) +
                               ") INSERT INTO stream(scope, channel, trimmed) SELECT 'main', 'c' || i, " +
                               std::to_string(before) + " + i FROM n");
  REQUIRE(house.open().ok());
  CHECK_FALSE(house.read("never", before + 1).channels[0].gap);
  house.log->expire();
  REQUIRE(house.drain());
  CHECK(house.read("c1", before).channels[0].gap);
  house.close();
  CHECK(ask(house.options.path, "SELECT count(*) FROM stream") <= int64_t{limits::kLogQuietStreamsMax});
  REQUIRE(house.open().ok());
  CHECK(house.read("c1", before).channels[0].gap);
  CHECK(house.read("never", before).channels[0].gap);
}
