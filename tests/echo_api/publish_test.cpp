// Who may publish, what is emitted, and when it is answered.
#include <doctest/doctest.h>

#include "echo_api_fixture.hpp"

using namespace echo_api_test;

TEST_CASE("an event goes to each of its channels, and is answered when all of them have it") {
  Source s;
  const sbx_id id =
      s.http.request(post(R"({"channels":["a","b"],"name":"paid","data":"{\"n\": 1.0}","socket_id":"sid1"})"));
  REQUIRE(s.host.emitted.size() == 2);
  for (const auto &e : s.host.emitted) {
    CHECK(e.name == "paid");
    CHECK(e.data == R"({"n": 1.0})");
    CHECK(e.except == "sid1");
    CHECK(e.dedupe_key.empty());
    CHECK(e.attrs == decltype(e.attrs){{"source", "backend"}, {"verified", "true"}, {"app", "shop"}});
  }
  CHECK(s.host.emitted[1].channel == "b");
  s.receipt(0, SBX_OK, "c1");
  CHECK(s.status(id) == 0);
  s.receipt(1, SBX_OK);  // the filters dropped it
  CHECK(s.status(id) == 200);
  CHECK(s.http[id].body == R"({"message":"ok"})");
  CHECK(s.http[id].header("content-type") == "application/json");
  CHECK(s.events("accepted") == 1);
  CHECK(s.events("dropped") == 1);
  CHECK(s.requests("published") == 1);
}

TEST_CASE("the key is shown in the query or as a bearer's") {
  Source s;
  Request lower = post(kOne);
  lower.headers[0].second = std::string("bearer ") + kKey;
  CHECK(s.status(s.http.request(lower)) == 0);
  CHECK(s.status(s.http.request(post(kOne, std::string("x=1&auth_key=") + kKey))) == 0);
  CHECK(s.host.emitted.size() == 2);
}

TEST_CASE("a wrong key and an unknown app are answered alike, before the body, and nothing of them is logged") {
  Source s;
  std::vector<Request> wrong = {post("{", "auth_key=wrong-wrong-wrong-wrong"),
                                post("{", std::string("auth_key=") + kKey, "/apps/other/events"),
                                post("{", std::string("auth_key=") + kKey + "&auth_key=" + kKey),
                                post("{", std::string("auth_key=") + kKey + "x"), post("{", "auth_key=")};
  wrong.push_back(post("{"));
  wrong.back().headers[0].second = "Basic c2hvcDpzZWNyZXQ=";
  wrong.push_back(post("{"));
  wrong.back().headers.clear();
  wrong.push_back(post("{"));
  wrong.back().headers.push_back(wrong.back().headers[0]);
  for (const Request &r : wrong) {
    const sbx_id id = s.http.begin(r);
    CHECK(s.status(id) == 403);
    CHECK(s.http[id].body == R"({"error":"Unauthorized"})");
  }
  CHECK(s.requests("unauthorized") == wrong.size());
  CHECK(s.host.emitted.empty());
  CHECK(s.host.logged(kKey) == 0);
  CHECK(s.host.logged("wrong-wrong") == 0);
}

TEST_CASE("a key opens its own app, and an app may have several") {
  const json both = {json{{"app_id", "a"}, {"key", "key-of-a-key-of-a"}},
                     json{{"app_id", "b"}, {"key", "key-of-b-key-of-b"}},
                     json{{"app_id", "a"}, {"key", "second-of-a-second"}}};
  Source s(json{{"clients", both}});
  const auto status = [&](const char *key, const char *path) {
    return s.status(s.http.request(post(kOne, std::string("auth_key=") + key, path)));
  };
  CHECK(status("key-of-a-key-of-a", "/apps/a/events") == 0);
  CHECK(status("second-of-a-second", "/apps/a/events") == 0);
  CHECK(status("key-of-b-key-of-b", "/apps/a/events") == 403);
  CHECK(status("key-of-a-key-of-a", "/apps/b/events") == 403);
}

TEST_CASE("of a body that says anything wrong nothing is published") {
  Source s;
  for (const char *body : {"", "{", "[]", R"({"channels":["good",7],"name":"e","data":1})",
                           R"({"channels":["good",""],"name":"e","data":1})"}) {
    const sbx_id id = s.http.request(post(body));
    CHECK(s.status(id) == 400);
    CHECK_FALSE(s.error(id).empty());
  }
  Request none = post("");
  none.body.reset();
  CHECK(s.status(s.http.request(none)) == 400);
  CHECK(s.requests("malformed") == 6);
  CHECK(s.host.emitted.empty());
}

TEST_CASE("a body that comes in pieces is read when it is whole") {
  Source s;
  const sbx_id id = s.http.begin(post("x"));
  const std::string body = kOne;
  for (const char c : body) s.http.body(id, std::string_view(&c, 1), false);
  CHECK(s.host.emitted.empty());
  s.http.body(id, {}, true);
  CHECK(s.host.emitted.size() == 1);
}

TEST_CASE("methods and paths that are none are told apart") {
  Source s;
  Request r = post(kOne);
  r.method = "GET";
  const sbx_id id = s.http.begin(r);
  CHECK(s.status(id) == 405);
  CHECK(s.http[id].header("allow") == "POST");
  CHECK(s.status(s.http.begin(post(kOne, {}, "/apps/shop/batch_events"))) == 404);
  CHECK(s.status(s.http.begin(post(kOne, {}, "/apps"))) == 404);
  CHECK(s.status(s.http.begin(post(kOne, {}, "/apps/%ff/events"))) == 400);
}

TEST_CASE("a full queue is 503 with a time to come again") {
  Source s;
  s.host.emit_answer = SBX_FULL;
  const sbx_id id = s.http.request(post(kOne));
  CHECK(s.status(id) == 503);
  CHECK(s.http[id].header("retry-after") == "1");
  CHECK(s.requests("queue_full") == 1);
  CHECK(s.events("failed") == 1);
}

TEST_CASE("what was lost from the queue, or not made durable, is 503 as well") {
  Source s;
  const sbx_id full = s.http.request(post(kOne));
  s.receipt(0, SBX_FULL);
  CHECK(s.status(full) == 503);
  const sbx_id store = s.http.request(post(R"({"channels":["a","b"],"name":"e","data":1})"));
  s.receipt(1, SBX_ESTORE);
  CHECK(s.status(store) == 503);
  s.receipt(2, SBX_OK, "c");
  CHECK(s.requests("not_durable") == 1);
}

TEST_CASE("a receipt that does not come is waited for until its time is over") {
  Source s;
  const sbx_id first = s.http.request(post(kOne));
  s.host.advance(4 * sbx::kSecondNs);
  const sbx_id second = s.http.request(post(kOne));
  s.host.advance(6 * sbx::kSecondNs);
  CHECK(s.status(first) == 503);
  CHECK(s.status(second) == 0);
  s.receipt(0, SBX_OK, "late");
  s.host.advance(4 * sbx::kSecondNs);
  CHECK(s.status(second) == 503);
  CHECK(s.requests("timeout") == 2);
}

TEST_CASE("the slowest body gives up its place, and when all wait for receipts nobody comes in") {
  Source s(json{{"requests_max", 2}});
  const sbx_id slow = s.http.begin(post("x"));
  s.http.begin(post("x"));
  const sbx_id quick = s.http.request(post(kOne));
  CHECK(s.status(slow) == 408);
  CHECK(s.status(quick) == 0);
  const sbx_id second = s.http.request(post(kOne));
  CHECK(s.status(second) == 0);
  const sbx_id third = s.http.request(post(kOne));
  CHECK(s.status(third) == 503);
  CHECK(s.requests("busy") == 1);
}

TEST_CASE("who went away is forgotten") {
  Source s;
  const sbx_id id = s.http.request(post(kOne));
  s.http.drop(id);
  s.receipt(0, SBX_OK, "c1");
  CHECK(s.requests("gone") == 1);
  CHECK(s.requests("published") == 0);
  CHECK(s.events("accepted") == 1);
}

TEST_CASE("stopping refuses what comes and what is being read, and answers what is on its way") {
  Source s;
  const sbx_id reading = s.http.begin(post("x"));
  const sbx_id waiting = s.http.request(post(kOne));
  s.plugin.stop();
  CHECK(s.status(reading) == 503);
  CHECK_FALSE(s.host.stopped);
  CHECK(s.status(s.http.request(post(kOne))) == 503);
  s.receipt(0, SBX_OK, "c1");
  CHECK(s.status(waiting) == 200);
  CHECK(s.host.stopped);
}
