// When a request is answered, and how: by the receipts of its events.
#include <doctest/doctest.h>

#include "publish_fixture.hpp"

using namespace webhook_test;

namespace {

std::string batch(std::initializer_list<const char *> ids) {
  json all = json::array();
  for (const char *id : ids) all.push_back({{"channel", "c"}, {"event", "e"}, {"data", 1}, {"id", id}});
  return all.dump();
}

}  // namespace

TEST_CASE("the answer comes with the receipt: id and cursor") {
  Source s;
  const sbx_id id = s.send(kOne);
  s.host.advance(sbx::kSecondNs);
  CHECK(s.status(id) == 0);
  s.receipt(0, SBX_OK, "c1");
  CHECK(s.status(id) == 200);
  CHECK(s.http[id].header("content-type") == "application/json");
  CHECK(s.http[id].header("cache-control") == "no-store");
  CHECK(s.http[id].body == R"({"events":[{"id":"a","cursor":"c1"}]})");
  CHECK(s.requests("accepted") == 1);
  CHECK(s.events("accepted") == 1);
}

TEST_CASE("an array is answered in its order, whatever the order of the receipts") {
  Source s;
  const sbx_id id = s.send(batch({"x", "y", "z"}));
  s.receipt(2, SBX_OK, "c3");
  s.receipt(0, SBX_OK, "c1");
  CHECK(s.status(id) == 0);
  s.receipt(1, SBX_OK, "c2");
  CHECK(s.answer(id)["events"] == json::parse(R"([{"id":"x","cursor":"c1"},{"id":"y","cursor":"c2"},
                                                  {"id":"z","cursor":"c3"}])"));
}

TEST_CASE("a duplicate gets the answer of the first") {
  Source s;
  const sbx_id first = s.send(kOne);
  s.receipt(0, SBX_OK, "c1");
  const sbx_id again = s.send(kOne);
  s.receipt(1, SBX_DUPLICATE, "c1");
  CHECK(s.status(again) == 200);
  CHECK(s.http[again].body == s.http[first].body);
  CHECK(s.http[again].headers == s.http[first].headers);
  CHECK(s.events("accepted") == 1);
  CHECK(s.events("duplicate") == 1);
}

TEST_CASE("the same id twice in one array is one event with one cursor") {
  Source s;
  const sbx_id id = s.send(batch({"x", "x"}));
  s.receipt(0, SBX_OK, "c1");
  s.receipt(1, SBX_DUPLICATE, "c1");
  CHECK(s.answer(id)["events"] == json::parse(R"([{"id":"x","cursor":"c1"},{"id":"x","cursor":"c1"}])"));
}

TEST_CASE("two requests with the same id at once both wait, and both are answered") {
  Source s;
  const sbx_id one = s.send(kOne), two = s.send(kOne);
  s.receipt(1, SBX_OK, "c1");
  CHECK(s.status(one) == 0);
  s.receipt(0, SBX_DUPLICATE, "c1");
  CHECK(s.http[one].body == s.http[two].body);
}

TEST_CASE("an event without an id is known by its cursor") {
  Source s;
  const sbx_id id = s.send(R"({"channel":"c","event":"e"})");
  s.receipt(0, SBX_OK, "c1");
  CHECK(s.http[id].body == R"({"events":[{"id":"c1","cursor":"c1"}]})");
}

TEST_CASE("an event that the filters dropped was received, and has no cursor") {
  Source s;
  const sbx_id id = s.send(kOne);
  s.receipt(0, SBX_OK);
  CHECK(s.status(id) == 200);
  CHECK(s.http[id].body == R"({"events":[{"id":"a","cursor":null}]})");
  const sbx_id bare = s.send(R"({"channel":"c","event":"e"})");
  s.receipt(1, SBX_OK);
  CHECK(s.http[bare].body == R"({"events":[{"id":null,"cursor":null}]})");
  CHECK(s.events("dropped") == 2);
}

TEST_CASE("an id is said back as JSON, whatever is in it") {
  Source s;
  const sbx_id id = s.send(R"({"channel":"c","event":"e","id":"a\"\\<é>"})");
  s.receipt(0, SBX_OK, "c1");
  CHECK(s.answer(id)["events"][0]["id"] == "a\"\\<é>");
}

TEST_CASE("a full queue ends the batch there: 503, and the rest is not emitted") {
  Source s;
  s.host.on_emit = [&](const auto &e) -> sbx_status { return e.id == "y" ? SBX_FULL : SBX_OK; };
  const sbx_id id = s.send(batch({"x", "y", "z"}));
  CHECK(s.status(id) == 503);
  CHECK(s.code(id) == "queue_full");
  CHECK(s.http[id].header("retry-after") == "1");
  CHECK(s.host.emitted.size() == 1);
  CHECK(s.events("failed") == 2);
  s.receipt(0, SBX_OK, "c1");  // nobody waits for it any more
  CHECK(s.status(id) == 503);
  s.host.on_emit = nullptr;
  const sbx_id again = s.send(batch({"x", "y", "z"}));
  s.receipt(1, SBX_DUPLICATE, "c1");
  s.receipt(2, SBX_OK, "c2");
  s.receipt(3, SBX_OK, "c3");
  CHECK(s.status(again) == 200);
}

TEST_CASE("a receipt that says not durable is 503 at once, and what comes later changes nothing") {
  for (const sbx_status why : {SBX_ESTORE, SBX_FULL, SBX_EINTERNAL}) {
    Source s;
    const sbx_id id = s.send(batch({"x", "y"}));
    s.receipt(1, why);
    CHECK(s.status(id) == 503);
    CHECK(s.code(id) == (why == SBX_ESTORE ? "not_durable" : why == SBX_FULL ? "queue_full" : "unavailable"));
    s.receipt(0, SBX_OK, "c1");
    CHECK(s.status(id) == 503);
    CHECK(s.events("failed") == 1);
    CHECK(s.events("accepted") == 1);
  }
}

TEST_CASE("after the deadline the answer is 503, and a late receipt is ignored") {
  Source s(json{{"deadline", 2000}});
  const sbx_id slow = s.send(kOne);
  s.host.advance(sbx::kSecondNs);
  const sbx_id later = s.send(kOne);
  s.host.advance(sbx::kSecondNs - 1);
  CHECK(s.status(slow) == 0);
  s.host.advance(1);
  CHECK(s.status(slow) == 503);
  CHECK(s.code(slow) == "timeout");
  CHECK(s.status(later) == 0);
  s.receipt(0, SBX_OK, "c1");
  CHECK(s.status(slow) == 503);
  s.host.advance(sbx::kSecondNs);
  CHECK(s.status(later) == 503);
  CHECK(s.host.timers() == 0);
}

TEST_CASE("a request that was answered in time hears nothing of its deadline") {
  Source s(json{{"deadline", 2000}});
  const sbx_id id = s.send(kOne);
  s.receipt(0, SBX_OK, "c1");
  s.host.advance(10 * sbx::kSecondNs);
  CHECK(s.status(id) == 200);
  CHECK(s.host.timers() == 0);
  const sbx_id next = s.send(kOne);
  s.host.advance(2 * sbx::kSecondNs);
  CHECK(s.status(next) == 503);
}

TEST_CASE("a client that goes away is forgotten; its events are routed all the same") {
  Source s;
  const sbx_id id = s.send(batch({"x", "y"}));
  s.receipt(0, SBX_OK, "c1");
  s.http.drop(id);
  s.receipt(1, SBX_OK, "c2");
  CHECK(s.host.emitted.size() == 2);
  CHECK(s.events("accepted") == 2);
  CHECK(s.requests("gone") == 1);
  CHECK(s.requests("accepted") == 0);
  s.host.advance(20 * sbx::kSecondNs);
  CHECK(s.host.timers() == 0);
}

TEST_CASE("a client that goes away in the middle of its body has published nothing") {
  Source s;
  const sbx_id id = s.http.begin(post(kOne));
  s.http.body(id, std::string_view(kOne).substr(0, 20), false);
  s.http.drop(id, SBX_ETOOBIG);
  CHECK(s.host.emitted.empty());
  CHECK(s.host.logged("its body is longer than the limit") == 1);
}

TEST_CASE("receipts for nobody are no accident") {
  Source s;
  s.host.ack(1, SBX_OK, "c");
  s.host.ack(UINT64_MAX, SBX_ESTORE);
  CHECK(s.status(s.send(kOne)) == 0);
}
