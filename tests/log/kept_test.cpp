#include <doctest/doctest.h>
#include <sqlite3.h>

#include <future>

#include "log_house.hpp"

using namespace signalbox;
using namespace signalbox::testing;

namespace {

Emission kept(House &house, const std::string &channel, const std::string &id, const std::string &raw) {
  sbx_event draft{};
  draft.size = sizeof draft;
  draft.channel = {channel.data(), channel.size()};
  draft.id = {id.data(), id.size()};
  Emission e;
  e.source = "stripe";
  e.raw = raw;
  e.events.push_back({Event::copy(draft, house.clock.wall_ns()).take(), 0});
  return e;
}

Result<KeptPage> ask(House &house, const KeptQuery &query) {
  std::promise<Result<KeptPage>> answer;
  house.log->read_kept_later(query, [&](Result<KeptPage> page) { answer.set_value(std::move(page)); });
  return answer.get_future().get();
}

Names raws(const Result<KeptPage> &page) {
  REQUIRE(page.ok());
  Names out;
  for (const KeptPage::Kept &one : page->kept) out.push_back(one.raw);
  return out;
}

KeptQuery of(const std::string &source) {
  KeptQuery query;
  query.source = source;
  return query;
}

void tell(const std::string &path, const std::string &sql) {
  sqlite3 *db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  const int code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
  CAPTURE(sqlite3_errmsg(db));
  REQUIRE(code == SQLITE_OK);
  sqlite3_close(db);
}

}  // namespace

TEST_CASE("kept requests are found by source, time and event, in the order of the log") {
  Folder folder;
  House house({rule("disk.*", 10, true)});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  const int64_t begin = house.clock.now_ns;
  house.put(kept(house, "disk.1", "a", "first"));
  house.clock.now_ns += kSecond;
  house.put(kept(house, "disk.2", "b", "second"));
  Emission foreign = kept(house, "disk.1", "a", "of another");
  foreign.source = "paypal";
  house.put(std::move(foreign));
  house.put("disk.1", "without");
  house.clock.now_ns += kSecond;
  house.put(kept(house, "disk.1", "c", "third"));

  CHECK(raws(ask(house, of("stripe"))) == Names{"first", "second", "third"});
  CHECK(raws(ask(house, of("paypal"))) == Names{"of another"});
  CHECK(raws(ask(house, of(""))).empty());
  CHECK(raws(ask(house, of("nobody"))).empty());
  KeptQuery query = of("stripe");
  query.since_ns = begin + kSecond;
  CHECK(raws(ask(house, query)) == Names{"second", "third"});
  query.until_ns = begin + 2 * kSecond;
  CHECK(raws(ask(house, query)) == Names{"second"});
  CHECK(ask(house, query)->kept[0].wall_ns == begin + kSecond);
  query = of("stripe");
  query.id = "b";
  CHECK(raws(ask(house, query)) == Names{"second"});
  query.id = "nothing";
  CHECK(raws(ask(house, query)).empty());
}

TEST_CASE("kept requests come in pages, and a page has at least one however long it is") {
  Folder folder;
  House house({rule("disk", 10, true)});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  for (const char *raw : {"one", "two", "three"}) house.put(kept(house, "disk", "", raw));
  KeptQuery query = of("stripe");
  query.count_max = 2;
  Result<KeptPage> page = ask(house, query);
  CHECK(raws(page) == Names{"one", "two"});
  CHECK(page->more);
  query.after = page->after;
  page = ask(house, query);
  CHECK(raws(page) == Names{"three"});
  CHECK_FALSE(page->more);
  query = of("stripe");
  query.bytes_max = 1;
  page = ask(house, query);
  CHECK(raws(page) == Names{"one"});
  CHECK(page->more);
}

TEST_CASE("nothing is kept of what is not durable, nor without a store") {
  Folder folder;
  House house({rule("disk", 10, true), rule("mem", 10)});
  CHECK_FALSE(ask(
                  [&]() -> House & {
                    house.options.rules = ChannelRules({rule("mem", 10)});
                    REQUIRE(house.open().ok());
                    return house;
                  }(),
                  of("stripe"))
                  .ok());
  house.close();
  house.options.rules = ChannelRules({rule("disk", 10, true), rule("mem", 10)});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  house.put(kept(house, "mem", "", "lost"));
  house.put(kept(house, "disk", "", "kept"));
  CHECK(raws(ask(house, of("stripe"))) == Names{"kept"});
}

TEST_CASE("what a rule trims takes its request with it") {
  Folder folder;
  House house({rule("disk", 2, true)});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  for (const char *raw : {"one", "two", "three"}) house.put(kept(house, "disk", "", raw));
  CHECK(raws(ask(house, of("stripe"))) == Names{"two", "three"});
}

TEST_CASE("a store of a format before is brought up to date with everything in it") {
  Folder folder;
  House house({rule("disk", 10, true)});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  house.put("disk", "old");
  house.put_key("disk", "keyed", "k");
  const uint64_t epoch = house.log->epoch();
  house.close();
  const std::string without_recent =
      "INSERT INTO dedupe SELECT source, key, seq, mark, end_ns FROM dedupe_recent; DROP TABLE dedupe_recent; ";
  tell(house.options.path, without_recent + "PRAGMA user_version=2");
  REQUIRE(house.open().ok());
  CHECK(house.put_key("disk", "again", "k").status == SBX_DUPLICATE);
  house.close();
  tell(house.options.path,
       without_recent + "DROP INDEX event_kept; ALTER TABLE event DROP COLUMN source; PRAGMA user_version=1");
  REQUIRE(house.open().ok());
  CHECK(house.log->epoch() == epoch);
  CHECK(names(house.read("disk", 0)) == Names{"old", "keyed"});
  CHECK(house.put_key("disk", "again", "k").status == SBX_DUPLICATE);
  house.put(kept(house, "disk", "a", "new"));
  CHECK(raws(ask(house, of("stripe"))) == Names{"new"});
  house.close();
  REQUIRE(house.open().ok());
  CHECK(raws(ask(house, of("stripe"))) == Names{"new"});
}

TEST_CASE("a file that only says it is of the format before is damaged, and stays as it is") {
  Folder folder;
  House house({rule("disk", 10, true)});
  house.options.path = folder.file();
  REQUIRE(house.open().ok());
  house.put("disk", "a");
  house.close();
  tell(house.options.path, "PRAGMA user_version=1");
  const Status opened = house.open();
  REQUIRE_FALSE(opened.ok());
  CHECK(opened.message().find("damaged") != std::string::npos);
  tell(house.options.path, "PRAGMA user_version=3");
  CHECK(house.open().ok());
}
